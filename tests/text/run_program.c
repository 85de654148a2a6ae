/* A program on a target's code and in the evaluator (run_program.h). In: a verified program with its
 * places, a level and a seed. Out: whether all that its steps write agrees.
 *
 * Both sides have memory of their own, which begins as equal random numbers. After each step its
 * outputs are compared, but neither packed activations nor work memory, whose bytes are the
 * target's own, nor states of one run alone, whose other positions hold what was there before.
 */
#include "tests/text/run_parts.h"

#include "compiler/base/float16.h"
#include "tests/support/compare.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { MARGIN = 4096 };

/* ---- memory ---- */

static uint8_t *random_memory(uint64_t bytes)
{
    uint64_t all = round_up(bytes + MARGIN, MARGIN);
    uint8_t *memory = aligned_alloc(MARGIN, all);

    if (memory == NULL)
        abort();
    for (uint64_t i = 0; i < all; i += sizeof(float)) {
        float x = random_number();
        memcpy(memory + i, &x, sizeof x);
    }
    return memory;
}

/* Weights follow each other; each sequence of a batch has states of its own. */
static void open_memory(struct running *r, struct arena *a)
{
    struct lir_program *p = &r->program;
    struct lir_buffer *buffers = arena_new(a, struct lir_buffer, p->buffer_count);

    memcpy(buffers, p->buffers, p->buffer_count * sizeof *buffers);
    p->buffers = buffers;
    r->filled = arena_new(a, bool, p->buffer_count);
    memcpy(r->home_bytes, p->home_bytes, sizeof r->home_bytes);
    for (buf_id b = 1; b < p->buffer_count; b++) {
        struct lir_buffer *buffer = &p->buffers[b];
        if (buffer->home != HOME_weight || buffer->is_view)
            continue;
        buffer->offset = r->home_bytes[HOME_weight];
        r->home_bytes[HOME_weight] += round_up(buffer->bytes, 64);
    }
    r->segments = arena_new(a, struct rlx_segment, batch_of(p));
    for (uint32_t home = 0; home < HOME_COUNT; home++)
        if (home_is_state((enum home)home))
            r->home_bytes[home] *= batch_of(p);
    for (uint32_t home = 0; home < HOME_COUNT; home++)
        for (uint32_t side = 0; side < SIDES; side++)
            r->home[side][home] = side == EVALUATOR && home == HOME_weight
                                      ? r->home[CODE][home]
                                      : random_memory(r->home_bytes[home]);
}

static void close_memory(struct running *r)
{
    for (uint32_t home = 0; home < HOME_COUNT; home++)
        for (uint32_t side = 0; side < SIDES; side++)
            if (side == CODE || home != HOME_weight)
                free(r->home[side][home]);
}

/* ---- running ---- */

static void run_tiles(const struct running *r, uint32_t kernel, const struct rlx_launch *launch,
                      uint64_t first, uint64_t end)
{
    rlx_kernel_fn run;

    if (r->vulkan.pipelines != NULL) {
        vulkan_code_run(&r->vulkan, kernel, launch, first, end);
        return;
    }
    if (r->image == NULL) {
        r->c.entry[kernel](launch, first, end);
        return;
    }
    uint8_t *entry = r->image + r->code.entry[kernel];
    memcpy(&run, &entry, sizeof run);
    run(launch, first, end);
}

/* The addresses of a step, and after them what its launch counts. */
static uint32_t add_addresses(const struct running *r, const struct lir_step *s, void **out)
{
    const struct lir_kernel *k = step_kernel(&r->program, s);
    uint32_t count = lir_slot_count(k);

    for (uint32_t slot = 0; slot < count; slot++)
        out[slot] = address(r, CODE, r->program.args[s->first_arg + lir_slot_argument(k, slot)]);
    if (s->counter != 0)
        out[count++] = address(r, CODE, s->counter);
    return count;
}

