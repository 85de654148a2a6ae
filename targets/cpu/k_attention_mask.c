/* From sums of products to scores of attention: scale, cap, and minus infinity where a query does not
 * see a key. In: 16 sums, or the scores of a key tile; out: the same as scores.
 */
#include "targets/cpu/attention.h"

#include <string.h>

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
void attention_mask_window(const struct attention *t, LLVMValueRef query, LLVMValueRef *scores)
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
