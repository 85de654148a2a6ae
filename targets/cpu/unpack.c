/* Packed weights to values: 16 rows at a time, for each layout of compiler/hir/layout.def. In: a
 * unit of a row group; out: f32 values, or the operands of integer dot products; unpack_scales.c has
 * what scales their sums. Equal loads are emitted again for every element; LLVM's early-cse joins them.
 */
#include "targets/cpu/unpack.h"

LLVMValueRef shifted_right(const struct builder *b, LLVMValueRef x, uint32_t bits)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(x));
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(x));

    return bits == 0 ? x
                     : LLVMBuildLShr(b->ir, x, filled(LLVMConstInt(type, bits, false), lanes), "");
}

LLVMValueRef masked(const struct builder *b, LLVMValueRef x, uint32_t mask)
{
    unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(x));
    LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(x));

    return LLVMBuildAnd(b->ir, x, filled(LLVMConstInt(type, mask, false), lanes), "");
}

struct bits_place unpack_place(enum layout layout, uint32_t quad)
{
    const struct layout_info *l = &layout_info[layout];
    struct bits_place p = {.low = layout_integers_at(layout, quad / 8),
                           .low_bits = layout_low_bits(layout)};

    quad %= 8;
    if (l->bits == 3 && quad >= 6) /* what two bytes have left, and one bit of the third */
        return (struct bits_place){.low = p.low + quad % 2 * 128,
                                   .low_bit = 6,
                                   .low_bits = 2,
                                   .high = p.low + 64,
                                   .high_bit = quad,
                                   .high_bits = 1};
    if (l->bits == 3) {
        p.low += quad / 2 * 64;
        p.low_bit = quad % 2 * 3;
        return p;
    }
    if (l->bits == 2) { /* both parts in each byte */
        p.low += quad % 4 / 2 * 64;
        p.low_bit = quad % 2 * 4 + quad / 4 * 2;
        return p;
    }
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

/* What stands in the layout's table, if it has one, plus `bias`. */
static LLVMValueRef looked_up(const struct builder *b, enum layout layout, uint32_t bias,
                              LLVMValueRef x)
{
    const struct layout_info *info = &layout_info[layout];
    LLVMTypeRef type = LLVMTypeOf(x);
    uint8_t table[16];

    if (info->table == NULL)
        return x;
    for (uint32_t i = 0; i < 16; i++)
        table[i] = (uint8_t)(info->table[i] + (int32_t)bias);
    const uint32_t bytes =
        LLVMGetVectorSize(type) * LLVMGetIntTypeWidth(LLVMGetElementType(type)) / 8;
    x = b->isa->integers->looked_up(b, table, cast(b, x, vector_of(b->i8, bytes)));
    return cast(b, x, type);
}

LLVMValueRef unpack_looked_up(const struct builder *b, enum layout layout, LLVMValueRef x)
{
    return looked_up(b, layout, layout_info[layout].bias, x);
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

/* Whether a table has what is less the bias. */
static bool looks_up_unbiased(const struct unit *u)
{
    return u->unbiased && !u->staged && layout_info[u->layout].table != NULL;
}

/* Four to a dword, as they are. Shifts are of words, since there are none of bytes. */
static LLVMValueRef unpack_bytes(const struct builder *b, const struct unit *u,
                                 const struct bits_place *p)
{
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES), bytes = vector_of(b->i8, 4 * LANES);
    const uint32_t left = u->in_place ? p->low_bit % 4 : 0;
    LLVMValueRef low = load_bytes(b, u, p->low, words);

    low = cast(b, shifted_right(b, low, p->low_bit - left), bytes);
    low = masked(b, low, ((1u << p->low_bits) - 1) << left);
    if (p->high_bits != 0) {
        LLVMValueRef high = moved(b, load_bytes(b, u, p->high, words), p->high_bit, p->low_bits);
        high = masked(b, cast(b, high, bytes), ((1u << p->high_bits) - 1) << p->low_bits);
        low = LLVMBuildOr(b->ir, low, high, "");
    }
    const uint32_t bias = looks_up_unbiased(u) ? 0 : layout_info[u->layout].bias;
    return cast(b, looked_up(b, u->layout, bias, low), b->i32x16);
}

/* The low 16 bits of each i32, twice. */
static LLVMValueRef as_words(const struct builder *b, LLVMValueRef x)
{
    LLVMValueRef high = LLVMBuildShl(b->ir, x, i32x16_number(b, 16), "");

    return cast(b, LLVMBuildOr(b->ir, masked(b, x, 0xffff), high, ""),
                vector_of(b->i16, 2 * LANES));
}

/* Bytes of a quad, times the scale of their part, plus the bias of such products. Words hold two
 * bytes: what one carries into the other is gone again at the end, where both are bytes. */
static LLVMValueRef fold(const struct builder *b, const struct unit *u, LLVMValueRef bytes,
                         uint32_t quad)
{
    const struct layout_info *l = &layout_info[u->layout];
    struct unit stored = *u;

    stored.folded = false;
    LLVMValueRef scale = unpack_multiplier(b, &stored, quad / 8, quad % 8 * l->scales / 8);
    if (scale == NULL)
        return bytes;
    LLVMValueRef bias = LLVMBuildMul(b->ir, scale, i32x16_number(b, -257 * (int64_t)l->bias), "");
    bias = LLVMBuildAdd(b->ir, bias, i32x16_number(b, 257 * (int64_t)l->folded), "");
    LLVMValueRef words = cast(b, bytes, vector_of(b->i16, 2 * LANES));
    words = LLVMBuildMul(b->ir, words, as_words(b, scale), "");
    return cast(b, LLVMBuildAdd(b->ir, words, as_words(b, bias), ""), b->i32x16);
}

/* Whether an integer is a byte; where it stands. */
static bool quad_place(const struct unit *u, uint32_t quad, struct bits_place *p)
{
    *p = unpack_place(u->layout, quad);
    if (u->staged)
        p->low = 64 * quad;
    return u->staged || layout_info[u->layout].bits == 8;
}

static LLVMValueRef stored_quad(const struct builder *b, const struct unit *u, uint32_t quad)
{
    struct bits_place p;

    if (quad_place(u, quad, &p))
        return load_bytes(b, u, p.low, b->i32x16);
    LLVMValueRef bytes = unpack_bytes(b, u, &p);
    return u->folded ? fold(b, u, bytes, quad) : bytes;
}

LLVMValueRef unpack_quad(const struct builder *b, const struct unit *u, uint32_t quad)
{
    LLVMTypeRef bytes = vector_of(b->i8, 4 * LANES);
    LLVMValueRef stored = stored_quad(b, u, quad),
                 bias = filled(LLVMConstInt(b->i8, layout_info[u->layout].bias, false), 4 * LANES);

    if (!u->unbiased || looks_up_unbiased(u))
        return stored;
    return cast(b, LLVMBuildSub(b->ir, cast(b, stored, bytes), bias, ""), b->i32x16);
}

void unpack_quad_words(const struct builder *b, const struct unit *u, uint32_t quad,
                       LLVMValueRef out[2])
{
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES);
    struct bits_place p;

