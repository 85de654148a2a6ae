/* A kernel for OUT_ROWS that calls its twin for ROWS, against the same kernel made alone: equal
 * bits for as many rows as were asked for, whatever ROWS is, and nothing behind them.
 */
#include "tests/unit/cpu_code.h"

enum { N = 48, K = 64, ROWS_MAX = 9 };

/* What calls its twin is hardly any code. */
enum { CALL_BYTES = 256 };

static struct lir_kernel row_kernel(void)
{
    return (struct lir_kernel){.kind = KERNEL_row,
                               .act = ACT_i16,
                               .bias = 128,
                               .rows_symbol = SYMBOL_OUT_ROWS,
                               .input_count = 1,
                               .output_count = 1,
                               .tile_tokens = 4,
                               .k = K,
                               .stride = {K}};
}

static struct lir_kernel matmul_kernel(void)
{
    return (struct lir_kernel){.kind = KERNEL_matmul,
                               .layout = LAYOUT_f32_r16,
                               .act = ACT_f32,
                               .rows_symbol = SYMBOL_OUT_ROWS,
                               .input_count = 2,
                               .output_count = 1,
                               .tile_groups = 1,
                               .tile_tokens = 4,
                               .n = N,
                               .k = K,
                               .stride = {0, 0, N}};
}

struct outputs {
    float *packed, *y;
};

/* Kernels `row` and `row + 1` of the code: a row and a matmul. */
static struct outputs run(const struct code *code, uint32_t row, int64_t asked, float *x, float *w)
{
    const struct lir_kernel k = row_kernel();
    const uint64_t tiles = ceil_div((uint64_t)asked, k.tile_tokens);
    const int64_t dims[RLX_DIM_COUNT] = {1, ROWS_MAX, ROWS_MAX, 0, asked};
    struct outputs out = {buffer_new(act_bytes(&k, ROWS_MAX) / 4), buffer_new(ROWS_MAX * N)};
    void *row_args[] = {x, out.packed}, *args[] = {x, w, out.y};

    code_run(code, row, row_args, dims, tiles, 1);
    code_run(code, row + 1, args, dims, N / 16, 1);
    return out;
}

static void twins_equal_kernels_made_alone(uint32_t level)
{
    struct lir_kernel kernels[4] = {row_kernel(), matmul_kernel(), row_kernel(), matmul_kernel()};
    float *x = buffer_random(ROWS_MAX * K), *w = buffer_random(N * K);
    const uint64_t packed_bytes = act_bytes(&kernels[0], ROWS_MAX);
    struct code alone, both;

    code_open(&alone, level, kernels, 2);
    kernels[0].rows_symbol = kernels[1].rows_symbol = SYMBOL_ROWS;
    code_open(&both, level, kernels, 4);
    assert_true(both.target.code_bytes[2] < CALL_BYTES);
    assert_true(both.target.code_bytes[2] < alone.target.code_bytes[0]);
    assert_true(both.target.code_bytes[3] < alone.target.code_bytes[1]);
    for (int64_t asked = 1; asked <= ROWS_MAX; asked++) {
        struct outputs expected = run(&alone, 0, asked, x, w), found = run(&both, 2, asked, x, w);
        assert_memory_equal(expected.packed, found.packed, packed_bytes);
        assert_memory_equal(expected.y, found.y, ROWS_MAX * N * sizeof(float));
        for (int64_t i = asked * N; i < ROWS_MAX * N; i++)
            assert_true(found.y[i] == sentinel);
        free(expected.packed - MARGIN);
        free(expected.y - MARGIN);
        free(found.packed - MARGIN);
        free(found.y - MARGIN);
    }
    free(x - MARGIN);
    free(w - MARGIN);
    code_close(&alone);
    code_close(&both);
}

static void test_twins(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        if (level_runs(level))
            twins_equal_kernels_made_alone(level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_twins)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
