/* attention: online softmax over key tiles of 64. In: q rows, K [kv head][position /
 * 16][head_dim][16] and V [kv head][position][head_dim to 16]; out: f32 rows. A tile is tile_rows
 * rows of one kv head with all q heads that share it: its queries, which meet each key tile
 * together, in chunks whose sums fit the registers. Method: Milakov and Gimelshein, "Online
 * normalizer calculation for softmax"; Dao et al., "FlashAttention".
 *
 * What a query gets does not depend on its tile: sums over head_dim and over keys are chains in
 * their order, key tiles begin at position 0, and a key tile of which it sees nothing leaves its
 * maximum, sum and output as they are, bit by bit (exp(0) = 1, weights 0).
 */
#include "targets/cpu/heads.h"

#include <string.h>

static void choose_chunks(struct attention *t, const struct isa *isa,
                          const struct kernel_attention *k)
{
    const uint32_t sums = isa_sums(isa);
    uint32_t queries;

    t->k = k;
    t->group = k->shape.heads / k->shape.kv_heads;
    t->width = (uint32_t)ceil_div(k->shape.head_dim, LANES);
    t->key_vectors = isa_key_vectors(isa);
    t->pairs = k->act == ACT_bf16;
    queries = t->group * k->tile_rows;
    t->chunks = (uint32_t)ceil_div(queries, sums / t->key_vectors);
    t->chunk = (uint32_t)ceil_div(queries, t->chunks);
    t->value_vectors = (uint32_t)min_u64(t->width, sums / t->chunk);
}

uint32_t attention_query_count(const struct attention *t)
{
    return t->chunk * t->chunks;
}

/* Of one query: elements, sums of outputs and of weights, the rest. */
static uint64_t query_stack_bytes(const struct attention *t)
{
    return round_up(t->k->shape.head_dim, LANES) * (t->pairs ? 2 : 4) +
           4 * (uint64_t)(t->width * LANES + LANES + 5);
}

uint64_t attention_stack_bytes(const struct isa *isa, const struct kernel_attention *k)
{
    struct attention t;

    choose_chunks(&t, isa, k);
    return attention_query_count(&t) * query_stack_bytes(&t) +
           (uint64_t)(t.pairs ? t.chunk : attention_query_count(&t)) * KEY_TILE * 4 +
           (t.pairs ? attention_pairs_bytes(&t) : 0);
}

static void reserve_stack(struct attention *t)
{
    const struct builder *b = t->b;
    uint64_t n = attention_query_count(t);

    t->queries = stack_array(b, n * round_up(t->k->shape.head_dim, LANES) * (t->pairs ? 2 : 4));
    t->query_scales = t->k->shape.kv == DTYPE_q8_0 ? stack_array(b, n * 4) : NULL;
    if (t->pairs) {
        t->key_pairs = stack_array(b, (uint64_t)KEY_TILE * t->k->shape.head_dim * 2);
        t->value_pairs = stack_array(b, (uint64_t)KEY_TILE * t->width * LANES * 2);
    }
    t->scores = stack_array(b, (t->pairs ? t->chunk : n) * KEY_TILE * 4);
    t->outputs = stack_array(b, n * t->width * LANES * 4);
    t->sums = stack_array(b, n * LANES * 4);
    t->maxima = stack_array(b, n * 4);
    t->corrections = stack_array(b, n * 4);
    t->first_key = stack_array(b, n * 4);
    t->last_key = stack_array(b, n * 4);
}

LLVMValueRef infinity(const struct builder *b, int sign)
{
    return cast(b, i32_number(b, sign < 0 ? 0xff800000 : 0x7f800000), b->f32);
}

LLVMValueRef number_at(const struct builder *b, LLVMValueRef array, LLVMValueRef index)
{
    return at(b, array, times(b, index, 4));
}

/* ---- before the key tiles ---- */

/* The last key that a row sees. */
LLVMValueRef attention_last_seen(const struct attention *t, LLVMValueRef row)
{
    if (t->k->mask == MASK_none)
        return add_number(t->b, t->keys, -1);
    return add(t->b, t->past, row);
}

LLVMValueRef attention_first_seen(const struct attention *t, LLVMValueRef row)
{
    const struct builder *b = t->b;

    if (!t->k->windowed)
        return i64_number(b, 0);
    LLVMValueRef key = subtract(b, add(b, t->past, row), t->reach);
    return greater(b, key, i64_number(b, 0));
}

