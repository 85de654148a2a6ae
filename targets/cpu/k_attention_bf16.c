/* attention of prompts in bf16: the products with keys and values are the machine's pairwise bf16
 * dot products. In: as k_attention.c, with many queries per tile, so that a key tile of 64 is
 * turned into pairs of bf16 once for all of them; out: the same. Softmax is f32; weights are
 * rounded to bf16, and their sum is that of the rounded ones. What a query gets does not depend on
 * its tile.
 *
 * Pairs of a key tile, dwords of two elements:
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
    LLVMValueRef both = b->isa->bf16->rounded(b, low, high);
    return cast(b, shuffled(b, both, both, lanes, 2 * LANES), b->i32x16);
}

/* A dword in every lane, as an operand that is read while it is broadcast. */
static LLVMValueRef pair_at(const struct builder *b, LLVMValueRef from)
{
    return broadcast(b, load(b, b->i32, from, 4));
}

uint64_t attention_pairs_bytes(const struct attention *t)
{
    return (uint64_t)KEY_TILE * attention_query_width(t) * 2 +
           (uint64_t)KEY_TILE * t->width * LANES * 2;
}

/* ---- a key tile's pairs ---- */

static void pair_keys(const struct attention *t, LLVMValueRef keys)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->shape.head_dim, bytes = kv_element_bytes((enum dtype)t->k->shape.kv);
    struct loop l;

    loop_begin_counted(b, &l, n / 2, 1, NULL, 0);
    for (uint32_t v = 0; v < VECTORS; v++) {
        LLVMValueRef from = at_number(b, at(b, keys, times(b, l.index, 2 * LANES * bytes)),
                                      (int64_t)v * n * LANES * bytes);
        LLVMValueRef pair[2];
        if (t->k->shape.kv == DTYPE_q8_0) {
            q8_key_pair(t, keys, l.index, v, pair);
        } else {
            pair[0] = attention_load(t, from);
            pair[1] = attention_load(t, at_number(b, from, LANES * bytes));
        }
        LLVMValueRef to = at(b, t->key_pairs, times(b, l.index, 64 * VECTORS));
        store(b, pairs_of(b, pair[0], pair[1]), at_number(b, to, 64 * (int64_t)v), 64);
    }
    loop_end(b, &l, NULL);
}

/* The value after the last key counts as zeros: its weight is 0, but it may be no number. */
static void pair_values(const struct attention *t, LLVMValueRef values, LLVMValueRef seen)
{
    const struct builder *b = t->b;
    const bool scaled = t->k->shape.kv == DTYPE_q8_0;
    const int64_t bytes = kv_element_bytes((enum dtype)t->k->shape.kv),
                  row = (int64_t)t->width * LANES * bytes;
    LLVMValueRef scales[2] = {NULL, NULL};
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), tiles_of(b, seen, 2), 1, NULL, 0);
    LLVMValueRef second = add_number(b, times(b, l.index, 2), 1);
    LLVMValueRef exists = LLVMBuildICmp(b->ir, LLVMIntSLT, second, seen, "");
    exists = broadcast(b, LLVMBuildSExt(b->ir, exists, b->i32, "")); /* all bits or none */
    LLVMValueRef from = at(b, values, times(b, l.index, 2 * row));
    for (int i = 0; i < 2 && scaled; i++)
        scales[i] = q8_scale_at(b, t->value_scales, add_number(b, times(b, l.index, 2), i));
    for (uint32_t v = 0; v < t->width; v++) {
        LLVMValueRef at_value = at_number(b, from, (int64_t)v * LANES * bytes);
        LLVMValueRef low = attention_load(t, at_value),
                     high = attention_load(t, at_number(b, at_value, row));
        low = scaled ? LLVMBuildFMul(b->ir, low, scales[0], "") : low;
        high = scaled ? LLVMBuildFMul(b->ir, high, scales[1], "") : high;
        high = cast(b, LLVMBuildAnd(b->ir, cast(b, high, b->i32x16), exists, ""), b->f32x16);
        LLVMValueRef to = at(b, t->value_pairs, times(b, l.index, 64 * (int64_t)t->width));
        store(b, pairs_of(b, low, high), at_number(b, to, 64 * (int64_t)v), 64);
    }
    loop_end(b, &l, NULL);
    if (!t->matrices)
        return;
    loop_begin(b, &l, tiles_of(b, seen, 2), i64_number(b, KEY_TILE / 2), 1, NULL, 0);
    for (uint32_t v = 0; v < t->width; v++)
        store(b, zeros(b),
              at_number(b, at(b, t->value_pairs, times(b, l.index, 64 * (int64_t)t->width)),
                        64 * (int64_t)v),
              64);
    loop_end(b, &l, NULL);
}

