/* The memory plan and the barriers, on random programs: whatever the order of steps, no two buffers
 * that are live in the same epoch share bytes, and no step touches memory that another may still
 * use. This test checks the definition byte by byte and step by step, without the verifier, which
 * must agree and must detect damage. */
#include "tests/support/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct target_traits able = {.replicates = true, .owns_tiles = true};

enum { WEIGHT = 1, TOKENS = 2 }; /* buffers that every program has */

static uint64_t random_state = 88172645463325252u;

static uint32_t random_below(uint32_t end)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 16) % end);
}

struct fixture {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct lir_kernels kernels;
    struct lir_program program;
};

static buf_id new_buffer(struct fixture *f, enum home home, uint64_t bytes)
{
    str_id name = str_printf(&f->strings, "b%u", f->program.buffer_count);

    return lir_add_buffer(&f->program, home, bytes, name, 0);
}

static void add_step(struct fixture *f, struct lir_kernel k, const buf_id *args, uint32_t tiles,
                     uint32_t unit)
{
    struct lir_program *p = &f->program;
    struct lir_step s = {
        .first_arg = p->arg_count, .tiles = tiles, .tile_unit = unit, .tile_symbol = k.rows_symbol};

    s.name = str_printf(&f->strings, "s%u", p->step_count);
    s.kernel = lir_kernel_intern(&f->kernels, &k);
    for (uint32_t i = 0; i < lir_argument_count(&k); i++)
        ARENA_PUSH(p->arena, p->args, p->arg_count, p->arg_capacity) = args[i];
    ARENA_PUSH(p->arena, p->steps, p->step_count, p->step_capacity) = s;
}

/* x + y over rows of n; a row step every now and then, which short programs replicate. */
static void random_step(struct fixture *f, const buf_id *made, const uint32_t *width,
                        uint32_t made_count, buf_id out, uint32_t n)
{
    struct lir_kernel k = {.rows_symbol = SYMBOL_ROWS};
    buf_id args[LIR_MAX_ARGS] = {0}, from[2];
    uint32_t count = 1 + random_below(2), found = 0;

    for (uint32_t i = 0; i < 40 && made_count != 0 && found < count; i++) {
        uint32_t pick = random_below(made_count);
        if (width[pick] == n)
            from[found++] = made[pick];
    }
    if (found == 0) {
        k.kind = KERNEL_embed;
        k.embed = (struct kernel_embed){.layout = LAYOUT_f32_r16, .n = 16, .k = n};
        k.stride[EMBED_out] = n;
        args[EMBED_tokens] = TOKENS;
        args[EMBED_weight] = WEIGHT;
        args[EMBED_out] = out;
    } else if (found == 1 && random_below(2) == 0) {
        k.kind = KERNEL_norm_quant;
        k.norm_quant = (struct kernel_norm_quant){.format.tile_rows = 1, .k = n};
        k.stride[NORM_QUANT_x] = n;
        args[NORM_QUANT_x] = from[0];
        args[NORM_QUANT_out] = out;
    } else {
        static const uint8_t sum[] = {S_X, S_Y, S_ADD};
        k.kind = KERNEL_map;
        k.map = (struct kernel_map){.n = n, .code.bytes = found == 2 ? 3 : 1};
        memcpy(k.map.code.code, sum, k.map.code.bytes);
        k.stride[MAP_out] = n;
        args[MAP_out] = out;
        for (uint32_t i = 0; i < found; i++) {
            k.present |= 1u << (MAP_operand + i);
            k.stride[MAP_operand + i] = n;
            args[MAP_operand + i] = from[i];
        }
    }
    add_step(f, with_arguments(k), args, 1, 1);
}

static void random_program(struct fixture *f, uint32_t rows, uint32_t steps)
{
    struct lir_program *p = &f->program;
    buf_id made[80];
    uint32_t width[80];

    *f = (struct fixture){0};
    strings_init(&f->strings, &f->arena);
    f->diags.arena = f->kernels.arena = &f->arena;
    *p = (struct lir_program){
        .arena = &f->arena, .strings = &f->strings, .kernels = &f->kernels, .name = "random"};
    p->upper[SYMBOL_BATCH] = 1;
    p->upper[SYMBOL_SEQ] = p->upper[SYMBOL_ROWS] = rows;
    new_buffer(f, HOME_weight, 16 * 1024 * 4);
    new_buffer(f, HOME_input, rows * 4);
    for (uint32_t i = 0; i < steps; i++) {
        width[i] = 16 * (1 + random_below(3));
        made[i] = new_buffer(f, HOME_scratch, (uint64_t)rows * width[i] * 4);
        random_step(f, made, width, i, made[i], width[i]);
    }
    p->lm_head_step = random_below(2) == 0 ? p->step_count : steps / 2 + random_below(steps / 2);
}

