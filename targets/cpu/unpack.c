/* Packed weights to values: 16 rows at a time, for each layout of compiler/hir/layout.def. In: a
 * unit of a row group; out: f32 values, or the operands of integer dot products and what scales
 * their sums. Equal loads are emitted again for every element; LLVM's early-cse joins them.
 */
#include "targets/cpu/cpu.h"

#include <math.h>

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

/* ---- scales and minimums ---- */

/* One item of `bytes` of each row from `offset` on, one per lane; or that of one row in all lanes.
 */
static LLVMValueRef load_rows(const struct builder *b, const struct unit *u, uint32_t offset,
                              LLVMTypeRef type)
{
    uint32_t bytes = type == b->f32 ? 4 : LLVMGetIntTypeWidth(type) / 8;
    LLVMValueRef from = at_number(b, u->at, offset);

    if (u->row == NULL)
        return load(b, vector_of(type, LANES), from, LANES * bytes);
    return broadcast(b, load(b, type, at(b, from, times(b, u->row, bytes)), bytes));
}

static LLVMValueRef load_halves(const struct builder *b, const struct unit *u, uint32_t offset)
{
    return widened(b, load_rows(b, u, offset, b->i16));
}

/* Words whose bytes belong to four blocks: from that of the step on. */
static LLVMValueRef load_step_bytes(const struct builder *b, const struct unit *u, uint32_t offset)
{
    LLVMValueRef words = load_rows(b, u, offset, b->i32);

    if (u->step == NULL)
        return words;
    LLVMValueRef bits = LLVMBuildTrunc(b->ir, times(b, u->step, 8), b->i32, "");
    return LLVMBuildLShr(b->ir, words, broadcast(b, bits), "");
}

/* The scale (0) or minimum (1) of a block of q4_k and q5_k, as f32: six bits of the model's twelve
 * bytes, which stand in three words. */
static LLVMValueRef six_bits(const struct builder *b, const struct unit *u, uint32_t block,
                             uint32_t which)
{
    const uint32_t from = block % 4 * 8;
    LLVMValueRef word = load_step_bytes(b, u, 64 + 64 * which), bits;

    if (block < 4) {
        bits = masked(b, shifted_right(b, word, from), 63);
    } else {
        bits = masked(b, shifted_right(b, load_step_bytes(b, u, 192), from + 4 * which), 15);
        bits = LLVMBuildOr(b->ir, bits, masked(b, shifted_right(b, word, from + 2), 48), "");
    }
    return LLVMBuildSIToFP(b->ir, bits, b->f32x16, "");
}

/* Half of what UE4M3 means: as f16 its exponent lacks 8, and 0x7f is no number. */
static LLVMValueRef load_ue4m3(const struct builder *b, const struct unit *u, uint32_t offset)
{
    LLVMTypeRef words = vector_of(b->i16, LANES);
    LLVMValueRef bits = LLVMBuildZExt(b->ir, load_rows(b, u, offset, b->i8), words, "");
    LLVMValueRef seven = filled(LLVMConstInt(b->i16, 7, false), LANES);

    bits = masked(b, bits, 0x7f);
    LLVMValueRef is_number =
        LLVMBuildICmp(b->ir, LLVMIntNE, bits, filled(LLVMConstInt(b->i16, 0x7f, false), LANES), "");
    bits = LLVMBuildSelect(b->ir, is_number, bits, LLVMConstNull(words), "");
    LLVMValueRef value = widened(b, LLVMBuildShl(b->ir, bits, seven, ""));
    return LLVMBuildFMul(b->ir, value, f32x16_number(b, 0x1p7), "");
}

/* Integers of 8 bits as f32. */
static LLVMValueRef load_small(const struct builder *b, const struct unit *u, uint32_t offset)
{
    LLVMValueRef scale = load_rows(b, u, offset, b->i8);

    return LLVMBuildSIToFP(b->ir, LLVMBuildSExt(b->ir, scale, b->i32x16, ""), b->f32x16, "");
}

/* d times the scale (0) or minimum (1) of a byte of q2_k. From 2^23 to 2^24 an f32 ends with the bits of
 * an integer, so (2^23 + i) * d - 2^23 * d converts and multiplies in one fused step. It is exact:
 * products have few bits. Minimums are 16 times as large there. */