/* ---- products ---- */

static LLVMValueRef key_of(const struct attention *t, LLVMValueRef keys, LLVMValueRef query)
{
    const struct builder *b = t->b;

    return LLVMBuildSExt(b->ir, load(b, b->i32, number_at(b, keys, query), 4), b->i64, "");
}

/* Sums to scores of 64 keys; those after the first `vectors` are seen by no query. */
static void finish_scores(const struct attention *t, const struct attention_view *view,
                          const LLVMValueRef *sums, uint32_t vectors, bool whole)
{
    const struct builder *b = t->b;

    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef query = add_number(b, view->first_query, i);
        LLVMValueRef to = at_number(b, t->scores, 4 * KEY_TILE * (int64_t)i);
        for (uint32_t v = 0; v < VECTORS; v++) {
            LLVMValueRef score = broadcast(b, infinity(b, -1));
            LLVMValueRef start = add_number(b, view->position, v * LANES);
            start = LLVMBuildTrunc(b->ir, start, b->i32, "");
            if (v < vectors)
                score = attention_score(t, sums[i * vectors + v], start);
            if (v < vectors && !whole)
                score = attention_mask(t, score, query, start);
            store(b, score, at_number(b, to, 64 * (int64_t)v), 64);
        }
    }
}

static void score_pairs(const struct attention *t, const struct attention_view *view,
                        uint32_t vectors, bool whole)
{
    const struct builder *b = t->b;
    const uint32_t count = t->chunk * vectors;
    const int64_t query_bytes = 2 * (int64_t)round_up(t->k->shape.head_dim, LANES);
    LLVMValueRef sums[LOOP_MAX_CARRIED], keys[VECTORS];
    LLVMValueRef queries = at(b, t->queries, times(b, view->first_query, query_bytes));
    struct loop l;

    for (uint32_t i = 0; i < count; i++)
        sums[i] = zeros(b);
    loop_begin_counted(b, &l, t->k->shape.head_dim / 2, 1, sums, count);
    for (uint32_t v = 0; v < vectors; v++) {
        LLVMValueRef from = at(b, t->key_pairs, times(b, l.index, 64 * VECTORS));
        keys[v] = load(b, b->i32x16, at_number(b, from, 64 * (int64_t)v), 64);
    }
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef q = pair_at(b, at_number(b, number_at(b, queries, l.index), i * query_bytes));
        for (uint32_t v = 0; v < vectors; v++)
            sums[i * vectors + v] = b->isa->bf16->pairs(b, sums[i * vectors + v], keys[v], q);
    }
    loop_end(b, &l, sums);
    finish_scores(t, view, sums, vectors, whole);
}

/* Key tiles that every query sees to the end need no masks. In others, vectors that no query sees
 * are skipped. */
static void score_key_tile(const struct attention *t, const struct attention_view *view)
{
    const struct builder *b = t->b;
    LLVMValueRef part = LLVMBuildNot(b->ir, view->whole, ""),
                 vectors = tiles_of(b, view->seen, LANES);
    LLVMBasicBlockRef after = when_begin(b, view->whole);

    score_pairs(t, view, VECTORS, true);
    when_end(b, after);
    for (uint32_t v = 2; v <= VECTORS; v++) {
        LLVMIntPredicate holds = v == 2 ? LLVMIntSLE : LLVMIntEQ;
        LLVMValueRef mine = LLVMBuildICmp(b->ir, holds, vectors, i64_number(b, v), "");
        after = when_begin(b, LLVMBuildAnd(b->ir, part, mine, ""));
        score_pairs(t, view, v, false);
        when_end(b, after);
    }
}

