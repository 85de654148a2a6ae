/* Scalar formulas as data: postfix bytes over operands X, Y, Z and the constants below. Fusing two
 * maps is joining their bytes; a fused kernel's identity is a hash of them. Readers: scalar_eval
 * (the meaning), scalar_text (dumps), and each target's emitter.
 */
#ifndef RLXC_SCALAR_H
#define RLXC_SCALAR_H

#include "compiler/base/out.h"

/* S_X + i pushes operand i (up to 8); S_K, c pushes scalar_constants[c]; unary ops replace the top,
 * binary ones the top two. */
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
    S_K,
    S_NEG,
    S_EXP,
    S_TANH,
    S_SQRT,
    S_ADD,
    S_SUB,
    S_MUL,
    S_DIV,
    S_MAX,
    S_MIN,
};

/* Index, spelling in formulas (K(half)) and value. */
#define SCALAR_CONSTANTS(C)               \
    C(0, 0.0)                             \
    C(1, 1.0)                             \
    C(half, 0.5)                          \
    C(sqrt_2_over_pi, 0.7978845608028654) \
    C(gelu_cubic, 0.044715)

enum {
#define C(name, value) SCALAR_CONSTANT_##name,
    SCALAR_CONSTANTS(C)
#undef C
        SCALAR_CONSTANT_COUNT
};
extern const double scalar_constants[];

enum { SCALAR_MAX_CODE = 48, SCALAR_MAX_OPERANDS = 8, SCALAR_MAX_STACK = 16 };

/* The word of an op in postfix text, "add"; NULL: S_END, operands (x0 …) and constants (c0 …). */
extern const char *const scalar_words[S_MIN + 1];
/* The code in postfix, as dumps of both graphs and programs have it: "x0 neg exp c1 add". */
void scalar_code_text(struct text *out, const uint8_t *code, uint32_t bytes);
/* Reads [x0 neg exp c1 add], which need not be a formula. False after an error. */
struct lexer;
bool scalar_parse(struct lexer *l, uint8_t code[SCALAR_MAX_CODE], uint32_t *bytes);
/* Length of the code without S_END. */
uint32_t scalar_length(const uint8_t *code);
/* Well formed: known ops, operands below `operand_count`, a stack that ends with one value. */
bool scalar_valid(const uint8_t *code, uint32_t code_bytes, uint32_t operand_count);
/* The meaning: evaluated in f64, the result rounded to f32. */
float scalar_eval(const uint8_t *code, const float *operands);
/* The formula in infix, operands named x0, x1, …: "(x0 / (1 + exp(-x0)))". */
void scalar_text(struct text *out, const uint8_t *code);
/* A number in the fewest digits that read back as the same double. */
void number_text(struct text *out, double value);

#endif
