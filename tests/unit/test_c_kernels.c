/* What holds for products of the C target alone: a row has the same bits in a run of its own as among
 * others, though it is computed in another way there. And operands that are columns.
 */
#include "tests/unit/packed_weight.h"

enum { ROWS = 19, N = 40, STRIDE_N = 48 };

static uint32_t width_of(enum layout layout)
{
    return layout_multiple(layout) > 64  ? 512
           : layout_multiple(layout) > 1 ? whole_blocks(layout, 160)
                                         : 83;
}

static struct lir_kernel product(enum layout layout, bool gated)
{
    static const uint8_t mul[] = {S_X, S_Y, S_MUL};
    struct lir_kernel k = {.kind = KERNEL_matmul,
                           .rows_symbol = SYMBOL_ROWS,
                           .matmul = {.layout = layout,
                                      .format = {.act = ACT_f32, .tile_rows = 1},
                                      .tile_groups = gated ? 2 : 1,
                                      .gated = gated,
                                      .n = N,
                                      .k = width_of(layout)},
                           .stride = {[MATMUL_out] = STRIDE_N}};

    if (gated) { /* gate * up */
        k.matmul.code.bytes = sizeof mul;
        memcpy(k.matmul.code.code, mul, sizeof mul);
    }
    return with_arguments(k);
}

/* Sum times a column. */
static struct lir_kernel scaled_product(enum layout layout)
{
    struct lir_kernel k = product(layout, false);
    static const uint8_t mul[] = {S_X, S_Y, S_MUL};

    k.present |= 1u << MATMUL_operand;
    k.stride[MATMUL_operand] = 16;
    k.matmul.columns = 1;
    k.matmul.code.bytes = sizeof mul;
    memcpy(k.matmul.code.code, mul, sizeof mul);
    return k;
}

struct run {
    const struct code *code;
    const uint8_t *weight;
    float *x, *column, *out;
    uint32_t stride_k;
};

/* Rows first .. first + count - 1. */
static void run_rows(const struct run *r, uint32_t kernel, uint32_t first, uint32_t count)
{
    const int64_t dims[RLX_DIM_COUNT] = {1, count, count, 0, count};
    void *args[] = {[MATMUL_x] = r->x + (size_t)first * r->stride_k,
                    [MATMUL_weight] = (void *)r->weight,
                    [MATMUL_out] = r->out + (size_t)first * STRIDE_N,
                    [MATMUL_operand] = r->column + (size_t)first * 16};

    code_run(r->code, kernel, args, dims, 1, 1);
}

static void expect_equal_rows(const struct run *r, uint32_t kernel, const char *name)
{
    float *together = buffer_new(ROWS * STRIDE_N), *all = r->out;

    run_rows(r, kernel, 0, ROWS);
    memcpy(together, all, ROWS * STRIDE_N * sizeof *all);
    for (uint32_t count = 1; count <= 3; count++) {
        memset(all, 0xff, ROWS * STRIDE_N * sizeof *all);
        for (uint32_t first = 0; first < ROWS; first += count)
            run_rows(r, kernel, first, first + count > ROWS ? ROWS - first : count);
        for (uint32_t row = 0; row < ROWS; row++)
            if (memcmp(all + row * STRIDE_N, together + row * STRIDE_N, N * sizeof *all) != 0)
                fail_msg("%s: row %u differs in runs of %u rows", name, row, count);
    }
    buffer_free(together);
}

static void expect_scaled(const struct run *r, uint32_t plain, uint32_t scaled, const char *name)
{
    float *sums = buffer_new(ROWS * STRIDE_N);

    run_rows(r, plain, 0, ROWS);
    memcpy(sums, r->out, ROWS * STRIDE_N * sizeof *sums);
    run_rows(r, scaled, 0, ROWS);
    for (uint32_t row = 0; row < ROWS; row++)
        for (uint32_t n = 0; n < N; n++) {
            const float expected = sums[row * STRIDE_N + n] * r->column[row * 16],
                        found = r->out[row * STRIDE_N + n];
            if (memcmp(&expected, &found, sizeof found) != 0)
                fail_msg("%s: row %u column %u: expected %g, found %g", name, row, n,
                         (double)expected, (double)found);
        }
    buffer_free(sums);
}

static void try_layout(const struct code *code, enum layout layout)
{
    const uint32_t first = 3 * (layout - 1), k = width_of(layout);
    struct run r = {.code = code, .stride_k = (uint32_t)round_up(k, 16)};
    struct weight weight = weight_new(layout, 2 * (uint32_t)round_up(N, 16), k);

    r.weight = weight.bytes;
    r.x = buffer_random((size_t)ROWS * r.stride_k);
    r.column = buffer_random((size_t)ROWS * 16);
    r.out = buffer_new(ROWS * STRIDE_N);
    expect_equal_rows(&r, first, layout_info[layout].name);
    expect_equal_rows(&r, first + 1, layout_info[layout].name);
    expect_scaled(&r, first, first + 2, layout_info[layout].name);
    buffer_free(r.x);
    buffer_free(r.column);
    buffer_free(r.out);
    weight_free(&weight);
}

static void test_rows(void **state)
{
    struct lir_kernel kernels[3 * (LAYOUT_COUNT - 1)];
    struct code code;

    (void)state;
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++) {
        struct lir_kernel *of_layout = &kernels[3 * (layout - 1)];
        of_layout[0] = product((enum layout)layout, false);
        of_layout[1] = product((enum layout)layout, true);
        of_layout[2] = scaled_product((enum layout)layout);
    }
    code_open(&code, level_of_c(), kernels, countof(kernels));
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++)
        try_layout(&code, (enum layout)layout);
    code_close(&code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
