/* What rlxc build writes of a graph with two entries, states of every class and sizes of its own:
 * each table against what the text of the graph says. */
#include "compiler/base/file.h"
#include "compiler/command.h"
#include "compiler/pack/inspect.h"
#include "rlx/kernel.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <elf.h>

enum { LEVELS = 3 }; /* of x86-64 */

static struct temporary_folder folder;
static struct arena arena;
static struct file file;
static struct artifact a;

/* The weights of tests/artifacts/format-2.0.hir, all 0.5. */
static const char *write_weights(void)
{
    static const struct {
        const char *name, *shape;
        uint32_t count;
    } tensors[] = {{"front", "[32, 48]", 32 * 48},
                   {"embedding", "[24, 32]", 24 * 32},
                   {"taps", "[32, 4]", 32 * 4},
                   {"norm", "[32]", 32},
                   {"qkv", "[96, 32]", 96 * 32}};
    struct text header = {.arena = &arena}, all = {.arena = &arena};
    uint32_t values = 0;

    for (uint32_t i = 0; i < countof(tensors); i++) {
        text_add(&header,
                 "%s\"%s\": {\"dtype\": \"F32\", \"shape\": %s, \"data_offsets\": [%u, %u]}",
                 i == 0 ? "{" : ", ", tensors[i].name, tensors[i].shape, values * 4,
                 (values + tensors[i].count) * 4);
        values += tensors[i].count;
    }
    text_add(&header, "}");
    while (header.bytes % 8 != 0)
        text_add(&header, " ");
    const uint64_t header_bytes = header.bytes;
    text_add_bytes(&all, (const char *)&header_bytes, sizeof header_bytes);
    text_add_bytes(&all, header.data, header.bytes);
    for (uint32_t i = 0; i < values; i++)
        text_add_bytes(&all, (const char *)&(const float){0.5F}, sizeof(float));
    return temporary_write(&folder, "weights.safetensors", all.data, all.bytes);
}

static int set_up(void **state)
{
    struct diags d = {.arena = &arena};
    struct inspected in;

    (void)state;
    temporary_open(&folder);
    const char *weights = arena_printf(&arena, "--weights=%s", write_weights());
    const char *out = arena_printf(&arena, "%s", temporary_path(&folder, "out.rlx"));
    const char *argv[] = {"build",       "tests/artifacts/format-2.0.hir",           weights, "-q",
                          "--level=all", "--variants=decode=1,prefill=32,batch=2:2", "-o",    out};
    if (command_build(countof(argv), (char **)(uintptr_t)argv) != 0 || !file_map(out, &file, &d) ||
        !inspect_open(&in, out, file.data, file.bytes, &d) || !inspect_verify(&in) ||
        d.error_count != 0) {
        diags_print(&d, stderr);
        return 1;
    }
    a = in.artifact;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    file_unmap(&file);
    arena_free(&arena);
    temporary_close(&folder);
    return 0;
}

static const char *text_of(uint32_t string)
{
    return artifact_string(&a, string);
}

static void test_symbols(void **state)
{
    static const struct {
        const char *name;
        uint32_t symbol;
        int64_t multiply, add, divide;
        uint64_t min, max;
    } expected[] = {{"BATCH", 0, 1, 0, 1, 1, INT32_MAX},
                    {"SEQ", 1, 1, 0, 1, 1, INT32_MAX},
                    {"ROWS", 2, 1, 0, 1, 1, INT32_MAX},
                    {"PAST_SEQ", 3, 1, 0, 1, 0, INT32_MAX},
                    {"OUT_ROWS", 4, 1, 0, 1, 1, INT32_MAX},
                    {"KEYS", 5, 1, 0, 1, 1, INT32_MAX},
                    {"FRAMES", 6, 1, 0, 1, 2, 32},
                    {"CROSS_KEYS", 7, 1, 0, 1, 1, 16},
                    {"((FRAMES + 1) / 2)", 6, 1, 1, 2, 1, 16}};

    (void)state;
    assert_int_equal(a.symbols.count, countof(expected));
    for (uint32_t i = 0; i < countof(expected); i++) {
        const struct rlx_symbol *s = table_at(&a.symbols, i);
        assert_string_equal(text_of(s->name), expected[i].name);
        assert_int_equal(s->symbol, expected[i].symbol);
        assert_int_equal(s->multiply, expected[i].multiply);
        assert_int_equal(s->add, expected[i].add);
        assert_int_equal(s->divide, expected[i].divide);
        assert_int_equal(s->min, expected[i].min);
        assert_int_equal(s->max, expected[i].max);
    }
    for (int64_t frames = 2; frames <= 32; frames++) {
        int64_t dims[RLX_SLOT_MAX] = {[6] = frames};
        assert_int_equal(artifact_slot_size(table_at(&a.symbols, 8), dims), (frames + 1) / 2);
    }
}

