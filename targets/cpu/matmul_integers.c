/* matmul: products of integers. In: units of row groups and packed activations of 8 or 16 bits; out:
 * what a block of 32 adds to the f32 sums of a tile. Sums are exact over a block, and then scaled.
 */
#include "targets/cpu/matmul.h"

/* Packed activations, by block of 32 elements and T tokens (tile_rows); k_norm_quant.c writes them:
 *   i8            dwords [8][T] of four elements, then scale f32 [T], sums [block_sums][T]
 *   i16, bytes    dwords [8][T][2]: four high bytes, four low bytes (value = 256 high + low,
 *                 both signed); scale, sums
 *   i16, words    dwords [8][T][2]: elements 0 and 2 of a quad, then 1 and 3, as i16; scale, sums
 *   i8_row        dwords [k/4][T] of four elements of all k, then scale [T], sum [T]
 *   bf16          dwords [k/2][T] of two elements
 *   matrices      bf16 [k/32][T][32]; i8_row as bytes [k/64][T][64] or [k/32][T][32], then as above
 * Bytes or words is what the machine's integer dot product takes with such weights. */

/* Sums of i32; and where words are added, sums of pairs of bytes that do not yet belong to them. */
enum { HIGH, LOW, HIGH_PAIRS, LOW_PAIRS, PARTS };

static bool takes_bytes(const struct tile *t)
{
    return isa_takes_bytes(t->b->isa, &t->k->format);
}

static bool adds_pairs(const struct tile *t)
{
    return takes_bytes(t) && !t->b->isa->integers->takes_bytes;
}

static bool takes_signs(const struct tile *t)
{
    return isa_takes_signs(t->b->isa, &t->k->format);
}

/* Quads of a part of a block whose pairs can be added in 16 bits, a power of two. */
static uint32_t quads_together(const struct tile *t)
{
    const struct layout_info *l = &layout_info[t->layout];
    uint32_t largest = l->table != NULL ? 0 : (1u << l->bits) - 1, quads = 8 / l->scales;

    for (uint32_t i = 0; l->table != NULL && i < 16; i++)
        largest = (uint32_t)max_u64(largest, (uint64_t)(l->table[i] + (int32_t)l->bias));
    if (t->staged && l->form == SCALE_nibbles) /* folded */
        largest *= 15;
    while (quads > 1 && quads * 2 * 128 * largest > INT16_MAX)
        quads /= 2;
    return quads;
}

/* Whether quads of 2 bits stay where they are in half a byte: pairs of a part fit in 16 bits also where
 * they are 4 times as large. */
static bool keeps_places(const struct tile *t, const struct unit *units)
{
    return adds_pairs(t) && !t->staged && !units->folded && layout_info[t->layout].bits == 2;
}

/* A cycle can load two vectors and multiply two: if all operands came from memory, loads would be
 * the limit. So several tokens of 16 bits, as bytes, load high and low bytes together, into even
 * and odd lanes, and multiply them with the weights and with the weights of neighbours: the sums of
 * HIGH hold high bytes in even lanes and low bytes in odd ones, those of LOW the same of the lane
 * beside. */
static bool is_paired(const struct tile *t)
{
    return t->b->isa->integers->takes_bytes && t->k->format.act == ACT_i16 && t->tokens > 1;
}

/* Lanes change places with their neighbours. */
static LLVMValueRef swapped(const struct builder *b, LLVMValueRef x)
{
    int lanes[LANES];

    for (int i = 0; i < LANES; i++)
        lanes[i] = i ^ 1;
    return shuffled(b, x, x, lanes, LANES);
}

/* `even` and `odd` (i32) alternate. */
static LLVMValueRef in_turns(const struct builder *b, int even, int odd)
{
    LLVMValueRef lanes[LANES];

    for (int i = 0; i < LANES; i++)
        lanes[i] = i32_number(b, i % 2 == 0 ? even : odd);
    return LLVMConstVector(lanes, LANES);
}

