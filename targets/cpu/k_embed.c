/* embed: rows of a packed weight by token, read back as f32. In: tokens and the weight, in the
 * layout that the matmul of the lm_head reads as well; out: f32 rows. One row of 16 is gathered
 * from a row group: a quad of every 64 bytes.
 */
#include "targets/cpu/cpu.h"

/* Plain elements, one by one. `lane` points at row r of element 0. */
static void read_plain(const struct builder *b, LLVMValueRef lane, LLVMValueRef to)
{
    const struct kernel_embed *k = &b->kernel->embed;
    const uint32_t bytes = k->layout == LAYOUT_f32_r16 ? 4 : 2, step = layout_step(k->layout);
    struct loop l;
    LLVMValueRef value, offset;

    loop_begin_counted(b, &l, k->k, 1, NULL, 0);
    if (k->layout == LAYOUT_bf16_r32) { /* pairs: [k/2][g][r][k%2] */
        LLVMValueRef odd = LLVMBuildAnd(b->ir, l.index, i64_number(b, 1), "");
        offset = times(b, LLVMBuildLShr(b->ir, l.index, i64_number(b, 1), ""), step);
        offset = add(b, offset, times(b, odd, 2));
    } else {
        offset = times(b, l.index, step);
    }
    value = load(b, bytes == 4 ? b->i32 : b->i16, at(b, lane, offset), 2);
    if (k->layout == LAYOUT_f16_r32) {
        value = LLVMBuildFPExt(b->ir, cast(b, value, b->f16), b->f32, "");
    } else if (k->layout == LAYOUT_bf16_r32) {
        value = LLVMBuildShl(b->ir, LLVMBuildZExt(b->ir, value, b->i32, ""), i32_number(b, 16), "");
    }
    store(b, value, at(b, to, times(b, l.index, 4)), 4);
    loop_end(b, &l, NULL);
}

/* The value of a byte (a vector of one) by the words of its unit, of which `words` is the row's first. */
static LLVMValueRef value_of_byte(const struct builder *b, LLVMValueRef byte, LLVMValueRef words)
{
    LLVMValueRef scale = load(b, b->f32, words, 4);

    if (layout_byte_words((enum layout)b->kernel->embed.layout) == 1) {
        LLVMValueRef value = cast(b, unpack_e4m3(b, byte), b->f32);
        value = LLVMBuildFMul(b->ir, value, LLVMConstReal(b->f32, 256), "");
        return LLVMBuildFMul(b->ir, value, scale, "");
    }
    LLVMValueRef zero = load(b, b->f32, at_number(b, words, 4 * LANES), 4);
    LLVMValueRef value = LLVMBuildUIToFP(b->ir, cast(b, byte, b->i8), b->f32, "");
    return LLVMBuildFMul(b->ir, LLVMBuildFSub(b->ir, value, zero, ""), scale, "");
}

/* Bytes, one by one; those of a unit have words of f32. */
static void read_bytes(const struct builder *b, LLVMValueRef group, LLVMValueRef row,
                       LLVMValueRef to)
{
    const enum layout layout = (enum layout)b->kernel->embed.layout;
    const struct layout_info *info = &layout_info[layout];
    struct loop units, columns;

    loop_begin_counted(b, &units, b->kernel->embed.k / info->unit, 1, NULL, 0);
    LLVMValueRef unit = at(b, group, times(b, units.index, info->bytes));
    LLVMValueRef values = at(b, to, times(b, units.index, 4 * (int64_t)info->unit));
    LLVMValueRef lane =
        at(b, at_number(b, unit, 4 * LANES * (int64_t)layout_byte_words(layout)), row);
    loop_begin_counted(b, &columns, info->unit, 1, NULL, 0);
    LLVMValueRef byte =
        load(b, vector_of(b->i8, 1), at(b, lane, times(b, columns.index, LANES)), 1);
    LLVMValueRef value = value_of_byte(b, byte, at(b, unit, times(b, row, 4)));
    store(b, value, at(b, values, times(b, columns.index, 4)), 4);
    loop_end(b, &columns, NULL);
    loop_end(b, &units, NULL);
}