static LLVMValueRef times_nibble(const struct builder *b, const struct unit *u, uint32_t offset,
                                 uint32_t which, LLVMValueRef d)
{
    const uint32_t first = 0x4b000000; /* 2^23 */
    const double factor = which == 0 ? 1 : 0x1p-4;
    LLVMValueRef both = LLVMBuildZExt(b->ir, load_rows(b, u, offset, b->i8), b->i32x16, "");
    LLVMValueRef bits = masked(b, both, which == 0 ? 15 : 15 << 4);

    bits = LLVMBuildOr(b->ir, bits, i32x16_number(b, first), "");
    return fma16(b, cast(b, bits, b->f32x16), LLVMBuildFMul(b->ir, d, f32x16_number(b, factor), ""),
                 LLVMBuildFMul(b->ir, d, f32x16_number(b, -factor * 0x1p23), ""));
}

/* The f16 of a unit, times the layout's power of two. */
static LLVMValueRef load_d(const struct builder *b, const struct unit *u)
{
    const int32_t power = layout_info[u->layout].power;

    if (u->d != NULL)
        return u->d;
    LLVMValueRef d = load_halves(b, u, 0);
    return power == 0 ? d : LLVMBuildFMul(b->ir, d, f32x16_number(b, ldexp(1, power)), "");
}

/* Minus the f16 that minimums of a unit are multiplied by. */
static LLVMValueRef load_minus_dmin(const struct builder *b, const struct unit *u)
{
    return u->minus_dmin != NULL ? u->minus_dmin
                                 : LLVMBuildFNeg(b->ir, load_halves(b, u, 2 * LANES), "");
}

void unpack_head(const struct builder *b, struct unit *u)
{
    const enum scale_form form = layout_info[u->layout].form;
    const bool has_two = form == SCALE_six_bits || form == SCALE_nibbles;

    if (has_two || form == SCALE_i8 || form == SCALE_unit)
        u->d = load_d(b, u);
    if (has_two)
        u->minus_dmin = load_minus_dmin(b, u);
}

/* The unit as if its scales began with those of the step's block; each has so many bytes a row. */
static struct unit at_scales(const struct builder *b, const struct unit *u, uint32_t bytes)
{
    struct unit stepped = *u;

    if (u->step != NULL)
        stepped.at =
            at(b, u->at, times(b, u->step, layout_info[u->layout].scales * LANES * (int64_t)bytes));
    return stepped;
}

/* The scale and zero point of the group that a block is in. A step stays inside of a group. */
static LLVMValueRef load_scale_and_zero(const struct builder *b, const struct unit *u,
                                        uint32_t block)
{
    return load_rows(b, u, block / layout_blocks_of_scale(u->layout) * 4 * LANES, b->i32);
}

static LLVMValueRef scale_without_zero(const struct builder *b, LLVMValueRef word)
{
    return cast(b, masked(b, word, ~((1u << ZERO_BITS) - 1)), b->f32x16);
}

/* Minus scale times zero point: exact, since both have few bits. */
static LLVMValueRef minimum_of_zero(const struct builder *b, LLVMValueRef word)
{
    LLVMValueRef zero = masked(b, word, (1u << ZERO_BITS) - 1);

    zero = LLVMBuildSIToFP(b->ir, zero, b->f32x16, "");
    return LLVMBuildFNeg(b->ir, LLVMBuildFMul(b->ir, scale_without_zero(b, word), zero, ""), "");
}

enum { STAGED_INTEGERS = 8 * 64 };

LLVMValueRef unpack_row_scales(const struct builder *b, enum layout layout, LLVMValueRef group,
                               LLVMValueRef row)
{
    const int64_t head = layout_head_bytes(layout);

    if (!layout_scales_rows(layout))
        return NULL;
    struct unit scales = {.at = at_number(b, group, -head), .row = row};
    return load_rows(b, &scales, 0, b->f32);
}