static void test_states(void **state)
{
    static const struct {
        const char *name;
        uint32_t class, role, layout, layer, heads, width, capacity, slot, home, window;
    } expected[] = {
        {"cross_k", RLX_CLASS_CROSS, RLX_STATE_KEY, RLX_LAYOUT_KEYS, 0, 2, 16, 64, 7,
         RLX_HOME_STATE, 0},
        {"cross_v", RLX_CLASS_CROSS, RLX_STATE_VALUE, RLX_LAYOUT_VALUES, 0, 2, 16, 64, 7,
         RLX_HOME_STATE, 0},
        {"tail", RLX_CLASS_CARRIED, RLX_STATE_DATA, RLX_LAYOUT_PLAIN, 0, 1, 32, 3, RLX_NO_SLOT,
         RLX_HOME_CARRIED_IN, 0},
        {"h", RLX_CLASS_CARRIED, RLX_STATE_DATA, RLX_LAYOUT_PLAIN, 0, 1, 32, 1, RLX_NO_SLOT,
         RLX_HOME_CARRIED_IN, 0},
        {"past_k_0", RLX_CLASS_ROWS, RLX_STATE_KEY, RLX_LAYOUT_KEYS, 0, 2, 16, 64, RLX_NO_SLOT,
         RLX_HOME_STATE, 0},
        {"past_v_0", RLX_CLASS_ROWS, RLX_STATE_VALUE, RLX_LAYOUT_VALUES, 0, 2, 16, 64, RLX_NO_SLOT,
         RLX_HOME_STATE, 0},
        {"ring_k", RLX_CLASS_RING, RLX_STATE_KEY, RLX_LAYOUT_KEYS, 1, 2, 16, 64, RLX_NO_SLOT,
         RLX_HOME_STATE, 4},
        {"ring_v", RLX_CLASS_RING, RLX_STATE_VALUE, RLX_LAYOUT_VALUES, 1, 2, 16, 64, RLX_NO_SLOT,
         RLX_HOME_STATE, 4},
    };
    uint64_t end[RLX_HOME_COUNT] = {0};

    (void)state;
    assert_int_equal(a.states.count, countof(expected)); /* not those of class scratch */
    for (uint32_t i = 0; i < countof(expected); i++) {
        const struct rlx_state_entry *s = table_at(&a.states, i);
        assert_string_equal(text_of(s->name), expected[i].name);
        assert_int_equal(s->class_, expected[i].class);
        assert_int_equal(s->role, expected[i].role);
        assert_int_equal(s->layout, expected[i].layout);
        assert_int_equal(s->layer, expected[i].layer);
        assert_int_equal(s->heads, expected[i].heads);
        assert_int_equal(s->width, expected[i].width);
        assert_int_equal(s->capacity, expected[i].capacity);
        assert_int_equal(s->rows_slot, expected[i].slot);
        assert_int_equal(s->home, expected[i].home);
        assert_int_equal(s->window, expected[i].window);
        assert_true(s->offset >= end[s->home]); /* they do not overlap */
        end[s->home] = s->offset + s->bytes;
    }
    assert_int_equal(a.info->carried_bytes, 3 * 128 + 128);
    assert_int_equal(a.info->layers, 2);
    assert_int_equal(a.info->context, 64);
    assert_int_equal(a.info->vocabulary, 24);
    assert_int_equal(a.info->hidden + a.info->heads + a.info->kv_heads, 0);
}

static void expect_use(const struct rlx_entry *e, uint32_t index, const char *name, uint32_t access,
                       uint32_t slot)
{
    const struct rlx_use *u = table_at(&a.uses, e->first_use + index);
    const struct rlx_state_entry *s = table_at(&a.states, u->state);

    assert_string_equal(text_of(s->name), name);
    assert_int_equal(u->access, access);
    assert_int_equal(u->rows_slot, slot);
}

static void test_entries(void **state)
{
    const struct rlx_entry *encode = table_at(&a.entries, 0), *decode = table_at(&a.entries, 1);

    (void)state;
    assert_int_equal(a.entries.count, 2);
    assert_string_equal(text_of(encode->name), "encode");
    assert_string_equal(text_of(decode->name), "main");
    assert_int_equal(encode->use_count, 2);
    expect_use(encode, 0, "cross_k", RLX_WRITES, 8); /* (FRAMES + 1) / 2 rows */
    expect_use(encode, 1, "cross_v", RLX_WRITES, 8);
    assert_int_equal(decode->use_count, 8);
    expect_use(decode, 0, "cross_k", RLX_READS, RLX_NO_SLOT);
    for (uint32_t i = 2; i < 8; i++)
        expect_use(decode, i,
                   (const char *[]){"tail", "h", "past_k_0", "past_v_0", "ring_k", "ring_v"}[i - 2],
                   RLX_READS | RLX_WRITES, RLX_NO_SLOT);
}

struct expected_io {
    const char *name;
    uint32_t direction, role, element, rank, slot, width, limit;
};

