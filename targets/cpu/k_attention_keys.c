/* Attention over key tiles in f32: scores, weights and weighted values of one key tile after the
 * other. In: open queries of a part, and the keys key .. end_key - 1 that it sees; out: maxima, sums
 * and outputs of the queries.
 */
#include "targets/cpu/attention.h"

/* Over the chunks of a part, and over their queries. */
static void loop_chunks(const struct attention *t, struct loop *l)
{
    if (t->part_chunks == NULL)
        loop_begin_counted(t->b, l, t->chunks, 1, NULL, 0);
    else
        loop_begin(t->b, l, i64_number(t->b, 0), t->part_chunks, 1, NULL, 0);
}

static void loop_queries(const struct attention *t, struct loop *l)
{
    if (t->part_chunks == NULL)
        loop_begin_counted(t->b, l, attention_query_count(t), 1, NULL, 0);
    else
        loop_begin(t->b, l, i64_number(t->b, 0), times(t->b, t->part_chunks, t->chunk), 1, NULL, 0);
}

/* A vector of the state's elements as f32 (of V where it is q8_0: without their scale). */
LLVMValueRef attention_load(const struct attention *t, LLVMValueRef from)
{
    const struct builder *b = t->b;

    if (t->k->shape.kv == DTYPE_q8_0)
        return q8_integers(b, from);
    if (t->k->shape.kv == DTYPE_f32)
        return load(b, b->f32x16, from, 64);
    return widened(b, load(b, vector_of(b->i16, LANES), from, 32));
}

void attention_fetch(const struct attention *t, LLVMValueRef from, LLVMValueRef chunk,
                     LLVMValueRef index, uint32_t count, uint32_t key_tile_bytes)
{
    const struct builder *b = t->b;
    uint32_t bytes = (uint32_t)round_up(ceil_div(key_tile_bytes, count * t->chunks), 64);

    if ((t->chunks != 1 && !t->k->shape.split_kv) || from == NULL)
        return;
    LLVMValueRef offset = times(b, add(b, times(b, chunk, count), index), bytes),
                 end = t->fetch_end; /* the last lines again instead of what nobody reads */
    if (end == NULL && (uint64_t)bytes * count * t->chunks > key_tile_bytes)
        end = i64_number(b, key_tile_bytes);
    if (end != NULL)
        offset = lesser(b, offset, subtract(b, end, i64_number(b, bytes)));
    from = at(b, from, offset);
    for (uint32_t i = 0; i < bytes; i += 64)
        prefetch(b, at_number(b, from, i));
}
/* ---- scores and weights ---- */

/* Vector `v` of the key tile's keys; where no query sees its keys, the first again: its scores are
 * masked, and nothing has to come from memory. */
static LLVMValueRef seen_keys(const struct attention *t, LLVMValueRef keys, uint32_t v,
                              int64_t vector_bytes)
{
    const struct builder *b = t->b;
    LLVMValueRef is_seen =
        LLVMBuildICmp(b->ir, LLVMIntSGT, t->seen, i64_number(b, v * (int64_t)LANES), "");

    return LLVMBuildSelect(b->ir, is_seen, at_number(b, keys, v * vector_bytes), keys, "");
}

/* Scores of a chunk's queries with `key_vectors` vectors of keys, from vector `first` of the key
 * tile on. */
