/* Softmax of attention in bf16 pairs. In: sums of products of a chunk's queries with 64 keys, in
 * registers; out: weights as pairs of bf16, and what outputs so far are multiplied with. Scores
 * are logarithms to base 2 from the start (their scale has the factor), so that a
 * weight is one 2^x: the machine splits x, a polynomial serves the fraction, and the machine puts
 * the whole part back, minus infinity to zero included.
 */
#include "targets/cpu/attention.h"

#include <math.h>

static const double log2_e = 1.44269504088896341;

/* 2^x. The polynomial is a minimax fit of 2^r with 1 at 0 and 2 at 1, within 3.4e-6: weights are
 * rounded to 8 bits next. */
LLVMValueRef attention_power_of_two(const struct builder *b, LLVMValueRef x)
{
    static const double p[] = {1, 0.693032121, 0.241379763, 0.0520323692, 0.0135557472};
    LLVMValueRef r = b->isa->bf16->fraction(b, x);
    LLVMValueRef sum = f32x16_number(b, p[countof(p) - 1]);

    for (uint32_t i = countof(p) - 1; i-- > 0;)
        sum = fma16(b, sum, r, f32x16_number(b, p[i]));
    return b->isa->bf16->scaled(b, sum, x);
}

static LLVMValueRef wide(const struct builder *b, LLVMValueRef x)
{
    return LLVMBuildFPExt(b->ir, x, LLVMDoubleTypeInContext(b->context), "");
}

static LLVMValueRef narrow(const struct builder *b, LLVMValueRef x)
{
    return LLVMBuildFPTrunc(b->ir, x, b->f32, "");
}

/* The products are rounded once, from f64. */
void attention_scale_pairs(struct attention *t)
{
    const struct builder *b = t->b;
    LLVMValueRef scale = wide(b, t->scale),
                 base = LLVMConstReal(LLVMDoubleTypeInContext(b->context), log2_e);

    if (t->k->capped) {
        LLVMValueRef cap = wide(b, t->softcap);
        t->scale = narrow(b, LLVMBuildFDiv(b->ir, scale, cap, ""));
        t->softcap = narrow(b, LLVMBuildFMul(b->ir, cap, base, ""));
    } else {
        t->scale = narrow(b, LLVMBuildFMul(b->ir, scale, base, ""));
    }
}

LLVMValueRef attention_score(const struct attention *t, LLVMValueRef score, LLVMValueRef first)
{
    const struct builder *b = t->b;

    if (t->key_scales != NULL) {
        LLVMValueRef position = LLVMBuildZExt(b->ir, first, b->i64, "");
        score = LLVMBuildFMul(b->ir, score, q8_scales_at(b, t->key_scales, position), "");
    }
    score = LLVMBuildFMul(b->ir, score, broadcast(b, t->scale), "");
    if (t->k->capped)
        score = LLVMBuildFMul(b->ir, math_tanh(b, score), broadcast(b, t->softcap), "");
    return score;
}

/* The weights as pairs over their scores, and their sum as they are after rounding. */
static LLVMValueRef round_weights(const struct builder *b, const LLVMValueRef *weights,
                                  LLVMValueRef sum, LLVMValueRef to)
{
    LLVMValueRef ones = filled(LLVMConstInt(b->i32, 0x3f803f80, 0), LANES);

    for (uint32_t v = 0; v < VECTORS; v += 2) {
        LLVMValueRef pairs =
            cast(b, b->isa->bf16->rounded(b, weights[v], weights[v + 1]), b->i32x16);
        store(b, pairs, at_number(b, to, 32 * (int64_t)v), 64);
        sum = b->isa->bf16->pairs(b, sum, pairs, ones);
    }
    return sum;
}

/* Nothing seen yet: any finite number makes all weights zero. */
LLVMValueRef attention_base(const struct builder *b, LLVMValueRef maximum)
{
    LLVMValueRef least = LLVMConstReal(b->f32, -INFINITY);

    if (LLVMGetTypeKind(LLVMTypeOf(maximum)) == LLVMVectorTypeKind)
        least = filled(least, LANES);
    LLVMValueRef none = LLVMBuildFCmp(b->ir, LLVMRealOEQ, maximum, least, "");
    return LLVMBuildSelect(b->ir, none, LLVMConstNull(LLVMTypeOf(maximum)), maximum, "");
}

static void weigh_scores(const struct attention *t, LLVMValueRef *scores, LLVMValueRef at_scores,
                         LLVMValueRef at_sum, LLVMValueRef base, LLVMValueRef correction)
{
    const struct builder *b = t->b;

    for (uint32_t v = 0; v < VECTORS; v++)
        scores[v] = attention_power_of_two(b, LLVMBuildFSub(b->ir, scores[v], base, ""));
    LLVMValueRef sum = LLVMBuildFMul(b->ir, load(b, b->f32x16, at_sum, 64), correction, "");
    store(b, round_weights(b, scores, sum, at_scores), at_sum, 64);
}

void attention_weigh_pairs(const struct attention *t, LLVMValueRef slot, LLVMValueRef query)
{
    const struct builder *b = t->b;
    LLVMValueRef at_scores = at(b, t->scores, times(b, slot, 4 * KEY_TILE)), scores[VECTORS];
    LLVMValueRef at_sum = at(b, t->sums, times(b, query, 64)),
                 at_maximum = number_at(b, t->maxima, query);
    LLVMValueRef old = load(b, b->f32, at_maximum, 4);

    for (uint32_t v = 0; v < VECTORS; v++)
        scores[v] = load(b, b->f32x16, at_number(b, at_scores, 64 * (int64_t)v), 64);
    LLVMValueRef greatest =
        maximum(b, maximum(b, scores[0], scores[1]), maximum(b, scores[2], scores[3]));
    LLVMValueRef new = maximum(b, old, maximum_of_lanes(b, greatest));
    store(b, new, at_maximum, 4);
    LLVMValueRef base = broadcast(b, attention_base(b, new));
    LLVMValueRef correction =
        attention_power_of_two(b, LLVMBuildFSub(b->ir, broadcast(b, old), base, ""));
    store(b, element(b, correction, 0), number_at(b, t->corrections, query), 4);
    weigh_scores(t, scores, at_scores, at_sum, base, correction);
}

void attention_weigh_rows(const struct attention *t, LLVMValueRef slot, LLVMValueRef query,
                          LLVMValueRef base)
{
    const struct builder *b = t->b;
    LLVMValueRef at_scores = at(b, t->scores, times(b, slot, 4 * KEY_TILE)), scores[VECTORS],
                 correction = load(b, b->f32, number_at(b, t->corrections, query), 4);

    for (uint32_t v = 0; v < VECTORS; v++)
        scores[v] = load(b, b->f32x16, at_number(b, at_scores, 64 * (int64_t)v), 64);
    weigh_scores(t, scores, at_scores, at(b, t->sums, times(b, query, 64)), broadcast(b, base),
                 broadcast(b, correction));
}
