/* Formulas (compiler/hir/scalar.h) in infix. In: postfix bytes, and how each operand is written;
 * out: an expression of floats in C, or what a comment says, with no parentheses that it can do
 * without. */
#include "targets/c/c.h"

enum { BINDS_sum = 1, BINDS_product, BINDS_sign, BINDS_all };

/* For each op the ops that made its operands. */
struct tree {
    const struct scalar_code *formula;
    const char *const *operands;
    bool is_code;
    uint8_t left[SCALAR_MAX_CODE], right[SCALAR_MAX_CODE];
};

static const char *function_name(const struct tree *t, uint8_t op)
{
    static const char *const names[][2] = {
        [S_EXP] = {"exp", "expf"}, [S_TANH] = {"tanh", "tanhf"}, [S_SQRT] = {"sqrt", "sqrtf"},
        [S_ERF] = {"erf", "erff"}, [S_MAX] = {"max", "larger"},  [S_MIN] = {"min", "smaller"},
    };

    return op < countof(names) ? names[op][t->is_code] : NULL;
}

static void number(const struct tree *t, float value, struct text *out)
{
    if (t->is_code)
        c_float(out, value);
    else
        float_text(out, value);
}

static void node(const struct tree *t, uint32_t at, int binding, struct text *out);

static void binary(const struct tree *t, uint32_t at, int binding, struct text *out)
{
    static const char *const signs[] = {
        [S_ADD] = " + ", [S_SUB] = " - ", [S_MUL] = " * ", [S_DIV] = " / "};
    const uint8_t op = t->formula->code[at];
    const int own = op == S_ADD || op == S_SUB ? BINDS_sum : BINDS_product;

    text_add(out, own < binding ? "(" : "");
    node(t, t->left[at], own, out);
    text_add(out, "%s", signs[op]);
    node(t, t->right[at], own + 1, out);
    text_add(out, own < binding ? ")" : "");
}

static void node(const struct tree *t, uint32_t at, int binding, struct text *out)
{
    const uint8_t op = t->formula->code[at];

    if (op >= S_X && op < S_X + SCALAR_MAX_OPERANDS) {
        text_add(out, "%s", t->operands[op - S_X]);
    } else if (op == S_NUMBER) {
        const float value = t->formula->numbers[t->formula->code[at + 1]];
        const bool enclosed = value < 0 && binding > 0;
        text_add(out, enclosed ? "(" : "");
        number(t, value, out);
        text_add(out, enclosed ? ")" : "");
    } else if (op == S_NEG) {
        text_add(out, BINDS_sign < binding ? "(-" : "-");
        node(t, t->left[at], BINDS_all, out);
        text_add(out, BINDS_sign < binding ? ")" : "");
    } else if (function_name(t, op) != NULL) {
        text_add(out, "%s(", function_name(t, op));
        node(t, t->left[at], 0, out);
        if (op > S_ERF) {
            text_add(out, ", ");
            node(t, t->right[at], 0, out);
        }
        text_add(out, ")");
    } else {
        binary(t, at, binding, out);
    }
}

void c_formula(const struct scalar_code *code, const char *const *operands, bool is_code,
               struct text *out)
{
    struct tree t = {.formula = code, .operands = operands, .is_code = is_code};
    uint8_t stack[SCALAR_MAX_CODE] = {0};
    uint32_t depth = 0;

    if (code->bytes == 0) {
        text_add(out, "%s", operands[0]);
        return;
    }
    for (uint8_t i = 0; i < code->bytes; i++) {
        const uint8_t op = code->code[i];
        const uint32_t taken = op <= S_NUMBER ? 0 : op <= S_ERF ? 1 : 2;
        depth -= taken;
        t.left[i] = stack[depth];
        t.right[i] = stack[depth + (taken == 2)];
        stack[depth++] = i;
        i = (uint8_t)(i + (op == S_NUMBER));
    }
    node(&t, stack[0], 0, out);
}

bool c_formula_has(const struct scalar_code *code, enum scalar_op op)
{
    for (uint32_t i = 0; i < code->bytes; i++) {
        if (code->code[i] == op)
            return true;
        i += code->code[i] == S_NUMBER;
    }
    return false;
}

const char *c_operand(struct arena *a, const struct lir_kernel *k, uint32_t i, const char *row,
                      const char *column, bool is_code)
{
    const uint32_t argument = kernel_kind_info[k->kind].fixed_arguments + i,
                   stride = k->stride[argument];
    const char *name = c_parameter_name(k, argument);

    if (stride == 0)
        return arena_printf(a, "%s[%s]", name, column);
    if ((lir_columns(k) >> i & 1) != 0)
        return is_code ? arena_printf(a, "%s[%s * %u]", name, row, stride)
                       : arena_printf(a, "%s[%s]", name, row);
    return is_code ? arena_printf(a, "%s[%s * %u + %s]", name, row, stride, column)
                   : arena_printf(a, "%s[%s][%s]", name, row, column);
}
