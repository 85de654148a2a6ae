/* The meaning of attention. In: values of the operands; out: the node's.
 *
 * Details that are easy to get wrong: a row's key range is given by its position, not by its place
 * in the run; a window counts keys, the row itself included; the soft cap comes before the mask;
 * with act bf16 what is mixed is divided by the sum of the rounded weights.
 */
#include "compiler/hir/eval.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct heads {          /* one query head over one batch item's keys and values */
    const float *k, *v; /* of this head; the next position is `stride` elements further */
    uint64_t stride, head_dim;
    uint64_t first, end; /* keys that the row sees */
    double scale, softcap;
    bool bf16; /* factors of products are rounded to it */
};

static double factor(const struct heads *h, double value)
{
    return h->bf16 ? (double)bf16_to_f32(f32_to_bf16((float)value)) : value;
}

static void attend(const struct heads *h, const float *q, double *scores, double *sums, float *out)
{
    double largest = -INFINITY, total = 0;

    for (uint64_t key = h->first; key < h->end; key++) {
        double score = 0;
        for (uint64_t i = 0; i < h->head_dim; i++)
            score += factor(h, (double)q[i]) * factor(h, (double)h->k[key * h->stride + i]);
        score *= h->scale;
        if (h->softcap != 0)
            score = h->softcap * tanh(score / h->softcap);
        scores[key] = score;
        largest = score > largest ? score : largest;
    }
    memset(sums, 0, h->head_dim * sizeof *sums);
    for (uint64_t key = h->first; key < h->end; key++) {
        double part = factor(h, exp(scores[key] - largest));
        total += part;
        for (uint64_t i = 0; i < h->head_dim; i++)
            sums[i] += part * factor(h, (double)h->v[key * h->stride + i]);
    }
    for (uint64_t i = 0; i < h->head_dim; i++)
        out[i] = (float)(sums[i] / total);
}

/* Which keys the row at `position` sees. */
static void key_range(const struct hir_eval *e, const struct hir_attr *attr, uint64_t position,
                      uint64_t context, struct heads *h)
{
    uint64_t window = attr->attention.window;

    h->first = 0;
    h->end = position + 1;
    if (attr->attention.mask == MASK_none)
        h->end = min_u64((uint64_t)(e->symbols[SYMBOL_PAST_SEQ] + e->symbols[SYMBOL_SEQ]), context);
    else if (window != 0 && h->end > window)
        h->first = h->end - window;
}

void eval_attention(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    hir_id state = hir_operand(e->graph, id, 1);
    const float *q = eval_operand(e, id, 0), *positions = eval_operand(e, id, 3);
    const float *k = eval_value(e, state), *v = eval_operand(e, id, 2);
    uint64_t rows = eval_axis(e, id, 0), context = eval_axis(e, state, 1);
    uint64_t heads = attr->attention.heads, kv_heads = attr->attention.kv_heads;
    uint64_t head_dim = attr->attention.head_dim;
    struct heads h = {.stride = kv_heads * head_dim,
                      .head_dim = head_dim,
                      .scale = attr->attention.scale,
                      .softcap = attr->attention.softcap,
                      .bf16 = attr->attention.act == ACT_bf16};
    double *scores = calloc(context + head_dim, sizeof *scores);

    if (scores == NULL)
        unreachable("no memory for scores");
    for (uint64_t row = 0; row < rows; row++) {
        uint64_t position =
            eval_index(positions[row], context, "a position outside of the context");
        uint64_t base = eval_batch_of(e, row, rows) * context * h.stride;
        key_range(e, attr, position, context, &h);
        for (uint64_t head = 0; head < heads; head++) {
            uint64_t at = base + head / (heads / kv_heads) * head_dim;
            h.k = k + at;
            h.v = v + at;
            attend(&h, q + (row * heads + head) * head_dim, scores, scores + context,
                   out + (row * heads + head) * head_dim);
        }
    }
    free(scores);
}