/* Rows that a part lacks repeat its last one; they are not stored. */
static LLVMValueRef row_of(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef row = LLVMBuildUDiv(b->ir, query, i64_number(b, t->group), "");

    return lesser(b, add(b, t->first_row, row), add_number(b, t->end_row, -1));
}

/* Byte offset of a query's head within its row. */
LLVMValueRef attention_head_offset(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef head = LLVMBuildURem(b->ir, query, i64_number(b, t->group), "");

    head = add(b, head, times(b, t->head, t->group));
    return times(b, head, 4 * (int64_t)t->k->shape.head_dim);
}

/* Its elements where the scores read them. */
static void copy_query(const struct attention *t, LLVMValueRef query, LLVMValueRef from)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->shape.head_dim;
    LLVMValueRef chunk = LLVMBuildUDiv(b->ir, query, i64_number(b, t->chunk), "");
    LLVMValueRef slot = LLVMBuildURem(b->ir, query, i64_number(b, t->chunk), "");
    LLVMValueRef to =
        number_at(b, t->queries, add(b, times(b, chunk, (int64_t)n * t->chunk), slot));
    struct loop l;

    if (t->k->shape.kv == DTYPE_q8_0 && !t->pairs) {
        q8_copy_query(t, query, from);
        return;
    }
    if (t->pairs) {
        to = at(b, t->queries, times(b, query, 2 * (int64_t)round_up(n, LANES)));
        for (uint32_t i = 0; i < n; i += LANES) {
            LLVMValueRef x = load_f32x16(b, at_number(b, from, 4 * (int64_t)i));
            int low[LANES];
            for (int lane = 0; lane < LANES; lane++)
                low[lane] = lane;
            x = b->isa->bf16->rounded(b, x, zeros(b));
            store(b, shuffled(b, x, x, low, LANES), at_number(b, to, 2 * (int64_t)i), 32);
        }
        return;
    }
    loop_begin_counted(b, &l, 4 * (int64_t)n, 4, NULL, 0);
    store(b, load(b, b->i32, at(b, from, l.index), 4), at(b, to, times(b, l.index, t->chunk)), 4);
    loop_end(b, &l, NULL);
}

/* Rows lie far apart: without this the tile waits for each. */
static void fetch_query(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef from = at(b, b->args[ATTENTION_q],
                           times(b, row_of(t, query), 4 * (int64_t)b->kernel->stride[ATTENTION_q]));

    from = at(b, from, attention_head_offset(t, query));
    for (uint32_t i = 0; i < 4 * t->k->shape.head_dim; i += 64)
        prefetch(b, at_number(b, from, i));
}

static void open_query(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef row = row_of(t, query),
                 from = at(b, b->args[ATTENTION_q],
                           times(b, row, 4 * (int64_t)b->kernel->stride[ATTENTION_q]));
    LLVMValueRef output = at(b, t->outputs, times(b, query, 64 * (int64_t)t->width));

    copy_query(t, query, at(b, from, attention_head_offset(t, query)));
    if (t->pairs)
        fetch_query(t, add_number(b, query, 8));
    for (uint32_t i = 0; i < t->width; i++)
        store(b, zeros(b), at_number(b, output, 64 * (int64_t)i), 64);
    store(b, zeros(b), at(b, t->sums, times(b, query, 64)), 64);
    store(b, infinity(b, -1), number_at(b, t->maxima, query), 4);
    store(b, LLVMBuildTrunc(b->ir, attention_first_seen(t, row), b->i32, ""),
          number_at(b, t->first_key, query), 4);
    store(b, LLVMBuildTrunc(b->ir, attention_last_seen(t, row), b->i32, ""),
          number_at(b, t->last_key, query), 4);
}

/* ---- one key tile ---- */

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

/* A score, or minus infinity where the key stands after the last that the query sees. */
LLVMValueRef attention_mask(const struct attention *t, LLVMValueRef score, LLVMValueRef query,
                            LLVMValueRef first)
{
    const struct builder *b = t->b;
    LLVMValueRef lanes[LANES];

    for (int i = 0; i < LANES; i++)
        lanes[i] = i32_number(b, i);
    LLVMValueRef keys = LLVMBuildAdd(b->ir, broadcast(b, first), LLVMConstVector(lanes, LANES), "");
    LLVMValueRef max = broadcast(b, load(b, b->i32, number_at(b, t->last_key, query), 4));
    LLVMValueRef seen = LLVMBuildICmp(b->ir, LLVMIntSLE, keys, max, "");

    return LLVMBuildSelect(b->ir, seen, score, broadcast(b, infinity(b, -1)), "");
}

