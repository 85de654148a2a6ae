/* attention of prompts in bf16 with registers that hold matrices. In: a chunk of 32 queries and a key
 * tile in pairs (k_attention_bf16.c), which are matrices of weights as they stand: 32 elements of 16
 * keys, or 32 keys of 16 outputs; out: the chunk's maxima, sums and outputs. Scores and outputs go
 * through memory. Softmax is that of vectors (k_attention_softmax.c), but the maxima of 16 queries are
 * found together, and outputs are corrected only where one of them has a new maximum: times 1 they are
 * what they were.
 */
#include "targets/cpu/attention.h"

enum {
    PAIR = 2,
    FIRST_X = PAIR * PAIR,
    FIRST_WEIGHTS = FIRST_X + PAIR,
    STEP = MATRIX_ROW_BYTES / 2, /* elements or keys of a product */
    SCORES_BYTES = 4 * KEY_TILE  /* of a query: scores, then weights */
};
_Static_assert((int)ATTENTION_MATRIX_CHUNK == PAIR * MATRIX_ROWS, "two matrices of queries");

void attention_open_matrices(const struct attention *t)
{
    const struct builder *b = t->b;
    const uint32_t from = t->k->shape.head_dim / 2, end = attention_query_width(t) / 2;
    struct loop l;

    b->isa->matrices->open(b, FIRST_X, FIRST_WEIGHTS, MATRIX_ROW_BYTES);
    if (from == end)
        return;
    /* pairs of elements that heads do not have */
    loop_begin(b, &l, i64_number(b, from), i64_number(b, end), 1, NULL, 0);
    for (uint32_t v = 0; v < VECTORS; v++)
        store(b, zeros(b),
              at_number(b, at(b, t->key_pairs, times(b, l.index, 64 * VECTORS)), 64 * (int64_t)v),
              64);
    loop_end(b, &l, NULL);
}

void attention_close_matrices(const struct attention *t)
{
    t->b->isa->matrices->close(t->b);
}

/* ---- products ---- */

/* Adds 32 queries by 32 columns: `x` and `weights` are the first of each, 16 rows of x are `x_rows`
 * bytes apart, and rows of weights `stride`. */
static void add_products(const struct attention *t, LLVMValueRef x, int64_t x_stride,
                         LLVMValueRef weights, int64_t stride, uint32_t count)
{
    const struct builder *b = t->b;
    const struct matrix_dot *dot = b->isa->matrices;

    for (uint32_t i = 0; i < PAIR; i++)
        dot->load(b, FIRST_X + i, at_number(b, x, i * MATRIX_ROWS * x_stride), x_stride);
    for (uint32_t v = 0; v < count; v++) {
        dot->load(b, FIRST_WEIGHTS + v, at_number(b, weights, v * (int64_t)MATRIX_ROW_BYTES),
                  stride);
        for (uint32_t i = 0; i < PAIR; i++)
            dot->add_bf16(b, i * PAIR + v, FIRST_X + i, FIRST_WEIGHTS + v);
    }
}

/* Moves sums: 32 queries, whose rows are `stride` apart, by `count` vectors. */
static void move_sums(const struct attention *t, bool loads, LLVMValueRef at_first, int64_t stride,
                      uint32_t count)
{
    const struct builder *b = t->b;
    const struct matrix_dot *dot = b->isa->matrices;

    for (uint32_t i = 0; i < PAIR; i++)
        for (uint32_t v = 0; v < count; v++) {
            LLVMValueRef place =
                at_number(b, at_first, i * MATRIX_ROWS * stride + v * (int64_t)MATRIX_ROW_BYTES);
            (loads ? dot->load : dot->store)(b, i * PAIR + v, place, stride);
        }
}

/* Whether the chunk sees any of the second half of a key tile. */
static LLVMValueRef sees_half(const struct attention *t, const struct attention_view *view,
                              LLVMValueRef half)
{
    const struct builder *b = t->b;

    return LLVMBuildICmp(b->ir, LLVMIntSGT, view->seen, times(b, half, STEP), "");
}