static void expect_io(const struct rlx_variant_entry *v, const struct expected_io *expected,
                      uint32_t count)
{
    assert_int_equal(v->io_count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct rlx_io *io = table_at(&a.io, v->first_io + i);
        const struct expected_io *e = &expected[i];
        assert_string_equal(text_of(io->name), e->name);
        assert_int_equal(io->direction, e->direction);
        assert_int_equal(io->role, e->role);
        assert_int_equal(io->element, e->element);
        assert_int_equal(io->rank, e->rank);
        assert_int_equal(io->dims[0].slot, e->slot);
        assert_int_equal(io->dims[0].size, 0);
        assert_true(e->rank == 1 || (io->dims[1].slot == RLX_NO_SLOT &&
                                     io->dims[1].size == e->width && io->stride >= e->width));
        assert_int_equal(io->limit, e->limit);
    }
}

static void test_variants(void **state)
{
    static const struct expected_io encode[] = {
        {"mel", RLX_INPUT, RLX_ROLE_DATA, RLX_F32, 2, 6, 16, 0},
        {"hidden", RLX_OUTPUT, RLX_ROLE_DATA, RLX_F32, 2, 8, 32, 0}};
    static const struct expected_io decode[] = {
        {"tokens", RLX_INPUT, RLX_ROLE_TOKENS, RLX_I32, 1, RLX_DIM_ROWS, 0, 24},
        {"positions", RLX_INPUT, RLX_ROLE_POSITIONS, RLX_I32, 1, RLX_DIM_ROWS, 0, 64},
        {"out_rows", RLX_INPUT, RLX_ROLE_OUT_ROWS, RLX_I32, 1, RLX_DIM_OUT_ROWS, 0, 0},
        {"logits", RLX_OUTPUT, RLX_ROLE_LOGITS, RLX_F32, 2, RLX_DIM_OUT_ROWS, 24, 0},
        {"last", RLX_OUTPUT, RLX_ROLE_DATA, RLX_F32, 2, RLX_DIM_ROWS, 32, 0}};
    static const uint32_t encode_upper[RLX_SLOT_MAX] = {[0] = 1, [6] = 32, [8] = 16};

    (void)state;
    for (uint32_t i = 0; i < a.variants.count; i++) {
        const struct rlx_variant_entry *v = table_at(&a.variants, i);
        assert_int_equal(v->home_bytes[RLX_HOME_STATE], 0);
        if (v->entry == 0) {
            expect_io(v, encode, countof(encode));
            assert_memory_equal(v->upper, encode_upper, sizeof encode_upper);
            assert_int_equal(v->phase, RLX_PHASE_ENCODER);
            assert_int_equal(v->last_rows, 0);
            assert_int_equal(v->lm_head_step, v->step_count);
            assert_int_equal(v->lm_head_rows, 0);
            continue;
        }
        expect_io(v, decode, countof(decode));
        assert_int_equal(v->upper[6], 0); /* FRAMES */
        assert_int_equal(v->upper[7], 16);
        assert_int_equal(v->upper[8], 0);
        assert_int_equal(v->upper[RLX_DIM_KEYS], 64);
        assert_int_equal(v->upper[RLX_DIM_BATCH], v->batch);
        assert_true(v->upper[RLX_DIM_ROWS] == v->last_rows && v->last_rows >= 1);
        assert_true(v->segments != RLX_ABSENT);
        assert_true((v->row_segments != RLX_ABSENT) == (v->batch > 1));
    }
}

/* Variants of a level: decode, prefill, batch and encode. */
static void test_levels(void **state)
{
    (void)state;
    assert_int_equal(a.levels.count, LEVELS);
    for (uint32_t i = 0; i < LEVELS; i++) {
        const struct rlx_level *l = table_at(&a.levels, i);
        assert_int_equal(l->machine, EM_X86_64);
        assert_int_equal(l->variant_count, 4);
        assert_int_equal(l->first_variant, 4 * i);
        assert_string_equal(text_of(l->target), "cpu");
    }
}

/* Steps of carried states may run again; what a tile reads of weights is known. */
static void test_steps(void **state)
{
    uint32_t replayed = 0;

    (void)state;
    for (uint32_t i = 0; i < a.steps.count; i++) {
        const struct rlx_step *s = table_at(&a.steps, i);
        uint64_t weights = 0;
        replayed += (s->flags & RLX_STEP_REPLAY) != 0;
        for (uint32_t j = 0; j < s->arg_count; j++) {
            const struct rlx_arg *arg = table_at(&a.args, s->first_arg + j);
            weights += arg->home == RLX_HOME_WEIGHT ? arg->bytes : 0;
        }
        assert_true((s->tile_bytes != 0) == (weights != 0));
        assert_true(s->tile_bytes <= weights);
    }
    assert_int_equal(replayed, 2 * 3 * LEVELS); /* conv and scan of three variants */
    for (uint32_t i = 0; i < a.tensors.count; i++)
        assert_int_equal(((const struct rlx_tensor *)table_at(&a.tensors, i))->offset % 256, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbols), cmocka_unit_test(test_states),
        cmocka_unit_test(test_entries), cmocka_unit_test(test_variants),
        cmocka_unit_test(test_levels),  cmocka_unit_test(test_steps),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
