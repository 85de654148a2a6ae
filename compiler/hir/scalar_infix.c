/* Formulas in infix. In: postfix bytes, how each operand is written, and the words of a language;
 * out: an expression with no parentheses that it can do without, which a reader of that language
 * takes apart into the same operations. */
#include "compiler/hir/scalar.h"

enum { BINDS_sum = 1, BINDS_product, BINDS_sign, BINDS_all };

/* For each op the ops that made its operands. */
struct tree {
    const struct scalar_code *formula;
    const char *const *operands;
    const struct scalar_language *language;
    uint8_t left[SCALAR_MAX_CODE], right[SCALAR_MAX_CODE];
};

static void node(const struct tree *t, uint32_t at, int binding, struct text *out);

static void number(const struct tree *t, float value, int binding, struct text *out)
{
    const bool enclosed = value < 0 && binding > 0;

    text_add(out, enclosed ? "(" : "");
    t->language->number(out, value);
    text_add(out, enclosed ? ")" : "");
}

static void sign(const struct tree *t, uint32_t at, int binding, struct text *out)
{
    text_add(out, BINDS_sign < binding ? "(-" : "-");
    node(t, t->left[at], BINDS_all, out);
    text_add(out, BINDS_sign < binding ? ")" : "");
}

static void call(const struct tree *t, uint32_t at, struct text *out)
{
    const uint8_t op = t->formula->code[at];

    text_add(out, "%s(", t->language->functions[op]);
    node(t, t->left[at], 0, out);
    if (scalar_taken(op) == 2) {
        text_add(out, ", ");
        node(t, t->right[at], 0, out);
    }
    text_add(out, ")");
}

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

    if (op == S_NUMBER)
        number(t, t->formula->numbers[t->formula->code[at + 1]], binding, out);
    else if (op < S_NUMBER)
        text_add(out, "%s", t->operands[op - S_X]);
    else if (op == S_NEG)
        sign(t, at, binding, out);
    else if (t->language->functions[op] != NULL)
        call(t, at, out);
    else
        binary(t, at, binding, out);
}

void scalar_infix(struct text *out, const struct scalar_code *code, const char *const *operands,
                  const struct scalar_language *language)
{
    struct tree t = {.formula = code, .operands = operands, .language = language};
    uint8_t stack[SCALAR_MAX_CODE] = {0};
    uint32_t depth = 0;

    if (code->bytes == 0) {
        text_add(out, "%s", operands[0]);
        return;
    }
    assert(scalar_valid(code, SCALAR_MAX_OPERANDS));
    for (uint8_t i = 0; i < code->bytes; i++) {
        const uint8_t op = code->code[i];
        depth -= scalar_taken(op);
        t.left[i] = stack[depth];
        t.right[i] = stack[depth + (scalar_taken(op) == 2)];
        stack[depth++] = i;
        i = (uint8_t)(i + (op == S_NUMBER));
    }
    node(&t, stack[0], 0, out);
}

bool scalar_has(const struct scalar_code *code, enum scalar_op op)
{
    for (uint32_t i = 0; i < code->bytes; i++) {
        if (code->code[i] == op)
            return true;
        i += code->code[i] == S_NUMBER;
    }
    return false;
}