    if (quad_place(u, quad, &p) || u->folded || p.high_bits != 0 ||
        layout_info[u->layout].table != NULL) {
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
    const uint32_t minimums = layout_has_minimum(layout) ? layout_info[layout].scales : 0;

    return STAGED_INTEGERS + 64 * (staged_scales(layout) + minimums);
}

/* Of a unit that folds: d, or with minimums d and dmin in turns. */
static LLVMValueRef folded_scale(const struct builder *b, const struct unit *u, uint32_t block)
{
    LLVMValueRef is_odd = LLVMConstInt(b->i1, block % 2, false);

    if (!layout_has_minimum(u->layout))
        return unpack_d(b, u);
    if (u->step != NULL)
        is_odd = LLVMBuildXor(b->ir, is_odd, LLVMBuildTrunc(b->ir, u->step, b->i1, ""), "");
    return LLVMBuildSelect(b->ir, is_odd, unpack_dmin(b, u), unpack_d(b, u), "");
}

void stage_block(const struct builder *b, const struct unit *u, uint32_t block, LLVMValueRef to)
{
    const struct layout_info *l = &layout_info[u->layout];
    const bool folds = layout_folds(u->layout);
    struct unit folded = *u;
    uint32_t place = 0;

    folded.folded = folds;
    for (uint32_t quad = 0; quad < 8; quad++, place += 64)
        store(b, unpack_quad(b, &folded, 8 * block + quad), at_number(b, to, place), 64);
    for (uint32_t part = 0; part < staged_scales(u->layout); part++, place += 64)
        store(b, folds ? folded_scale(b, u, block) : unpack_scale(b, u, block, part),
              at_number(b, to, place), 64);
    for (uint32_t part = 0; layout_has_minimum(u->layout) && part < l->scales; part++, place += 64)
        store(b,
              folds ? unpack_integer_minimum(b, u, block, part) : unpack_minimum(b, u, block, part),
              at_number(b, to, place), 64);
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

/* Element of a unit of words of f32, then bytes [k][r]. */
static LLVMValueRef unpack_byte(const struct builder *b, const struct unit *u,
                                uint32_t element_index)
{
    const int64_t words = 4 * LANES * (int64_t)layout_byte_words(u->layout);
    LLVMValueRef bytes = u->at, scale = load_f32x16(b, u->at);

    if (u->step != NULL)
        bytes = at(b, bytes, times(b, u->step, LAYOUT_BLOCK * LANES));
    bytes = load(b, vector_of(b->i8, LANES),
                 at_number(b, bytes, words + (int64_t)element_index * LANES), LANES);
    if (u->layout == LAYOUT_f8_e4m3_r16)
        return LLVMBuildFMul(b->ir, unpack_e4m3(b, bytes),
                             LLVMBuildFMul(b->ir, scale, f32x16_number(b, 256), ""), "");
    LLVMValueRef zero = load_f32x16(b, at_number(b, u->at, 4 * LANES));
    LLVMValueRef value =
        LLVMBuildSIToFP(b->ir, LLVMBuildZExt(b->ir, bytes, b->i32x16, ""), b->f32x16, "");
    return LLVMBuildFMul(b->ir, LLVMBuildFSub(b->ir, value, zero, ""), scale, "");
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
    case LAYOUT_i8_g32_r16:
    case LAYOUT_i8_g128_r16:
        return unpack_byte(b, u, element_index);
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

void stage_bf16_block(const struct builder *b, const struct unit *u, uint32_t block,
                      LLVMValueRef to)
{
    int lanes[2 * LANES];

    for (int i = 0; i < 2 * LANES; i++)
        lanes[i] = i / 2 + i % 2 * LANES;
    for (uint32_t e = 0; e < LAYOUT_BLOCK; e += 2) {
        LLVMValueRef first = unpack_element(b, u, LAYOUT_BLOCK * block + e),
                     second = unpack_element(b, u, LAYOUT_BLOCK * block + e + 1),
                     both = b->isa->bf16->rounded(b, first, second);
        store(b, shuffled(b, both, both, lanes, 2 * LANES), at_number(b, to, 32 * (int64_t)e), 64);
    }
}
