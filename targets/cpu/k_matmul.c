/* matmul: one emitter for all layouts, activations, tiles and epilogues; a kernel is a description.
 * In: packed activations and a packed weight; out: f32 rows. A tile is a few row groups by a few
 * tokens, whose sums live in registers as values that the loop over k carries. Order: for each tile
 * of groups, for each tile of tokens, the loop over k; so the weights of a tile come from memory
 * once, in the order of their addresses, and from the cache for the other tokens.
 */
#include "targets/cpu/cpu.h"

/* Packed activations, by block of 32 elements and T tokens (tile_tokens); k_row.c writes them:
 *   i8            dwords [8][T] of four elements, then scale f32 [T], sum i32 [T]
 *   i16, AVX-512  dwords [8][T][2]: four high bytes, four low bytes (value = 256 high + low,
 *                 both signed); scale, sum
 *   i16, AVX2     dwords [8][T][2]: elements 0 and 2 of a quad, then 1 and 3, as i16; scale, sum
 *   bf16          dwords [k/2][T] of two elements */

struct tile {
    const struct builder *b;
    const struct lir_kernel *k;
    enum layout layout;
    uint32_t groups, tokens;
    LLVMValueRef first_group;              /* i64 */
    LLVMValueRef weights[TILE_MAX_GROUPS]; /* start of each row group */
    LLVMValueRef first_row;                /* i64 */
    LLVMValueRef activations;              /* the packed tile */
    LLVMValueRef rows[TILE_MAX_TOKENS];    /* f32: the rows themselves */
    LLVMValueRef sums[TILE_MAX_SUMS];      /* [groups][tokens] */
};

/* How far ahead of a single token's weights memory is asked for, in bytes; 0: left to the hardware.
 * Long unpacking code and two streams cover less with the loads that a core has in flight, and want
 * help; plain streams lose by it. README.md has the measurements. */
static const uint16_t prefetch_distance[LAYOUT_COUNT] = {
    [LAYOUT_f16_r16] = 4096,
    [LAYOUT_bf16_r16] = 4608,
    [LAYOUT_q4_0_r16] = 4608,
    [LAYOUT_q4_1_r16] = 4608,
};

static uint32_t block_bytes(const struct lir_kernel *k)
{
    return k->tile_tokens * (k->act == ACT_i16 ? 72u : 40u);
}

static LLVMValueRef *sum_at(struct tile *t, uint32_t group, uint32_t token)
{
    return &t->sums[group * t->tokens + token];
}

/* ---- f32 and bf16 ---- */

/* Elements first..end-1 of a unit (or of several plain elements in a row). */
static void sum_f32(struct tile *t, const LLVMValueRef *units, LLVMValueRef offset, uint32_t first,
                    uint32_t end)
{
    const struct builder *b = t->b;

    for (uint32_t e = first; e < end; e++) {
        LLVMValueRef weights[TILE_MAX_GROUPS];
        for (uint32_t g = 0; g < t->groups; g++)
            weights[g] = unpack_element(b, t->layout, units[g], e);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef from = at_number(b, at(b, t->rows[i], offset), 4 * (int64_t)e);
            LLVMValueRef x = broadcast(b, load(b, b->f32, from, 4));
            for (uint32_t g = 0; g < t->groups; g++)
                *sum_at(t, g, i) = fma16(b, weights[g], x, *sum_at(t, g, i));
        }
    }
}

static void sum_bf16(struct tile *t, const LLVMValueRef *units, LLVMValueRef offset, uint32_t pairs)
{
    const struct builder *b = t->b;
    LLVMTypeRef type = vector_of(LLVMBFloatTypeInContext(b->context), 2 * LANES);

    for (uint32_t p = 0; p < pairs; p++) {
        LLVMValueRef weights[TILE_MAX_GROUPS];
        for (uint32_t g = 0; g < t->groups; g++)
            weights[g] = load(b, b->i32x16, at_number(b, units[g], 64 * (int64_t)p), 64);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef from =
                at_number(b, at(b, t->activations, offset), 4 * (int64_t)(p * t->tokens + i));
            LLVMValueRef x = broadcast(b, load(b, b->i32, from, 4));
            for (uint32_t g = 0; g < t->groups; g++) {
                LLVMValueRef arguments[3] = {*sum_at(t, g, i), cast(b, weights[g], type),
                                             cast(b, x, type)};
                *sum_at(t, g, i) =
                    intrinsic(b, "llvm.x86.avx512bf16.dpbf16ps.512", NULL, arguments, 3);
            }
        }
    }
}