/* Whether the window of a query begins after the first key of the key tile. */
static LLVMValueRef window_begins(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef first_key = load(b, b->i32, number_at(b, t->first_key, query), 4);

    first_key = LLVMBuildZExt(b->ir, first_key, b->i64, "");
    return LLVMBuildICmp(b->ir, LLVMIntSGT, first_key, t->position, "");
}

/* Scores of a query: minus infinity where the key stands before its window. */
static void mask_first_keys(const struct attention *t, LLVMValueRef query, LLVMValueRef *scores)
{
    const struct builder *b = t->b;
    LLVMValueRef before = load(b, b->i32, number_at(b, t->first_key, query), 4);

    before = LLVMBuildSub(b->ir, before, LLVMBuildTrunc(b->ir, t->position, b->i32, ""), "");
    before = broadcast(b, before); /* lanes of the key tile before the first key */
    for (uint32_t v = 0; v < VECTORS; v++) {
        LLVMValueRef lanes[LANES];
        for (uint32_t i = 0; i < LANES; i++)
            lanes[i] = i32_number(b, v * LANES + i);
        LLVMValueRef seen =
            LLVMBuildICmp(b->ir, LLVMIntSGE, LLVMConstVector(lanes, LANES), before, "");
        scores[v] = LLVMBuildSelect(b->ir, seen, scores[v], broadcast(b, infinity(b, -1)), "");
    }
}

/* Masks a query's scores on their way to weights. */
static void mask_window(const struct attention *t, LLVMValueRef query, LLVMValueRef *scores)
{
    const struct builder *b = t->b;
    LLVMBasicBlockRef ways[2] = {LLVMGetInsertBlock(b->ir)};
    LLVMValueRef masked[VECTORS];

    if (!t->k->windowed)
        return;
    LLVMBasicBlockRef after = rarely_begin(b, window_begins(t, query));
    memcpy(masked, scores, sizeof masked);
    mask_first_keys(t, query, masked);
    ways[1] = LLVMGetInsertBlock(b->ir);
    when_end(b, after);
    for (uint32_t v = 0; v < VECTORS; v++) {
        LLVMValueRef values[2] = {scores[v], masked[v]};
        scores[v] = LLVMBuildPhi(b->ir, b->f32x16, "");
        LLVMAddIncoming(scores[v], values, ways, 2);
    }
}

void attention_mask_windows(const struct attention *t, LLVMValueRef first_query, uint32_t count)
{
    const struct builder *b = t->b;
    struct loop l;

    if (!t->k->windowed)
        return;
    LLVMValueRef last = add_number(b, first_query, (int64_t)count - 1), scores[VECTORS];
    LLVMBasicBlockRef after = rarely_begin(b, window_begins(t, last));
    loop_begin_counted(b, &l, count, 1, NULL, 0);
    LLVMValueRef place = at(b, t->scores, times(b, l.index, 4 * KEY_TILE));
    for (uint32_t v = 0; v < VECTORS; v++)
        scores[v] = load(b, b->f32x16, at_number(b, place, 64 * (int64_t)v), 64);
    mask_first_keys(t, add(b, first_query, l.index), scores);
    for (uint32_t v = 0; v < VECTORS; v++)
        store(b, scores[v], at_number(b, place, 64 * (int64_t)v), 64);
    loop_end(b, &l, NULL);
    when_end(b, after);
}