/* Places in a table of f32, one by one: a byte has those of columns that lie 4 apart. */
static void read_floats(const struct builder *b, LLVMValueRef group, LLVMValueRef row,
                        LLVMValueRef to)
{
    const enum layout layout = (enum layout)b->kernel->embed.layout;
    const struct layout_info *info = &layout_info[layout];
    struct loop units, columns;

    loop_begin_counted(b, &units, b->kernel->embed.k / info->unit, 1, NULL, 0);
    LLVMValueRef unit = at(b, group, times(b, units.index, info->bytes));
    LLVMValueRef lane = at(b, unit, times(b, row, 4)), scale = load(b, b->f32, lane, 4);
    LLVMValueRef values = at(b, to, times(b, units.index, 4 * (int64_t)info->unit));
    loop_begin_counted(b, &columns, info->unit, 1, NULL, 0);
    LLVMValueRef four = LLVMBuildAnd(b->ir, columns.index, i64_number(b, 4), "");
    LLVMValueRef offset = LLVMBuildAnd(b->ir, columns.index, i64_number(b, 3), "");
    LLVMValueRef octet = LLVMBuildLShr(b->ir, columns.index, i64_number(b, 3), "");
    offset = add_number(b, add(b, offset, times(b, octet, 64)), layout_integers_at(layout, 0));
    LLVMValueRef place = LLVMBuildZExt(b->ir, load(b, b->i8, at(b, lane, offset), 1), b->i32, "");
    place = LLVMBuildLShr(b->ir, place, LLVMBuildTrunc(b->ir, four, b->i32, ""), "");
    LLVMValueRef value = b->isa->integers->floats(b, layout_floats(layout), broadcast(b, place));
    value = LLVMBuildExtractElement(b->ir, value, i32_number(b, 0), "");
    value = LLVMBuildFMul(b->ir, value, scale, "");
    store(b, value, at(b, values, times(b, columns.index, 4)), 4);
    loop_end(b, &columns, NULL);
    loop_end(b, &units, NULL);
}

/* The dwords that hold the eight quads of block `block` for one row, one lane each; of lanes without
 * high bits any. */
static LLVMValueRef gather_quads(const struct builder *b, const struct unit *u, uint32_t block,
                                 bool high)
{
    LLVMValueRef all = LLVMConstNull(vector_of(b->i32, 8));
    LLVMValueRef row = at(b, u->at, times(b, u->row, 4));

    for (uint32_t quad = 0; quad < 8; quad++) {
        struct bits_place p = unpack_place(u->layout, 8 * block + quad);
        LLVMValueRef dword = load(b, b->i32, at_number(b, row, high ? p.high : p.low), 4);
        all = LLVMBuildInsertElement(b->ir, all, dword, i32_number(b, quad), "");
    }
    return all;
}

/* Bytes of eight dwords shifted right, each by its own number of bits, and so many bits of them. */
static LLVMValueRef shifted_bytes(const struct builder *b, LLVMValueRef quads,
                                  const uint32_t shifts[8], const uint32_t bits[8])
{
    LLVMValueRef counts[8], masks[8];

    for (uint32_t i = 0; i < 8; i++) {
        counts[i] = i32_number(b, shifts[i]);
        masks[i] = LLVMConstInt(b->i32, ((1u << bits[i]) - 1) * 0x01010101u, false);
    }
    quads = LLVMBuildLShr(b->ir, quads, LLVMConstVector(counts, 8), "");
    return LLVMBuildAnd(b->ir, quads, LLVMConstVector(masks, 8), "");
}

/* 32 stored integers of a block as bytes, in the order of k. */
static LLVMValueRef block_bytes(const struct builder *b, const struct unit *u, uint32_t block)
{
    LLVMTypeRef bytes = vector_of(b->i8, 32);
    LLVMValueRef quads = gather_quads(b, u, block, false);
    uint32_t low[8], high[8], low_bits[8], high_bits[8], all_high = 0;
    LLVMValueRef above[8];

    if (layout_info[u->layout].bits == 8)
        return cast(b, quads, bytes);
    for (uint32_t quad = 0; quad < 8; quad++) {
        struct bits_place p = unpack_place(u->layout, quad);
        low[quad] = p.low_bit;
        high[quad] = p.high_bit;
        low_bits[quad] = p.low_bits;
        high_bits[quad] = p.high_bits;
        all_high |= p.high_bits;
        above[quad] = i32_number(b, p.low_bits);
    }
    quads = shifted_bytes(b, quads, low, low_bits);
    if (all_high != 0) {
        LLVMValueRef more = shifted_bytes(b, gather_quads(b, u, block, true), high, high_bits);
        more = LLVMBuildShl(b->ir, more, LLVMConstVector(above, 8), "");
        quads = LLVMBuildOr(b->ir, quads, more, "");
    }
    return unpack_looked_up(b, u->layout, cast(b, quads, bytes));
}

