/* Formulas of elementwise nodes: their code, the operands that they read, what does not fit, and
 * what no step computes. */
#include "compiler/hir/formula.h"

#include "compiler/hir/scalar.h"
#include "tests/support/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

struct unit {
    struct arena arena;
    struct strings strings;
    struct hir_graph graph;
};

/* Nodes 1 to 5: tokens, embedding, two matrices of rows, a vector; then `body`. */
static void make(struct unit *u, const char *body)
{
    static const char head[] = "graph \"unit\"\n"
                               " %1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                               " %2 = weight f32 [9, 12] \"embedding\"\n"
                               " %3 = embed %2 %1 f32 [ROWS, 12]\n"
                               " %4 = silu %3 f32 [ROWS, 12]\n"
                               " %5 = weight f32 [12] \"vector\"\n";
    const char *text;
    struct diags d = {.arena = &u->arena};

    *u = (struct unit){.arena = {0}};
    text = arena_printf(&u->arena, "%s%s output \"y\" %%6\n", head, body);
    strings_init(&u->strings, &u->arena);
    hir_init(&u->graph, &u->arena, &u->strings, "");
    if (!hir_parse(&u->graph, "test", text, strlen(text), &d) || !hir_verify(&u->graph, &d))
        fail_msg("%s", diags_text(&d, &u->arena));
}

static const char *code_text(struct unit *u, const struct formula *f)
{
    struct text text = {.arena = &u->arena};

    scalar_code_text(&text, &f->code);
    return text.data;
}

static struct formula alone(const struct unit *u, hir_id id)
{
    const struct formula *const plain[HIR_MAX_OPERANDS] = {NULL};
    struct formula f = {.max_operands = FORMULA_MAX_OPERANDS};

    assert_true(formula_of(&u->graph, id, plain, &f));
    return f;
}

/* Operands are numbered as the code meets them, each once; numbers join the code. */
static void test_operands(void **state)
{
    static const struct {
        const char *body, *code;
        uint32_t count;
        hir_id first, second;
    } cases[] = {
        {" %6 = mul %3 %4 f32 [ROWS, 12]\n", "x0 x1 mul", 2, 3, 4},
        {" %6 = mul %4 %3 f32 [ROWS, 12]\n", "x0 x1 mul", 2, 4, 3},
        {" %6 = mul %3 %3 f32 [ROWS, 12]\n", "x0 x0 mul", 1, 3, 0},
        {" %6 = square %4 f32 [ROWS, 12]\n", "x0 x0 mul", 1, 4, 0},
        {" %6 = sub %3 %5 f32 [ROWS, 12]\n", "x0 x1 sub", 2, 3, 5},
        {" %6 = sigmoid %3 f32 [ROWS, 12]\n", "1 1 x0 neg exp add div", 1, 3, 0},
    };
    struct unit u;

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        make(&u, cases[i].body);
        assert_null(formula_refuses(&u.graph, 6, &u.arena));
        struct formula f = alone(&u, 6);
        assert_string_equal(code_text(&u, &f), cases[i].code);
        assert_int_equal(f.operand_count, cases[i].count);
        assert_int_equal(f.operands[0], cases[i].first);
        assert_int_equal(f.operands[1], cases[i].second);
        arena_free(&u.arena);
    }
    make(&u, " %6 = neg %3 f32 [ROWS, 12]\n"
             " %7 = number f32 [] value=0.37\n"
             " %8 = mul %7 %6 f32 [ROWS, 12]\n");
    struct formula f = alone(&u, 8);
    assert_string_equal(code_text(&u, &f), "0.37 x0 mul");
    assert_int_equal(f.operands[0], 6);
    arena_free(&u.arena);
}