/* The activation operands of one quad of one token: i8 as bytes and pairs one, else two. */
static void load_operands(const struct tile *t, LLVMValueRef offset, uint32_t quad, uint32_t token,
                          LLVMValueRef out[2])
{
    const struct builder *b = t->b;
    LLVMValueRef block = columns_at(t, offset, token);
    uint32_t dword = quad * t->k->format.tile_rows + place_of(t, token);

    if (is_paired(t)) {
        LLVMTypeRef type = vector_of(b->i64, LANES / 2);
        LLVMValueRef pair = load(b, b->i64, at_number(b, block, 8 * (int64_t)dword), 8);
        pair = LLVMBuildInsertElement(b->ir, LLVMGetPoison(type), pair, i32_number(b, 0), "");
        out[0] = out[1] =
            cast(b, shuffled(b, pair, pair, (int[LANES / 2]){0}, LANES / 2), b->i32x16);
        return;
    }
    if (t->k->format.act == ACT_i16) {
        for (uint32_t i = 0; i < 2; i++)
            out[i] =
                broadcast(b, load(b, b->i32, at_number(b, block, 4 * (int64_t)(2 * dword + i)), 4));
        return;
    }
    LLVMValueRef bytes = broadcast(b, load(b, b->i32, at_number(b, block, 4 * (int64_t)dword), 4));
    out[0] = out[1] = bytes;
    if (!takes_bytes(t)) { /* widen bytes 0 and 2, then 1 and 3 */
        LLVMValueRef words = cast(b, bytes, vector_of(b->i16, 2 * LANES));
        LLVMValueRef eight = filled(LLVMConstInt(b->i16, 8, false), 2 * LANES);
        out[0] = LLVMBuildAShr(b->ir, LLVMBuildShl(b->ir, words, eight, ""), eight, "");
        out[1] = LLVMBuildAShr(b->ir, words, eight, "");
    }
}

/* Adds the products of one quad to the sums of output i. Words add even and odd elements into one
 * sum, for both widths; bytes keep high and low bytes of 16-bit activations apart, or take them in
 * pairs. */
static void add_products(const struct tile *t, const LLVMValueRef weights[2],
                         const LLVMValueRef x[2], LLVMValueRef sums[PARTS][TILE_MAX_SUMS],
                         uint32_t i)
{
    const struct builder *b = t->b;
    const struct integer_dot *dot = b->isa->integers;
    const bool has_two = t->k->format.act == ACT_i16 || !takes_bytes(t);

    for (uint32_t part = has_two ? HIGH : LOW; part <= LOW; part++) {
        LLVMValueRef *sum = &sums[takes_bytes(t) ? part : LOW][i],
                     *pairs = &sums[HIGH_PAIRS + part][i];
        if (!adds_pairs(t)) {
            *sum = dot->quads(b, *sum, weights[part], x[part]);
        } else {
            LLVMValueRef two = takes_signs(t) ? dot->signed_pairs(b, weights[part], x[part])
                                              : dot->pairs(b, weights[part], x[part]);
            *pairs = *pairs == NULL ? two : LLVMBuildAdd(b->ir, *pairs, two, "");
        }
    }
}

/* Sums of pairs become part of those of i32: or both times `by` (words), each of those of its own. */
static void widen_pairs(const struct tile *t, LLVMValueRef by,
                        LLVMValueRef sums[PARTS][TILE_MAX_SUMS], uint32_t i)
{
    const struct builder *b = t->b;

    for (uint32_t part = HIGH; part <= LOW; part++) {
        LLVMValueRef one = LLVMConstInt(b->i16, part == HIGH ? 256 : 1, false);
        LLVMValueRef *pairs = &sums[HIGH_PAIRS + part][i], *sum = &sums[by != NULL ? part : LOW][i];
        if (*pairs != NULL)
            *sum =
                b->isa->integers->words(b, *sum, *pairs, by != NULL ? by : filled(one, 2 * LANES));
        *pairs = NULL;
    }
}