/* ---- the definition ---- */

static const struct lir_kernel *kernel_of(const struct lir_program *p, uint32_t step)
{
    return &p->kernels->all[p->steps[step].kernel];
}

/* Of a step, by slot: the output is the last. */
static buf_id argument_at(const struct lir_program *p, uint32_t step, uint32_t slot)
{
    return p->args[p->steps[step].first_arg + lir_slot_argument(kernel_of(p, step), slot)];
}

struct bytes {
    uint64_t first, end;
    uint8_t home;
};

static struct bytes bytes_of(const struct lir_program *p, buf_id b)
{
    return (struct bytes){p->buffers[b].offset, p->buffers[b].offset + p->buffers[b].bytes,
                          p->buffers[b].home};
}

/* Runs the steps in order over memory that knows whose value each byte holds. */
static void walk(const struct lir_program *p, buf_id *owner[HOME_COUNT], uint32_t first,
                 uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        const struct lir_kernel *k = kernel_of(p, i);
        for (uint32_t slot = 0; slot < lir_slot_count(k); slot++) {
            uint32_t j = lir_slot_argument(k, slot); /* reads, then writes */
            buf_id b = p->args[p->steps[i].first_arg + j];
            struct bytes at = bytes_of(p, b);
            if (at.home != HOME_scratch && at.home != HOME_thread)
                continue;
            assert_int_equal(at.first % 64, 0);
            assert_true(at.end + 256 <= p->home_bytes[at.home]);
            for (uint64_t byte = at.first; byte < at.end; byte++) {
                if (lir_is_output(k, j))
                    owner[at.home][byte] = b;
                else
                    assert_int_equal(owner[at.home][byte], b);
            }
        }
    }
}

static void values_survive(struct fixture *f)
{
    const struct lir_program *p = &f->program;
    buf_id *owner[HOME_COUNT];

    for (uint32_t i = 0; i < HOME_COUNT; i++)
        owner[i] = arena_new(&f->arena, buf_id, p->home_bytes[i]);
    walk(p, owner, 0, p->lm_head_step);
    for (uint32_t slice = 0; slice < 3; slice++)
        walk(p, owner, p->lm_head_step, p->step_count);
}

/* Threads are anywhere between two barriers: no step there may write bytes that another one
 * touches. */
static bool steps_part(const struct lir_program *p, uint32_t a, uint32_t b)
{
    const struct lir_kernel *x = kernel_of(p, a), *y = kernel_of(p, b);

    for (uint32_t i = 0; i < lir_argument_count(x); i++) {
        for (uint32_t j = 0; j < lir_argument_count(y); j++) {
            if (!lir_has(x, i) || !lir_has(y, j))
                continue;
            struct bytes m = bytes_of(p, p->args[p->steps[a].first_arg + i]),
                         n = bytes_of(p, p->args[p->steps[b].first_arg + j]);
            if (m.home == HOME_scratch && n.home == HOME_scratch &&
                (lir_is_output(x, i) || lir_is_output(y, j)) && m.first < n.end && n.first < m.end)
                return false;
        }
    }
    return true;
}

static void epochs_do_not_race(const struct lir_program *p)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < p->step_count; i++) {
        if ((p->steps[i].flags & STEP_barrier) != 0)
            start = i;
        for (uint32_t j = start; j < i; j++)
            assert_true(steps_part(p, j, i));
        bool own =
            p->buffers[argument_at(p, i, lir_slot_count(kernel_of(p, i)) - 1)].home == HOME_thread;
        assert_int_equal(own, (p->steps[i].flags & STEP_replicated) != 0);
    }
    assert_true(p->lm_head_step == p->step_count ||
                (p->steps[p->lm_head_step].flags & STEP_barrier) != 0);
}

static void plan(struct fixture *f)
{
    schedule(&f->program, &able);
    plan_memory(&f->program);
    if (!lir_verify(&f->program, &f->diags)) {
        diags_print(&f->diags, stderr);
        fail();
    }
}

