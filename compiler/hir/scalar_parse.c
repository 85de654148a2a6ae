/* Reads a formula in postfix, as scalar_code_text prints it. In: the text after `code=` of a node
 * or a kernel; out: the bytes of scalar.h, which may still be no formula (scalar_valid tells). */
#include "compiler/hir/scalar.h"

#include "compiler/base/lexer.h"

#include <string.h>

/* x0 … or c0 …: the index after the letter. False where the word is none of `end`. */
static bool indexed(const char *word, size_t bytes, char letter, uint32_t end, uint32_t *index)
{
    if (bytes != 2 || word[0] != letter || word[1] < '0' || word[1] > '9')
        return false;
    *index = (uint32_t)(word[1] - '0');
    return *index < end;
}
_Static_assert(SCALAR_MAX_OPERANDS <= 10 && SCALAR_CONSTANT_COUNT <= 10, "one digit");

static bool parse_op(struct lexer *l, uint8_t *code, uint32_t *bytes)
{
    const char *word;
    size_t length = lexer_word(l, &word);
    uint32_t index, op = 0;

    if (indexed(word, length, 'x', SCALAR_MAX_OPERANDS, &index)) {
        code[(*bytes)++] = (uint8_t)(S_X + index);
        return true;
    }
    if (indexed(word, length, 'c', SCALAR_CONSTANT_COUNT, &index)) {
        code[(*bytes)++] = S_K;
        code[(*bytes)++] = (uint8_t)index;
        return true;
    }
    while (op <= S_MIN &&
           (scalar_words[op] == NULL || !lexer_word_is(word, length, scalar_words[op])))
        op++;
    if (op > S_MIN) {
        l->at = word;
        return lexer_expected(l, "a scalar op");
    }
    code[(*bytes)++] = (uint8_t)op;
    return true;
}

bool scalar_parse(struct lexer *l, uint8_t code[SCALAR_MAX_CODE], uint32_t *bytes)
{
    memset(code, 0, SCALAR_MAX_CODE);
    *bytes = 0;
    if (!lexer_require(l, "["))
        return false;
    while (!lexer_take(l, "]")) {
        const char *op = l->at;
        bool full = *bytes == SCALAR_MAX_CODE - 1; /* S_END stands behind it */
        if (!full && !parse_op(l, code, bytes))
            return false;
        if (full || *bytes == SCALAR_MAX_CODE) {
            l->at = op;
            return lexer_error(l, lexer_here(l), "expected a formula of at most %d bytes",
                               SCALAR_MAX_CODE - 1);
        }
    }
    return true;
}
