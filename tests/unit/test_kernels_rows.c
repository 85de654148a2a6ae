/* Kernels that make rows of rows (norm_quant, embed, gather_rows, gather_columns, mean): each level that
 * this machine runs, against plain loops written from kernel_kinds.def and layout.def. If the table of
 * kernel kinds fixes the chain of operations, bits must be equal; code in C may round each product and
 * each sum.
 */
#include "tests/unit/packed_weight.h"

/* ---- norm_quant ---- */

/* `bias` NULL: an RMS norm; else a LayerNorm. `residual` NULL: the norm alone; else `last`, or NULL,
 * multiplies the sum. */
static void check_norm(const float *x, const float *weight, const float *bias,
                       const float *residual, const float *last, uint32_t k, const float *y)
{
    double squares = 0, mean = 0, largest = 0;

    for (uint32_t i = 0; i < k && bias != NULL; i++)
        mean += (double)x[i] / k;
    for (uint32_t i = 0; i < k; i++) {
        squares += ((double)x[i] - mean) * ((double)x[i] - mean);
        largest = fmax(largest, fabs((double)x[i]));
    }
    double factor = 1 / sqrt(squares / k + (double)1e-5f);
    struct comparison c = comparison_of("%s of %u", bias != NULL ? "LayerNorm" : "RMS norm", k);
    for (uint32_t i = 0; i < k; i++) {
        double scale = factor * (double)weight[i];
        double expected = ((double)x[i] - mean) * scale + (bias != NULL ? (double)bias[i] : 0);
        double slack = bias == NULL ? 1e-6 * fabs(expected)
                                    : 2e-6 * (largest * fabs(scale) + fabs((double)bias[i]));
        if (residual != NULL) {
            expected += (double)residual[i];
            slack += 2e-7 * fabs(expected);
            slack *= last != NULL ? fabs((double)last[i]) * 1.001 : 1;
            expected *= last != NULL ? (double)last[i] : 1;
        }
        compare_number(&c, 0, i, (double)y[i], expected, slack + 1e-30);
    }
    expect_agreement(&c);
}

static struct lir_kernel norm_kernel(uint32_t k, bool centered, bool adds)
{
    const uint32_t stride = (uint32_t)round_up(k, 16);

    return with_arguments((struct lir_kernel){
        .kind = KERNEL_norm_quant,
        .rows_symbol = SYMBOL_ROWS,
        .present = 1u << NORM_QUANT_weight | (uint32_t)centered << NORM_QUANT_bias |
                   (uint32_t)adds << NORM_QUANT_residual |
                   (uint32_t)(adds && !centered) << NORM_QUANT_scale,
        .norm_quant = {.format = {.act = ACT_f32, .tile_rows = 2},
                       .k = k,
                       .epsilon = 1e-5f,
                       .centered = centered},
        .stride = {[NORM_QUANT_x] = stride + 16, [NORM_QUANT_residual] = adds ? stride + 32 : 0}});
}

static void try_norm(const struct code *code, uint32_t kernel)
{
    enum { ROWS = 5 };
    const struct lir_kernel *norm = &code->kernels[kernel];
    const bool centered = norm->norm_quant.centered, adds = lir_has(norm, NORM_QUANT_residual);
    const uint32_t k = norm->norm_quant.k, stride = (uint32_t)round_up(k, 16),
                   last = k % 16 == 0 ? 16 : k % 16;
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, 1};
    float *residual = buffer_random((size_t)ROWS * (stride + 32));
    float *x = buffer_new((size_t)ROWS * (stride + 16)), *weight = buffer_random(stride),
          *bias = buffer_random(stride), *y = buffer_new((size_t)ROWS * stride);

    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t i = 0; i < stride + 16; i++)
            x[(size_t)r * (stride + 16) + i] =
                i < k ? random_number() * 3 + (float)centered : NAN; /* beyond k: must not matter */
    for (uint32_t i = k; i < stride; i++)
        weight[i] = bias[i] = 0;
    void *args[] = {[NORM_QUANT_x] = x,
                    [NORM_QUANT_weight] = weight,
                    [NORM_QUANT_bias] = centered ? bias : NULL,
                    [NORM_QUANT_residual] = adds ? residual : NULL,
                    [NORM_QUANT_scale] = adds && !centered ? bias : NULL,
                    [NORM_QUANT_out] = y};
    code_run(code, kernel, args, dims, 3, 2);
    for (uint32_t r = 0; r < ROWS; r++)
        check_norm(x + (size_t)r * (stride + 16), weight, centered ? bias : NULL,
                   adds ? residual + (size_t)r * (stride + 32) : NULL, centered ? NULL : bias, k,
                   y + (size_t)r * stride);
    expect_untouched(y, ROWS, stride - 16 + last, stride);
    buffer_free(x);
    buffer_free(weight);
    buffer_free(bias);
    buffer_free(residual);
    buffer_free(y);
}

