/* The work of a step, against numbers by hand: bytes and operations of each kind of kernel, and the
 * time that a plan predicts on a machine with round numbers. */
#include "compiler/lir/work.h"
#include "compiler/plan.h"
#include "tests/support/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

/* A program of one step. */
struct fixture {
    uint64_t segments; /* of a run */
    struct lir_kernel kernel;
    struct lir_kernels kernels;
    struct lir_step step;
    struct lir_program program;
};

static void set(struct fixture *f, struct lir_kernel kernel, struct lir_step step)
{
    f->segments = 1;
    f->kernel = kernel;
    f->kernels = (struct lir_kernels){.all = &f->kernel, .count = 1};
    f->step = step;
    f->program = (struct lir_program){.kernels = &f->kernels, .steps = &f->step, .step_count = 1};
}

static struct work work_of(struct fixture *f, uint64_t rows, uint64_t out_rows, uint64_t past)
{
    return step_work(&f->program, &f->step, &(struct extent){rows, out_rows, past, f->segments});
}

/* 100 rows are 7 groups of 16; a group of 64 columns in q8_0 is 1088 bytes. */
static void test_matmul(void **state)
{
    (void)state;
    struct fixture f;
    set(&f,
        (struct lir_kernel){
            .kind = KERNEL_matmul,
            .rows_symbol = SYMBOL_ROWS,
            .matmul = {.layout = LAYOUT_q8_0_r16, .format.act = ACT_i8, .n = 100, .k = 128}},
        (struct lir_step){.tiles = 4});
    struct work w = work_of(&f, 5, 1, 0);
    assert_int_equal(w.weight_bytes, 7 * 2 * 1088);
    assert_int_equal(w.linear, 2 * 5 * 100 * 128);
    assert_int_equal(w.kv_bytes + w.attention + w.elements, 0);
    assert_int_equal(w.tiles, 4);
    f.kernel.rows_symbol = SYMBOL_OUT_ROWS;
    assert_int_equal(work_of(&f, 5, 1, 0).linear, 2 * 100 * 128);
    assert_int_equal(work_of(&f, 5, 0, 0).weight_bytes, 0);
    f.kernel.matmul.n = 96; /* gate and up, 6 groups each */
    f.kernel.matmul.gated = 1;
    w = work_of(&f, 5, 1, 0);
    assert_int_equal(w.weight_bytes, 12 * 2 * 1088);
    assert_int_equal(w.linear, 2 * 2 * 96 * 128);
}

/* 4 heads of 16 with 2 of keys and values: a position has 2 * 16 keys and as many values. */
static void test_attention(void **state)
{
    (void)state;
    struct fixture f;
    struct head_shape shape = {
        .kv = DTYPE_f16, .heads = 4, .kv_heads = 2, .head_dim = 16, .context = 128};
    set(&f,
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = shape, .mask = MASK_causal}},
        (struct lir_step){.tiles = 2, .tile_symbol = SYMBOL_ROWS, .tile_unit = 2});
    struct work w = work_of(&f, 3, 1, 10); /* see 11, 12 and 13 keys */
    assert_int_equal(w.kv_bytes, 13 * (2 * 16 + 2 * 16) * 2);
    assert_int_equal(w.attention, 4 * (11 + 12 + 13) * 4 * 16);
    assert_int_equal(w.tiles, 2 * 2);
    f.step.values.window = 12;
    w = work_of(&f, 3, 1, 10); /* 11, 12, 12; positions 0 to 12 */
    assert_int_equal(w.attention, 4 * (11 + 12 + 12) * 4 * 16);
    assert_int_equal(w.kv_bytes, 13 * 64 * 2);
    assert_int_equal(work_of(&f, 1, 1, 100).kv_bytes, 12 * 64 * 2);
    f.step.values.window = 0;
    f.segments = 3; /* each of 10 */
    w = work_of(&f, 3, 3, 10);
    assert_int_equal(w.attention, 4 * 3 * 11 * 4 * 16);
    assert_int_equal(w.kv_bytes, 3 * 11 * 64 * 2);
    f.kernel = (struct lir_kernel){
        .kind = KERNEL_kv_write, .rows_symbol = SYMBOL_ROWS, .kv_write = {.shape = shape}};
    w = work_of(&f, 3, 3, 10);
    assert_int_equal(w.kv_bytes, 3 * 64 * 2);
    assert_int_equal(w.elements, 3 * (4 + 2 + 2) * 16);
}

/* States of this run alone have no past; those of another sequence are read to their end. */
static void test_classes(void **state)
{
    (void)state;
    struct fixture f;
    struct head_shape shape = {.kv = DTYPE_f16,
                               .heads = 4,
                               .kv_heads = 2,
                               .head_dim = 16,
                               .context = 128,
                               .class = STATE_scratch};
    set(&f,
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = shape, .mask = MASK_none}},
        (struct lir_step){.tiles = 2, .tile_symbol = SYMBOL_ROWS, .tile_unit = 4});
    f.segments = 2; /* of 5 rows */
    struct work w = work_of(&f, 10, 1, 70);
    assert_int_equal(w.attention, 4 * 2 * (5 * 5) * 4 * 16);
    assert_int_equal(w.kv_bytes, 2 * 5 * 64 * 2);
    f.kernel.attention.shape.class = STATE_cross;
    w = work_of(&f, 10, 1, 70);
    assert_int_equal(w.attention, 4 * (10 * 128) * 4 * 16);
    assert_int_equal(w.kv_bytes, 2 * 128 * 64 * 2);
    f.kernel = (struct lir_kernel){
        .kind = KERNEL_append, .rows_symbol = SYMBOL_ROWS, .append = {.shape = shape}};
    w = work_of(&f, 10, 1, 70);
    assert_int_equal(w.kv_bytes, 10 * 32 * 2);
    assert_int_equal(w.elements, 10 * 2 * 16);
    f.kernel = (struct lir_kernel){
        .kind = KERNEL_rope, .rows_symbol = SYMBOL_ROWS, .rope = {.heads = 4, .head_dim = 16}};
    assert_int_equal(work_of(&f, 10, 1, 70).elements, 10 * 4 * 16);
}