/* Products of queries and keys, 32 keys after the other. */
static void multiply_keys(const struct attention *t, const struct attention_view *view)
{
    const struct builder *b = t->b;
    const int64_t query_bytes = 2 * (int64_t)attention_query_width(t), key_bytes = 64 * VECTORS;
    LLVMValueRef queries = at(b, t->queries, times(b, view->first_query, query_bytes));
    struct loop halves, l;

    loop_begin_counted(b, &halves, KEY_TILE / STEP, 1, NULL, 0);
    LLVMBasicBlockRef after = when_begin(b, sees_half(t, view, halves.index));
    LLVMValueRef column = times(b, halves.index, 4 * STEP);
    for (uint32_t i = 0; i < PAIR * PAIR; i++)
        b->isa->matrices->zero(b, i);
    loop_begin_counted(b, &l, attention_query_width(t) / STEP, 1, NULL, 0);
    add_products(t, at(b, queries, times(b, l.index, MATRIX_ROW_BYTES)), query_bytes,
                 at(b, at(b, t->key_pairs, column), times(b, l.index, MATRIX_ROWS * key_bytes)),
                 key_bytes, PAIR);
    loop_end(b, &l, NULL);
    move_sums(t, false, at(b, t->scores, column), SCORES_BYTES, PAIR);
    when_end(b, after);
    loop_end(b, &halves, NULL);
}

/* Adds weighted values to `count` vectors of outputs, of which `vector` (i64) is the first. */
static void add_values(const struct attention *t, const struct attention_view *view,
                       LLVMValueRef vector, uint32_t count)
{
    const struct builder *b = t->b;
    const int64_t row = MATRIX_ROW_BYTES * (int64_t)t->width;
    LLVMValueRef column = times(b, vector, MATRIX_ROW_BYTES),
                 outputs = at(b, at(b, t->outputs, times(b, view->first_query, row)), column);
    struct loop halves;

    move_sums(t, true, outputs, row, count);
    loop_begin_counted(b, &halves, KEY_TILE / STEP, 1, NULL, 0);
    LLVMBasicBlockRef after = when_begin(b, sees_half(t, view, halves.index));
    add_products(t, at(b, t->scores, times(b, halves.index, MATRIX_ROW_BYTES)), SCORES_BYTES,
                 at(b, at(b, t->value_pairs, column), times(b, halves.index, MATRIX_ROWS * row)),
                 row, count);
    when_end(b, after);
    loop_end(b, &halves, NULL);
    move_sums(t, false, outputs, row, count);
}

static void multiply_values(const struct attention *t, const struct attention_view *view)
{
    const struct builder *b = t->b;
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), i64_number(b, t->width / PAIR * PAIR), PAIR, NULL, 0);
    add_values(t, view, l.index, PAIR);
    loop_end(b, &l, NULL);
    if (t->width % PAIR != 0)
        add_values(t, view, i64_number(b, t->width - 1), 1);
}

/* ---- softmax ---- */

/* Sixteen vectors to their greatest elements, in the order of the vectors. */
static LLVMValueRef greatest_of_each(const struct builder *b, LLVMValueRef *v)
{
    for (uint32_t count = LANES / 2; count > 0; count /= 2)
        for (uint32_t i = 0; i < count; i++) {
            int first[LANES], second[LANES];
            /* lanes of v[i] without and of v[i + count] with the bit `count`, and their partners */
            for (int lane = 0; lane < LANES; lane++) {
                const int other = (lane & (int)count) != 0 ? LANES : 0;
                first[lane] = lane + other;
                second[lane] = (lane ^ (int)count) + other;
            }
            v[i] = maximum(b, shuffled(b, v[i], v[i + count], first, LANES),
                           shuffled(b, v[i], v[i + count], second, LANES));
        }
    return v[0];
}