/* A formula takes the place of an operand: its own operands are renumbered, equal ones joined. */
static void test_inlined(void **state)
{
    const struct formula *inlined[HIR_MAX_OPERANDS] = {NULL};
    struct formula outer = {.max_operands = FORMULA_MAX_OPERANDS}, inner;
    struct unit u;

    (void)state;
    make(&u, " %6 = sub %5 %4 f32 [ROWS, 12]\n"
             " %7 = mul %3 %6 f32 [ROWS, 12]\n");
    inner = alone(&u, 6);
    inlined[1] = &inner;
    assert_true(formula_of(&u.graph, 7, inlined, &outer));
    assert_string_equal(code_text(&u, &outer), "x0 x1 x2 sub mul");
    assert_int_equal(outer.operands[0], 3);
    assert_int_equal(outer.operands[1], 5);
    assert_int_equal(outer.operands[2], 4);

    /* After a product, whose sum is x0, operands begin at x1. */
    outer = (struct formula){.base = 1, .max_operands = EPILOGUE_MAX_OPERANDS};
    inner = (struct formula){.base = 1, .max_operands = EPILOGUE_MAX_OPERANDS};
    inner.code = (struct scalar_code){1, {S_X}, {0}};
    inlined[1] = &inner;
    assert_true(formula_of(&u.graph, 7, inlined, &outer));
    assert_string_equal(code_text(&u, &outer), "x1 x0 mul");
    assert_int_equal(outer.operands[0], 3);
    arena_free(&u.arena);
}

/* x^8 has 15 bytes, x^16 has 31, x^32 would have 63. */
static void test_limits(void **state)
{
    const struct formula *inlined[HIR_MAX_OPERANDS] = {NULL};
    struct formula power[4], more = {.max_operands = FORMULA_MAX_OPERANDS};
    struct unit u;

    (void)state;
    make(&u, " %6 = square %3 f32 [ROWS, 12]\n"
             " %7 = add %3 %4 f32 [ROWS, 12]\n");
    power[0] = alone(&u, 6);
    for (uint32_t i = 1; i < 4; i++) {
        power[i] = (struct formula){.max_operands = FORMULA_MAX_OPERANDS};
        inlined[0] = &power[i - 1];
        assert_true(formula_of(&u.graph, 6, inlined, &power[i]));
    }
    assert_int_equal(power[3].code.bytes, 31);
    inlined[0] = &power[3];
    assert_false(formula_of(&u.graph, 6, inlined, &more));
    /* two operands where one has room */
    inlined[0] = NULL;
    more = (struct formula){.max_operands = 1};
    assert_false(formula_of(&u.graph, 7, inlined, &more));
    arena_free(&u.arena);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *body, *why;
    } cases[] = {
        {" %6 = number f32 [] value=1e39\n %7 = mul %3 %6 f32 [ROWS, 12]\n", "the number 1e+39"},
        {" %6 = slice %3 f32 [ROWS, 12] axis=0 start=0\n %7 = reshape %3 f32 [(ROWS * 12), 1]\n"
         " %8 = reshape %7 f32 [ROWS, 1, 12]\n %9 = slice %8 f32 [ROWS, 1, 3] axis=2 start=0\n"
         " %10 = reshape %3 f32 [ROWS, 4, 3]\n %11 = add %9 %10 f32 [ROWS, 4, 3]\n",
         "operand 'slice'"},
        {" %6 = square %5 f32 [12]\n %7 = square %6 f32 [12]\n", "anything but rows"},
        {" %6 = reshape %3 f32 [ROWS, 4, 3]\n %7 = weight f32 [3] \"w\"\n"
         " %8 = mul %6 %7 f32 [ROWS, 4, 3]\n",
         "a vector of 3 elements"},
    };
    struct unit u;

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        make(&u, cases[i].body);
        const char *why = formula_refuses(&u.graph, u.graph.node_count - 1, &u.arena);
        assert_non_null(why);
        assert_non_null(strstr(why, cases[i].why));
        arena_free(&u.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_inlined),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("formula", tests, NULL, NULL);
}
