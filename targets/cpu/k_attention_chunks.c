/* attention whose tiles are chunks of keys: for runs of few rows, which read K and V once and wait
 * for memory, and of which there would be too few tiles for the threads. In: as k_attention.c; a
 * tile mixes the values of one chunk for one row tile. Where there are several chunks, it stores
 * its part in work memory and counts itself. The tile that finds all others counted joins the parts
 * in the order of chunks: nobody waits, and the bits do not depend on which tile it was. A chunk in
 * which a row sees nothing has weight 0 and changes no bit.
 */
#include "targets/cpu/attention.h"

struct chunks {
    struct attention *t;
    LLVMValueRef slot,
        count;          /* which of the chunks that the row tile meets, and how many those are */
    LLVMValueRef slots; /* that it may meet, so many parts has a query */
    uint32_t part_bytes;
};

/* The part of a query (of the tile) in chunk `slot`. */
static LLVMValueRef part_of(const struct chunks *c, LLVMValueRef query, LLVMValueRef slot)
{
    const struct attention *t = c->t;
    const struct builder *b = t->b;
    LLVMValueRef group = i64_number(b, t->group);
    LLVMValueRef row = add(b, t->first_row, LLVMBuildUDiv(b->ir, query, group, ""));
    LLVMValueRef head = add(b, times(b, t->head, t->group), LLVMBuildURem(b->ir, query, group, ""));
    LLVMValueRef part = add(b, times(b, row, t->k->shape.heads), head);

    part = LLVMBuildMul(b->ir, part, c->slots, "");

    return at(b, b->args[ATTENTION_partials], times(b, add(b, part, slot), c->part_bytes));
}

/* The part's rows, times the heads that share keys. */
static LLVMValueRef existing_queries(const struct chunks *c)
{
    const struct attention *t = c->t;
    const struct builder *b = t->b;
    LLVMValueRef rows =
        lesser(b, subtract(b, t->end_row, t->first_row), i64_number(b, t->k->tile_rows));

    return times(b, rows, t->group);
}

static void leave_part(const struct chunks *c, LLVMValueRef query)
{
    const struct attention *t = c->t;
    const struct builder *b = t->b;
    LLVMValueRef part = part_of(c, query, c->slot),
                 from = at(b, t->outputs, times(b, query, 64 * (int64_t)t->width));
    LLVMValueRef sum = sum_of_lanes(b, load(b, b->f32x16, at(b, t->sums, times(b, query, 64)), 64));

    for (uint32_t v = 0; v < t->width; v++) {
        LLVMValueRef value = load(b, b->f32x16, at_number(b, from, 64 * (int64_t)v), 64);
        store(b, value, at_number(b, part, 64 * (int64_t)v), 64);
    }
    part = at_number(b, part, 64 * (int64_t)t->width);
    store(b, load(b, b->f32, number_at(b, t->maxima, query), 4), part, 4);
    store(b, sum, at_number(b, part, 4), 4);
}

/* Parts to outputs and sums, as if the tile had met all keys. */
static void join_parts(const struct chunks *c, LLVMValueRef query)
{
    const struct attention *t = c->t;
    const struct builder *b = t->b;
    const int64_t behind = 64 * (int64_t)t->width;
    LLVMValueRef parts = part_of(c, query, i64_number(b, 0)), max = infinity(b, -1);
    LLVMValueRef joined_parts[LOOP_MAX_CARRIED], to;
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), c->count, 1, &max, 1);
    LLVMValueRef part = at(b, parts, times(b, l.index, c->part_bytes));
    max = maximum(b, max, load(b, b->f32, at_number(b, part, behind), 4));
    loop_end(b, &l, &max);
    if (lir_has(b->kernel, ATTENTION_sinks))
        store(b, max, number_at(b, t->maxima, query), 4);
    for (uint32_t v = 0; v <= t->width; v++)
        joined_parts[v] = zeros(b);
    loop_begin(b, &l, i64_number(b, 0), c->count, 1, joined_parts, t->width + 1);
    part = at(b, parts, times(b, l.index, c->part_bytes));
    LLVMValueRef weight = load(b, b->f32, at_number(b, part, behind), 4);
    weight = math_exp(b, broadcast(b, LLVMBuildFSub(b->ir, weight, max, "")));
    for (uint32_t v = 0; v < t->width; v++) {
        LLVMValueRef value = load(b, b->f32x16, at_number(b, part, 64 * (int64_t)v), 64);
        joined_parts[v] = fma16(b, value, weight, joined_parts[v]);
    }
    LLVMValueRef sum = broadcast(b, load(b, b->f32, at_number(b, part, behind + 4), 4));
    joined_parts[t->width] = fma16(b, sum, weight, joined_parts[t->width]);
    loop_end(b, &l, joined_parts);
    to = at(b, t->outputs, times(b, query, behind));
    for (uint32_t v = 0; v < t->width; v++)
        store(b, joined_parts[v], at_number(b, to, 64 * (int64_t)v), 64);
    /* one lane, which a sum of lanes gives back as it is */
    sum = LLVMBuildSelect(b->ir, first_lanes(b, 1), joined_parts[t->width], zeros(b), "");
    store(b, sum, at(b, t->sums, times(b, query, 64)), 64);
}

