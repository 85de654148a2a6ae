/* Scalar formulas. In: postfix bytes (scalar.h); out: their value, their text.
 */
#include "compiler/hir/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double scalar_constants[] = {
#define C(name, value) value,
    SCALAR_CONSTANTS(C)
#undef C
};

const char *const scalar_words[S_MIN + 1] = {
    [S_NEG] = "neg", [S_EXP] = "exp", [S_TANH] = "tanh", [S_SQRT] = "sqrt", [S_ADD] = "add",
    [S_SUB] = "sub", [S_MUL] = "mul", [S_DIV] = "div",   [S_MAX] = "max",   [S_MIN] = "min",
};

/* How many values an op takes from the stack; it always leaves one. */
static uint32_t taken(uint8_t op)
{
    return op <= S_K ? 0 : op <= S_SQRT ? 1 : 2;
}

static bool is_operand(uint8_t op)
{
    return op >= S_X && op < S_X + SCALAR_MAX_OPERANDS;
}

uint32_t scalar_length(const uint8_t *code)
{
    uint32_t length = 0;

    while (code[length] != S_END)
        length += code[length] == S_K ? 2 : 1;
    return length;
}

bool scalar_valid(const uint8_t *code, uint32_t code_bytes, uint32_t operand_count)
{
    uint32_t depth = 0;

    if (code_bytes >= SCALAR_MAX_CODE)
        return false;
    for (uint32_t i = 0; i < code_bytes; i++) {
        uint8_t op = code[i];
        if (op == S_END || op > S_MIN || depth < taken(op))
            return false;
        if (is_operand(op) && op - S_X >= (int)operand_count)
            return false;
        if (op == S_K && (++i == code_bytes || code[i] >= countof(scalar_constants)))
            return false;
        depth += 1 - taken(op);
        if (depth > SCALAR_MAX_STACK)
            return false;
    }
    return depth == 1;
}

static double apply(uint8_t op, double a, double b)
{
    switch (op) {
    case S_NEG:
        return -a;
    case S_EXP:
        return exp(a);
    case S_TANH:
        return tanh(a);
    case S_SQRT:
        return sqrt(a);
    case S_ADD:
        return a + b;
    case S_SUB:
        return a - b;
    case S_MUL:
        return a * b;
    case S_DIV:
        return a / b;
    case S_MAX:
        return a > b ? a : b;
    case S_MIN:
        return a < b ? a : b;
    }
    unreachable("an unknown scalar op");
}

float scalar_eval(const uint8_t *code, const float *operands)
{
    double stack[SCALAR_MAX_STACK + 1];
    uint32_t depth = 0;

    for (; *code != S_END; code++) {
        assert(depth <= SCALAR_MAX_STACK && depth >= taken(*code));
        if (is_operand(*code)) {
            stack[depth++] = operands[*code - S_X];
        } else if (*code == S_K) {
            stack[depth++] = scalar_constants[*++code];
        } else {
            depth -= taken(*code);
            stack[depth] = apply(*code, stack[depth], stack[depth + (taken(*code) == 2)]);
            depth++;
        }
    }
    assert(depth == 1);
    return (float)stack[0];
}

/* ---- text ---- */

void number_text(struct text *out, double value)
{
    static const int precision[] = {9, 15, 16, 17};
    char digits[40];

    for (uint32_t i = 0; i < countof(precision); i++) {
        snprintf(digits, sizeof digits, "%.*g", precision[i], value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_add(out, "%s", digits);
}

void scalar_code_text(struct text *out, const uint8_t *code, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        const char *space = i == 0 ? "" : " ";
        if (is_operand(code[i]))
            text_add(out, "%sx%d", space, code[i] - S_X);
        else if (code[i] == S_K && i + 1 < bytes)
            text_add(out, "%sc%u", space, code[++i]);
        else
            text_add(out, "%s%s", space,
                     code[i] <= S_MIN && scalar_words[code[i]] != NULL ? scalar_words[code[i]]
                                                                       : "?");
    }
}

/* A formula as a tree: for each op the ops that made its operands. */
struct tree {
    const uint8_t *code;
    uint8_t left[SCALAR_MAX_CODE], right[SCALAR_MAX_CODE];
};

static void tree_text(struct text *out, const struct tree *t, uint32_t at)
{
    static const char *const spelling[] = {
        [S_NEG] = "-",   [S_EXP] = "exp", [S_TANH] = "tanh", [S_SQRT] = "sqrt", [S_ADD] = " + ",
        [S_SUB] = " - ", [S_MUL] = " * ", [S_DIV] = " / ",   [S_MAX] = "max",   [S_MIN] = "min",
    };
    uint8_t op = t->code[at];
    bool named = op == S_MAX || op == S_MIN;

    if (is_operand(op)) {
        text_add(out, "x%d", op - S_X);
    } else if (op == S_K) {
        number_text(out, scalar_constants[t->code[at + 1]]);
    } else if (taken(op) == 1) {
        text_add(out, op == S_NEG ? "%s" : "%s(", spelling[op]);
        tree_text(out, t, t->left[at]);
        text_add(out, op == S_NEG ? "" : ")");
    } else {
        text_add(out, "%s(", named ? spelling[op] : "");
        tree_text(out, t, t->left[at]);
        text_add(out, "%s", named ? ", " : spelling[op]);
        tree_text(out, t, t->right[at]);
        text_add(out, ")");
    }
}

void scalar_text(struct text *out, const uint8_t *code)
{
    struct tree t = {.code = code};
    uint8_t stack[SCALAR_MAX_CODE] = {0};
    uint32_t depth = 0;

    assert(scalar_valid(code, scalar_length(code), SCALAR_MAX_OPERANDS));
    for (uint8_t i = 0; code[i] != S_END; i++) {
        depth -= taken(code[i]);
        t.left[i] = stack[depth];
        t.right[i] = stack[depth + (taken(code[i]) == 2)];
        stack[depth++] = i;
        i += code[i] == S_K;
    }
    tree_text(out, &t, stack[0]);
}