static void test_norm(void **state)
{
    static const uint32_t widths[] = {1, 16, 24, 64, 83, 200, 576};
    enum { KINDS = 4, NORMS = KINDS * countof(widths) };
    struct lir_kernel kernels[NORMS];
    struct code code;

    (void)state;
    for (uint32_t i = 0; i < NORMS; i++)
        kernels[i] = norm_kernel(widths[i / KINDS], i % 2 != 0, i / 2 % 2 != 0);
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        code_open(&code, level, kernels, NORMS);
        for (uint32_t i = 0; i < NORMS; i++)
            try_norm(&code, i);
        code_close(&code);
    }
}

/* ---- embed, gathers, mean ---- */

enum { EMBEDDED = 37, EMBED_STRIDE = 544 };

static struct lir_kernel embed_kernel(enum layout layout, uint32_t k)
{
    return with_arguments((struct lir_kernel){.kind = KERNEL_embed,
                                              .rows_symbol = SYMBOL_ROWS,
                                              .embed = {.layout = layout, .n = EMBEDDED, .k = k},
                                              .stride = {[EMBED_out] = EMBED_STRIDE}});
}

static void try_embed(const struct code *code, uint32_t kernel, bool is_c)
{
    enum { ROWS = 5 };
    const enum layout layout = code->kernels[kernel].embed.layout;
    const uint32_t k = code->kernels[kernel].embed.k;
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, 1};
    int32_t tokens[ROWS] = {0, 36, 15, 16, 21};
    struct weight w = weight_new(layout, EMBEDDED, k);
    float *y = buffer_new(ROWS * EMBED_STRIDE);
    void *args[] = {[EMBED_tokens] = tokens, [EMBED_weight] = w.bytes, [EMBED_out] = y};
    struct comparison all = comparison_of("embed of %s", layout_info[layout].name);

    code_run(code, kernel, args, dims, ROWS, 2);
    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t i = 0; i < k; i++)
            compare_number(&all, r, i, (double)y[r * EMBED_STRIDE + i],
                           (double)w.values[(uint32_t)tokens[r] * k + i],
                           is_c && has_minimum(layout) ? 1e-6 : 0);
    expect_agreement(&all);
    expect_untouched(y, ROWS, k, EMBED_STRIDE);
    buffer_free(y);
    weight_free(&w);
}

static void test_embed(void **state)
{
    struct lir_kernel kernels[2 * LAYOUT_COUNT];
    uint32_t count = 0;
    struct code code;

    (void)state;
    for (enum layout layout = 1; layout < LAYOUT_COUNT; layout++) {
        const uint32_t multiple = layout_multiple(layout);
        kernels[count++] = embed_kernel(layout, multiple > 64  ? 512
                                                : multiple > 1 ? whole_blocks(layout, 160)
                                                               : 33);
        if (multiple <= 64)
            kernels[count++] = embed_kernel(layout, 64);
    }
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        code_open(&code, level, kernels, count);
        for (uint32_t i = 0; i < count; i++)
            try_embed(&code, i, level_is_c(level));
        code_close(&code);
    }
}

