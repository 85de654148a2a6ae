/* attention of prompts in bf16: the products with keys and values are the machine's pairwise bf16
 * dot products. In: as k_attention.c, with many queries a tile, so that a block of 64 keys is
 * turned into pairs of bf16 once for all of them; out: the same. Softmax is f32; weights are
 * rounded to bf16, and their sum is that of the rounded ones. What a query gets does not depend on
 * its tile.
 *
 * Pairs of a block, dwords of two elements:
 *   keys    [head_dim / 2][64 keys]             elements 2i and 2i + 1 of each key
 *   values  [32 pairs of keys][width * 16]      keys 2i and 2i + 1 of each element
 */
#include "targets/cpu/attention.h"

/* Dwords of the elements of two vectors, `low` in the low halves. */
static LLVMValueRef pairs_of(const struct builder *b, LLVMValueRef low, LLVMValueRef high)
{
    int lanes[2 * LANES];

    for (int i = 0; i < LANES; i++) {
        lanes[2 * i] = i;
        lanes[2 * i + 1] = LANES + i;
    }
    LLVMValueRef both = attention_bf16(b, low, high);
    return cast(b, shuffled(b, both, both, lanes, 2 * LANES), b->i32x16);
}

LLVMValueRef attention_bf16(const struct builder *b, LLVMValueRef low, LLVMValueRef high)
{
    LLVMValueRef arguments[] = {high, low};
    LLVMValueRef both = intrinsic(b, "llvm.x86.avx512bf16.cvtne2ps2bf16.512", NULL, arguments, 2);

    return cast(b, both, vector_of(b->i16, 2 * LANES));
}

static LLVMValueRef dot(const struct builder *b, LLVMValueRef sum, LLVMValueRef x, LLVMValueRef y)
{
    LLVMValueRef arguments[] = {sum, x, y};

    return intrinsic(b, "llvm.x86.avx512bf16.dpbf16ps.512", NULL, arguments, 3);
}

/* A dword in every lane, as an operand that is read while it is broadcast. */
static LLVMValueRef pair_at(const struct builder *b, LLVMValueRef from)
{
    return broadcast(b, load(b, b->i32, from, 4));
}

uint64_t attention_pairs_bytes(const struct attention *t)
{
    return (uint64_t)BLOCK * t->k->head_dim * 2 + (uint64_t)BLOCK * t->width * LANES * 2;
}

/* ---- a block's pairs ---- */

static void pair_keys(const struct attention *t, LLVMValueRef keys)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->head_dim, bytes = dtype_info[t->k->kv].bytes;
    struct loop l;

    loop_begin_counted(b, &l, n / 2, 1, NULL, 0);
    for (uint32_t v = 0; v < VECTORS; v++) {
        LLVMValueRef from = at_number(b, at(b, keys, times(b, l.index, 2 * LANES * bytes)),
                                      (int64_t)v * n * LANES * bytes);
        LLVMValueRef low = attention_load(t, from),
                     high = attention_load(t, at_number(b, from, LANES * bytes));
        LLVMValueRef to = at(b, t->key_pairs, times(b, l.index, 64 * VECTORS));
        store(b, pairs_of(b, low, high), at_number(b, to, 64 * (int64_t)v), 64);
    }
    loop_end(b, &l, NULL);
}

/* The value behind the last key counts as zeros: its weight is 0, but it may be no number. */
static void pair_values(const struct attention *t, LLVMValueRef values, LLVMValueRef seen)
{
    const struct builder *b = t->b;
    const int64_t row = (int64_t)t->width * LANES * dtype_info[t->k->kv].bytes;
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), tiles_of(b, seen, 2), 1, NULL, 0);
    LLVMValueRef second = add_number(b, times(b, l.index, 2), 1);
    LLVMValueRef exists = LLVMBuildICmp(b->ir, LLVMIntSLT, second, seen, "");
    LLVMValueRef from = at(b, values, times(b, l.index, 2 * row));
    for (uint32_t v = 0; v < t->width; v++) {
        LLVMValueRef at_value = at_number(b, from, (int64_t)v * LANES * dtype_info[t->k->kv].bytes);
        LLVMValueRef low = attention_load(t, at_value),
                     high = attention_load(t, at_number(b, at_value, row));
        high = LLVMBuildSelect(b->ir, exists, high, zeros(b), "");
        LLVMValueRef to = at(b, t->value_pairs, times(b, l.index, 64 * (int64_t)t->width));
        store(b, pairs_of(b, low, high), at_number(b, to, 64 * (int64_t)v), 64);
    }
    loop_end(b, &l, NULL);
}

/* ---- products ---- */

