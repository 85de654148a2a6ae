/* Packed weights to values: 16 rows at a time, for each layout of compiler/hir/layout.def. In: a
 * pointer to a unit of a row group; out: f32 values, or the operands of integer dot products. Equal
 * loads are emitted again for every element; LLVM's early-cse joins them.
 */
#include "targets/cpu/cpu.h"

static const uint32_t half_bytes = 2 * LANES; /* one f16 for each row */

LLVMValueRef unpack_scale(const struct builder *b, LLVMValueRef unit, uint32_t block)
{
    LLVMValueRef from = at_number(b, unit, block * half_bytes);

    return widened(b, load(b, vector_of(b->i16, LANES), from, half_bytes));
}

LLVMValueRef unpack_minimum(const struct builder *b, LLVMValueRef unit, uint32_t block)
{
    return unpack_scale(b, unit, 2 + block);
}

/* Where the quads of the quantized layouts begin. */
static uint32_t quads_at(enum layout layout)
{
    return layout == LAYOUT_q4_1_r16 ? 128 : 64;
}

static bool has_nibbles(enum layout layout)
{
    return layout == LAYOUT_q4_0_r16 || layout == LAYOUT_q4_1_r16;
}

/* The 64 bytes in which a quad of each row stands. */
static LLVMValueRef load_quad(const struct builder *b, enum layout layout, LLVMValueRef unit,
                              uint32_t quad)
{
    uint32_t vector = has_nibbles(layout) ? quad / 2 : quad;

    return load(b, b->i32x16, at_number(b, unit, quads_at(layout) + 64 * vector), 64);
}

static LLVMValueRef shifted_right(const struct builder *b, LLVMValueRef x, uint32_t bits)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(x));
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(x));

    return bits == 0 ? x
                     : LLVMBuildLShr(b->ir, x, filled(LLVMConstInt(type, bits, false), lanes), "");
}

static LLVMValueRef masked(const struct builder *b, LLVMValueRef x, uint32_t mask)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(x));
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(x));

    return LLVMBuildAnd(b->ir, x, filled(LLVMConstInt(type, mask, false), lanes), "");
}

uint32_t unpack_quad(const struct builder *b, enum layout layout, LLVMValueRef unit, uint32_t quad,
                     LLVMValueRef out[2])
{
    LLVMValueRef bytes = load_quad(b, layout, unit, quad);
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES);

    if (b->avx512) {
        if (has_nibbles(layout)) {
            LLVMValueRef nibbles = shifted_right(b, cast(b, bytes, words), quad % 2 * 4);
            bytes = masked(b, cast(b, nibbles, vector_of(b->i8, 4 * LANES)), 15);
        }
        out[0] = cast(b, bytes, b->i32x16);
        return 1;
    }
    bytes = cast(b, bytes, words);
    if (has_nibbles(layout)) {
        out[0] = masked(b, shifted_right(b, bytes, quad % 2 * 4), 15);
        out[1] =
            quad % 2 == 0 ? masked(b, shifted_right(b, bytes, 8), 15) : shifted_right(b, bytes, 12);
    } else {
        out[0] = masked(b, bytes, 255);
        out[1] = shifted_right(b, bytes, 8);
    }
    return 2;
}

static LLVMValueRef unpack_quantized(const struct builder *b, enum layout layout, LLVMValueRef unit,
                                     uint32_t element_index)
{
    uint32_t quad = element_index / 4, block = element_index / 32, bias = layout_info[layout].bias;
    LLVMValueRef bits = load_quad(b, layout, unit, quad), scale = unpack_scale(b, unit, block);
    uint32_t shift = 8 * (element_index % 4) + (has_nibbles(layout) ? quad % 2 * 4 : 0);

    bits = masked(b, shifted_right(b, bits, shift), has_nibbles(layout) ? 15 : 255);
    if (bias != 0)
        bits = LLVMBuildSub(b->ir, bits, i32x16_number(b, bias), "");
    LLVMValueRef value = LLVMBuildSIToFP(b->ir, bits, b->f32x16, "");
    if (layout == LAYOUT_q4_1_r16)
        return fma16(b, value, scale, unpack_minimum(b, unit, block));
    return LLVMBuildFMul(b->ir, value, scale, "");
}

LLVMValueRef unpack_element(const struct builder *b, enum layout layout, LLVMValueRef unit,
                            uint32_t element_index)
{
    switch (layout) {
    case LAYOUT_f32_r16:
        return load(b, b->f32x16, at_number(b, unit, element_index * 64), 64);
    case LAYOUT_f16_r16:
        return widened(
            b, load(b, vector_of(b->i16, LANES), at_number(b, unit, element_index * 32), 32));
    case LAYOUT_bf16_r16: {
        LLVMValueRef pairs = load(b, b->i32x16, at_number(b, unit, element_index / 2 * 64), 64);
        LLVMValueRef bits = element_index % 2 == 0
                                ? LLVMBuildShl(b->ir, pairs, i32x16_number(b, 16), "")
                                : masked(b, pairs, 0xffff0000);
        return cast(b, bits, b->f32x16);
    }
    default:
        return unpack_quantized(b, layout, unit, element_index);
    }
}
