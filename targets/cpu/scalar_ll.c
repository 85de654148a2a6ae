/* Formulas (compiler/hir/scalar.h) to instructions. In: postfix bytes and the operands' 16 lanes;
 * out: the value. The bytes were checked when the graph was read.
 */
#include "targets/cpu/cpu.h"

static LLVMValueRef unary(const struct builder *b, uint8_t op, LLVMValueRef x)
{
    switch (op) {
    case S_NEG:
        return LLVMBuildFNeg(b->ir, x, "");
    case S_EXP:
        return math_exp(b, x);
    case S_TANH:
        return math_tanh(b, x);
    case S_SQRT:
        return square_root(b, x);
    case S_ERF:
        return math_erf(b, x);
    }
    unreachable("an unknown unary op");
}

static LLVMValueRef binary(const struct builder *b, uint8_t op, LLVMValueRef x, LLVMValueRef y)
{
    switch (op) {
    case S_ADD:
        return LLVMBuildFAdd(b->ir, x, y, "");
    case S_SUB:
        return LLVMBuildFSub(b->ir, x, y, "");
    case S_MUL:
        return LLVMBuildFMul(b->ir, x, y, "");
    case S_DIV:
        return LLVMBuildFDiv(b->ir, x, y, "");
    case S_MAX:
        return maximum(b, x, y);
    case S_MIN:
        return minimum(b, x, y);
    }
    unreachable("an unknown binary op");
}

LLVMValueRef scalar_value(const struct builder *b, const struct scalar_code *code,
                          const LLVMValueRef *operands)
{
    LLVMValueRef stack[SCALAR_MAX_STACK];
    uint32_t depth = 0;

    for (uint32_t i = 0; i < code->bytes; i++) {
        uint8_t op = code->code[i];
        if (op == S_NUMBER) {
            stack[depth++] = f32x16_number(b, (double)code->numbers[code->code[++i]]);
        } else if (op >= S_X && op <= S_OPERAND_7) {
            stack[depth++] = operands[op - S_X];
        } else if (op <= S_ERF) {
            stack[depth - 1] = unary(b, op, stack[depth - 1]);
        } else {
            stack[depth - 2] = binary(b, op, stack[depth - 2], stack[depth - 1]);
            depth--;
        }
        assert(depth >= 1 && depth <= SCALAR_MAX_STACK);
    }
    assert(depth == 1);
    return stack[0];
}

LLVMValueRef load_operand(const struct builder *b, uint32_t i, LLVMValueRef row,
                          LLVMValueRef offset)
{
    if ((lir_columns(b->kernel) >> i & 1) != 0)
        return broadcast(b, load(b, b->f32, row, 4));
    return load_f32x16(b, at(b, row, offset));
}
