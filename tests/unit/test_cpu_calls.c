/* A kernel for OUT_ROWS that calls kernels for ROWS, with as many tokens per tile or with one,
 * against the same kernel compiled alone: equal bits in the requested rows, whatever ROWS is, and
 * no stores after them. */
#include "tests/unit/kernel_code.h"

enum { N = 48, K = 64, ROWS_MAX = 9 };

enum { CALL_BYTES = 400 }; /* a choice between two calls, and no more */

static struct lir_kernel norm_quant_kernel(void)
{
    return with_arguments((struct lir_kernel){
        .kind = KERNEL_norm_quant,
        .rows_symbol = SYMBOL_OUT_ROWS,
        .norm_quant = {.format = {.act = ACT_i16, .bias = 128, .tile_rows = 4}, .k = K},
        .stride = {[NORM_QUANT_x] = K}});
}

static struct lir_kernel matmul_kernel(void)
{
    return with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                              .rows_symbol = SYMBOL_OUT_ROWS,
                                              .matmul = {.layout = LAYOUT_f32_r16,
                                                         .format = {.act = ACT_f32, .tile_rows = 4},
                                                         .tile_groups = 1,
                                                         .n = N,
                                                         .k = K},
                                              .stride = {[MATMUL_out] = N}});
}

struct outputs {
    float *packed, *y;
};

/* Kernels `row` and `row + 1` of the code: a norm_quant and a matmul. */
static struct outputs run(const struct code *code, uint32_t row, int64_t asked, float *x, float *w)
{
    const struct lir_kernel kernel = norm_quant_kernel();
    const struct kernel_norm_quant *k = &kernel.norm_quant;
    const uint64_t tiles = ceil_div((uint64_t)asked, k->format.tile_rows);
    const int64_t dims[RLX_DIM_COUNT] = {1, ROWS_MAX, ROWS_MAX, 0, asked};
    struct outputs out = {buffer_new(act_bytes(&k->format, K, ROWS_MAX) / 4),
                          buffer_new(ROWS_MAX * N)};
    void *norm_quant_args[] = {[NORM_QUANT_x] = x, [NORM_QUANT_out] = out.packed};
    void *args[] = {[MATMUL_x] = x, [MATMUL_weight] = w, [MATMUL_out] = out.y};

    code_run(code, row, norm_quant_args, dims, tiles, 1);
    code_run(code, row + 1, args, dims, N / 16, 1);
    return out;
}

static void free_outputs(struct outputs out)
{
    free(out.packed - MARGIN);
    free(out.y - MARGIN);
}

static void calls_equal_kernels_made_alone(uint32_t level)
{
    struct lir_kernel kernels[6];
    float *x = buffer_random(ROWS_MAX * K), *w = buffer_random(N * K);
    struct code alone, calls;

    for (uint32_t i = 0; i < countof(kernels); i++) {
        kernels[i] = i % 2 == 0 ? norm_quant_kernel() : matmul_kernel();
        kernels[i].rows_symbol = i < 4 ? SYMBOL_ROWS : SYMBOL_OUT_ROWS;
        if (i == 0)
            kernels[i].norm_quant.format.tile_rows = 1;
        if (i == 1)
            kernels[i].matmul.format.tile_rows = 1;
    }
    code_open(&alone, level, &kernels[4], 2);
    code_open(&calls, level, kernels, 6);
    for (uint32_t i = 4; i < 6; i++)
        assert_true(calls.target.code_bytes[i] < CALL_BYTES);
    struct outputs two = run(&alone, 0, 2, x, w);
    for (int64_t asked = 1; asked <= ROWS_MAX; asked++) {
        struct outputs expected = run(&alone, 0, asked, x, w), found = run(&calls, 4, asked, x, w);
        assert_memory_equal(expected.packed, found.packed,
                            act_bytes(&kernels[4].norm_quant.format, K, ROWS_MAX));
        expect_equal_bits("called", found.y, expected.y, ROWS_MAX, N);
        expect_equal_bits("of two rows", found.y, two.y, 1, N);
        if (asked < ROWS_MAX)
            expect_all("rows that nobody asked for", found.y + asked * N, sentinel,
                       (size_t)(ROWS_MAX - asked) * N);
        free_outputs(expected);
        free_outputs(found);
    }
    free_outputs(two);
    free(x - MARGIN);
    free(w - MARGIN);
    code_close(&alone);
    code_close(&calls);
}

static void test_calls(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        if (level_runs(level))
            calls_equal_kernels_made_alone(level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
