/* matmul: what one round over k adds to the sums of a tile. In: pointers to a unit of each row
 * group and to the activations of the same columns; out: f32 sums. Floating point activations are
 * added element by element; integers are summed exactly over a block of 32 and then scaled.
 */
#include "targets/cpu/matmul.h"

/* Packed activations, by block of 32 elements and T tokens (tile_rows); k_norm_quant.c writes them:
 *   i8            dwords [8][T] of four elements, then scale f32 [T], sums [block_sums][T]
 *   i16, bytes    dwords [8][T][2]: four high bytes, four low bytes (value = 256 high + low,
 *                 both signed); scale, sums
 *   i16, words    dwords [8][T][2]: elements 0 and 2 of a quad, then 1 and 3, as i16; scale, sums
 *   i8_row        dwords [k/4][T] of four elements of all k, then scale [T], sum [T]
 *   bf16          dwords [k/2][T] of two elements
 * Bytes or words is what the machine's integer dot product takes with such weights. */

static uint32_t block_bytes(const struct kernel_matmul *k)
{
    return k->format.tile_rows * act_block_bytes(&k->format);
}

/* The columns of a token `offset` bytes after the first of its activations. Tokens of a tile are packed
 * together, and token i is i-th of each; those of experts come from anywhere, and each is packed by
 * itself. */
static LLVMValueRef columns_at(const struct tile *t, LLVMValueRef offset, uint32_t token)
{
    return at(t->b, t->k->experts != 0 ? t->rows[token] : t->activations, offset);
}

static uint32_t place_of(const struct tile *t, uint32_t token)
{
    return t->k->experts != 0 ? 0 : token;
}

static LLVMValueRef *sum_at(struct tile *t, uint32_t group, uint32_t token)
{
    return &t->sums[group * t->tokens + token];
}

/* Prefetches a line with each line that is read, here those of elements first..end-1 of a unit (or
 * of several plain elements in a row). A core cannot have many lines under way, so bursts are
 * slower. The fence is for LLVM alone, which would gather prefetches and loads; it costs no
 * instruction. */
static void fetch_ahead(const struct tile *t, const struct unit *units, uint32_t first,
                        uint32_t end)
{
    const struct builder *b = t->b;
    const struct layout_info *l = &layout_info[t->layout];
    const uint32_t bytes = layout_step(t->layout),
                   block = units[0].step != NULL ? first / LAYOUT_BLOCK * LAYOUT_BLOCK : 0,
                   from = (uint32_t)ceil_div((first - block) * bytes, l->unit * 64),
                   to = (uint32_t)ceil_div((end - block) * bytes, l->unit * 64);
    LLVMValueRef far = t->ahead;

    if (far == NULL || from == to)
        return;
    if (units[0].step != NULL)
        far = add(b, far, times(b, units[0].step, LAYOUT_BLOCK * bytes / l->unit));
    LLVMBuildFence(b->ir, LLVMAtomicOrderingSequentiallyConsistent, true, "");
    for (uint32_t line = from; line < to; line++)
        for (uint32_t g = 0; g < t->groups; g += l->groups)
            prefetch(b, at_number(b, at(b, units[g].at, far), block * bytes / l->unit + 64 * line));
}

/* ---- f32 and bf16 ---- */

/* Elements first..end-1 of a unit (or of several plain elements in a row). */
static void sum_f32(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t first,
                    uint32_t end)
{
    const struct builder *b = t->b;

    for (uint32_t e = first; e < end; e++) {
        LLVMValueRef weights[TILE_MAX_GROUPS];
        fetch_ahead(t, units, e, e + 1);
        for (uint32_t g = 0; g < t->groups; g++)
            weights[g] = unpack_element(b, &units[g], e);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef from = at_number(b, at(b, t->rows[i], offset), 4 * (int64_t)e);
            LLVMValueRef x = broadcast(b, load(b, b->f32, from, 4));
            for (uint32_t g = 0; g < t->groups; g++)
                *sum_at(t, g, i) = fma16(b, weights[g], x, *sum_at(t, g, i));
        }
    }
}

static void sum_bf16(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t pairs)
{
    const struct builder *b = t->b;

    for (uint32_t p = 0; p < pairs; p++) {
        LLVMValueRef weights[TILE_MAX_GROUPS];
        fetch_ahead(t, units, 2 * p, 2 * p + 2);
        for (uint32_t g = 0; g < t->groups; g++)
            weights[g] = load(b, b->i32x16,
                              at_number(b, units[g].at, layout_step(t->layout) * (int64_t)p), 64);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef from =
                at_number(b, columns_at(t, offset, i),
                          4 * (int64_t)(p * t->k->format.tile_rows + place_of(t, i)));
            LLVMValueRef x = broadcast(b, load(b, b->i32, from, 4));
            for (uint32_t g = 0; g < t->groups; g++)
                *sum_at(t, g, i) = b->isa->bf16->pairs(b, *sum_at(t, g, i), weights[g], x);
        }
    }
}

/* ---- int8 and int16 ---- */

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

