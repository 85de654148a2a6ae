/* Scalar formulas: values against numbers computed elsewhere, text and validity. */
#include "compiler/hir/hir.h"
#include "compiler/hir/scalar.h"
#include "tests/support/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

static struct arena arena;

static const uint8_t *code_of(enum hir_op op)
{
    return hir_op_info[op].code;
}

static const char *text_of(const uint8_t *code)
{
    struct text text = {.arena = &arena};

    scalar_text(&text, code);
    return text.data;
}

/* Expected values: the definitions, in Python, rounded to f32. */
static void test_activations(void **state)
{
    static const float x[] = {-2.0f, 0.5f, 3.0f};
    static const struct {
        enum hir_op op;
        float expected[3];
    } table[] = {
        {HIR_silu, {-0.238405839f, 0.311229676f, 2.85772228f}},
        {HIR_gelu_tanh, {-0.0454023071f, 0.345714003f, 2.99636269f}},
        {HIR_sigmoid, {0.119202919f, 0.622459352f, 0.952574134f}},
        {HIR_tanh, {-0.964027584f, 0.462117165f, 0.995054781f}},
        {HIR_exp, {0.135335281f, 1.64872122f, 20.085537f}},
        {HIR_relu, {0.0f, 0.5f, 3.0f}},
        {HIR_neg, {2.0f, -0.5f, -3.0f}},
        {HIR_square, {4.0f, 0.25f, 9.0f}},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(table); i++) {
        float found[countof(x)];
        for (uint32_t j = 0; j < countof(x); j++)
            found[j] = scalar_eval(code_of(table[i].op), &x[j]);
        expect_close(hir_op_info[table[i].op].name, found, table[i].expected, 1, countof(x), 0,
                     1e-7);
    }
    expect_number("rsqrt", scalar_eval(code_of(HIR_rsqrt), (float[]){0.25f}), 2, 0);
    expect_number("sub", scalar_eval(code_of(HIR_sub), (float[]){7, 9}), -2, 0);
    expect_number("div", scalar_eval(code_of(HIR_div), (float[]){7, 8}), 0.875, 0);
}

static void test_no_overflow_inside(void **state)
{
    (void)state;
    assert_true(scalar_eval(code_of(HIR_silu), (float[]){-200}) <= 0);
    expect_number("silu", scalar_eval(code_of(HIR_silu), (float[]){200}), 200, 0);
    /* The square of a large f32 overflows f32, not the f64 in which formulas are computed. */
    expect_number("rsqrt", scalar_eval(code_of(HIR_rsqrt), (float[]){1e38f}), 1e-19, 1e-25);
}

static void test_every_formula_is_valid(void **state)
{
    (void)state;
    for (uint32_t op = 1; op < HIR_OP_COUNT; op++) {
        const struct hir_op_info *info = &hir_op_info[op];
        bool has_own = op == HIR_formula; /* the code is the node's */
        assert_true((info->code != NULL || has_own) == (info->fusion == FUSE_map));
        if (info->code == NULL)
            continue;
        assert_true(scalar_valid(info->code, scalar_length(info->code), info->max));
        assert_false(scalar_valid(info->code, scalar_length(info->code), info->max - 1u));
    }
}

static void test_what_is_not_valid(void **state)
{
    uint8_t deep[SCALAR_MAX_CODE];

    (void)state;
    assert_false(scalar_valid((const uint8_t[]){S_ADD}, 1, 8));          /* nothing to take */
    assert_false(scalar_valid((const uint8_t[]){S_X, S_X}, 2, 8));       /* two values left */
    assert_false(scalar_valid((const uint8_t[]){S_X}, 0, 8));            /* none left */
    assert_false(scalar_valid((const uint8_t[]){S_K}, 1, 8));            /* which constant? */
    assert_false(scalar_valid((const uint8_t[]){S_K, 200}, 2, 8));       /* no such constant */
    assert_false(scalar_valid((const uint8_t[]){S_X, S_MIN + 1}, 2, 8)); /* no such op */
    assert_false(scalar_valid((const uint8_t[]){S_X, S_END, S_NEG}, 3, 8));
    memset(deep, S_X, sizeof deep);
    memset(deep + 20, S_ADD, 19);
    assert_false(scalar_valid(deep, 39, 8)); /* 20 values at once */
}

static void test_text(void **state)
{
    static const uint8_t code[] = {S_X, S_Y, S_MAX, S_K, SCALAR_CONSTANT_half, S_SUB, S_NEG, S_END};

    (void)state;
    assert_string_equal(text_of(code_of(HIR_silu)), "(x0 / (1 + exp(-x0)))");
    assert_string_equal(text_of(code_of(HIR_rsqrt)), "(1 / sqrt(x0))");
    assert_string_equal(text_of(code_of(HIR_relu)), "max(x0, 0)");
    assert_string_equal(text_of(code), "-(max(x0, x1) - 0.5)");
    assert_string_equal(text_of(code_of(HIR_gelu_tanh)),
                        "((0.5 * x0) * (1 + tanh((0.7978845608028654 * (x0 + (0.044715 * (x0 * "
                        "(x0 * x0))))))))");
    arena_free(&arena);
}

static void test_numbers_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } table[] = {
        {0, "0"},          {1e-05, "1e-05"},
        {0.1, "0.1"},      {10000, "10000"},
        {1e300, "1e+300"}, {0.1 + 0.2, "0.30000000000000004"},
        {-2.5, "-2.5"},    {1.0 / 3, "0.3333333333333333"},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(table); i++) {
        struct text text = {.arena = &arena};
        number_text(&text, table[i].value);
        assert_string_equal(text.data, table[i].text);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_no_overflow_inside),
        cmocka_unit_test(test_every_formula_is_valid),
        cmocka_unit_test(test_what_is_not_valid),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