static void score_chunk(const struct attention *t, LLVMValueRef chunk, LLVMValueRef keys,
                        LLVMValueRef next, LLVMValueRef position, uint32_t first)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->shape.head_dim, bytes = kv_element_bytes((enum dtype)t->k->shape.kv),
                   count = t->chunk * t->key_vectors;
    LLVMValueRef queries = number_at(b, t->queries, times(b, chunk, (int64_t)n * t->chunk));
    LLVMValueRef sums[LOOP_MAX_CARRIED], k[VECTORS], from[VECTORS];
    struct loop l;

    if (t->k->shape.kv == DTYPE_q8_0) {
        q8_score_chunk(t, chunk, keys, next, position, first);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        sums[i] = zeros(b);
    for (uint32_t v = 0; v < t->key_vectors; v++)
        from[v] = seen_keys(t, keys, first + v, (int64_t)n * LANES * bytes);
    loop_begin_counted(b, &l, n, 1, sums, count);
    attention_fetch(t, first == 0 ? next : NULL, chunk, l.index, n,
                    KEY_TILE * t->width * LANES * bytes);
    for (uint32_t v = 0; v < t->key_vectors; v++)
        k[v] = attention_load(t, at(b, from[v], times(b, l.index, LANES * bytes)));
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef query = at(b, queries, times(b, l.index, 4 * (int64_t)t->chunk));
        LLVMValueRef q = broadcast(b, load(b, b->f32, at_number(b, query, 4 * (int64_t)i), 4));
        for (uint32_t v = 0; v < t->key_vectors; v++)
            sums[i * t->key_vectors + v] = fma16(b, k[v], q, sums[i * t->key_vectors + v]);
    }
    loop_end(b, &l, sums);
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef query = add_number(b, times(b, chunk, t->chunk), i);
        LLVMValueRef to = at(b, t->scores, times(b, query, 4 * KEY_TILE));
        for (uint32_t v = 0; v < t->key_vectors; v++) {
            LLVMValueRef start = add_number(b, position, (first + v) * LANES);
            LLVMValueRef score = attention_finish(t, sums[i * t->key_vectors + v], query, start);
            store(b, score, at_number(b, to, 64 * (int64_t)(first + v)), 64);
        }
    }
}

/* Scores to weights, against the greatest score so far. */
void attention_weigh(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef at_scores = at(b, t->scores, times(b, query, 4 * KEY_TILE)), scores[VECTORS],
                 greatest = NULL;
    LLVMValueRef at_sum = at(b, t->sums, times(b, query, 64)),
                 at_maximum = number_at(b, t->maxima, query);
    LLVMValueRef old = load(b, b->f32, at_maximum, 4);

    for (uint32_t v = 0; v < VECTORS; v++)
        scores[v] = load(b, b->f32x16, at_number(b, at_scores, 64 * (int64_t)v), 64);
    attention_mask_window(t, query, scores);
    for (uint32_t v = 0; v < VECTORS; v++)
        greatest = v == 0 ? scores[v] : maximum(b, greatest, scores[v]);
    LLVMValueRef new = maximum(b, old, maximum_of_lanes(b, greatest));
    store(b, new, at_maximum, 4);
    /* Nothing seen yet: any finite number makes all weights zero. */
    LLVMValueRef none = LLVMBuildFCmp(b->ir, LLVMRealOEQ, new, infinity(b, -1), "");
    LLVMValueRef base = broadcast(b, LLVMBuildSelect(b->ir, none, f32_number(b, 0), new, ""));
    LLVMValueRef correction = math_exp(b, LLVMBuildFSub(b->ir, broadcast(b, old), base, ""));
    store(b, element(b, correction, 0), number_at(b, t->corrections, query), 4);
    for (uint32_t v = 0; v < VECTORS; v++) {
        scores[v] = math_exp(b, LLVMBuildFSub(b->ir, scores[v], base, ""));
        store(b, scores[v], at_number(b, at_scores, 64 * (int64_t)v), 64);
    }
    for (uint32_t v = 0; v < VECTORS && t->value_scales != NULL; v++) {
        LLVMValueRef scales = q8_scales_at(b, t->value_scales, i64_number(b, v * (int64_t)LANES));
        store(b, LLVMBuildFMul(b->ir, scores[v], scales, ""),
              at_number(b, at_scores, 64 * (int64_t)v), 64);
    }
    LLVMValueRef low = LLVMBuildFAdd(b->ir, scores[0], scores[1], "");
    LLVMValueRef all =
        LLVMBuildFAdd(b->ir, low, LLVMBuildFAdd(b->ir, scores[2], scores[3], ""), "");
    store(b, fma16(b, load(b, b->f32x16, at_sum, 64), correction, all), at_sum, 64);
}

/* ---- values ---- */

