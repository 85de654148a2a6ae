/* Scalar formulas. In: postfix bytes (scalar.h); out: their value, their text.
 */
#include "compiler/hir/scalar.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *const scalar_words[S_MIN + 1] = {
    [S_NEG] = "neg", [S_EXP] = "exp", [S_TANH] = "tanh", [S_SQRT] = "sqrt",
    [S_ERF] = "erf", [S_ADD] = "add", [S_SUB] = "sub",   [S_MUL] = "mul",
    [S_DIV] = "div", [S_MAX] = "max", [S_MIN] = "min",
};

/* How many values an op takes from the stack; it always leaves one. */
static bool is_operand(uint8_t op)
{
    return op >= S_X && op < S_X + SCALAR_MAX_OPERANDS;
}

/* ---- building ---- */

bool scalar_put(struct scalar_code *code, uint8_t op)
{
    if (code->bytes >= SCALAR_MAX_CODE - 1)
        return false;
    code->code[code->bytes++] = op;
    return true;
}

static uint32_t number_count(const struct scalar_code *code)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < code->bytes; i++)
        if (code->code[i] == S_NUMBER && ++i < code->bytes)
            count = (uint32_t)max_u64(count, code->code[i] + 1u);
    return count;
}

bool scalar_put_number(struct scalar_code *code, float value)
{
    uint32_t i = 0, count = number_count(code);

    while (i < count && memcmp(&code->numbers[i], &value, sizeof value) != 0)
        i++;
    if (i == SCALAR_MAX_NUMBERS || code->bytes + 2 > SCALAR_MAX_CODE - 1)
        return false;
    code->numbers[i] = value;
    return scalar_put(code, S_NUMBER) && scalar_put(code, (uint8_t)i);
}

bool scalar_valid(const struct scalar_code *code, uint32_t operand_count)
{
    uint32_t depth = 0;

    if (code->bytes >= SCALAR_MAX_CODE)
        return false;
    for (uint32_t i = 0; i < code->bytes; i++) {
        uint8_t op = code->code[i];
        if (op == S_END || op > S_MIN || depth < scalar_taken(op))
            return false;
        if (is_operand(op) && op - S_X >= (int)operand_count)
            return false;
        if (op == S_NUMBER && (++i == code->bytes || code->code[i] >= SCALAR_MAX_NUMBERS ||
                               !isfinite(code->numbers[code->code[i]])))
            return false;
        depth += 1 - scalar_taken(op);
        if (depth > SCALAR_MAX_STACK)
            return false;
    }
    return depth == 1;
}

/* ---- meaning ---- */

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
    case S_ERF:
        return erf(a);
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

float scalar_eval(const struct scalar_code *code, const float *operands)
{
    double stack[SCALAR_MAX_STACK + 1];
    uint32_t depth = 0;

    for (uint32_t i = 0; i < code->bytes; i++) {
        uint8_t op = code->code[i];
        assert(depth <= SCALAR_MAX_STACK && depth >= scalar_taken(op));
        if (is_operand(op)) {
            stack[depth++] = operands[op - S_X];
        } else if (op == S_NUMBER) {
            stack[depth++] = code->numbers[code->code[++i]];
        } else {
            depth -= scalar_taken(op);
            stack[depth] = apply(op, stack[depth], stack[depth + (scalar_taken(op) == 2)]);
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

void float_text(struct text *out, float value)
{
    char digits[40];

    for (int precision = 6; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)value);
        if (strtof(digits, NULL) == value)
            break;
    }
    text_add(out, "%s", digits);
}

void scalar_code_text(struct text *out, const struct scalar_code *code)
{
    for (uint32_t i = 0; i < code->bytes; i++) {
        uint8_t op = code->code[i];
        text_add(out, "%s", i == 0 ? "" : " ");
        if (is_operand(op))
            text_add(out, "x%d", op - S_X);
        else if (op == S_NUMBER && i + 1 < code->bytes && code->code[i + 1] < SCALAR_MAX_NUMBERS)
            float_text(out, code->numbers[code->code[++i]]);
        else
            text_add(out, "%s", op <= S_MIN && scalar_words[op] != NULL ? scalar_words[op] : "?");
    }
}
