/* The meaning of attention. In: values of the operands; out: the node's.
 *
 * Details that are easy to get wrong: a row's key range is given by its position, not by its place
 * in the run, except where the states are scratch; a window counts keys, the row itself included; a
 * ring has the key of position p at place p modulo its capacity; the soft cap comes before the
 * mask; with act bf16 what is mixed is divided by the sum of the rounded weights; a sink is neither
 * scaled nor capped nor rounded.
 */
#include "compiler/hir/eval.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct heads {          /* one query head over one batch item's keys and values */
    const float *k, *v; /* of this head; the next position is `stride` elements further */
    uint64_t stride, head_dim;
    uint64_t capacity;   /* places: a ring comes round */
    uint64_t first, end; /* keys that the row sees */
    double scale, softcap;
    double sink; /* minus infinity: none */
    bool bf16;   /* factors of products are rounded to it */
};

static double factor(const struct heads *h, double value)
{
    return h->bf16 ? (double)bf16_to_f32(f32_to_bf16((float)value)) : value;
}

static void attend(const struct heads *h, const float *q, double *scores, double *sums, float *out)
{
    double largest = h->sink, total;

    for (uint64_t key = h->first; key < h->end; key++) {
        double score = 0;
        for (uint64_t i = 0; i < h->head_dim; i++)
            score += factor(h, (double)q[i]) *
                     factor(h, (double)h->k[key % h->capacity * h->stride + i]);
        score *= h->scale;
        if (h->softcap != 0)
            score = h->softcap * tanh(score / h->softcap);
        scores[key - h->first] = score;
        largest = score > largest ? score : largest;
    }
    memset(sums, 0, h->head_dim * sizeof *sums);
    total = h->sink > -INFINITY ? exp(h->sink - largest) : 0;
    for (uint64_t key = h->first; key < h->end; key++) {
        double part = factor(h, exp(scores[key - h->first] - largest));
        total += part;
        for (uint64_t i = 0; i < h->head_dim; i++)
            sums[i] += part * factor(h, (double)h->v[key % h->capacity * h->stride + i]);
    }
    for (uint64_t i = 0; i < h->head_dim; i++)
        out[i] = (float)(sums[i] / total);
}

/* Keys that a state holds for a row when the run's are written. */
static uint64_t key_count(const struct hir_eval *e, hir_id state, const struct eval_place *row)
{
    const struct hir_attr *attr = eval_state_attr(e, state);

    switch ((enum state_class)attr->state.class) {
    case STATE_cross:
        return (uint64_t)dim_value(&e->graph->dims, attr->state.rows, e->symbols);
    case STATE_scratch:
        return row->rows;
    default:
        return row->past + row->rows;
    }
}

/* Which keys a row sees. `position` may be NULL where they do not depend on it. */
static void key_range(const struct hir_eval *e, hir_id id, const struct eval_place *row,
                      const float *position, struct heads *h)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    hir_id state = hir_operand(e->graph, id, 1);
    uint64_t window = attr->attention.window, class = eval_state_attr(e, state)->state.class;
    uint64_t limit = class == STATE_ring ? UINT32_MAX : h->capacity;

    h->first = 0;
    if (attr->attention.mask == MASK_none) {
        h->end = min_u64(key_count(e, state, row), h->capacity);
        return;
    }
    h->end = 1 + (class == STATE_scratch
                      ? row->row
                      : eval_index(*position, limit, "a position outside of the context"));
    if (attr->attention.anchored)
        h->first = (h->end - 1) / window * window;
    else if (window != 0 && h->end > window)
        h->first = h->end - window;
    if (class == STATE_ring && window + row->rows - 1 > h->capacity)
        unreachable("a run whose rows a ring cannot hold");
}

void eval_attention(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    hir_id state = hir_operand(e->graph, id, 1);
    hir_id at = hir_attention_positions(e->graph, id), sinks = hir_attention_sinks(e->graph, id);
    const float *q = eval_operand(e, id, 0), *positions = at != 0 ? eval_value(e, at) : NULL;
    const float *k = eval_value(e, state), *v = eval_operand(e, id, 2);
    uint64_t rows = eval_axis(e, id, 0), capacity = eval_axis(e, state, 1);
    uint64_t heads = attr->attention.heads, kv_heads = attr->attention.kv_heads;
    uint64_t head_dim = attr->attention.head_dim;
    struct heads h = {.stride = kv_heads * head_dim,
                      .head_dim = head_dim,
                      .capacity = capacity,
                      .scale = attr->attention.scale,
                      .softcap = attr->attention.softcap,
                      .bf16 = attr->attention.act == ACT_bf16};
    double *scores = calloc(capacity + head_dim, sizeof *scores);

    if (scores == NULL)
        unreachable("no memory for scores");
    for (uint64_t row = 0; row < rows; row++) {
        struct eval_place place = eval_place(e, id, row);
        uint64_t base = place.item * capacity * h.stride;
        key_range(e, id, &place, positions != NULL ? positions + row : NULL, &h);
        for (uint64_t head = 0; head < heads; head++) {
            uint64_t from = base + head / (heads / kv_heads) * head_dim;
            h.k = k + from;
            h.v = v + from;
            h.sink = sinks != 0 ? (double)eval_value(e, sinks)[head] : -INFINITY;
            attend(&h, q + (row * heads + head) * head_dim, scores, scores + capacity,
                   out + (row * heads + head) * head_dim);
        }
    }
    free(scores);
}
