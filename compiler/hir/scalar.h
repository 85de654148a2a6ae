/* Scalar formulas as data: postfix bytes over operands X, Y, Z and over numbers, which stand in a
 * pool beside them. Fusing two maps is joining their bytes; a fused kernel's identity is a hash of
 * bytes and pool. Readers: scalar_eval (the meaning), scalar_code_text (dumps), scalar_infix (source), and each
 * target's emitter.
 */
#ifndef RLXC_SCALAR_H
#define RLXC_SCALAR_H

#include "compiler/base/out.h"

/* S_X + i pushes operand i (up to 8); S_NUMBER, i pushes number i of the pool; unary ops replace the
 * top, binary ones the top two. */
enum scalar_op {
    S_END,
    S_X,
    S_Y,
    S_Z,
    S_OPERAND_3,
    S_OPERAND_4,
    S_OPERAND_5,
    S_OPERAND_6,
    S_OPERAND_7,
    S_NUMBER,
    S_NEG,
    S_EXP,
    S_TANH,
    S_SQRT,
    S_ERF,
    S_ADD,
    S_SUB,
    S_MUL,
    S_DIV,
    S_MAX,
    S_MIN,
};

enum {
    SCALAR_MAX_CODE = 48, /* with S_END */
    SCALAR_MAX_NUMBERS = 8,
    SCALAR_MAX_OPERANDS = 8,
    SCALAR_MAX_STACK = 16
};

/* A formula. Bytes after the last op are S_END. Numbers stand in the order in which the code first
 * reads them, each once, and zeros after them: equal formulas are equal bytes. */
struct scalar_code {
    uint32_t bytes; /* of code, without S_END */
    uint8_t code[SCALAR_MAX_CODE];
    float numbers[SCALAR_MAX_NUMBERS];
};

/* The word of an op in postfix text, "add"; NULL: S_END, operands (x0, x1, ...) and numbers. */
extern const char *const scalar_words[S_MIN + 1];
/* The code in postfix, as dumps of both graphs and programs have it: "x0 neg exp 1 add". */
void scalar_code_text(struct text *out, const struct scalar_code *code);
/* Reads [x0 neg exp 1 add], which need not be a formula. False after an error. */
struct lexer;
bool scalar_parse(struct lexer *l, struct scalar_code *out);
/* Adds a byte, or a number (of the pool, which grows where it is new). False: there is no room. */
bool scalar_put(struct scalar_code *code, uint8_t op);
bool scalar_put_number(struct scalar_code *code, float value);
/* Well formed: known ops, operands below `operand_count`, finite numbers, a stack that ends with
 * one value. */
bool scalar_valid(const struct scalar_code *code, uint32_t operand_count);
/* The meaning: evaluated in f64, the result rounded to f32. */
float scalar_eval(const struct scalar_code *code, const float *operands);
static inline uint32_t scalar_taken(uint8_t op) /* operands of an op */
{
    return op <= S_NUMBER ? 0 : op <= S_ERF ? 1 : 2;
}

/* Whether the formula has this op, or this operand. */
bool scalar_has(const struct scalar_code *code, enum scalar_op op);
/* How a language writes what has no sign: "expf" at S_EXP, up to S_ERF, S_MAX and S_MIN. */
struct scalar_language {
    const char *functions[S_MIN + 1];
    void (*number)(struct text *out, float value);
};
/* The formula in infix, operands as they are given: "x / (1 + exp(-x))". A formula without code is
 * its first operand. */
void scalar_infix(struct text *out, const struct scalar_code *code, const char *const *operands,
                  const struct scalar_language *language);
/* A number in the fewest digits that read back as the same double, or as the same float. */
void number_text(struct text *out, double value);
void float_text(struct text *out, float value);

#endif