/* Adds the products of one quad to the sums of a block. */
static void add_quad(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t quad,
                     uint32_t quad_of_unit, LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    const struct builder *b = t->b;
    LLVMValueRef weights[TILE_MAX_GROUPS][2], x[2];

    for (uint32_t g = 0; g < t->groups; g++) {
        if (!takes_bytes(t)) {
            unpack_quad_words(b, &units[g], quad_of_unit, weights[g]);
            continue;
        }
        weights[g][0] = weights[g][1] = unpack_quad(b, &units[g], quad_of_unit);
        if (is_paired(t))
            weights[g][1] = swapped(b, weights[g][0]);
    }
    for (uint32_t i = 0; i < t->tokens; i++) {
        load_operands(t, offset, quad, i, x);
        for (uint32_t g = 0; g < t->groups; g++) {
            add_products(t, weights[g], x, sums, g * t->tokens + i);
            if (adds_pairs(t) && !units->in_place && (quad + 1) % quads_together(t) == 0)
                widen_pairs(t, NULL, sums, g * t->tokens + i);
        }
    }
}

static void sum_quad(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t quad,
                     uint32_t quad_of_unit, LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    fetch_ahead(t, units, 4 * quad_of_unit, 4 * quad_of_unit + 4);
    add_quad(t, units, offset, quad, quad_of_unit, sums);
}

/* What follows the integers of a block: number `which` of the scale and the sums of a token. */
static LLVMValueRef after_block(const struct tile *t, LLVMValueRef offset, uint32_t which,
                                uint32_t token)
{
    const uint32_t rows = t->k->format.tile_rows,
                   integers = 8 * rows * (t->k->format.act == ACT_i16 ? 8 : 4);

    return at_number(t->b, columns_at(t, offset, token),
                     integers + 4 * (int64_t)(which * rows + place_of(t, token)));
}

/* What the integer sums of a part of a block begin with: minus bias times the sum of the
 * activations, so that the bias need not be subtracted from weights without signs. */
static void begin_sums(struct tile *t, LLVMValueRef offset, uint32_t part,
                       LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    const struct builder *b = t->b;
    LLVMValueRef none = LLVMConstNull(b->i32x16);

    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef first = none;
        if (t->k->format.bias != 0 && !takes_signs(t))
            first = broadcast(b, load(b, b->i32, after_block(t, offset, 1 + part, i), 4));
        if (is_paired(t)) /* low bytes are summed in odd lanes */
            first = LLVMBuildSelect(
                b->ir, LLVMBuildTrunc(b->ir, in_turns(b, 0, 1), vector_of(b->i1, LANES), ""), first,
                none, "");
        for (uint32_t g = 0; g < t->groups; g++) {
            sums[HIGH][g * t->tokens + i] = is_paired(t) ? first : none;
            sums[LOW][g * t->tokens + i] = first;
            sums[HIGH_PAIRS][g * t->tokens + i] = sums[LOW_PAIRS][g * t->tokens + i] = NULL;
        }
    }
}

/* High and low bytes together: an exact sum. */
static LLVMValueRef sum_of_both(const struct tile *t, LLVMValueRef high, LLVMValueRef low)
{
    const struct builder *b = t->b;

    if (is_paired(t)) {
        LLVMValueRef by = in_turns(b, 8, 0);
        low = LLVMBuildAdd(b->ir, LLVMBuildShl(b->ir, high, by, ""),
                           swapped(b, LLVMBuildShl(b->ir, low, by, "")), "");
    } else if (takes_bytes(t) && !adds_pairs(t) && t->k->format.act == ACT_i16)
        low = LLVMBuildAdd(b->ir, LLVMBuildShl(b->ir, high, i32x16_number(b, 8), ""), low, "");
    return low;
}

/* One fused step for each minimum of a block. */
void add_block_minimums(struct tile *t, const struct unit *units, LLVMValueRef offset,
                        uint32_t index)
{
    const struct builder *b = t->b;

    for (uint32_t part = 0; part < layout_info[t->layout].scales; part++)
        for (uint32_t g = 0; g < t->groups; g++) {
            LLVMValueRef minimum = layout_folds(t->layout)
                                       ? unpack_integer_minimum(b, &units[g], index, part)
                                       : unpack_minimum(b, &units[g], index, part);
            for (uint32_t i = 0; i < t->tokens; i++) {
                LLVMValueRef all = load(b, b->f32, after_block(t, offset, 1 + part, i), 4);
                *sum_at(t, g, i) = fma16(b, minimum, broadcast(b, all), *sum_at(t, g, i));
            }
        }
}