/* Quads of a part of a block whose pairs can be added in 16 bits, a power of two. */
static uint32_t quads_together(const struct tile *t)
{
    const struct layout_info *l = &layout_info[t->layout];
    uint32_t largest = (1u << l->bits) - 1, quads = 8 / l->scales;

    if (l->table != NULL)
        largest = (uint32_t)(l->table[15] > l->table[7] ? l->table[15] : l->table[7]) + l->bias;
    while (quads * 2 * 128 * largest > INT16_MAX)
        quads /= 2;
    return quads;
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
            LLVMValueRef two = dot->pairs(b, weights[part], x[part]);
            *pairs = *pairs == NULL ? two : LLVMBuildAdd(b->ir, *pairs, two, "");
        }
    }
}

/* Sums of pairs become part of those of i32. */
static void widen_pairs(const struct tile *t, LLVMValueRef sums[PARTS][TILE_MAX_SUMS], uint32_t i)
{
    const struct builder *b = t->b;

    for (uint32_t part = HIGH; part <= LOW; part++) {
        LLVMValueRef by = LLVMConstInt(b->i16, part == HIGH ? 256 : 1, false);
        LLVMValueRef *pairs = &sums[HIGH_PAIRS + part][i];
        if (*pairs != NULL)
            sums[LOW][i] = b->isa->integers->words(b, sums[LOW][i], *pairs, filled(by, 2 * LANES));
        *pairs = NULL;
    }
}

/* Adds the products of one quad to the sums of a block. */
static void sum_quad(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t quad,
                     uint32_t quad_of_unit, LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    const struct builder *b = t->b;
    LLVMValueRef weights[TILE_MAX_GROUPS][2], x[2];

    fetch_ahead(t, units, 4 * quad_of_unit, 4 * quad_of_unit + 4);
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
            if (adds_pairs(t) && (quad + 1) % quads_together(t) == 0)
                widen_pairs(t, sums, g * t->tokens + i);
        }
    }
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
 * activations, so that the bias need not be subtracted from weights. */
static void begin_sums(struct tile *t, LLVMValueRef offset, uint32_t part,
                       LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    const struct builder *b = t->b;
    LLVMValueRef none = LLVMConstNull(b->i32x16);

    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef first = none;
        if (layout_info[t->layout].bias != 0)
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

/* An exact sum as f32, rounded once. */
static LLVMValueRef sum_as_f32(const struct tile *t, LLVMValueRef high, LLVMValueRef low)
{
    const struct builder *b = t->b;

    if (is_paired(t)) {
        LLVMValueRef by = in_turns(b, 8, 0);
        low = LLVMBuildAdd(b->ir, LLVMBuildShl(b->ir, high, by, ""),
                           swapped(b, LLVMBuildShl(b->ir, low, by, "")), "");
    } else if (takes_bytes(t) && !adds_pairs(t) && t->k->format.act == ACT_i16)
        low = LLVMBuildAdd(b->ir, LLVMBuildShl(b->ir, high, i32x16_number(b, 8), ""), low, "");
    return LLVMBuildSIToFP(b->ir, low, b->f32x16, "");
}

static void add_minimum(struct tile *t, const struct unit *units, LLVMValueRef offset,
                        uint32_t index, uint32_t part)
{
    const struct builder *b = t->b;

    for (uint32_t g = 0; g < t->groups; g++) {
        LLVMValueRef minimum = unpack_minimum(b, &units[g], index, part);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef all = load(b, b->f32, after_block(t, offset, 1 + part, i), 4);
            *sum_at(t, g, i) = fma16(b, minimum, broadcast(b, all), *sum_at(t, g, i));
        }
    }
}

/* One block of 32 elements, in as many parts as it has scales: exact sums in integers, then one
 * fused step in f32 for each output, and then one for each minimum. */
static void sum_block(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t index)
{
    const struct builder *b = t->b;
    const uint32_t parts = layout_info[t->layout].scales, quads = 8 / parts;
    LLVMValueRef sums[PARTS][TILE_MAX_SUMS];

    for (uint32_t part = 0; part < parts; part++) {
        begin_sums(t, offset, part, sums);
        for (uint32_t quad = part * quads; quad < (part + 1) * quads; quad++)
            sum_quad(t, units, offset, quad, 8 * index + quad, sums);
        for (uint32_t g = 0; g < t->groups; g++) {
            LLVMValueRef d = unpack_scale(b, &units[g], index, part);
            for (uint32_t i = 0; i < t->tokens; i++) {
                LLVMValueRef s = load(b, b->f32, after_block(t, offset, 0, i), 4);
                LLVMValueRef total =
                    sum_as_f32(t, sums[HIGH][g * t->tokens + i], sums[LOW][g * t->tokens + i]);
                *sum_at(t, g, i) =
                    fma16(b, total, LLVMBuildFMul(b->ir, d, broadcast(b, s), ""), *sum_at(t, g, i));
            }
        }
    }
    if (layout_has_minimum(t->layout))
        for (uint32_t part = 0; part < parts; part++)
            add_minimum(t, units, offset, index, part);
}

/* ---- i8_row ---- */