/* ---- int8 and int16 ---- */

enum { HIGH, LOW, PARTS };

/* sum + four products a lane (AVX-512), or two (AVX2), in i32. */
static LLVMValueRef dot(const struct builder *b, LLVMValueRef sum, LLVMValueRef weights,
                        LLVMValueRef x)
{
    if (b->avx512) {
        LLVMValueRef arguments[3] = {sum, weights, x};
        return intrinsic(b, "llvm.x86.avx512.vpdpbusd.512", NULL, arguments, 3);
    }
    LLVMValueRef halves[2];
    LLVMTypeRef words = vector_of(b->i16, 2 * LANES);
    x = cast(b, x, words);
    for (int h = 0; h < 2; h++) {
        int lanes[LANES];
        for (int i = 0; i < LANES; i++)
            lanes[i] = h * LANES + i;
        LLVMValueRef arguments[2] = {shuffled(b, weights, weights, lanes, LANES),
                                     shuffled(b, x, x, lanes, LANES)};
        halves[h] = intrinsic(b, "llvm.x86.avx2.pmadd.wd", NULL, arguments, 2);
    }
    return LLVMBuildAdd(b->ir, sum, joined(b, halves[0], halves[1]), "");
}

/* The activation operands of one quad of one token: i8 with AVX-512 one, else two. */
static void load_operands(const struct tile *t, LLVMValueRef block, uint32_t quad, uint32_t token,
                          LLVMValueRef out[2])
{
    const struct builder *b = t->b;
    uint32_t dword = quad * t->tokens + token;

    if (t->k->act == ACT_i16) {
        for (uint32_t i = 0; i < 2; i++)
            out[i] =
                broadcast(b, load(b, b->i32, at_number(b, block, 4 * (int64_t)(2 * dword + i)), 4));
        return;
    }
    LLVMValueRef bytes = broadcast(b, load(b, b->i32, at_number(b, block, 4 * (int64_t)dword), 4));
    out[0] = out[1] = bytes;
    if (!b->avx512) { /* widen bytes 0 and 2, then 1 and 3 */
        LLVMValueRef words = cast(b, bytes, vector_of(b->i16, 2 * LANES));
        LLVMValueRef eight = filled(LLVMConstInt(b->i16, 8, false), 2 * LANES);
        out[0] = LLVMBuildAShr(b->ir, LLVMBuildShl(b->ir, words, eight, ""), eight, "");
        out[1] = LLVMBuildAShr(b->ir, words, eight, "");
    }
}

/* Adds the products of one quad to the sums of a block. AVX2 adds even and odd elements into one
 * sum, for both widths; AVX-512 keeps high and low bytes of 16-bit activations apart. */
static void sum_quad(struct tile *t, const LLVMValueRef *units, LLVMValueRef block, uint32_t quad,
                     uint32_t quad_of_unit, LLVMValueRef sums[PARTS][TILE_MAX_SUMS])
{
    const struct builder *b = t->b;
    LLVMValueRef weights[TILE_MAX_GROUPS][2], x[2];

    for (uint32_t g = 0; g < t->groups; g++)
        unpack_quad(b, t->layout, units[g], quad_of_unit, weights[g]);
    for (uint32_t i = 0; i < t->tokens; i++) {
        load_operands(t, block, quad, i, x);
        for (uint32_t g = 0; g < t->groups; g++) {
            LLVMValueRef *low = &sums[LOW][g * t->tokens + i],
                         *high = &sums[HIGH][g * t->tokens + i];
            if (!b->avx512) {
                *low = dot(b, *low, weights[g][0], x[0]);
                *low = dot(b, *low, weights[g][1], x[1]);
            } else if (t->k->act == ACT_i16) {
                *high = dot(b, *high, weights[g][0], x[0]);
                *low = dot(b, *low, weights[g][0], x[1]);
            } else {
                *low = dot(b, *low, weights[g][0], x[0]);
            }
        }
    }
}