/* Sums of products to scores, in place, and the greatest of each lane's four in `maxima`. */
static void finish_scores(const struct attention *t, const struct attention_view *view,
                          LLVMValueRef maxima, bool whole)
{
    const struct builder *b = t->b;
    LLVMValueRef scores[VECTORS];
    struct loop l;

    loop_begin_counted(b, &l, ATTENTION_MATRIX_CHUNK, 1, NULL, 0);
    LLVMValueRef query = add(b, view->first_query, l.index),
                 place = at(b, t->scores, times(b, l.index, SCORES_BYTES));
    for (uint32_t v = 0; v < VECTORS; v++) {
        LLVMValueRef start =
            LLVMBuildTrunc(b->ir, add_number(b, view->position, v * LANES), b->i32, "");
        scores[v] = load(b, b->f32x16, at_number(b, place, 64 * (int64_t)v), 64);
        scores[v] = attention_score(t, scores[v], start);
        if (!whole)
            scores[v] = attention_mask(t, scores[v], query, start);
    }
    attention_mask_window(t, query, scores);
    for (uint32_t v = 0; v < VECTORS; v++)
        store(b, scores[v], at_number(b, place, 64 * (int64_t)v), 64);
    store(b, maximum(b, maximum(b, scores[0], scores[1]), maximum(b, scores[2], scores[3])),
          at(b, maxima, times(b, l.index, 64)), 64);
    loop_end(b, &l, NULL);
}

/* Maxima and corrections of the 16 queries from `slot` of the chunk on; what their scores are relative
 * to replaces the first of `maxima`. Outputs are corrected where they must be. */
static void meet_maxima(const struct attention *t, const struct attention_view *view,
                        LLVMValueRef slot, LLVMValueRef maxima)
{
    const struct builder *b = t->b;
    LLVMValueRef all[LANES], query = add(b, view->first_query, slot),
                             at_maximum = number_at(b, t->maxima, query);

    maxima = at(b, maxima, times(b, slot, 64));
    for (uint32_t i = 0; i < LANES; i++)
        all[i] = load(b, b->f32x16, at_number(b, maxima, 64 * (int64_t)i), 64);
    LLVMValueRef old = load(b, b->f32x16, at_maximum, 4),
                 new = maximum(b, old, greatest_of_each(b, all));
    store(b, new, at_maximum, 4);
    LLVMValueRef base = attention_base(b, new);
    store(b, base, maxima, 64);
    store(b, attention_power_of_two(b, LLVMBuildFSub(b->ir, old, base, "")),
          number_at(b, t->corrections, query), 4);
    LLVMValueRef changed = LLVMBuildFCmp(b->ir, LLVMRealUNE, old, new, "");
    changed = LLVMBuildICmp(b->ir, LLVMIntNE, cast(b, changed, b->i16), LLVMConstNull(b->i16), "");
    LLVMBasicBlockRef after = when_begin(b, changed);
    attention_correct_outputs(t, query, LANES);
    when_end(b, after);
}

static void weigh(const struct attention *t, const struct attention_view *view)
{
    const struct builder *b = t->b;
    LLVMValueRef maxima = stack_array(b, (uint64_t)ATTENTION_MATRIX_CHUNK * 64);
    struct loop l, each;

    LLVMBasicBlockRef after = when_begin(b, view->whole);
    finish_scores(t, view, maxima, true);
    when_end(b, after);
    after = when_begin(b, LLVMBuildNot(b->ir, view->whole, ""));
    finish_scores(t, view, maxima, false);
    when_end(b, after);
    loop_begin_counted(b, &l, ATTENTION_MATRIX_CHUNK, LANES, NULL, 0);
    meet_maxima(t, view, l.index, maxima);
    LLVMValueRef bases = at(b, maxima, times(b, l.index, 64));
    loop_begin_counted(b, &each, LANES, 1, NULL, 0);
    LLVMValueRef slot = add(b, l.index, each.index);
    attention_weigh_rows(t, slot, add(b, view->first_query, slot),
                         load(b, b->f32, number_at(b, bases, each.index), 4));
    loop_end(b, &each, NULL);
    loop_end(b, &l, NULL);
}

void attention_meet_matrices(const struct attention *t, const struct attention_view *view)
{
    multiply_keys(t, view);
    weigh(t, view);
    multiply_values(t, view);
}