/* Steps that one launch runs: those of others than Vulkan have no tails. */
static void run_code(const struct running *r, uint32_t first, uint32_t end)
{
    const struct lir_step *s = &r->program.steps[first];
    void *args[LIR_LAUNCH_MAX * LIR_MAX_ARGS];
    struct rlx_launch launch = {.args = args, .dims = r->dims};
    uint64_t tiles = s->tiles;

    lir_launch_values(step_kernel(&r->program, s), s, launch.values);
    for (uint32_t i = first, count = 0; i < end; i++)
        count += add_addresses(r, &r->program.steps[i], args + count);
    if (s->tile_unit != 0)
        tiles *= ceil_div((uint64_t)r->dims[s->tile_symbol], s->tile_unit);
    if (end == first + 1)
        run_tiles(r, s->kernel, &launch, 0, tiles / 3);
    run_tiles(r, s->kernel, &launch, end == first + 1 ? tiles / 3 : 0, tiles);
}

static void run_evaluator(const struct running *r, uint32_t step)
{
    struct lir_eval e = {.program = &r->program};

    memcpy(e.home, r->home[EVALUATOR], sizeof e.home);
    memcpy(e.dims, r->dims, sizeof e.dims);
    lir_eval_steps(&e, step, step + 1);
}

/* ---- comparing ---- */

static float state_number(enum dtype kv, const uint8_t *at, bool is_scale)
{
    float x;
    uint16_t half;

    if (kv == DTYPE_f32) {
        memcpy(&x, at, sizeof x);
        return x;
    }
    if (kv == DTYPE_q8_0 && !is_scale)
        return (float)(int8_t)*at;
    memcpy(&half, at, sizeof half);
    return f16_to_f32(half);
}

/* All of a state, so also what was not written: a row is a position. An integer may be rounded to
 * its neighbour. */
static void compare_state(const struct running *r, const struct head_shape *s, bool is_value,
                          const uint8_t *found, const uint8_t *expected, struct comparison *c)
{
    const enum dtype kv = (enum dtype)s->kv;
    const uint64_t element = kv_element_bytes(kv), positions = round_up(s->context, 64),
                   bytes = kv_state_bytes(kv, s->kv_heads, s->head_dim, s->context, is_value),
                   data = s->kv_heads * positions * kv_width(kv, s->head_dim, is_value) * element;

    for (uint64_t at = 0; at < bytes;) {
        bool is_scale = at >= data;
        double x = (double)state_number(kv, found + at, is_scale),
               y = (double)state_number(kv, expected + at, is_scale);
        double slack = kv == DTYPE_q8_0 && !is_scale ? 1 : r->tolerance * (1 + fabs(y));
        if (kv == DTYPE_f16 || is_scale)
            slack += 0x1p-11 * fabs(y); /* half of the last place, rounded on both sides */
        compare_number(c, at / element / 64, at / element % 64, x, y, slack);
        at += is_scale ? 2 : element;
    }
}

/* Those of all sequences; of this run alone, what it has of it. */
static void compare_states(const struct running *r, const struct lir_kernel *k, bool is_value,
                           buf_id id, struct comparison *c)
{
    const uint8_t *found = address(r, CODE, id), *expected = address(r, EVALUATOR, id);
    const bool is_scratch = r->program.buffers[id].home == HOME_scratch;

    for (uint64_t i = 0; i < (is_scratch ? 1 : batch_of(&r->program)); i++) {
        const uint64_t offset = i * r->program.home_bytes[HOME_state];
        compare_state(r, lir_shape(k), is_value, found + offset, expected + offset, c);
    }
}

static void compare_rows(const struct running *r, uint64_t rows, uint32_t stride, uint64_t width,
                         const uint8_t *found, const uint8_t *expected, struct comparison *c)
{
    for (uint64_t row = 0; row < rows; row++)
        for (uint64_t i = 0; i < width; i++) {
            float x, y;
            memcpy(&x, found + (row * stride + i) * sizeof x, sizeof x);
            memcpy(&y, expected + (row * stride + i) * sizeof y, sizeof y);
            compare_number(c, row, i, (double)x, (double)y, r->tolerance * (1 + fabs((double)y)));
        }
}