/* Scales, caps and masks 16 scores of a query; `first` is the i32 position of lane 0. */
LLVMValueRef attention_finish(const struct attention *t, LLVMValueRef score, LLVMValueRef query,
                              LLVMValueRef first)
{
    const struct builder *b = t->b;

    if (t->key_scales != NULL) {
        LLVMValueRef position = LLVMBuildZExt(b->ir, first, b->i64, "");
        score = LLVMBuildFMul(b->ir, score, q8_scales_at(b, t->key_scales, position), "");
    }
    score = LLVMBuildFMul(b->ir, score, broadcast(b, t->scale), "");
    if (t->k->capped) {
        LLVMValueRef cap = broadcast(b, t->softcap);
        score = LLVMBuildFMul(b->ir, math_tanh(b, LLVMBuildFDiv(b->ir, score, cap, "")), cap, "");
    }
    return attention_mask(t, score, query, first);
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
    mask_window(t, query, scores);
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

    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef from = at_number(b, number_at(b, t->corrections, query), 4 * (int64_t)i);
        LLVMValueRef correction = broadcast(b, load(b, b->f32, from, 4));
        for (uint32_t v = 0; v < count; v++) {
            LLVMValueRef old =
                load(b, b->f32x16, at_number(b, to, 64 * ((int64_t)i * t->width + v)), 64);
            sums[i * count + v] = LLVMBuildFMul(b->ir, old, correction, "");
        }
    }
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
    loop_begin_counted(b, &l, t->chunks, 1, NULL, 0);
    for (uint32_t v = 0; v < VECTORS; v += t->key_vectors)
        score_chunk(t, l.index, keys, values, first_key, v);
    loop_end(b, &l, NULL);
    loop_begin_counted(b, &l, attention_query_count(t), 1, NULL, 0);
    attention_weigh(t, l.index);
    loop_end(b, &l, NULL);
    t->fetch_end = NULL;
    LLVMValueRef next = next_keys(t, keys, position, key_bytes);
    loop_begin_counted(b, &l, t->chunks, 1, NULL, 0);
    for (uint32_t v = 0; v < t->width; v += t->value_vectors)
        add_values(t, l.index, values, next, t->seen, v,
                   (uint32_t)min_u64(t->value_vectors, t->width - v));
    loop_end(b, &l, NULL);
}

/* ---- after the key tiles ---- */

void attention_store_query(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->shape.head_dim;
    LLVMValueRef row = LLVMBuildUDiv(b->ir, query, i64_number(b, t->group), "");

    row = add(b, t->first_row, row);
    LLVMBasicBlockRef after = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntSLT, row, t->end_row, ""));
    LLVMValueRef sum = sum_of_lanes(b, load(b, b->f32x16, at(b, t->sums, times(b, query, 64)), 64));
    LLVMValueRef inverse = LLVMBuildFDiv(b->ir, f32_number(b, 1), sum, "");
    LLVMValueRef from = at(b, t->outputs, times(b, query, 64 * (int64_t)t->width));
    LLVMValueRef to =
        at(b, b->args[ATTENTION_out], times(b, row, 4 * (int64_t)b->kernel->stride[ATTENTION_out]));
    to = at(b, to, attention_head_offset(t, query));
    for (uint32_t i = 0; i < n; i += LANES) {
        LLVMValueRef value = load(b, b->f32x16, at_number(b, from, 4 * (int64_t)i), 64);
        value = t->pairs ? LLVMBuildFMul(b->ir, value, broadcast(b, inverse), "")
                         : LLVMBuildFDiv(b->ir, value, broadcast(b, sum), "");
        store_first(b, value, at_number(b, to, 4 * (int64_t)i), (uint32_t)min_u64(LANES, n - i));
    }
    when_end(b, after);
}

/* ---- segments ---- */

static void open_part(struct attention *t, const struct segment *s)
{
    const struct builder *b = t->b;
    const bool is_scratch = t->k->shape.class == STATE_scratch;
    LLVMValueRef past = is_scratch ? i64_number(b, 0) : s->past;

    for (uint32_t i = 0; i < countof(t->states); i++)
        t->states[i] = head_state(b, ATTENTION_keys + i, s);
    t->first_place = s->scratch_position;
    t->past = subtract(b, past, s->first_row);
    t->keys = t->k->shape.class == STATE_cross ? t->cross_keys : add(b, past, s->rows);
}

/* Rows of one segment are one part, whose segment is open already. */
void attention_begin_parts(struct attention *t, struct parts *parts)
{
    const struct builder *b = t->b;
    LLVMValueRef end = lesser(b, add_number(b, t->first_row, t->k->tile_rows), t->rows);

    parts->loops = has_segments(b, ATTENTION_row_segments) && t->k->tile_rows != 1;
    t->end_row = t->rows;
    if (!has_segments(b, ATTENTION_row_segments))
        return;
    if (parts->loops) {
        loop_begin(b, &parts->loop, t->first_row, end, 1, NULL, 0);
        t->first_row = parts->loop.index;
    }
    struct segment s = load_segment(b, ATTENTION_segments, ATTENTION_row_segments, t->first_row);
    t->end_row = lesser(b, add(b, s.first_row, s.rows), end);
    open_part(t, &s);
}