static void score_pairs(const struct attention *t, LLVMValueRef chunk, LLVMValueRef position)
{
    const struct builder *b = t->b;
    const uint32_t count = t->chunk * VECTORS;
    const int64_t query_bytes = 2 * (int64_t)round_up(t->k->head_dim, LANES);
    LLVMValueRef sums[LOOP_MAX_CARRIED], keys[VECTORS];
    LLVMValueRef queries = at(b, t->queries, times(b, chunk, t->chunk * query_bytes));
    struct loop l;

    for (uint32_t i = 0; i < count; i++)
        sums[i] = zeros(b);
    loop_begin_counted(b, &l, t->k->head_dim / 2, 1, sums, count);
    for (uint32_t v = 0; v < VECTORS; v++) {
        LLVMValueRef from = at(b, t->key_pairs, times(b, l.index, 64 * VECTORS));
        keys[v] = load(b, b->i32x16, at_number(b, from, 64 * (int64_t)v), 64);
    }
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef q = pair_at(b, at_number(b, number_at(b, queries, l.index), i * query_bytes));
        for (uint32_t v = 0; v < VECTORS; v++)
            sums[i * VECTORS + v] = dot(b, sums[i * VECTORS + v], keys[v], q);
    }
    loop_end(b, &l, sums);
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef query = add_number(b, times(b, chunk, t->chunk), i);
        LLVMValueRef to = at(b, t->scores, times(b, query, 4 * BLOCK));
        for (uint32_t v = 0; v < VECTORS; v++) {
            LLVMValueRef start = add_number(b, position, v * LANES);
            start = LLVMBuildTrunc(b->ir, start, b->i32, "");
            LLVMValueRef score = attention_finish(t, sums[i * VECTORS + v], query, start);
            store(b, score, at_number(b, to, 64 * (int64_t)v), 64);
        }
    }
}

/* Sum of the weights as they are after rounding, and the weights as pairs over their scores. */
LLVMValueRef attention_round_weights(const struct builder *b, const LLVMValueRef *weights,
                                     LLVMValueRef sum, LLVMValueRef to)
{
    LLVMValueRef ones = filled(LLVMConstInt(b->i32, 0x3f803f80, 0), LANES);

    for (uint32_t v = 0; v < VECTORS; v += 2) {
        LLVMValueRef pairs = cast(b, attention_bf16(b, weights[v], weights[v + 1]), b->i32x16);
        store(b, pairs, at_number(b, to, 32 * (int64_t)v), 64);
        sum = dot(b, sum, pairs, ones);
    }
    return sum;
}

static void mix_pairs(const struct attention *t, LLVMValueRef chunk, LLVMValueRef seen,
                      uint32_t first, uint32_t count)
{
    const struct builder *b = t->b;
    LLVMValueRef query = times(b, chunk, t->chunk), sums[LOOP_MAX_CARRIED], value[LOOP_MAX_CARRIED];
    LLVMValueRef to = at_number(b, at(b, t->outputs, times(b, query, 64 * (int64_t)t->width)),
                                64 * (int64_t)first);
    LLVMValueRef weights = at(b, t->scores, times(b, query, 4 * BLOCK));
    struct loop l;

    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef from = at_number(b, number_at(b, t->corrections, query), 4 * (int64_t)i);
        LLVMValueRef correction = broadcast(b, load(b, b->f32, from, 4));
        for (uint32_t v = 0; v < count; v++) {
            LLVMValueRef old =
                load(b, b->f32x16, at_number(b, to, 64 * ((int64_t)i * t->width + v)), 64);
            sums[i * count + v] = LLVMBuildFMul(b->ir, old, correction, "");
        }
    }
    loop_begin(b, &l, i64_number(b, 0), tiles_of(b, seen, 2), 1, sums, t->chunk * count);
    for (uint32_t v = 0; v < count; v++) {
        LLVMValueRef from = at(b, t->value_pairs, times(b, l.index, 64 * (int64_t)t->width));
        value[v] = load(b, b->i32x16, at_number(b, from, 64 * (int64_t)(first + v)), 64);
    }
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef from = at_number(b, number_at(b, weights, l.index), 4 * BLOCK * (int64_t)i);
        LLVMValueRef weight = pair_at(b, from);
        for (uint32_t v = 0; v < count; v++)
            sums[i * count + v] = dot(b, sums[i * count + v], value[v], weight);
    }
    loop_end(b, &l, sums);
    for (uint32_t i = 0; i < t->chunk; i++)
        for (uint32_t v = 0; v < count; v++)
            store(b, sums[i * count + v], at_number(b, to, 64 * ((int64_t)i * t->width + v)), 64);
}

/* The rows of a chunk whose last one stands before the block see nothing of it. */
static LLVMValueRef sees(const struct attention *t, LLVMValueRef chunk, LLVMValueRef position)
{
    const struct builder *b = t->b;
    LLVMValueRef last = add_number(b, times(b, chunk, t->chunk), t->chunk - 1);
    LLVMValueRef most = load(b, b->i32, number_at(b, t->last_key, last), 4);

    most = LLVMBuildSExt(b->ir, most, b->i64, "");
    return LLVMBuildICmp(b->ir, LLVMIntSGE, most, position, "");
}

void attention_meet_pairs(const struct attention *t, LLVMValueRef keys, LLVMValueRef values,
                          LLVMValueRef position, LLVMValueRef seen)
{
    const struct builder *b = t->b;
    struct loop l, queries;

    pair_keys(t, keys);
    pair_values(t, values, seen);
    loop_begin_counted(b, &l, t->chunks, 1, NULL, 0);
    LLVMBasicBlockRef after = when_begin(b, sees(t, l.index, position));
    score_pairs(t, l.index, position);
    loop_begin_counted(b, &queries, t->chunk, 1, NULL, 0);
    attention_weigh(t, add(b, times(b, l.index, t->chunk), queries.index));
    loop_end(b, &queries, NULL);
    for (uint32_t v = 0; v < t->width; v += t->value_vectors)
        mix_pairs(t, l.index, seen, v, (uint32_t)min_u64(t->value_vectors, t->width - v));
    when_end(b, after);
    loop_end(b, &l, NULL);
}