/* One block of 32 elements: exact sums in integers, then one fused step in f32 for each output. */
static void sum_block(struct tile *t, const LLVMValueRef *units, LLVMValueRef block, uint32_t index)
{
    const struct builder *b = t->b;
    const bool parts = b->avx512 && t->k->act == ACT_i16;
    LLVMValueRef sums[PARTS][TILE_MAX_SUMS], scale[TILE_MAX_TOKENS], sum[TILE_MAX_TOKENS];
    LLVMValueRef after = at_number(b, block, block_bytes(t->k) - 8 * (int64_t)t->tokens);

    for (uint32_t i = 0; i < t->tokens; i++) {
        scale[i] = at_number(b, after, 4 * (int64_t)i);
        sum[i] = at_number(b, after, 4 * (int64_t)(t->tokens + i));
        for (uint32_t g = 0; g < t->groups; g++) {
            sums[HIGH][g * t->tokens + i] = LLVMConstNull(b->i32x16);
            sums[LOW][g * t->tokens + i] = layout_info[t->layout].bias != 0
                                               ? broadcast(b, load(b, b->i32, sum[i], 4))
                                               : LLVMConstNull(b->i32x16);
        }
    }
    for (uint32_t quad = 0; quad < 8; quad++)
        sum_quad(t, units, block, quad, 8 * index + quad, sums);
    for (uint32_t g = 0; g < t->groups; g++) {
        LLVMValueRef d = unpack_scale(b, units[g], index);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef total = sums[LOW][g * t->tokens + i],
                         s = broadcast(b, load(b, b->f32, scale[i], 4));
            if (parts) {
                LLVMValueRef high =
                    LLVMBuildShl(b->ir, sums[HIGH][g * t->tokens + i], i32x16_number(b, 8), "");
                total = LLVMBuildAdd(b->ir, high, total, "");
            }
            total = LLVMBuildSIToFP(b->ir, total, b->f32x16, "");
            *sum_at(t, g, i) = fma16(b, total, LLVMBuildFMul(b->ir, d, s, ""), *sum_at(t, g, i));
            if (t->layout == LAYOUT_q4_1_r16) {
                LLVMValueRef all = LLVMBuildSIToFP(b->ir, load(b, b->i32, sum[i], 4), b->f32, "");
                all = LLVMBuildFMul(b->ir, load(b, b->f32, scale[i], 4), all, "");
                *sum_at(t, g, i) = fma16(b, unpack_minimum(b, units[g], index), broadcast(b, all),
                                         *sum_at(t, g, i));
            }
        }
    }
}

/* ---- the loop over k ---- */

/* Elements that one round of the loop takes: a unit of a quantized layout, else so many that the
 * loop itself costs little. */
static uint32_t round_elements(const struct tile *t)
{
    uint32_t unit = layout_info[t->layout].unit, elements = 2;

    if (unit > 2)
        return unit;
    while (elements < 16 && elements * t->groups * t->tokens < 24)
        elements *= 2;
    return elements;
}

static uint32_t weight_bytes(enum layout layout, uint32_t elements)
{
    const struct layout_info *l = &layout_info[layout];

    return (uint32_t)(elements / l->unit * l->bytes);
}

static uint32_t activation_bytes(const struct tile *t, uint32_t elements)
{
    switch (t->k->act) {
    case ACT_f32:
        return 4 * elements;
    case ACT_bf16:
        return 2 * elements * t->tokens;
    default:
        return elements / 32 * block_bytes(t->k);
    }
}

/* `elements` from a point on: `at_weight` and `at_activation` are bytes from the start of the
 * groups and of the activations. */
static void sum_elements(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation,
                         uint32_t elements)
{
    const struct builder *b = t->b;
    LLVMValueRef units[TILE_MAX_GROUPS];

    for (uint32_t g = 0; g < t->groups; g++)
        units[g] = at(b, t->weights[g], at_weight);
    if (t->k->act == ACT_bf16) {
        sum_bf16(t, units, at_activation, (uint32_t)ceil_div(elements, 2));
    } else if (t->k->act == ACT_f32) {
        sum_f32(t, units, at_activation, 0, elements);
    } else {
        for (uint32_t block = 0; block < elements / 32; block++) {
            LLVMValueRef from =
                at(b, t->activations,
                   add_number(b, at_activation, (int64_t)block * block_bytes(t->k)));
            sum_block(t, units, from, block);
        }
    }
}