void attention_end_parts(const struct attention *t, struct parts *parts)
{
    if (parts->loops)
        loop_end_at(t->b, &parts->loop, t->end_row, NULL);
}

void attention_find_keys(struct attention *t)
{
    const struct builder *b = t->b;
    LLVMValueRef last = add_number(b, t->first_row, t->k->tile_rows - 1);

    last = lesser(b, last, add_number(b, t->end_row, -1));
    t->key = attention_first_seen(t, t->first_row);
    t->end_key = add_number(b, attention_last_seen(t, last), 1);
    t->all_keys[0] = t->key;
    t->all_keys[1] = t->end_key;
}

void attention_mix(struct attention *t)
{
    const struct builder *b = t->b;
    struct loop l;

    if (t->k->shape.kv == DTYPE_q8_0)
        t->head_scales = q8_scale_place(b, t->states[0], t->head, i64_number(b, 0), false);
    loop_begin_counted(b, &l, attention_query_count(t), 1, NULL, 0);
    open_query(t, l.index);
    loop_end(b, &l, NULL);
    loop_begin(b, &l, LLVMBuildLShr(b->ir, t->key, i64_number(b, 6), ""),
               tiles_of(b, t->end_key, KEY_TILE), 1, NULL, 0);
    meet_key_tile(t, l.index);
    loop_end(b, &l, NULL);
}

/* Long and short row tiles alternate, so that equal numbers of tiles are equal work. Single rows of
 * several sequences stay in the order in which kv_write has them. */
static LLVMValueRef row_tile(const struct attention *t, LLVMValueRef tile, LLVMValueRef count)
{
    const struct builder *b = t->b;

    if (has_segments(b, ATTENTION_row_segments) && t->k->tile_rows == 1)
        return tile;
    LLVMValueRef half = LLVMBuildLShr(b->ir, tile, i64_number(b, 1), "");
    LLVMValueRef odd = LLVMBuildTrunc(b->ir, tile, b->i1, "");

    return LLVMBuildSelect(b->ir, odd, subtract(b, add_number(b, count, -1), half), half, "");
}

/* The numbers of this launch, before any loop. A window of 0 keys reaches 2^32 - 1 keys back. */
static void load_values(struct attention *t)
{
    const struct builder *b = t->b;

    if (t->k->windowed) {
        LLVMValueRef window = load_value(b, b->i32, VALUE_attention_window);
        t->reach = LLVMBuildZExt(b->ir, add_number(b, window, -1), b->i64, "");
    }
    t->scale = load_value(b, b->f32, VALUE_attention_scale);
    if (t->k->capped)
        t->softcap = load_value(b, b->f32, VALUE_attention_softcap);
    if (t->pairs)
        attention_scale_pairs(t);
}

static void emit_row_tiles(struct attention *t)
{
    const struct builder *b = t->b;
    LLVMValueRef row_tiles = tiles_of(b, t->rows, t->k->tile_rows);
    struct loop tiles, l;
    struct parts parts;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    t->head = LLVMBuildUDiv(b->ir, tiles.index, row_tiles, "");
    LLVMValueRef place = LLVMBuildURem(b->ir, tiles.index, row_tiles, "");
    t->first_row = times(b, row_tile(t, place, row_tiles), t->k->tile_rows);
    attention_begin_parts(t, &parts);
    attention_find_keys(t);
    attention_mix(t);
    loop_begin_counted(b, &l, (int64_t)t->group * t->k->tile_rows, 1, NULL, 0);
    attention_store_query(t, l.index);
    loop_end(b, &l, NULL);
    attention_end_parts(t, &parts);
    loop_end(b, &tiles, NULL);
}

void emit_attention(const struct builder *b)
{
    const struct kernel_attention *k = &b->kernel->attention;
    struct attention t = {.b = b};

    choose_chunks(&t, b->isa, k);
    reserve_stack(&t);
    load_values(&t);
    t.rows = load_dim(b, b->kernel->rows_symbol);
    if (k->shape.class == STATE_cross)
        t.cross_keys = load_dim(b, k->keys_symbol);
    if (!has_segments(b, ATTENTION_row_segments)) {
        struct segment s = load_segment(b, ATTENTION_segments, ATTENTION_row_segments, NULL);
        open_part(&t, &s);
    }
    if (k->shape.split_kv)
        emit_chunks(&t);
    else
        emit_row_tiles(&t);
}