static void mix_pairs(const struct attention *t, const struct attention_view *view, uint32_t first,
                      uint32_t count)
{
    const struct builder *b = t->b;
    LLVMValueRef query = view->first_query, sums[LOOP_MAX_CARRIED], value[LOOP_MAX_CARRIED];
    LLVMValueRef to = at_number(b, at(b, t->outputs, times(b, query, 64 * (int64_t)t->width)),
                                64 * (int64_t)first);
    struct loop l;

    attention_correct(t, query, to, count, sums);
    loop_begin(b, &l, i64_number(b, 0), tiles_of(b, view->seen, 2), 1, sums, t->chunk * count);
    for (uint32_t v = 0; v < count; v++) {
        LLVMValueRef from = at(b, t->value_pairs, times(b, l.index, 64 * (int64_t)t->width));
        value[v] = load(b, b->i32x16, at_number(b, from, 64 * (int64_t)(first + v)), 64);
    }
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef from =
            at_number(b, number_at(b, t->scores, l.index), 4 * KEY_TILE * (int64_t)i);
        LLVMValueRef weight = pair_at(b, from);
        for (uint32_t v = 0; v < count; v++)
            sums[i * count + v] = b->isa->bf16->pairs(b, sums[i * count + v], value[v], weight);
    }
    loop_end(b, &l, sums);
    for (uint32_t i = 0; i < t->chunk; i++)
        for (uint32_t v = 0; v < count; v++)
            store(b, sums[i * count + v], at_number(b, to, 64 * ((int64_t)i * t->width + v)), 64);
}

/* The last rows of the last chunk may not exist: what they would see has no value pairs. */
static void look(const struct attention *t, struct attention_view *view, LLVMValueRef existing)
{
    const struct builder *b = t->b;
    LLVMValueRef end = add_number(b, view->position, KEY_TILE);

    view->first_query = times(b, view->chunk, t->chunk);
    view->last_query = add_number(b, view->first_query, t->chunk - 1);
    LLVMValueRef seen = subtract(b, key_of(t, t->last_key, view->last_query), view->position);
    view->seen = lesser(b, add_number(b, seen, 1), existing);
    LLVMValueRef max = add_number(b, key_of(t, t->last_key, view->first_query), 1);
    view->whole = LLVMBuildICmp(b->ir, LLVMIntSGE, max, end, "");
}

/* Whether any row of the chunk sees something of the key tile. */
static LLVMValueRef sees(const struct attention *t, const struct attention_view *view)
{
    const struct builder *b = t->b;
    LLVMValueRef min = key_of(t, t->first_key, view->first_query),
                 end = add_number(b, view->position, KEY_TILE);

    return LLVMBuildAnd(b->ir, LLVMBuildICmp(b->ir, LLVMIntSGT, view->seen, i64_number(b, 0), ""),
                        LLVMBuildICmp(b->ir, LLVMIntSLT, min, end, ""), "");
}

static void meet_chunk(const struct attention *t, const struct attention_view *view)
{
    const struct builder *b = t->b;
    struct loop l;

    score_key_tile(t, view);
    attention_mask_windows(t, view->first_query, t->chunk);
    loop_begin_counted(b, &l, t->chunk, 1, NULL, 0);
    attention_weigh_pairs(t, l.index, add(b, view->first_query, l.index));
    loop_end(b, &l, NULL);
    for (uint32_t v = 0; v < t->width; v += t->value_vectors)
        mix_pairs(t, view, v, (uint32_t)min_u64(t->value_vectors, t->width - v));
}

void attention_meet_pairs(const struct attention *t, LLVMValueRef keys, LLVMValueRef values,
                          LLVMValueRef position, LLVMValueRef seen)
{
    const struct builder *b = t->b;
    LLVMValueRef rows =
        lesser(b, subtract(b, t->end_row, t->first_row), i64_number(b, t->k->tile_rows));
    struct attention_view view = {.position = position};
    struct loop l;

    pair_keys(t, keys);
    pair_values(t, values, seen);
    loop_begin(b, &l, i64_number(b, 0), tiles_of(b, times(b, rows, t->group), t->chunk), 1, NULL,
               0);
    view.chunk = l.index;
    look(t, &view, seen);
    LLVMBasicBlockRef after = when_begin(b, sees(t, &view));
    if (t->matrices)
        attention_meet_matrices(t, &view);
    else
        meet_chunk(t, &view);
    when_end(b, after);
    loop_end(b, &l, NULL);
}