void attention_correct(const struct attention *t, LLVMValueRef query, LLVMValueRef to,
                       uint32_t count, LLVMValueRef *sums)
{
    const struct builder *b = t->b;

    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef from = at_number(b, number_at(b, t->corrections, query), 4 * (int64_t)i);
        LLVMValueRef correction = broadcast(b, load(b, b->f32, from, 4));
        for (uint32_t v = 0; v < count; v++) {
            LLVMValueRef old =
                load(b, b->f32x16, at_number(b, to, 64 * ((int64_t)i * t->width + v)), 64);
            sums[i * count + v] = LLVMBuildFMul(b->ir, old, correction, "");
        }
    }
}

void attention_correct_outputs(const struct attention *t, LLVMValueRef query, int64_t count)
{
    const struct builder *b = t->b;
    struct loop l;

    loop_begin_counted(b, &l, count, 1, NULL, 0);
    LLVMValueRef one = add(b, query, l.index),
                 to = at(b, t->outputs, times(b, one, 64 * (int64_t)t->width)),
                 correction = broadcast(b, load(b, b->f32, number_at(b, t->corrections, one), 4));
    for (uint32_t v = 0; v < t->width; v++) {
        LLVMValueRef place = at_number(b, to, 64 * (int64_t)v);
        store(b, LLVMBuildFMul(b->ir, load(b, b->f32x16, place, 64), correction, ""), place, 64);
    }
    loop_end(b, &l, NULL);
}

/* Adds weighted values to `count` vectors of a chunk's outputs, from vector `first` on; `keys` of
 * the key tile's 64 are read. */
static void add_values(const struct attention *t, LLVMValueRef chunk, LLVMValueRef values,
                       LLVMValueRef next, LLVMValueRef keys, uint32_t first, uint32_t count)
{
    const struct builder *b = t->b;
    const uint32_t bytes = kv_element_bytes((enum dtype)t->k->shape.kv);
    LLVMValueRef query = times(b, chunk, t->chunk), sums[LOOP_MAX_CARRIED], value[LOOP_MAX_CARRIED];
    LLVMValueRef to = at_number(b, at(b, t->outputs, times(b, query, 64 * (int64_t)t->width)),
                                64 * (int64_t)first);
    LLVMValueRef weights = at(b, t->scores, times(b, query, 4 * KEY_TILE));
    struct loop l;

    attention_correct(t, query, to, count, sums);
    loop_begin(b, &l, i64_number(b, 0), keys, 1, sums, t->chunk * count);
    attention_fetch(t, first == 0 ? next : NULL, chunk, l.index, KEY_TILE,
                    KEY_TILE * t->k->shape.head_dim * bytes);
    for (uint32_t v = 0; v < count; v++) {
        LLVMValueRef from = at(b, values, times(b, l.index, (int64_t)t->width * LANES * bytes));
        value[v] = attention_load(t, at_number(b, from, (int64_t)(first + v) * LANES * bytes));
    }
    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef from = at_number(b, number_at(b, weights, l.index), 4 * KEY_TILE * (int64_t)i);
        LLVMValueRef weight = broadcast(b, load(b, b->f32, from, 4));
        for (uint32_t v = 0; v < count; v++)
            sums[i * count + v] = fma16(b, value[v], weight, sums[i * count + v]);
    }
    loop_end(b, &l, sums);
    for (uint32_t i = 0; i < t->chunk; i++)
        for (uint32_t v = 0; v < count; v++)
            store(b, sums[i * count + v], at_number(b, to, 64 * ((int64_t)i * t->width + v)), 64);
}
/* ---- key tiles ---- */

/* Where a key tile's first position stands in the state of a head. */
static LLVMValueRef place_of(const struct attention *t, LLVMValueRef position)
{
    const struct builder *b = t->b;

    if (t->k->shape.class == STATE_ring)
        return LLVMBuildURem(b->ir, position, i64_number(b, t->k->shape.context), "");
    return t->k->shape.class == STATE_scratch ? add(b, t->first_place, position) : position;
}

/* What follows a key tile of one sequence: the next key tile, or the first of the next head.
 * Several sequences: the next key tile of the tile; the present one, which costs nothing, after the
 * last. */