static void test_rows(void **state)
{
    (void)state;
    struct fixture f;
    set(&f,
        (struct lir_kernel){.kind = KERNEL_embed,
                            .rows_symbol = SYMBOL_ROWS,
                            .embed = {.layout = LAYOUT_f16_r32, .n = 1000, .k = 64}},
        (struct lir_step){.tiles = 1, .tile_symbol = SYMBOL_ROWS, .tile_unit = 1});
    assert_int_equal(work_of(&f, 3, 1, 0).weight_bytes, 3 * 64 * 2);
    f.kernel = (struct lir_kernel){
        .kind = KERNEL_norm_quant, .rows_symbol = SYMBOL_ROWS, .norm_quant = {.k = 64}};
    assert_int_equal(work_of(&f, 3, 1, 0).elements, 3 * 64);
    f.kernel =
        (struct lir_kernel){.kind = KERNEL_map, .rows_symbol = SYMBOL_ROWS, .map = {.n = 1000}};
    assert_int_equal(work_of(&f, 3, 1, 0).elements, 3 * 1000);
}

static struct target_speed halves(uint32_t level, const struct lir_kernel *k)
{
    (void)level;
    return (struct target_speed){SPEED_int8, 2, 0.5, 0.25, k->kind == KERNEL_attention ? 3e-3 : 0};
}

static double seconds_of(struct fixture *f, const struct machine *m, uint32_t rows)
{
    const struct target target = {.speed = halves};
    const struct packed_level level = {.target = &target};
    const struct packed_variant v = {variant_prefill(1, rows), {1, rows}};

    return plan_variant(&level, &f->program, &v, 0, m).seconds;
}

/* The longer one of bytes and operations, threads that wait, and a barrier. */
static void test_time(void **state)
{
    (void)state;
    struct fixture f;
    struct machine m = {.threads = 2, .read = 1e6, .barrier = 1e-3};
    m.peak[PEAK_INT8] = 1e9;
    set(&f,
        (struct lir_kernel){
            .kind = KERNEL_matmul,
            .rows_symbol = SYMBOL_ROWS,
            .matmul = {.layout = LAYOUT_q8_0_r16, .format.act = ACT_i8, .n = 16, .k = 64}},
        (struct lir_step){.tiles = 4});
    double reading = 1088 / (1e6 * 0.25);
    expect_number("seconds", seconds_of(&f, &m, 1), reading, 1e-12);
    double computing = 2.0 * 4096 * 16 * 64 * 2 / (1e9 * 0.5);
    expect_number("seconds", seconds_of(&f, &m, 4096), computing, 1e-9);
    f.step.tiles = 3; /* one thread has two of them */
    expect_number("seconds", seconds_of(&f, &m, 4096), computing * 4 / 3, 1e-9);
    f.step.flags = STEP_replicated | STEP_barrier; /* each thread does all of it */
    expect_number("seconds", seconds_of(&f, &m, 4096), computing * 2 + 1e-3, 1e-9);
    assert_true(seconds_of(&f, NULL, 4096) == 0);
    set(&f, /* one query, one key: 128 bytes, 64 operations, and 3 ms to begin */
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = {.kv = DTYPE_f16,
                                                    .heads = 1,
                                                    .kv_heads = 1,
                                                    .head_dim = 32,
                                                    .context = 64},
                                          .mask = MASK_causal}},
        (struct lir_step){.tiles = 2});
    expect_number("seconds", seconds_of(&f, &m, 1), 3e-3 + 128 / (1e6 * 0.25), 1e-9);
}

static void test_machine(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct machine m;
    assert_true(machine_read("read=45.5,int8=1900,barrier=0.25,threads=4", 1, &m, &diags));
    assert_true(m.read == 45.5e9 && m.peak[PEAK_INT8] == 1900e9 && m.peak[PEAK_F32] == 0);
    expect_number("barrier", m.barrier, 0.25e-6, 1e-15);
    assert_int_equal(m.threads, 4);
    static const char *const wrong[] = {"int8=1900",   "read=45,",         "read=",
                                        "read=x",      "read=45,speed=1",  "read=-1",
                                        "read=nan",    "read=45int8=3",    "=5",
                                        "read=1e99",   "no/file",          "measured,",
                                        "measured,45", "measured,speed=1", "measures,45"};
    for (uint32_t i = 0; i < countof(wrong); i++) {
        assert_false(machine_read(wrong[i], 1, &m, &diags));
        assert_int_equal(diags.error_count, i + 1);
    }
    assert_true(machine_read("measured,read=45.5,barrier=7", 1, &m, &diags));
    expect_number("read", m.read, 45.5e9, 0);
    expect_number("barrier", m.barrier, 7e-6, 1e-15);
    assert_int_equal(m.threads, 1);
    assert_true(m.peak[PEAK_F32] > 1e6);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matmul),    cmocka_unit_test(test_classes),
        cmocka_unit_test(test_attention), cmocka_unit_test(test_rows),
        cmocka_unit_test(test_time),      cmocka_unit_test(test_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