/* Exact sums of part `part` of `parts` of a block. */
static void sum_part(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t index,
                     uint32_t part, uint32_t parts, LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    const uint32_t quads = 8 / parts;

    begin_sums(t, offset, part, sums);
    for (uint32_t quad = part * quads; quad < (part + 1) * quads; quad++)
        sum_quad(t, units, offset, quad, 8 * index + quad, sums);
}

/* One block of 32 elements, in as many parts as it has scales: exact sums in integers, then one
 * fused step in f32 for each output, and then one for each minimum. */
void sum_block(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t index)
{
    const struct builder *b = t->b;
    const uint32_t parts = layout_info[t->layout].scales;
    LLVMValueRef sums[PARTS][TILE_MAX_SUMS];

    for (uint32_t part = 0; part < parts; part++) {
        sum_part(t, units, offset, index, part, parts, sums);
        for (uint32_t g = 0; g < t->groups; g++) {
            LLVMValueRef d = unpack_scale(b, &units[g], index, part);
            for (uint32_t i = 0; i < t->tokens; i++) {
                LLVMValueRef s = load(b, b->f32, after_block(t, offset, 0, i), 4);
                LLVMValueRef total = LLVMBuildSIToFP(
                    b->ir,
                    sum_of_both(t, sums[HIGH][g * t->tokens + i], sums[LOW][g * t->tokens + i]),
                    b->f32x16, "");
                *sum_at(t, g, i) =
                    fma16(b, total, LLVMBuildFMul(b->ir, d, broadcast(b, s), ""), *sum_at(t, g, i));
            }
        }
    }
    if (layout_has_minimum(t->layout))
        add_block_minimums(t, units, offset, index);
}

/* ---- layouts that fold ---- */

/* Both halves of a block of 2 bits whose quads stay in place, line by line: a line of weights has quads of
 * both, and those of the second are 4 times as large. */
static void sum_lines(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t index,
                      LLVMValueRef sums[2][PARTS][TILE_MAX_SUMS])
{
    for (uint32_t half = 0; half < 2; half++)
        begin_sums(t, offset, 0, sums[half]);
    for (uint32_t i = 0; i < 8; i++) {
        const uint32_t half = i / 2 % 2, quad = 4 * half + i / 4 * 2 + i % 2,
                       first = 32 * index + 4 * i;
        if (i % 4 == 0)
            fetch_ahead(t, units, first, first + 16);
        add_quad(t, units, offset, quad, 8 * index + quad, sums[half]);
    }
}

/* The parts of a block of q2_k times their integer scales, by words: 1024 times the sums of high bytes,
 * and 256 times as much of low ones, so that `totals` are 4 times as large. */
static void sum_scaled_parts(struct tile *t, const struct unit *units, LLVMValueRef offset,
                             uint32_t index, LLVMValueRef *totals)
{
    const struct builder *b = t->b;
    LLVMValueRef sums[2][PARTS][TILE_MAX_SUMS];

    sum_lines(t, units, offset, index, sums);
    for (uint32_t i = 0; i < t->groups * t->tokens; i++) {
        const struct unit *u = &units[i / t->tokens];
        widen_pairs(t, unpack_multiplier_words(b, u, index, 0), sums[0], i);
        sums[1][HIGH][i] = sums[0][HIGH][i];
        sums[1][LOW][i] = sums[0][LOW][i];
        widen_pairs(t, unpack_multiplier_words(b, u, index, 1), sums[1], i);
        LLVMValueRef low = LLVMBuildAShr(b->ir, sums[1][LOW][i], i32x16_number(b, 8), "");
        totals[i] = LLVMBuildAdd(b->ir, sums[1][HIGH][i], low, "");
    }
}