static LLVMValueRef next_keys(const struct attention *t, LLVMValueRef keys, LLVMValueRef position,
                              int64_t key_bytes)
{
    const struct builder *b = t->b;
    const struct kernel_attention *k = t->k;
    const int64_t positions = (int64_t)round_up(k->shape.context, KEY_TILE);
    LLVMValueRef after = add_number(b, position, KEY_TILE), other = keys,
                 next = at_number(b, keys, KEY_TILE * key_bytes);
    LLVMValueRef more = LLVMBuildICmp(b->ir, LLVMIntSLT, after, t->end_key, "");

    if (k->shape.class == STATE_ring) /* which may have wrapped */
        next = at(b, t->states[0],
                  times(b, add(b, place_of(t, after), times(b, t->head, positions)), key_bytes));
    if (!has_segments(b, ATTENTION_row_segments)) {
        LLVMValueRef head =
            lesser(b, add_number(b, t->head, 1), i64_number(b, k->shape.kv_heads - 1));
        LLVMValueRef first = LLVMBuildAnd(b->ir, t->all_keys[0], i64_number(b, -KEY_TILE), "");
        more = LLVMBuildICmp(b->ir, LLVMIntSLT, after, t->all_keys[1], "");
        first = add(b, place_of(t, first), times(b, head, positions));
        other = at(b, t->states[0], times(b, first, key_bytes));
    }
    return LLVMBuildSelect(b->ir, more, next, other, "");
}

/* `key_tile` counts key tiles of 64. */
static void meet_key_tile(struct attention *t, LLVMValueRef key_tile)
{
    const struct builder *b = t->b;
    const struct kernel_attention *k = t->k;
    const enum dtype kv = (enum dtype)k->shape.kv;
    const int64_t bytes = kv_element_bytes(kv),
                  positions = (int64_t)round_up(k->shape.context, KEY_TILE),
                  key_bytes = kv_width(kv, k->shape.head_dim, false) * bytes;
    LLVMValueRef position = times(b, key_tile, KEY_TILE), at_head = place_of(t, position),
                 place = add(b, at_head, times(b, t->head, positions));
    LLVMValueRef keys = at(b, t->states[0], times(b, place, key_bytes));
    LLVMValueRef values = at(b, t->states[1], times(b, place, (int64_t)t->width * LANES * bytes));
    LLVMValueRef first_key = LLVMBuildTrunc(b->ir, position, b->i32, "");
    struct loop l;

    t->position = position;
    t->seen = lesser(b, subtract(b, t->end_key, position), i64_number(b, KEY_TILE));

    if (kv == DTYPE_q8_0) {
        t->value_scales = q8_scale_place(b, t->states[1], t->head, at_head, true);
        t->key_scales = at(b, t->head_scales, times(b, subtract(b, at_head, position), 2));
    }
    if (t->pairs) {
        attention_meet_pairs(t, keys, values, position, t->seen);
        return;
    }
    t->fetch_end = times(b, t->seen, (int64_t)t->width * LANES * bytes);
    loop_chunks(t, &l);
    for (uint32_t v = 0; v < VECTORS; v += t->key_vectors)
        score_chunk(t, l.index, keys, values, first_key, v);
    loop_end(b, &l, NULL);
    loop_queries(t, &l);
    attention_weigh(t, l.index);
    loop_end(b, &l, NULL);
    t->fetch_end = NULL;
    LLVMValueRef next = next_keys(t, keys, position, key_bytes);
    loop_chunks(t, &l);
    for (uint32_t v = 0; v < t->width; v += t->value_vectors)
        add_values(t, l.index, values, next, t->seen, v,
                   (uint32_t)min_u64(t->value_vectors, t->width - v));
    loop_end(b, &l, NULL);
}

void attention_mix(struct attention *t)
{
    const struct builder *b = t->b;
    struct loop l;

    if (t->k->shape.kv == DTYPE_q8_0)
        t->head_scales = q8_scale_place(b, t->states[0], t->head, i64_number(b, 0), false);
    loop_queries(t, &l);
    attention_open_query(t, l.index);
    loop_end(b, &l, NULL);
    loop_begin(b, &l, LLVMBuildLShr(b->ir, t->key, i64_number(b, 6), ""),
               tiles_of(b, t->end_key, KEY_TILE), 1, NULL, 0);
    meet_key_tile(t, l.index);
    loop_end(b, &l, NULL);
}