LLVMValueRef unpack_scale(const struct builder *b, const struct unit *u, uint32_t block,
                          uint32_t part)
{
    const struct layout_info *l = &layout_info[u->layout];
    const uint32_t place = block * l->scales + part % l->scales;

    if (u->staged)
        return load(b, b->f32x16, at_number(b, u->at, STAGED_INTEGERS + 64 * (int64_t)part), 64);
    struct unit bytes = at_scales(b, u, 1), halves = at_scales(b, u, 2);
    switch (l->form) {
    case SCALE_e8m0:
        return b->isa->integers->half_of_e8m0(
            b, LLVMBuildZExt(b->ir, load_rows(b, &bytes, place * LANES, b->i8), b->i32x16, ""));
    case SCALE_ue4m3:
        return load_ue4m3(b, &bytes, place * LANES);
    case SCALE_six_bits:
        return LLVMBuildFMul(b->ir, load_d(b, u), six_bits(b, u, block, 0), "");
    case SCALE_i8:
        return LLVMBuildFMul(b->ir, load_d(b, u), load_small(b, &bytes, 64 + place * LANES), "");
    case SCALE_nibbles:
        return times_nibble(b, &bytes, 64 + place * LANES, 0, load_d(b, u));
    case SCALE_unit:
        return load_d(b, u);
    case SCALE_f16:
        return load_halves(b, &halves, place * 2 * LANES);
    case SCALE_zeros:
        return scale_without_zero(b, load_scale_and_zero(b, u, block));
    case SCALE_row:
        return u->row_scales;
    case SCALE_none:
        break;
    }
    unreachable("a layout without scales");
}

LLVMValueRef unpack_minimum(const struct builder *b, const struct unit *u, uint32_t block,
                            uint32_t part)
{
    const struct layout_info *l = &layout_info[u->layout];
    const uint32_t place = block * l->scales + part % l->scales;

    if (u->staged) /* after the scales */
        return unpack_scale(b, u, block, l->scales + part % l->scales);
    if (l->form == SCALE_f16)
        return load_halves(b, u, 4 * LANES + place * 2 * LANES);
    if (l->form == SCALE_zeros)
        return minimum_of_zero(b, load_scale_and_zero(b, u, block));
    if (l->form == SCALE_nibbles) {
        struct unit bytes = at_scales(b, u, 1);
        return times_nibble(b, &bytes, 64 + place * LANES, 1, load_minus_dmin(b, u));
    }
    return LLVMBuildFMul(b->ir, load_minus_dmin(b, u), six_bits(b, u, block, 1), "");
}

/* ---- integers ---- */

struct bits_place unpack_place(enum layout layout, uint32_t quad)
{
    const struct layout_info *l = &layout_info[layout];
    struct bits_place p = {.low = layout_integers_at(layout, quad / 8),
                           .low_bits = layout_low_bits(layout)};

    quad %= 8;
    p.high_bits = l->bits - p.low_bits;
    if (p.high_bits != 0) { /* `together` quads share 64 bytes, which stand before the others */
        uint32_t together = 8 / p.high_bits;
        p.high = p.low + quad / together * (64 + together * p.low_bits * 8);
        p.high_bit = quad % together * p.high_bits;
        p.low = p.high + 64;
        quad %= together;
    }
    p.low_bit = quad * p.low_bits % 8;
    p.low += quad * p.low_bits / 8 * 64;
    return p;
}

/* The 64 bytes at `offset`, as words of `type`. */
static LLVMValueRef load_bytes(const struct builder *b, const struct unit *u, uint32_t offset,
                               LLVMTypeRef type)
{
    LLVMValueRef from = u->at;

    if (u->step != NULL)
        from = at(b, from, times(b, u->step, 64 * (int64_t)layout_info[u->layout].bits));
    return cast(b, load(b, b->i32x16, at_number(b, from, offset), 64), type);
}

LLVMValueRef unpack_looked_up(const struct builder *b, enum layout layout, LLVMValueRef x)
{
    const struct layout_info *info = &layout_info[layout];
    LLVMTypeRef type = LLVMTypeOf(x);
    uint8_t table[16];

    if (info->table == NULL)
        return x;
    for (uint32_t i = 0; i < 16; i++)
        table[i] = (uint8_t)(info->table[i] + (int32_t)info->bias);
    const uint32_t bytes =
        LLVMGetVectorSize(type) * LLVMGetIntTypeWidth(LLVMGetElementType(type)) / 8;
    x = b->isa->integers->looked_up(b, table, cast(b, x, vector_of(b->i8, bytes)));
    return cast(b, x, type);
}

/* `x` with its bit `from` moved to bit `to`. */
static LLVMValueRef moved(const struct builder *b, LLVMValueRef x, uint32_t from, uint32_t to)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(x));
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(x));

    if (from >= to)
        return shifted_right(b, x, from - to);
    return LLVMBuildShl(b->ir, x, filled(LLVMConstInt(type, to - from, false), lanes), "");
}

/* Integers of fewer than 8 bits out of words of any width: of the byte at bit `byte` of each word,
 * as the low byte. */
