/* Scales and minimums of packed weights, by their forms (compiler/hir/layout.def). In: a unit of a row
 * group; out: what the integers of a block, or of a part of it, are multiplied by, and what is added.
 */
#include "targets/cpu/unpack.h"

#include <math.h>

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
    return cast(b, masked(b, word, ~(uint32_t)ZERO_MASK), b->f32x16);
}

/* Minus scale times zero point: exact, since both have few bits. */
static LLVMValueRef minimum_of_zero(const struct builder *b, LLVMValueRef word)
{
    LLVMValueRef zero = masked(b, word, ZERO_MASK);

    zero = LLVMBuildSIToFP(b->ir, zero, b->f32x16, "");
    return LLVMBuildFNeg(b->ir, LLVMBuildFMul(b->ir, scale_without_zero(b, word), zero, ""), "");
}

LLVMValueRef unpack_row_scales(const struct builder *b, enum layout layout, LLVMValueRef group,
                               LLVMValueRef row)
{
    const int64_t head = layout_head_bytes(layout);

    if (!layout_scales_rows(layout))
        return NULL;
    struct unit scales = {.at = at_number(b, group, -head), .row = row};
    return load_rows(b, &scales, 0, b->f32);
}

LLVMValueRef unpack_d(const struct builder *b, const struct unit *u)
{
    return u->staged ? unpack_scale(b, u, 0, 0) : load_d(b, u);
}

LLVMValueRef unpack_multiplier(const struct builder *b, const struct unit *u, uint32_t block,
                               uint32_t part)
{
    const struct layout_info *l = &layout_info[u->layout];

    if (u->staged || u->folded || l->form == SCALE_unit)
        return NULL;
    struct unit bytes = at_scales(b, u, 1);
    LLVMValueRef small =
        load_rows(b, &bytes, 64 + (block * l->scales + part % l->scales) * LANES, b->i8);
    return l->form == SCALE_nibbles ? masked(b, LLVMBuildZExt(b->ir, small, b->i32x16, ""), 15)
                                    : LLVMBuildSExt(b->ir, small, b->i32x16, "");
}

/* Bytes of all rows, masked: each becomes those of the row's four bytes that `places`
 * (a set of bits) has, and the others zero. Lanes stay where each 16 bytes are shuffled by
 * themselves. */
static LLVMValueRef spread_bytes(const struct builder *b, const struct unit *u, uint32_t mask,
                                 uint32_t places)
{
    LLVMValueRef bytes = load_rows(b, u, 0, b->i8), none;
    int lanes[4 * LANES];

    for (int i = 0; i < 4 * LANES; i++)
        lanes[i] = i % LANES;
    bytes = masked(b, shuffled(b, bytes, bytes, lanes, 4 * LANES), mask);
    none = LLVMConstNull(LLVMTypeOf(bytes));
    for (int i = 0; i < 4 * LANES; i++)
        lanes[i] = (places >> i % 4 & 1) != 0 ? i / LANES * LANES + i / 4 : 4 * LANES;
    return cast(b, shuffled(b, bytes, none, lanes, 4 * LANES), b->i32x16);
}

/* Two parts at a time: nibbles of first ones 4 times as large, and below them nothing of minimums. */
void unpack_split(const struct builder *b, struct unit *u, LLVMValueRef to)
{
    enum { TOGETHER = 2 * LANES, WORDS = TOGETHER / 4 };
    LLVMValueRef left[WORDS], masks[WORDS];

    for (int i = 0; i < WORDS; i++) {
        left[i] = i32_number(b, i < WORDS / 2 ? 2 : 0);
        masks[i] = i32_number(b, i < WORDS / 2 ? 0x3c3c3c3c : 0x0f0f0f0f);
    }
    for (uint32_t place = 0; place < SPLIT_BYTES / 2; place += TOGETHER) {
        LLVMValueRef bytes =
            load(b, vector_of(b->i32, WORDS), at_number(b, u->at, 64 + (int64_t)place), TOGETHER);
        LLVMValueRef scales = LLVMBuildShl(b->ir, bytes, LLVMConstVector(left, WORDS), "");
        scales = LLVMBuildAnd(b->ir, scales, LLVMConstVector(masks, WORDS), "");
        store(b, scales, at_number(b, to, place), TOGETHER);
        store(b, masked(b, bytes, 0xf0f0f0f0), at_number(b, to, SPLIT_BYTES / 2 + (int64_t)place),
              TOGETHER);
    }
    u->split = to;
}

/* The unit as if its scales began with those of part `part` of a block: where they are split, those of
 * `from` on. */
static struct unit at_part(const struct builder *b, const struct unit *u, uint32_t from,
                           uint32_t block, uint32_t part)
{
    struct unit scales = *u;

    scales.at = u->split != NULL ? at_number(b, u->split, from) : at_number(b, u->at, 64);
    scales = at_scales(b, &scales, 1);
    scales.at =
        at_number(b, scales.at, (int64_t)(block * layout_info[u->layout].scales + part) * LANES);
    return scales;
}

LLVMValueRef unpack_multiplier_words(const struct builder *b, const struct unit *u, uint32_t block,
                                     uint32_t part)
{
    const struct unit scale = at_part(b, u, 0, block, part);

    return spread_bytes(b, &scale, 255, 1 << 1 | 1 << 3);
}

/* 16 times the number in the high bits of a byte. */
LLVMValueRef unpack_integer_minimum(const struct builder *b, const struct unit *u, uint32_t block,
                                    uint32_t part)
{
    const struct unit both = at_part(b, u, SPLIT_BYTES / 2, block, part);

    if (u->staged)
        return unpack_scale(b, u, 0, staged_scales(u->layout) + part);
    LLVMValueRef minimum = spread_bytes(b, &both, u->split != NULL ? 255 : 15 << 4, 1);
    return LLVMBuildSIToFP(b->ir, minimum, b->f32x16, "");
}

LLVMValueRef unpack_dmin(const struct builder *b, const struct unit *u)
{
    if (u->staged)
        return unpack_scale(b, u, 0, 0);
    return LLVMBuildFMul(b->ir, load_minus_dmin(b, u), f32x16_number(b, 0x1p-4), "");
}

uint32_t staged_scales(enum layout layout)
{
    return layout_folds(layout) ? 1 : layout_info[layout].scales;
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
        return unpack_scale(b, u, block, staged_scales(u->layout) + part % l->scales);
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
