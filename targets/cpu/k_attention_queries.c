/* Queries of attention: a row's elements of one q head, on their way in and out. In: rows of a part
 * of a row tile; out: their elements where the scores read them, empty sums; and at the end the
 * outputs over the sums.
 */
#include "targets/cpu/attention.h"

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
        const uint32_t width = attention_query_width(t);
        to = at(b, t->queries, times(b, query, 2 * (int64_t)width));
        for (uint32_t i = 0; i < width; i += LANES) {
            LLVMValueRef x =
                i < n ? load_first(b, b->f32x16, at_number(b, from, 4 * (int64_t)i), n - i)
                      : zeros(b);
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

void attention_open_query(const struct attention *t, LLVMValueRef query)
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

/* The sum of a query's weights and that of its head's sink, which is relative to the same greatest
 * score. Where that is far below the sink, the sum is infinite, and the outputs are zeros. */
static LLVMValueRef add_sink(const struct attention *t, LLVMValueRef query, LLVMValueRef sum)
{
    const struct builder *b = t->b;
    static const double ln_2 = 0.69314718055994531;
    LLVMValueRef head = LLVMBuildURem(b->ir, query, i64_number(b, t->group), ""),
                 greatest = load(b, b->f32, number_at(b, t->maxima, query), 4);

    head = add(b, head, times(b, t->head, t->group));
    LLVMValueRef sink = load(b, b->f32, number_at(b, b->args[ATTENTION_sinks], head), 4);
    if (t->pairs) /* scores are logarithms to base 2 */
        greatest = LLVMBuildFMul(b->ir, greatest, f32_number(b, ln_2), "");
    sink = LLVMBuildFSub(b->ir, sink, greatest, "");
    return LLVMBuildFAdd(b->ir, sum, element(b, math_exp(b, broadcast(b, sink)), 0), "");
}

void attention_store_query(const struct attention *t, LLVMValueRef query)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->shape.head_dim;
    LLVMValueRef row = LLVMBuildUDiv(b->ir, query, i64_number(b, t->group), "");

    row = add(b, t->first_row, row);
    LLVMBasicBlockRef after = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntSLT, row, t->end_row, ""));
    LLVMValueRef sum = sum_of_lanes(b, load(b, b->f32x16, at(b, t->sums, times(b, query, 64)), 64));
    if (lir_has(b->kernel, ATTENTION_sinks))
        sum = add_sink(t, query, sum);
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