static LLVMValueRef unpack_bits(const struct builder *b, const struct unit *u,
                                const struct bits_place *p, LLVMTypeRef type, uint32_t byte)
{
    LLVMValueRef low = load_bytes(b, u, p->low, type);

    low = masked(b, shifted_right(b, low, byte + p->low_bit), (1u << p->low_bits) - 1);
    if (p->high_bits == 0)
        return low;
    LLVMValueRef high = load_bytes(b, u, p->high, type);
    high = masked(b, moved(b, high, byte + p->high_bit, p->low_bits),
                  ((1u << p->high_bits) - 1) << p->low_bits);
    return LLVMBuildOr(b->ir, low, high, "");
}

/* Four to a dword, as they are. Shifts are of words, since there are none of bytes. */
static LLVMValueRef unpack_bytes(const struct builder *b, const struct unit *u,
                                 const struct bits_place *p)
{
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES), bytes = vector_of(b->i8, 4 * LANES);
    LLVMValueRef low = load_bytes(b, u, p->low, words);

    low = masked(b, cast(b, shifted_right(b, low, p->low_bit), bytes), (1u << p->low_bits) - 1);
    if (p->high_bits != 0) {
        LLVMValueRef high = moved(b, load_bytes(b, u, p->high, words), p->high_bit, p->low_bits);
        high = masked(b, cast(b, high, bytes), ((1u << p->high_bits) - 1) << p->low_bits);
        low = LLVMBuildOr(b->ir, low, high, "");
    }
    return cast(b, unpack_looked_up(b, u->layout, low), b->i32x16);
}

/* Whether an integer is a byte; where it stands. */
static bool quad_place(const struct unit *u, uint32_t quad, struct bits_place *p)
{
    *p = unpack_place(u->layout, quad);
    if (u->staged)
        p->low = 64 * quad;
    return u->staged || layout_info[u->layout].bits == 8;
}

LLVMValueRef unpack_quad(const struct builder *b, const struct unit *u, uint32_t quad)
{
    struct bits_place p;

    return quad_place(u, quad, &p) ? load_bytes(b, u, p.low, b->i32x16) : unpack_bytes(b, u, &p);
}

void unpack_quad_words(const struct builder *b, const struct unit *u, uint32_t quad,
                       LLVMValueRef out[2])
{
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES);
    struct bits_place p;

    if (quad_place(u, quad, &p) || p.high_bits != 0 || layout_info[u->layout].table != NULL) {
        LLVMValueRef bytes = cast(b, unpack_quad(b, u, quad), words);
        out[0] = masked(b, bytes, 255);
        out[1] = shifted_right(b, bytes, 8);
    } else {
        out[0] = unpack_bits(b, u, &p, words, 0);
        out[1] = unpack_bits(b, u, &p, words, 8);
    }
}

uint32_t staged_bytes(enum layout layout)
{
    return STAGED_INTEGERS + 64 * layout_info[layout].scales * (layout_has_minimum(layout) ? 2 : 1);
}

void stage_block(const struct builder *b, const struct unit *u, uint32_t block, LLVMValueRef to)
{
    uint32_t place = 0;

    for (uint32_t quad = 0; quad < 8; quad++, place += 64) {
        struct bits_place p = unpack_place(u->layout, 8 * block + quad);
        LLVMValueRef bytes = layout_info[u->layout].bits == 8 ? load_bytes(b, u, p.low, b->i32x16)
                                                              : unpack_bytes(b, u, &p);
        store(b, bytes, at_number(b, to, place), 64);
    }
    for (uint32_t part = 0; part < layout_info[u->layout].scales; part++, place += 64)
        store(b, unpack_scale(b, u, block, part), at_number(b, to, place), 64);
    for (uint32_t part = 0; layout_has_minimum(u->layout) && part < layout_info[u->layout].scales;
         part++, place += 64)
        store(b, unpack_minimum(b, u, block, part), at_number(b, to, place), 64);
}

static LLVMValueRef unpack_quantized(const struct builder *b, const struct unit *u,
                                     uint32_t element_index)
{
    const uint32_t byte = 8 * (element_index % 4), block = element_index / 32,
                   bias = layout_info[u->layout].bias;
    struct bits_place p = unpack_place(u->layout, element_index / 4);
    LLVMValueRef bits =
        layout_info[u->layout].bits == 8
            ? masked(b, shifted_right(b, load_bytes(b, u, p.low, b->i32x16), byte), 255)
            : unpack_bits(b, u, &p, b->i32x16, byte);
    if (layout_info[u->layout].table != NULL)
        bits = masked(b, unpack_looked_up(b, u->layout, bits), 255);
    const uint32_t part = element_index / 16 % 2;
    LLVMValueRef scale = unpack_scale(b, u, block, part);

    if (bias != 0)
        bits = LLVMBuildSub(b->ir, bits, i32x16_number(b, bias), "");
    LLVMValueRef value = LLVMBuildSIToFP(b->ir, bits, b->f32x16, "");
    if (layout_has_minimum(u->layout))
        return fma16(b, value, scale, unpack_minimum(b, u, block, part));
    return LLVMBuildFMul(b->ir, value, scale, "");
}