static void test_gather_rows(void **state)
{
    enum { ROWS = 4, K = 43, FROM = 64, TO = 48 };
    struct lir_kernel kernel = with_arguments((struct lir_kernel){.kind = KERNEL_gather_rows,
                                                                  .rows_symbol = SYMBOL_OUT_ROWS,
                                                                  .gather_rows = {.k = K},
                                                                  .stride = {FROM, 0, TO}});
    int64_t dims[RLX_DIM_COUNT] = {1, 7, 7, 0, ROWS};
    int32_t indices[ROWS] = {6, 0, 3, 3};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        float *x = buffer_random(7 * FROM), *y = buffer_new(ROWS * TO);
        void *args[] = {
            [GATHER_ROWS_x] = x, [GATHER_ROWS_indices] = indices, [GATHER_ROWS_out] = y};
        struct code code;
        code_open(&code, level, &kernel, 1);
        code_run(&code, 0, args, dims, ROWS, 3);
        for (uint32_t r = 0; r < ROWS; r++)
            expect_equal_bits("rows", y + r * TO, x + indices[r] * FROM, 1, K);
        expect_untouched(y, ROWS, K, TO);
        code_close(&code);
        buffer_free(x);
        buffer_free(y);
    }
}

static void test_gather_columns(void **state)
{
    enum { ROWS = 3, K = 43, FROM = 64, TO = 48 };
    struct lir_kernel kernel = with_arguments((struct lir_kernel){.kind = KERNEL_gather_columns,
                                                                  .rows_symbol = SYMBOL_ROWS,
                                                                  .gather_columns = {.k = K},
                                                                  .stride = {FROM, 0, TO}});
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, 1};
    int32_t order[TO] = {0};

    (void)state;
    for (uint32_t i = 0; i < K; i++)
        order[i] = (int32_t)(i * 5 % K);
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        float *x = buffer_random(ROWS * FROM), *y = buffer_new(ROWS * TO);
        void *args[] = {
            [GATHER_COLUMNS_x] = x, [GATHER_COLUMNS_order] = order, [GATHER_COLUMNS_out] = y};
        struct code code;
        code_open(&code, level, &kernel, 1);
        code_run(&code, 0, args, dims, ROWS, 2);
        for (uint32_t r = 0; r < ROWS; r++)
            for (uint32_t i = 0; i < K; i++)
                expect_equal_bits("columns", &y[r * TO + i], &x[r * FROM + (uint32_t)order[i]], 1,
                                  1);
        expect_untouched(y, ROWS, K, TO);
        code_close(&code);
        buffer_free(x);
        buffer_free(y);
    }
}

static void test_mean(void **state)
{
    enum { ROWS = 4, TO = 16 };
    static const uint32_t widths[] = {1, 15, 16, 64, 83, 520};
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, ROWS};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1))
        for (size_t w = 0; w < countof(widths); w++) {
            const uint32_t k = widths[w], from = (uint32_t)round_up(k, 16) + 16;
            struct lir_kernel kernel = with_arguments(
                (struct lir_kernel){.kind = KERNEL_mean, .mean = {.k = k}, .stride = {from, TO}});
            float *x = buffer_random((size_t)ROWS * from), *y = buffer_new(ROWS * TO);
            void *args[] = {[MEAN_x] = x, [MEAN_out] = y};
            struct code code;
            kernel.rows_symbol = SYMBOL_ROWS;
            code_open(&code, level, &kernel, 1);
            code_run(&code, 0, args, dims, ROWS, 3);
            for (uint32_t r = 0; r < ROWS; r++) {
                double sum = 0;
                for (uint32_t i = 0; i < k; i++)
                    sum += x[r * from + i];
                expect_number("mean", y[r * TO], sum / k, 1e-6);
            }
            expect_untouched(y, ROWS, 1, TO);
            code_close(&code);
            buffer_free(x);
            buffer_free(y);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norm),        cmocka_unit_test(test_embed),
        cmocka_unit_test(test_gather_rows), cmocka_unit_test(test_gather_columns),
        cmocka_unit_test(test_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
