/* Reads a formula in postfix, as scalar_code_text prints it. In: the text after `code=` of a node
 * or a kernel; out: the code of scalar.h, which may still be no formula (scalar_valid tells). */
#include "compiler/hir/scalar.h"

#include "compiler/base/lexer.h"

#include <ctype.h>
#include <float.h>
#include <math.h>

_Static_assert(SCALAR_MAX_OPERANDS <= 10, "one digit");

/* x0 … x7: the operand; -1: the word is none. */
static int operand_of(const char *word, size_t bytes)
{
    bool is_operand =
        bytes == 2 && word[0] == 'x' && word[1] >= '0' && word[1] - '0' < SCALAR_MAX_OPERANDS;

    return is_operand ? word[1] - '0' : -1;
}

static bool full(struct lexer *l, const char *at)
{
    l->at = at;
    return lexer_error(l, lexer_here(l), "expected a formula of at most %d bytes and %d numbers",
                       SCALAR_MAX_CODE - 1, SCALAR_MAX_NUMBERS);
}

static bool parse_number(struct lexer *l, struct scalar_code *out)
{
    const char *at = l->at;
    double value;

    if (!lexer_number(l, &value))
        return false;
    if (fabs(value) > FLT_MAX) {
        l->at = at;
        return lexer_error(l, lexer_here(l), "expected a number that f32 holds");
    }
    return scalar_put_number(out, (float)value) || full(l, at);
}

static bool parse_op(struct lexer *l, struct scalar_code *out)
{
    const char *word, *at = lexer_here(l);
    char next = lexer_line_ends(l) ? 0 : *at;
    uint32_t op = 0;

    if (next == '-' || next == '.' || isdigit((unsigned char)next))
        return parse_number(l, out);
    size_t length = lexer_word(l, &word);
    if (operand_of(word, length) >= 0)
        op = S_X + (uint32_t)operand_of(word, length);
    else
        while (op <= S_MIN &&
               (scalar_words[op] == NULL || !lexer_word_is(word, length, scalar_words[op])))
            op++;
    if (op > S_MIN) {
        l->at = word;
        return lexer_expected(l, "a scalar op, an operand or a number");
    }
    return scalar_put(out, (uint8_t)op) || full(l, at);
}

bool scalar_parse(struct lexer *l, struct scalar_code *out)
{
    *out = (struct scalar_code){0};
    if (!lexer_require(l, "["))
        return false;
    while (!lexer_take(l, "]"))
        if (!parse_op(l, out))
            return false;
    return true;
}