/* Bytes of E4M3 as f32, less a factor of 2^8: binary16 has the same fraction and a wider exponent,
 * also for numbers that are subnormal in both. `bytes`: a vector of i8. */
LLVMValueRef unpack_e4m3(const struct builder *b, LLVMValueRef bytes)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(bytes));
    LLVMValueRef halves = LLVMBuildSExt(b->ir, bytes, vector_of(b->i16, lanes), "");

    halves = LLVMBuildShl(b->ir, halves, filled(LLVMConstInt(b->i16, 7, false), lanes), "");
    return widened(b, masked(b, halves, 0xbf80));
}

/* Element of a unit of f8_e4m3: its scales, then bytes [k][r]. */
static LLVMValueRef unpack_f8(const struct builder *b, const struct unit *u, uint32_t element_index)
{
    LLVMValueRef bytes = u->at;
    LLVMValueRef scale = LLVMBuildFMul(b->ir, load_f32x16(b, u->at), f32x16_number(b, 256), "");

    if (u->step != NULL)
        bytes = at(b, bytes, times(b, u->step, LAYOUT_BLOCK * LANES));
    bytes = load(b, vector_of(b->i8, LANES),
                 at_number(b, bytes, 4 * LANES + (int64_t)element_index * LANES), LANES);
    return LLVMBuildFMul(b->ir, unpack_e4m3(b, bytes), scale, "");
}

/* Element of a unit of scales, then places in a table of f32. */
static LLVMValueRef unpack_float(const struct builder *b, const struct unit *u,
                                 uint32_t element_index)
{
    const struct bits_place p = unpack_place(u->layout, element_index / 4);
    const uint32_t bit = 8 * (element_index % 4) + p.low_bit;
    LLVMValueRef places = shifted_right(b, load_bytes(b, u, p.low, b->i32x16), bit);

    return LLVMBuildFMul(b->ir, b->isa->integers->floats(b, layout_floats(u->layout), places),
                         load_f32x16(b, u->at), "");
}

LLVMValueRef unpack_element(const struct builder *b, const struct unit *u, uint32_t element_index)
{
    const struct layout_info *l = &layout_info[u->layout];
    const int64_t plain = element_index / l->unit * layout_step(u->layout);

    switch (u->layout) {
    case LAYOUT_f32_r16:
        return load(b, b->f32x16, at_number(b, u->at, plain), 64);
    case LAYOUT_f8_e4m3_r16:
        return unpack_f8(b, u, element_index);
    case LAYOUT_nf4_r16:
    case LAYOUT_fp4_r16:
        return unpack_float(b, u, element_index);
    case LAYOUT_f16_r32:
        return widened(b, load(b, vector_of(b->i16, LANES), at_number(b, u->at, plain), 32));
    case LAYOUT_bf16_r32: {
        LLVMValueRef pairs = load(b, b->i32x16, at_number(b, u->at, plain), 64);
        LLVMValueRef bits = element_index % 2 == 0
                                ? LLVMBuildShl(b->ir, pairs, i32x16_number(b, 16), "")
                                : masked(b, pairs, 0xffff0000);
        return cast(b, bits, b->f32x16);
    }
    default:
        return unpack_quantized(b, u, element_index);
    }
}

LLVMValueRef row_group_at(const struct builder *b, LLVMValueRef matrix, enum layout layout,
                          uint64_t k, LLVMValueRef group)
{
    const struct layout_info *l = &layout_info[layout];
    const int64_t bytes = (int64_t)layout_group_bytes(layout, k);

    if (l->groups == 1)
        return at_number(b, at(b, matrix, times(b, group, bytes)), layout_head_bytes(layout));
    LLVMValueRef turn = LLVMBuildURem(b->ir, group, i64_number(b, l->groups), "");
    LLVMValueRef pair = at(b, matrix, times(b, subtract(b, group, turn), bytes));
    return at(b, pair, times(b, turn, l->bytes));
}