static bool compare_output(const struct running *r, const struct lir_step *s, uint32_t argument)
{
    const struct lir_kernel *k = step_kernel(&r->program, s);
    const struct argument a = lir_argument(&r->program, s, argument);
    const buf_id id = r->program.args[s->first_arg + argument];
    const uint8_t *found = address(r, CODE, id), *expected = address(r, EVALUATOR, id);
    struct comparison c =
        comparison_of("%s: step '%s' (%s), output '%s', after %lld positions", r->path,
                      str_text(r->program.strings, s->name), kernel_kind_info[k->kind].name,
                      argument_info(k, argument)->name, (long long)r->dims[SYMBOL_PAST_SEQ]);

    if (a.role == ROLE_matrix)
        compare_rows(r, (uint64_t)r->dims[k->rows_symbol], k->stride[argument], a.width, found,
                     expected, &c);
    else if (a.role == ROLE_activation && lir_format(k)->act == ACT_f32)
        compare_rows(r, (uint64_t)r->dims[k->rows_symbol], (uint32_t)round_up(a.width, 16), a.width,
                     found, expected, &c);
    else if (a.role == ROLE_padded)
        compare_rows(r, (uint64_t)r->dims[k->rows_symbol] + 2 * (uint64_t)k->unfold.pad,
                     (uint32_t)a.width, a.width, found, expected, &c);
    else if (a.role == ROLE_carried)
        compare_rows(r, batch_of(&r->program),
                     (uint32_t)(r->program.home_bytes[HOME_carried_out] / sizeof(float)), a.width,
                     found, expected, &c);
    else if (r->program.buffers[root_of(&r->program, id)].home == HOME_state)
        compare_states(r, k, a.role == ROLE_values, id, &c);
    return comparison_good(&c);
}

static bool compare_step(const struct running *r, uint32_t step)
{
    const struct lir_step *s = &r->program.steps[step];
    const struct lir_kernel *k = step_kernel(&r->program, s);
    bool good = true;

    for (uint32_t i = 0; i < lir_argument_count(k); i++)
        if (lir_has(k, i) && lir_is_output(k, i))
            good = compare_output(r, s, i) && good;
    return good;
}

/* The step and its tails, which one launch runs where there are such; sets `step` behind them. */
static bool run_step(const struct running *r, uint32_t *step)
{
    const uint32_t first = *step, end = r->vulkan.pipelines != NULL
                                            ? lir_launch_end(&r->program, first)
                                            : first + 1;
    bool good = true;

    run_code(r, first, end);
    for (uint32_t i = first; i < end; i++)
        run_evaluator(r, i);
    for (uint32_t i = first; i < end; i++)
        good = compare_step(r, i) && good;
    *step = end;
    return good;
}

static bool run_extent(struct running *r, int64_t rows, int64_t past, bool half)
{
    const struct lir_program *p = &r->program;
    const int64_t batch = (int64_t)batch_of(p) < rows ? (int64_t)batch_of(p) : rows;

    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        r->dims[i] = half ? (p->upper[i] + 1) / 2 : p->upper[i];
    r->dims[SYMBOL_BATCH] = batch;
    r->dims[SYMBOL_ROWS] = rows;
    r->dims[SYMBOL_SEQ] = rows / batch;
    r->dims[SYMBOL_OUT_ROWS] = rows < p->upper[SYMBOL_OUT_ROWS] ? rows : p->upper[SYMBOL_OUT_ROWS];
    lir_bind_slots(p, r->dims);
    make_segments(r, past);
    fill_inputs(r);
    for (uint32_t i = 0; i < p->step_count;)
        if (!run_step(r, &i))
            return false;
    return true;
}

/* Whole runs at the beginning and in the middle of the context, and one row, with half of the
 * graph's own sizes, at its end. */