/* Block `block` of a unit, of which one row is wanted. */
static void read_block(const struct builder *b, const struct unit *u, uint32_t block,
                       LLVMValueRef to)
{
    LLVMValueRef bytes = block_bytes(b, u, block);

    for (uint32_t i = 0; i < 2; i++) {
        LLVMValueRef scale = unpack_scale(b, u, block, i);
        int lanes[LANES];
        for (uint32_t j = 0; j < LANES; j++)
            lanes[j] = (int)(i * LANES + j);
        LLVMValueRef value =
            LLVMBuildZExt(b->ir, shuffled(b, bytes, bytes, lanes, LANES), b->i32x16, "");
        value = LLVMBuildSub(b->ir, value, i32x16_number(b, layout_info[u->layout].bias), "");
        value = LLVMBuildSIToFP(b->ir, value, b->f32x16, "");
        if (layout_has_minimum(u->layout))
            value = fma16(b, value, scale, unpack_minimum(b, u, block, i));
        else
            value = LLVMBuildFMul(b->ir, value, scale, "");
        store(b, value, at_number(b, to, 128 * (int64_t)block + 64 * (int64_t)i), 4);
    }
}

/* `group`: the row group; `row`: 0..15 (i64). A unit a round; the last one may have fewer
 * blocks. */
static void read_quantized(const struct builder *b, LLVMValueRef group, LLVMValueRef row,
                           LLVMValueRef to)
{
    const struct kernel_embed *k = &b->kernel->embed;
    const struct layout_info *layout = &layout_info[k->layout];
    uint32_t whole = k->k / layout->unit;
    struct unit u = {
        .layout = k->layout, .row = row, .row_scales = unpack_row_scales(b, k->layout, group, row)};

    if (whole > 0) {
        struct loop l;
        loop_begin_counted(b, &l, whole, 1, NULL, 0);
        u.at = at(b, group, times(b, l.index, layout->bytes));
        LLVMValueRef values = at(b, to, times(b, l.index, 4 * (int64_t)layout->unit));
        for (uint32_t block = 0; block < layout->unit / LAYOUT_BLOCK; block++)
            read_block(b, &u, block, values);
        loop_end(b, &l, NULL);
    }
    if (k->k % layout->unit != 0) {
        u.at = at_number(b, group, (int64_t)whole * layout->bytes);
        for (uint32_t block = 0; block < k->k % layout->unit / LAYOUT_BLOCK; block++)
            read_block(b, &u, block, at_number(b, to, 4 * (int64_t)whole * layout->unit));
    }
}

void emit_embed(const struct builder *b)
{
    const struct kernel_embed *k = &b->kernel->embed;
    struct loop l;

    loop_begin(b, &l, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef token = load(b, b->i32, at(b, b->args[EMBED_tokens], times(b, l.index, 4)), 4);
    token = LLVMBuildZExt(b->ir, token, b->i64, "");
    token = lesser(b, token, i64_number(b, (int64_t)k->n - 1));
    LLVMValueRef row = LLVMBuildAnd(b->ir, token, i64_number(b, LANES - 1), "");
    LLVMValueRef group = LLVMBuildLShr(b->ir, token, i64_number(b, 4), "");
    group = row_group_at(b, b->args[EMBED_weight], k->layout, k->k, group);
    LLVMValueRef to =
        at(b, b->args[EMBED_out], times(b, l.index, 4 * (int64_t)b->kernel->stride[EMBED_out]));
    if (layout_byte_words((enum layout)k->layout) != 0)
        read_bytes(b, group, row, to);
    else if (layout_floats((enum layout)k->layout) != NULL)
        read_floats(b, group, row, to);
    else if (!layout_is_quantized(k->layout))
        read_plain(b, at(b, group, times(b, row, k->layout == LAYOUT_f16_r32 ? 2 : 4)), to);
    else
        read_quantized(b, group, row, to);
    loop_end(b, &l, NULL);
}
