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

static const struct scalar_code *code_of(enum hir_op op)
{
    return hir_op_info[op].code;
}

static const char *text_of(const struct scalar_code *code)
{
    static const char *const operands[] = {"x0", "x1", "x2"};
    static const struct scalar_language plain = {.functions = {[S_EXP] = "exp",
                                                               [S_TANH] = "tanh",
                                                               [S_SQRT] = "sqrt",
                                                               [S_ERF] = "erf",
                                                               [S_MAX] = "max",
                                                               [S_MIN] = "min"},
                                                 .number = float_text};
    struct text text = {.arena = &arena};

    scalar_infix(&text, code, operands, &plain);
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
        {HIR_gelu, {-0.0455002635f, 0.345731231f, 2.99595031f}},
        {HIR_erf, {-0.995322265f, 0.520499878f, 0.999977910f}},
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
    expect_number("min", scalar_eval(code_of(HIR_min), (float[]){7, 8}), 7, 0);
    expect_number("max", scalar_eval(code_of(HIR_max), (float[]){7, 8}), 8, 0);
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
        assert_true(scalar_valid(info->code, info->max));
        assert_false(scalar_valid(info->code, info->max - 1u));
    }
}

static void test_what_is_not_valid(void **state)
{
    static const struct scalar_code wrong[] = {
        {1, {S_ADD}, {0}},              /* nothing to take */
        {2, {S_X, S_X}, {0}},           /* two values left */
        {0, {S_X}, {0}},                /* none left */
        {1, {S_NUMBER}, {0}},           /* which number? */
        {2, {S_NUMBER, 200}, {0}},      /* no such number */
        {2, {S_NUMBER, 0}, {INFINITY}}, /* no number */
        {2, {S_X, S_MIN + 1}, {0}},     /* no such op */
        {3, {S_X, S_END, S_NEG}, {0}},
    };
    struct scalar_code deep = {.bytes = 39};

    (void)state;
    for (uint32_t i = 0; i < countof(wrong); i++)
        assert_false(scalar_valid(&wrong[i], 8));
    memset(deep.code, S_X, 20);
    memset(deep.code + 20, S_ADD, 19);
    assert_false(scalar_valid(&deep, 8)); /* 20 values at once */
}

/* Numbers join the pool in the order in which they are read, each once: -0 is not 0. */
static void test_pool(void **state)
{
    static const float numbers[] = {0.5f, 0, 0.5f, -0.0f, 3};
    struct scalar_code code = {0}, full = {0};

    (void)state;
    for (uint32_t i = 0; i < countof(numbers); i++)
        assert_true(scalar_put_number(&code, numbers[i]));
    assert_memory_equal(
        code.code, ((uint8_t[]){S_NUMBER, 0, S_NUMBER, 1, S_NUMBER, 0, S_NUMBER, 2, S_NUMBER, 3}),
        10);
    assert_true(code.numbers[0] == 0.5f && code.numbers[3] == 3 && code.numbers[4] == 0);
    assert_true(!signbit(code.numbers[1]) && signbit(code.numbers[2]));
    for (uint32_t i = 0; i < SCALAR_MAX_NUMBERS; i++)
        assert_true(scalar_put_number(&full, (float)i + 1));
    assert_false(scalar_put_number(&full, 0.25f));
    assert_true(scalar_put_number(&full, 8));
    assert_int_equal(full.bytes, 2 * (SCALAR_MAX_NUMBERS + 1));
}

static void test_text(void **state)
{
    static const struct scalar_code code = {
        7, {S_X, S_Y, S_MAX, S_NUMBER, 0, S_SUB, S_NEG}, {0.5f}};
    static const struct scalar_code grouped[] = {{5, {S_X, S_Y, S_Z, S_SUB, S_SUB}, {0}},
                                                 {5, {S_X, S_Y, S_Z, S_MUL, S_DIV}, {0}},
                                                 {5, {S_X, S_Y, S_ADD, S_Z, S_MUL}, {0}},
                                                 {5, {S_X, S_Y, S_SUB, S_Z, S_SUB}, {0}},
                                                 {4, {S_NUMBER, 0, S_NEG, S_NEG}, {-2}}};

    (void)state;
    assert_string_equal(text_of(code_of(HIR_silu)), "x0 / (1 + exp(-x0))");
    assert_string_equal(text_of(code_of(HIR_rsqrt)), "1 / sqrt(x0)");
    assert_string_equal(text_of(code_of(HIR_relu)), "max(x0, 0)");
    assert_string_equal(text_of(&code), "-(max(x0, x1) - 0.5)");
    assert_string_equal(text_of(code_of(HIR_gelu_tanh)),
                        "0.5 * x0 * (1 + tanh(0.7978846 * (x0 + 0.044715 * (x0 * (x0 * x0)))))");
    assert_string_equal(text_of(&grouped[0]), "x0 - (x1 - x2)");
    assert_string_equal(text_of(&grouped[1]), "x0 / (x1 * x2)");
    assert_string_equal(text_of(&grouped[2]), "(x0 + x1) * x2");
    assert_string_equal(text_of(&grouped[3]), "x0 - x1 - x2");
    assert_string_equal(text_of(&grouped[4]), "-(-(-2))");
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
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