static bool run_extents(struct running *r)
{
    const int64_t context = r->program.upper[SYMBOL_PAST_SEQ], max = r->program.upper[SYMBOL_ROWS];
    const bool is_bounded = context != 0 && batch_of(&r->program) == 1;
    const int64_t rows = is_bounded && context < max ? context : max,
                  room = context > rows ? context - rows : 0;

    return run_extent(r, rows, 0, false) && run_extent(r, rows, room / 2, false) &&
           run_extent(r, batch_of(&r->program) > 1 ? rows : 1, context == 0 ? 0 : context - 1,
                      true);
}

/* ---- code ---- */

static bool find_level(struct running *r, const char *name)
{
    for (uint32_t t = 0; target_list[t] != NULL; t++)
        for (uint32_t i = 0; i < target_list[t]->level_count; i++)
            if (strcmp(target_list[t]->levels[i].name, name) == 0) {
                r->target = target_list[t];
                r->level = i;
                return true;
            }
    printf("FAIL %s: expected a level that a target has, found '%s'\n", r->path, name);
    return false;
}

static bool is_vulkan(const struct running *r)
{
    return r->target == &target_vulkan;
}

/* False where this machine lacks the level. */
static bool level_runs(const struct running *r)
{
    return is_vulkan(r) ? vulkan_device() != NULL : r->target->native_level() >= (int)r->level;
}

/* What the compiler made becomes executable. */
static bool open_image(struct running *r, struct arena *a)
{
    if (is_vulkan(r)) {
        vulkan_code_open(&r->vulkan, a, &r->code, r->program.kernels->count);
        return true;
    }
    r->image =
        mmap(NULL, r->code.image_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (r->image == MAP_FAILED)
        abort();
    memcpy(r->image, r->code.image, r->code.image_bytes);
    return mprotect(r->image, r->code.image_bytes, PROT_READ | PROT_EXEC) == 0;
}

/* Says of the first kernel that there is no code for why. */
static bool accepts_all(const struct running *r, struct diags *d)
{
    const struct lir_kernels *kernels = r->program.kernels;

    for (uint32_t i = 0; i < kernels->count; i++)
        if (!r->target->accepts(r->level, &kernels->all[i], d))
            return false;
    return true;
}

static bool open_code(struct running *r, struct arena *a, struct diags *d)
{
    const struct lir_kernels *kernels = r->program.kernels;

    if (r->target->emit == NULL) {
        c_code_open(&r->c, a, kernels->all, kernels->count);
        return true;
    }
    return r->target->emit(r->level, kernels->all, kernels->count, 1, NULL, a, &r->code, d) &&
           open_image(r, a);
}

static void close_code(struct running *r)
{
    if (is_vulkan(r))
        vulkan_code_close(&r->vulkan);
    else if (r->image == NULL)
        c_code_close(&r->c);
    else
        munmap(r->image, r->code.image_bytes);
}

static bool run_both(struct running *r, struct arena *a, struct diags *d)
{
    if (!open_code(r, a, d))
        return false;
    open_memory(r, a);
    const bool good = run_extents(r);
    close_memory(r);
    close_code(r);
    return good;
}

bool run_program(const char *path, const struct lir_program *p, const struct program_run *run)
{
    struct running r = {.path = path, .program = *p, .tolerance = run->tolerance};
    struct arena a = {0};
    struct diags d = {.arena = &a};

    random_begin(run->seed);
    if (!find_level(&r, run->level))
        return false;
    if (!level_runs(&r)) {
        printf("skipped %s: this machine does not run code for %s\n", path, run->level);
        return true;
    }
    const bool has_code = r.target->emit == NULL || accepts_all(&r, &d);
    bool good = has_code ? run_both(&r, &a, &d) : run->may_refuse;
    if (!has_code && good)
        printf("skipped %s: ", path);
    diags_print(&d, stdout);
    if (!good)
        printf("FAIL %s: level %s, seed %llu\n", path, run->level, run->seed);
    arena_free(&a);
    return good;
}