/* A block of tq2_0, all of which has one scale: pairs of both halves add up in 16 bits. */
static void sum_halves(struct tile *t, const struct unit *units, LLVMValueRef offset,
                       uint32_t index, LLVMValueRef *totals)
{
    const struct builder *b = t->b;
    LLVMValueRef sums[2][PARTS][TILE_MAX_SUMS],
        two = filled(LLVMConstInt(b->i16, 2, false), 2 * LANES);

    sum_lines(t, units, offset, index, sums);
    for (uint32_t i = 0; i < t->groups * t->tokens; i++) {
        for (uint32_t part = HIGH_PAIRS; part <= LOW_PAIRS; part++) {
            LLVMValueRef *pairs = &sums[0][part][i];
            if (*pairs != NULL)
                *pairs = LLVMBuildAdd(b->ir, *pairs,
                                      LLVMBuildAShr(b->ir, sums[1][part][i], two, ""), "");
        }
        widen_pairs(t, NULL, sums[0], i);
        totals[i] = sums[0][LOW][i];
    }
}

/* The parts of a block times their integer scales. */
static void sum_multiplied_parts(struct tile *t, const struct unit *units, LLVMValueRef offset,
                                 uint32_t index, LLVMValueRef *totals)
{
    const struct builder *b = t->b;
    const uint32_t parts = t->staged || units->folded ? 1 : layout_info[t->layout].scales;
    LLVMValueRef sums[PARTS][TILE_MAX_SUMS];

    for (uint32_t part = 0; part < parts; part++) {
        sum_part(t, units, offset, index, part, parts, sums);
        for (uint32_t i = 0; i < t->groups * t->tokens; i++) {
            LLVMValueRef by = unpack_multiplier(b, &units[i / t->tokens], index, part);
            LLVMValueRef total = sum_of_both(t, sums[HIGH][i], sums[LOW][i]);
            if (by != NULL)
                total = LLVMBuildMul(b->ir, total, by, "");
            totals[i] = part == 0 ? total : LLVMBuildAdd(b->ir, totals[i], total, "");
        }
    }
}

/* Adds a block to the sums of a unit: its parts times their integer scales are one exact sum. */
void sum_folded_block(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t index)
{
    const struct builder *b = t->b;
    LLVMValueRef totals[TILE_MAX_SUMS];

    if (units->split != NULL)
        sum_scaled_parts(t, units, offset, index, totals);
    else if (units->in_place)
        sum_halves(t, units, offset, index, totals);
    else
        sum_multiplied_parts(t, units, offset, index, totals);
    for (uint32_t i = 0; i < t->groups * t->tokens; i++) {
        LLVMValueRef s = load(b, b->f32, after_block(t, offset, 0, i % t->tokens), 4);
        LLVMValueRef total = LLVMBuildSIToFP(b->ir, totals[i], b->f32x16, "");
        t->sums[i] = fma16(b, total, broadcast(b, s), t->sums[i]);
    }
}

void split_units(const struct tile *t, struct unit *units)
{
    for (uint32_t g = 0; g < t->groups && keeps_places(t, &units[g]); g++) {
        units[g].in_place = true;
        if (layout_info[t->layout].form == SCALE_nibbles)
            unpack_split(t->b, &units[g], stack_array(t->b, SPLIT_BYTES));
    }
}

void scale_unit(struct tile *t, const struct unit *units, const LLVMValueRef *of_unit,
                bool minimums)
{
    for (uint32_t i = 0; i < t->groups * t->tokens; i++) {
        const struct unit *u = &units[i / t->tokens];
        LLVMValueRef by = minimums ? unpack_dmin(t->b, u) : unpack_d(t->b, u);
        if (!minimums && u->split != NULL) /* sum_scaled_parts */
            by = LLVMBuildFMul(t->b->ir, by, f32x16_number(t->b, 0.25), "");
        t->sums[i] = fma16(t->b, of_unit[i], by, t->sums[i]);
    }
}

/* ---- i8_row ---- */

/* The sums of all of K are one chain of integers. */
void sum_row_quads(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t quads)
{
    LLVMValueRef sums[PARTS][TILE_MAX_SUMS] = {{NULL}};
    const size_t bytes = t->groups * t->tokens * sizeof t->sums[0];

    memcpy(sums[LOW], t->sums, bytes);
    for (uint32_t quad = 0; quad < quads; quad++)
        sum_quad(t, units, offset, quad, quad, sums);
    memcpy(t->sums, sums[LOW], bytes);
}