static void prefetch_round(const struct tile *t, LLVMValueRef at_weight, uint32_t bytes)
{
    uint32_t distance = prefetch_distance[t->layout];

    if (t->tokens != 1 || distance == 0)
        return;
    for (uint32_t g = 0; g < t->groups; g++) {
        LLVMValueRef from = at_number(t->b, at(t->b, t->weights[g], at_weight), distance);
        for (uint32_t line = 0; line < bytes; line += 64)
            prefetch(t->b, at_number(t->b, from, line));
    }
}

static void sum_all(struct tile *t)
{
    const struct builder *b = t->b;
    uint32_t elements = round_elements(t), rounds = t->k->k / elements, rest = t->k->k % elements;
    uint32_t count = t->groups * t->tokens, step = weight_bytes(t->layout, elements);
    LLVMValueRef carried[TILE_MAX_SUMS + 1];

    for (uint32_t i = 0; i < count; i++)
        t->sums[i] = zeros(b);
    if (rounds > 0) {
        struct loop l;
        memcpy(carried, t->sums, count * sizeof *carried);
        carried[count] = i64_number(b, 0);
        loop_begin_counted(b, &l, (int64_t)rounds * step, step, carried, count + 1);
        memcpy(t->sums, carried, count * sizeof *carried);
        prefetch_round(t, l.index, step);
        sum_elements(t, l.index, carried[count], elements);
        memcpy(carried, t->sums, count * sizeof *carried);
        carried[count] = add_number(b, carried[count], activation_bytes(t, elements));
        loop_end(b, &l, carried);
        memcpy(t->sums, carried, count * sizeof *carried);
    }
    if (rest > 0)
        sum_elements(t, i64_number(b, (int64_t)rounds * step),
                     i64_number(b, (int64_t)rounds * activation_bytes(t, elements)), rest);
}

/* A single token's quantized weights are read group after group, so that they are one stream of
 * addresses. */
static void sum_groups(struct tile *t)
{
    if (t->tokens > 1 || layout_info[t->layout].unit != 64) {
        sum_all(t);
        return;
    }
    for (uint32_t g = 0; g < t->groups; g++) {
        struct tile one = *t;
        one.groups = 1;
        one.weights[0] = t->weights[g];
        sum_all(&one);
        t->sums[g] = one.sums[0];
    }
}

/* ---- the epilogue ---- */

/* Stores one row's values of output group `index` (i64) of the matrix. */
static void store_group(const struct tile *t, LLVMValueRef row, LLVMValueRef index,
                        const LLVMValueRef *sums, uint32_t sum_count)
{
    const struct builder *b = t->b;
    const struct lir_kernel *k = t->k;
    LLVMValueRef operands[SCALAR_MAX_OPERANDS] = {sums[0], sums[sum_count - 1]}, value = sums[0];
    LLVMValueRef column = times(b, index, 4 * LANES);
    uint32_t out = k->input_count;

    for (uint32_t i = 2; i < k->input_count; i++) {
        LLVMValueRef from = at(b, b->args[i], times(b, row, 4 * (int64_t)k->stride[i]));
        operands[sum_count + i - 2] = load_f32x16(b, at(b, from, column));
    }
    if (k->code_bytes > 0)
        value = scalar_value(b, k->code, k->code_bytes, operands);
    LLVMValueRef to =
        at(b, at(b, b->args[out], times(b, row, 4 * (int64_t)k->stride[out])), column);
    if (k->n % LANES == 0) {
        store(b, value, to, 4);
    } else {
        LLVMValueRef left = subtract(b, i64_number(b, k->n), times(b, index, LANES));
        store_where(b, lanes_below(b, left), value, to);
    }
}

