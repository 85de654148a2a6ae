/* Formulas: map over matrices, vectors and columns, each level that this machine runs, against the
 * definition in f64.
 */
#include "tests/unit/kernel_code.h"

#include <float.h>

enum { ROWS = 3, N = 997, STRIDE = 1008, SPACE = 16 /* between the values of a column */ };

struct formula_case {
    struct scalar_code code;
    uint32_t operands; /* a matrix, a vector, a column */
    float spread;      /* of the matrix */
    double tolerance;  /* relative */
};

static struct lir_kernel kernel_of(const struct formula_case *c, uint32_t tile_columns)
{
    struct lir_kernel kernel = with_arguments(
        (struct lir_kernel){.kind = KERNEL_map,
                            .rows_symbol = SYMBOL_ROWS,
                            .map = {.n = N, .tile_columns = tile_columns, .code = c->code}});

    for (uint32_t i = 0; i < c->operands; i++)
        kernel.present |= 1u << (MAP_operand + i);
    kernel.stride[MAP_operand] = kernel.stride[MAP_out] = STRIDE;
    if (c->operands == 3) {
        kernel.map.columns = 4;
        kernel.stride[MAP_operand + 2] = SPACE;
    }
    return kernel;
}

/* With kernel `which` of the code. */
static void try_formula(const struct code *code, uint32_t which, const struct formula_case *c)
{
    const uint32_t tile_columns = code->kernels[which].map.tile_columns;
    const uint64_t tiles = tile_columns == 0 ? 1 : ceil_div(N, tile_columns);
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, 1};
    float *x = buffer_random(ROWS * STRIDE), *vector = buffer_random(STRIDE),
          *column = buffer_random(ROWS * SPACE), *y = buffer_new(ROWS * STRIDE);
    void *args[] = {
        [MAP_out] = y, [MAP_operand] = x, [MAP_operand + 1] = vector, [MAP_operand + 2] = column};

    for (uint32_t i = 0; i < ROWS * STRIDE; i++)
        x[i] *= c->spread;
    code_run(code, which, args, dims, ROWS * tiles, tiles + 1);
    struct comparison comparison = comparison_of("map");
    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t i = 0; i < N; i++) {
            float operands[3] = {x[r * STRIDE + i], vector[i], column[r * SPACE]};
            double expected = (double)scalar_eval(&c->code, operands);
            compare_number(&comparison, r, i, (double)y[r * STRIDE + i], expected,
                           c->tolerance * fabs(expected) + 1e-37);
        }
    expect_agreement(&comparison);
    expect_untouched(y, ROWS, N, STRIDE);
    buffer_free(x);
    buffer_free(vector);
    buffer_free(column);
    buffer_free(y);
}

/* 2.5e-7 are about two units in the last place. */
static void test_formulas(void **state)
{
    static const struct formula_case cases[] = {
        {{2, {S_X, S_EXP}, {0}}, 1, 87, 2.5e-7},
        {{2, {S_X, S_EXP}, {0}}, 1, 1, 2e-7},
        {{2, {S_X, S_TANH}, {0}}, 1, 0.7f, 2.5e-7},
        {{2, {S_X, S_TANH}, {0}}, 1, 20, 2.5e-7},
        {{2, {S_X, S_ERF}, {0}}, 1, 0.01f, 1.5e-7},
        {{2, {S_X, S_ERF}, {0}}, 1, 1, 1.5e-7},
        {{2, {S_X, S_ERF}, {0}}, 1, 5, 1.5e-7},
        {{2, {S_X, S_ERF}, {0}}, 1, 1e30f, 1.5e-7},
        {{4, {S_X, S_X, S_MUL, S_SQRT}, {0}}, 1, 5, 2e-7},
        {{12,
          {S_X, S_Y, S_SUB, S_NEG, S_NUMBER, 0, S_MAX, S_X, S_NUMBER, 1, S_MIN, S_DIV},
          {0.37f, 1}},
         2,
         3,
         4e-7},
        {{5, {S_X, S_Z, S_MUL, S_Y, S_MUL}, {0}}, 3, 3, 2e-7},
        {{5, {S_Z, S_EXP, S_Y, S_MUL, S_NEG}, {0}}, 3, 3, 3e-7},
    };
    static const uint32_t tile_columns[] = {0, 16, 496, 992, 1008};

    struct lir_kernel kernels[countof(cases) * countof(tile_columns)];
    struct code code;

    (void)state;
    for (uint32_t i = 0; i < countof(kernels); i++)
        kernels[i] =
            kernel_of(&cases[i / countof(tile_columns)], tile_columns[i % countof(tile_columns)]);
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        code_open(&code, level, kernels, countof(kernels));
        for (uint32_t i = 0; i < countof(kernels); i++)
            try_formula(&code, i, &cases[i / countof(tile_columns)]);
        code_close(&code);
    }
}

/* Borders of erf: the sign of zero, where its two ways meet, and from where on it is 1. */
static void test_erf_borders(void **state)
{
    static const struct formula_case erf_case = {{2, {S_X, S_ERF}, {0}}, 1, 1, 0};
    const float at[] = {0,      -0.0f,   0.89999998f, 0.9f,    0.90000004f, 3.9f,     4.2f,
                        1e-30f, -1e-40f, 88,          FLT_MAX, -FLT_MAX,    INFINITY, -INFINITY};
    struct lir_kernel kernel = kernel_of(&erf_case, 0);
    int64_t dims[RLX_DIM_COUNT] = {1, 1, 1, 0, 1};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        float *x = buffer_random(STRIDE), *y = buffer_new(STRIDE);
        void *args[] = {[MAP_out] = y, [MAP_operand] = x};
        struct code code;
        memcpy(x, at, sizeof at);
        code_open(&code, level, &kernel, 1);
        code_run(&code, 0, args, dims, 1, 1);
        for (uint32_t i = 0; i < countof(at); i++) {
            double expected = erf((double)at[i]);
            assert_true(fabs((double)y[i] - expected) <= 1.5e-7 * fabs(expected) + 3e-45);
            assert_true(!signbit(y[i]) == !signbit(at[i]));
        }
        code_close(&code);
        buffer_free(x);
        buffer_free(y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_erf_borders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