/* What follows all integers: the scale (0) or the sum (1) of a token. */
static LLVMValueRef after_row(const struct tile *t, uint32_t which, uint32_t token)
{
    const uint32_t rows = t->k->format.tile_rows;
    LLVMValueRef end = i64_number(t->b, (int64_t)t->k->k * rows);

    return at_number(t->b, columns_at(t, end, token),
                     4 * (int64_t)(which * rows + place_of(t, token)));
}

/* The sums of all of K are one chain of integers. */
static void sum_row_quads(struct tile *t, const struct unit *units, LLVMValueRef offset,
                          uint32_t quads)
{
    LLVMValueRef sums[PARTS][TILE_MAX_SUMS];
    const size_t bytes = t->groups * t->tokens * sizeof t->sums[0];

    memcpy(sums[LOW], t->sums, bytes);
    for (uint32_t quad = 0; quad < quads; quad++)
        sum_quad(t, units, offset, quad, quad, sums);
    memcpy(t->sums, sums[LOW], bytes);
}

void matmul_begin_sums(struct tile *t)
{
    const struct builder *b = t->b;

    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef first = t->k->format.act == ACT_i8_row
                                 ? broadcast(b, load(b, b->i32, after_row(t, 1, i), 4))
                                 : zeros(b);
        for (uint32_t g = 0; g < t->groups; g++)
            *sum_at(t, g, i) = first;
    }
}

void end_sums(struct tile *t)
{
    const struct builder *b = t->b;

    if (t->k->format.act != ACT_i8_row)
        return;
    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef scale = broadcast(b, load(b, b->f32, after_row(t, 0, i), 4));
        for (uint32_t g = 0; g < t->groups; g++) {
            LLVMValueRef sum = LLVMBuildSIToFP(b->ir, *sum_at(t, g, i), b->f32x16, "");
            LLVMValueRef both = LLVMBuildFMul(b->ir, t->row_scales[g], scale, "");
            *sum_at(t, g, i) = LLVMBuildFMul(b->ir, sum, both, "");
        }
    }
}

/* ---- a round ---- */

uint32_t activation_bytes(const struct tile *t, uint32_t elements)
{
    switch (t->k->format.act) {
    case ACT_f32:
        return 4 * elements;
    case ACT_bf16:
    case ACT_i8_row:
        return elements * act_element_bytes(&t->k->format) * t->k->format.tile_rows;
    default:
        return elements / 32 * block_bytes(t->k);
    }
}

/* `count` blocks of a unit from block `first` on; at most four where units have a step. */
static void sum_blocks(struct tile *t, const struct unit *units, LLVMValueRef at_activation,
                       uint32_t first, uint32_t count)
{
    const struct builder *b = t->b;

    if (t->k->format.act == ACT_f32) {
        sum_f32(t, units, at_activation, 32 * first, 32 * (first + count));
        return;
    }
    for (uint32_t block = first; block < first + count; block++) {
        sum_block(t, units, add_number(b, at_activation, (int64_t)block * block_bytes(t->k)),
                  block);
    }
}

/* A unit of many blocks: four of them in a loop, and then the next four, since unrolled code for
 * many tokens would not fit where a core keeps decoded instructions. */
static void sum_fours(struct tile *t, struct unit *units, LLVMValueRef at_activation,
                      uint32_t blocks)
{
    const struct builder *b = t->b;
    const uint32_t count = t->groups * t->tokens,
                   stride = t->k->format.act == ACT_f32 ? 128 : block_bytes(t->k);
    struct loop l;

    for (uint32_t first = 0; first < blocks; first += 4) {
        loop_begin_counted(b, &l, 4, 1, t->sums, count);
        for (uint32_t g = 0; g < t->groups; g++)
            units[g].step = l.index;
        sum_blocks(t, units, add(b, at_activation, times(b, l.index, stride)), first, 1);
        loop_end(b, &l, t->sums);
    }
}

void sum_elements(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation,
                  uint32_t elements)
{
    const struct builder *b = t->b;
    struct unit units[TILE_MAX_GROUPS];

    for (uint32_t g = 0; g < t->groups; g++) {
        units[g] = (struct unit){.layout = t->layout,
                                 .at = at(b, t->weights[g], at_weight),
                                 .row_scales = t->row_scales[g],
                                 .staged = t->staged};
        if (!t->staged)
            unpack_head(b, &units[g]);
    }
    if (t->k->format.act == ACT_bf16) {
        sum_bf16(t, units, at_activation, (uint32_t)ceil_div(elements, 2));
    } else if (t->k->format.act == ACT_i8_row) {
        sum_row_quads(t, units, at_activation, elements / 4);
    } else if (elements > 64 && elements % 128 == 0 &&
               (t->tokens > 1 || t->k->format.act == ACT_f32)) {
        sum_fours(t, units, at_activation, elements / LAYOUT_BLOCK);
    } else if (layout_is_quantized(t->layout)) {
        sum_blocks(t, units, at_activation, 0, elements / LAYOUT_BLOCK);
    } else {
        sum_f32(t, units, at_activation, 0, elements);
    }
}