static void store_row(struct tile *t, LLVMValueRef row, uint32_t token)
{
    const struct builder *b = t->b;
    uint32_t together = t->k->gated ? 2 : 1, all = (uint32_t)ceil_div(t->k->n, LANES);
    bool partial = all * together % t->groups != 0;

    for (uint32_t g = 0; g < t->groups; g += together) {
        LLVMValueRef index = LLVMBuildLShr(b->ir, t->first_group, i64_number(b, together - 1), "");
        LLVMValueRef sums[2] = {*sum_at(t, g, token), *sum_at(t, g + together - 1, token)};
        index = add_number(b, index, g / together);
        LLVMValueRef inside = LLVMBuildICmp(b->ir, LLVMIntSLT, index, i64_number(b, all), "");
        LLVMBasicBlockRef after = partial ? when_begin(b, inside) : NULL;
        store_group(t, row, index, sums, together);
        if (partial)
            when_end(b, after);
    }
}

/* Rows of the last tile beyond the run's are computed and not stored. */
static void store_tile(struct tile *t, LLVMValueRef rows)
{
    const struct builder *b = t->b;
    LLVMBasicBlockRef after[TILE_MAX_TOKENS];

    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef row = add_number(b, t->first_row, i);
        if (i > 0)
            after[i] = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntSLT, row, rows, ""));
        store_row(t, row, i);
    }
    for (uint32_t i = t->tokens; i-- > 1;)
        when_end(b, after[i]);
}

/* ---- tiles ---- */

/* A tile of groups at the end of the matrix may be short: its missing groups read the last one
 * again. */
static void place_weights(struct tile *t, LLVMValueRef tile)
{
    const struct builder *b = t->b;
    uint64_t bytes = layout_group_bytes(t->layout, t->k->k);
    uint64_t all = ceil_div(t->k->n, LANES) * (t->k->gated ? 2 : 1);

    t->first_group = times(b, tile, t->groups);
    LLVMValueRef start = at(b, b->args[1], times(b, t->first_group, (int64_t)bytes));
    for (uint32_t g = 0; g < t->groups; g++) {
        if (all % t->groups == 0) {
            t->weights[g] = at_number(b, start, (int64_t)(g * bytes));
        } else {
            LLVMValueRef group =
                lesser(b, add_number(b, t->first_group, g), i64_number(b, (int64_t)all - 1));
            t->weights[g] = at(b, b->args[1], times(b, group, (int64_t)bytes));
        }
    }
}

static void place_activations(struct tile *t, LLVMValueRef tile, LLVMValueRef rows)
{
    const struct builder *b = t->b;
    const struct lir_kernel *k = t->k;

    t->first_row = times(b, tile, t->tokens);
    if (k->act != ACT_f32) {
        t->activations =
            at(b, b->args[0], times(b, tile, (int64_t)act_tile_bytes(k->act, k->k, t->tokens)));
        return;
    }
    LLVMValueRef last = add_number(b, rows, -1);
    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef row = i == 0 ? t->first_row : lesser(b, add_number(b, t->first_row, i), last);
        t->rows[i] = at(b, b->args[0], times(b, row, 4 * (int64_t)round_up(k->k, LANES)));
    }
}

void emit_matmul(const struct builder *b)
{
    const struct lir_kernel *k = b->kernel;
    struct tile t = {
        .b = b, .k = k, .layout = k->layout, .groups = k->tile_groups, .tokens = k->tile_tokens};
    LLVMValueRef rows = load_dim(b, k->rows_symbol), token_tiles = tiles_of(b, rows, t.tokens);
    struct loop groups, tokens;

    assert(t.groups <= TILE_MAX_GROUPS && t.tokens <= TILE_MAX_TOKENS &&
           t.groups * t.tokens <= TILE_MAX_SUMS);
    assert(!k->gated || t.groups % 2 == 0);
    loop_begin(b, &groups, b->first_tile, b->end_tile, 1, NULL, 0);
    place_weights(&t, groups.index);
    loop_begin(b, &tokens, i64_number(b, 0), token_tiles, 1, NULL, 0);
    place_activations(&t, tokens.index, rows);
    sum_groups(&t);
    store_tile(&t, rows);
    loop_end(b, &tokens, NULL);
    loop_end(b, &groups, NULL);
}