static void store_rows(const struct attention *t)
{
    const struct builder *b = t->b;
    struct loop l;

    loop_begin_counted(b, &l, (int64_t)t->group * t->k->tile_rows, 1, NULL, 0);
    attention_store_query(t, l.index);
    loop_end(b, &l, NULL);
}

/* Leaves the tile's parts; if the others are there, joins them. */
static void arrive(const struct chunks *c)
{
    const struct attention *t = c->t;
    const struct builder *b = t->b;
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), existing_queries(c), 1, NULL, 0);
    leave_part(c, l.index);
    loop_end(b, &l, NULL);
    LLVMValueRef counter = add(b, times(b, t->first_row, t->k->shape.kv_heads), t->head);
    counter = at(b, b->args[ATTENTION_counters], times(b, counter, 64));
    LLVMValueRef before = LLVMBuildAtomicRMW(b->ir, LLVMAtomicRMWBinOpAdd, counter,
                                             i32_number(b, 1), LLVMAtomicOrderingAcquireRelease, 0);
    before = add_number(b, LLVMBuildZExt(b->ir, before, b->i64, ""), 1);
    LLVMBasicBlockRef after = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntEQ, before, c->count, ""));
    loop_begin(b, &l, i64_number(b, 0), existing_queries(c), 1, NULL, 0);
    join_parts(c, l.index);
    loop_end(b, &l, NULL);
    store_rows(t);
    when_end(b, after);
}

/* One chunk of a part of a row tile: `slot` counts from the first chunk that it meets. */
static void meet_chunk(struct chunks *c)
{
    struct attention *t = c->t;
    const struct builder *b = t->b;
    LLVMValueRef chunk_keys = i64_number(b, t->k->chunk), one = i64_number(b, 1);

    attention_find_keys(t);
    LLVMValueRef first = LLVMBuildUDiv(b->ir, t->key, chunk_keys, "");
    LLVMValueRef end = tiles_of(b, t->end_key, t->k->chunk), chunk = add(b, first, c->slot);
    c->count = subtract(b, end, first);
    LLVMBasicBlockRef after = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntSLT, chunk, end, ""));
    t->key = greater(b, t->key, LLVMBuildMul(b->ir, chunk, chunk_keys, ""));
    t->end_key = lesser(b, t->end_key, LLVMBuildMul(b->ir, add(b, chunk, one), chunk_keys, ""));
    attention_mix(t);
    LLVMBasicBlockRef alone = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntEQ, c->count, one, ""));
    store_rows(t);
    when_end(b, alone);
    LLVMBasicBlockRef shared = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntNE, c->count, one, ""));
    arrive(c);
    when_end(b, shared);
    when_end(b, after);
}

/* Chunks of a head and row tile that are tiles: as the window has, where those are fewer than the
 * context has (kernel_kinds.def). */
static LLVMValueRef count_chunks(struct chunks *c)
{
    const struct attention *t = c->t;
    const struct builder *b = t->b;
    LLVMValueRef all = i64_number(b, (int64_t)ceil_div(t->k->shape.context, t->k->chunk)),
                 past = tiles_of(b, load_dim(b, t->k->keys_symbol), t->k->chunk);

    c->slots = all;
    if (!t->k->windowed)
        return past;
    LLVMValueRef max = add_number(b, t->reach, t->k->tile_rows - 1);
    max = add_number(b, tiles_of(b, max, t->k->chunk), 1);
    if (t->k->shape.class == STATE_ring) /* reads no further back */
        return c->slots = max;
    LLVMValueRef follows = LLVMBuildICmp(b->ir, LLVMIntULT, max, all, "");
    c->slots = LLVMBuildSelect(b->ir, follows, max, all, "");
    return LLVMBuildSelect(b->ir, follows, max, past, "");
}

void emit_chunks(struct attention *t)
{
    const struct builder *b = t->b;
    const struct kernel_attention *k = t->k;
    struct chunks c = {.t = t, .part_bytes = (uint32_t)attention_partial_bytes(k)};
    LLVMValueRef row_tiles = i64_number(b, (int64_t)ceil_div(k->max_rows, k->tile_rows));
    LLVMValueRef slots = LLVMBuildTrunc(b->ir, count_chunks(&c), b->i32, "");
    struct parts parts;
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef rest = LLVMBuildUDiv(b->ir, tiles.index, row_tiles, "");
    rest = LLVMBuildTrunc(b->ir, rest, b->i32, ""); /* divides faster */
    t->first_row = times(b, LLVMBuildURem(b->ir, tiles.index, row_tiles, ""), k->tile_rows);
    t->head = LLVMBuildZExt(b->ir, LLVMBuildUDiv(b->ir, rest, slots, ""), b->i64, "");
    c.slot = LLVMBuildZExt(b->ir, LLVMBuildURem(b->ir, rest, slots, ""), b->i64, "");
    LLVMBasicBlockRef after =
        when_begin(b, LLVMBuildICmp(b->ir, LLVMIntSLT, t->first_row, t->rows, ""));
    attention_begin_parts(t, &parts);
    meet_chunk(&c);
    attention_end_parts(t, &parts);
    when_end(b, after);
    loop_end(b, &tiles, NULL);
}
