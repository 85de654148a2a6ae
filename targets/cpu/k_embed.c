/* embed: rows of a packed weight by token, read back as f32. In: tokens and the weight, in the
 * layout that the matmul of the head reads as well; out: f32 rows. One row of 16 is gathered from a
 * row group: a quad of every 64 bytes.
 */
#include "targets/cpu/cpu.h"

/* Plain elements, one by one. `lane` points at row r of element 0. */
static void read_plain(const struct builder *b, LLVMValueRef lane, LLVMValueRef to)
{
    const struct lir_kernel *k = b->kernel;
    const uint32_t bytes = k->layout == LAYOUT_f32_r16 ? 4 : 2;
    struct loop l;
    LLVMValueRef value, offset;

    loop_begin_counted(b, &l, k->k, 1, NULL, 0);
    if (k->layout == LAYOUT_bf16_r16) { /* pairs: [k/2][r][k%2] */
        LLVMValueRef odd = LLVMBuildAnd(b->ir, l.index, i64_number(b, 1), "");
        offset = times(b, LLVMBuildLShr(b->ir, l.index, i64_number(b, 1), ""), 4 * LANES);
        offset = add(b, offset, times(b, odd, 2));
    } else {
        offset = times(b, l.index, bytes * LANES);
    }
    value = load(b, bytes == 4 ? b->i32 : b->i16, at(b, lane, offset), 2);
    if (k->layout == LAYOUT_f16_r16) {
        value = LLVMBuildFPExt(b->ir, cast(b, value, b->f16), b->f32, "");
    } else if (k->layout == LAYOUT_bf16_r16) {
        value = LLVMBuildShl(b->ir, LLVMBuildZExt(b->ir, value, b->i32, ""), i32_number(b, 16), "");
    }
    store(b, value, at(b, to, times(b, l.index, 4)), 4);
    loop_end(b, &l, NULL);
}

/* Eight dwords, of which the first `count` are at `from`, 64 bytes apart. */
static LLVMValueRef gather_dwords(const struct builder *b, LLVMValueRef from, uint32_t count)
{
    LLVMValueRef all = LLVMConstNull(vector_of(b->i32, 8));

    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef dword = load(b, b->i32, at_number(b, from, 64 * (int64_t)i), 4);
        all = LLVMBuildInsertElement(b->ir, all, dword, i32_number(b, i), "");
    }
    return all;
}

/* 32 stored integers of a block as bytes, in the order of k. */
static LLVMValueRef block_bytes(const struct builder *b, LLVMValueRef quads)
{
    LLVMTypeRef bytes = vector_of(b->i8, 32);

    if (b->kernel->layout == LAYOUT_q8_0_r16)
        return cast(b, gather_dwords(b, quads, 8), bytes);
    static const int order[8] = {0, 8,  1, 9,
                                 2, 10, 3, 11}; /* a quad of low nibbles, its high ones, … */
    LLVMValueRef packed = cast(b, gather_dwords(b, quads, 4), bytes);
    LLVMValueRef low = LLVMBuildAnd(b->ir, packed, filled(LLVMConstInt(b->i8, 15, false), 32), "");
    LLVMValueRef high = LLVMBuildLShr(b->ir, packed, filled(LLVMConstInt(b->i8, 4, false), 32), "");
    low = cast(b, low, vector_of(b->i32, 8));
    high = cast(b, high, vector_of(b->i32, 8));
    return cast(b, shuffled(b, low, high, order, 8), bytes);
}

static LLVMValueRef load_half(const struct builder *b, LLVMValueRef from)
{
    LLVMValueRef value = cast(b, load(b, b->i16, from, 2), b->f16);

    return broadcast(b, LLVMBuildFPExt(b->ir, value, b->f32, ""));
}

/* `group`: the row group; `row`: 0..15 (i64). One block of 32 a round. */
static void read_quantized(const struct builder *b, LLVMValueRef group, LLVMValueRef row,
                           LLVMValueRef to)
{
    const struct lir_kernel *k = b->kernel;
    const struct layout_info *layout = &layout_info[k->layout];
    const bool has_minimum = k->layout == LAYOUT_q4_1_r16;
    struct loop l;

    loop_begin_counted(b, &l, k->k / 32, 1, NULL, 0);
    LLVMValueRef half = LLVMBuildAnd(b->ir, l.index, i64_number(b, 1), "");
    LLVMValueRef unit =
        at(b, group, times(b, LLVMBuildLShr(b->ir, l.index, i64_number(b, 1), ""), layout->bytes));
    LLVMValueRef scales = at(b, at(b, unit, times(b, half, 32)), times(b, row, 2));
    LLVMValueRef quads =
        at(b, at(b, unit, times(b, half, layout->bytes - layout->half)), times(b, row, 4));
    LLVMValueRef bytes = block_bytes(b, at_number(b, quads, has_minimum ? 128 : 64));
    LLVMValueRef scale = load_half(b, scales);
    for (uint32_t i = 0; i < 2; i++) {
        int lanes[LANES];
        for (uint32_t j = 0; j < LANES; j++)
            lanes[j] = (int)(i * LANES + j);
        LLVMValueRef value =
            LLVMBuildZExt(b->ir, shuffled(b, bytes, bytes, lanes, LANES), b->i32x16, "");
        value = LLVMBuildSub(b->ir, value, i32x16_number(b, layout->bias), "");
        value = LLVMBuildSIToFP(b->ir, value, b->f32x16, "");
        if (has_minimum)
            value = fma16(b, value, scale, load_half(b, at_number(b, scales, 64)));
        else
            value = LLVMBuildFMul(b->ir, value, scale, "");
        store(b, value, at_number(b, at(b, to, times(b, l.index, 128)), 64 * (int64_t)i), 4);
    }
    loop_end(b, &l, NULL);
}

void emit_embed(const struct builder *b)
{
    const struct lir_kernel *k = b->kernel;
    struct loop l;

    loop_begin(b, &l, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef token = load(b, b->i32, at(b, b->args[0], times(b, l.index, 4)), 4);
    token = LLVMBuildZExt(b->ir, token, b->i64, "");
    token = lesser(b, token, i64_number(b, (int64_t)k->n - 1));
    LLVMValueRef row = LLVMBuildAnd(b->ir, token, i64_number(b, LANES - 1), "");
    LLVMValueRef group = LLVMBuildLShr(b->ir, token, i64_number(b, 4), "");
    group = at(b, b->args[1], times(b, group, (int64_t)layout_group_bytes(k->layout, k->k)));
    LLVMValueRef to = at(b, b->args[2], times(b, l.index, 4 * (int64_t)k->stride[2]));
    if (layout_info[k->layout].unit <= 2)
        read_plain(b, at(b, group, times(b, row, k->layout == LAYOUT_f16_r16 ? 2 : 4)), to);
    else
        read_quantized(b, group, row, to);
    loop_end(b, &l, NULL);
}