static void random_plans_hold(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        struct fixture f;
        random_program(&f, i % 2 == 0 ? 1 + random_below(16) : 17 + random_below(8),
                       4 + random_below(40));
        plan(&f);
        values_survive(&f);
        epochs_do_not_race(&f.program);
        arena_free(&f.arena);
    }
}

/* Copies rows of 16. */
static const struct lir_kernel copy_kernel = {.kind = KERNEL_map,
                                              .rows_symbol = SYMBOL_ROWS,
                                              .present = 1u << MAP_out | 1u << MAP_operand,
                                              .map = {.n = 16, .code = {.bytes = 1, .code = {S_X}}},
                                              .stride = {[MAP_out] = 16, [MAP_operand] = 16}};

/* A chain needs room for two, however long it is. */
static void chains_reuse_memory(void **state)
{
    struct fixture f;
    struct lir_program *p = &f.program;

    (void)state;
    random_program(&f, 32, 4);
    p->step_count = p->arg_count = 0;
    buf_id from = new_buffer(&f, HOME_output, 32 * 64);
    for (uint32_t i = 0; i < 20; i++) {
        buf_id to = new_buffer(&f, HOME_scratch, 32 * 64);
        add_step(&f, copy_kernel, (buf_id[]){[MAP_out] = to, [MAP_operand] = from}, 1, 1);
        from = to;
    }
    p->buffers[p->args[MAP_operand]].home = HOME_input;
    for (buf_id b = 3; b < 7; b++) /* those of the random program are not used */
        p->buffers[b].bytes = 0;
    p->lm_head_step = p->step_count;
    schedule(p, &able);
    plan_memory(p);
    assert_int_equal(p->home_bytes[HOME_scratch], 2 * 32 * 64 + 256);
    values_survive(&f);
    arena_free(&f.arena);
}

/* ---- the verifier sees damage ---- */

static bool verify_says(struct fixture *f, const char *what)
{
    struct diags d = {.arena = &f->arena};
    bool found = false;

    if (lir_verify(&f->program, &d))
        return false;
    for (const struct diag *i = d.first; i != NULL; i = i->next)
        found = found || strstr(i->text, what) != NULL;
    return found;
}

static void damage_is_seen(void **state)
{
    uint32_t barriers = 0, overlaps = 0;

    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        struct fixture f;
        random_program(&f, 32, 12);
        plan(&f);
        struct lir_program *p = &f.program;
        for (uint32_t s = 1; s < p->step_count; s++) {
            if ((p->steps[s].flags & STEP_barrier) == 0)
                continue;
            p->steps[s].flags = 0;
            schedule(p, &able);
            assert_true((p->steps[s].flags & STEP_barrier) != 0);
            p->steps[s].flags = 0;
            plan_memory(p); /* so that only the race is left to find */
            assert_true(verify_says(&f, "barrier"));
            p->steps[s].flags = STEP_barrier;
            plan_memory(p);
            barriers++;
        }
        for (uint32_t s = 0; s < p->step_count; s++) {
            const struct lir_kernel *k = kernel_of(p, s);
            buf_id from = argument_at(p, s, 0), to = argument_at(p, s, lir_slot_count(k) - 1);
            uint64_t before = p->buffers[to].offset;
            if (p->buffers[from].home != HOME_scratch)
                continue;
            p->buffers[to].offset = p->buffers[from].offset;
            assert_true(verify_says(&f, "shares bytes"));
            p->buffers[to].offset = before;
            overlaps++;
        }
        uint64_t size = p->home_bytes[HOME_scratch];
        p->home_bytes[HOME_scratch] = 64;
        assert_true(verify_says(&f, "leave their home"));
        p->home_bytes[HOME_scratch] = size;
        assert_true(lir_verify(p, &f.diags));
        arena_free(&f.arena);
    }
    assert_true(barriers > 100 && overlaps > 100);
}

static void reads_before_writes_are_seen(void **state)
{
    struct fixture f;

    (void)state;
    random_program(&f, 32, 8);
    struct lir_program *p = &f.program;
    buf_id never = new_buffer(&f, HOME_scratch, 32 * 64),
           to = new_buffer(&f, HOME_scratch, 32 * 64);
    add_step(&f, copy_kernel, (buf_id[]){[MAP_out] = to, [MAP_operand] = never}, 1, 1);
    schedule(p, &able);
    plan_memory(p);
    assert_true(verify_says(&f, "which no step before it writes"));
    arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_plans_hold),
        cmocka_unit_test(chains_reuse_memory),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(reads_before_writes_are_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
