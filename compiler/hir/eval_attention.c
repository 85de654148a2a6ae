/* The meaning of rotary embedding, of writes to the K and V caches, and of attention. In: values of
 * the operands; out: the node's.
 *
 * Rotary tables: plain frequencies are theta^(-2i/n_rot). The scalings are those of the Hugging
 * Face transformers library (modeling_rope_utils): `linear` divides all by the factor; `llama3`
 * divides the slow ones, keeps the fast ones and blends in between; `yarn` (Peng et al. 2023,
 * "YaRN: Efficient Context Window Extension of Large Language Models") does so along a ramp over i,
 * and multiplies cos and sin by its attention factor. All act on every position.
 *
 * Details that are easy to get wrong: a row's key range is given by its position, not by its place
 * in the run; a window counts keys, the row itself included; the soft cap comes before the mask.
 */
#include "compiler/hir/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TWO_PI = 6.283185307179586476925286766559;

/* ---- rotary tables ---- */

static double llama3_frequency(const struct hir_attr *attr, double frequency)
{
    double turns = attr->table.original_context * frequency / TWO_PI; /* within the context */

    if (turns < attr->table.low)
        return frequency / attr->table.factor;
    if (turns > attr->table.high)
        return frequency;
    double smooth = (turns - attr->table.low) / (attr->table.high - attr->table.low);
    return (1 - smooth) * frequency / attr->table.factor + smooth * frequency;
}

/* The i at which a frequency makes `turns` turns within the original context. */
static double yarn_border(const struct hir_attr *attr, uint32_t n_rot, double turns)
{
    return n_rot * log(attr->table.original_context / (turns * TWO_PI)) /
           (2 * log(attr->table.theta));
}

static double yarn_frequency(const struct hir_attr *attr, uint32_t n_rot, uint32_t i,
                             double frequency)
{
    double first = yarn_border(attr, n_rot, attr->table.beta_fast);
    double last = yarn_border(attr, n_rot, attr->table.beta_slow);

    first = fmax(attr->table.exact_borders ? first : floor(first), 0);
    last = fmin(attr->table.exact_borders ? last : ceil(last), n_rot - 1.0);
    if (first == last)
        last += 0.001;
    double ramp = fmin(fmax((i - first) / (last - first), 0), 1);
    return frequency / attr->table.factor * ramp + frequency * (1 - ramp);
}

static double rope_frequency(const struct hir_attr *attr, uint32_t n_rot, const float *divisors,
                             uint32_t i)
{
    double frequency = pow(attr->table.theta, -2.0 * i / n_rot);

    if (divisors != NULL)
        frequency /= divisors[i];
    switch ((enum hir_rope_scaling)attr->table.scaling) {
    case HIR_ROPE_default:
        return frequency;
    case HIR_ROPE_linear:
        return frequency / attr->table.factor;
    case HIR_ROPE_llama3:
        return llama3_frequency(attr, frequency);
    case HIR_ROPE_yarn:
        return yarn_frequency(attr, n_rot, i, frequency);
    }
    unreachable("an unknown rope scaling");
}

/* What cos and sin are multiplied by: 0 in a yarn table stands for the value that the method
 * derives from its factor. */
static double rope_amplitude(const struct hir_attr *attr)
{
    if (attr->table.scaling != HIR_ROPE_yarn)
        return 1;
    if (attr->table.attention_factor != 0)
        return attr->table.attention_factor;
    return attr->table.factor > 1 ? 0.1 * log(attr->table.factor) + 1 : 1;
}

void hir_rope_row(const struct hir_attr *table, uint32_t n_rot, const float *divisors,
                  uint64_t position, float *out)
{
    double amplitude = rope_amplitude(table);
    uint32_t half = n_rot / 2;

    for (uint32_t i = 0; i < half; i++) {
        double angle = (double)position * rope_frequency(table, n_rot, divisors, i);
        out[i] = (float)(amplitude * cos(angle));
        out[half + i] = (float)(amplitude * sin(angle));
    }
}

void eval_rope_table(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    uint32_t n_rot = (uint32_t)eval_axis(e, id, 1);
    const float *divisors =
        hir_at(e->graph, id)->operand_count == 1 ? eval_operand(e, id, 0) : NULL;

    for (uint64_t position = 0; position < eval_axis(e, id, 0); position++)
        hir_rope_row(attr, n_rot, divisors, position, out + position * n_rot);
}

/* ---- rotation ---- */

/* Rotates one head. The pairs are (i, i + n_rot/2), or (2i, 2i+1) where interleaved; values from
 * n_rot on are copied. */
static void rotate(const float *x, const float *table, const struct hir_attr *attr,
                   uint64_t head_dim, float *out)
{
    uint32_t half = attr->rope.n_rot / 2;

    for (uint32_t i = 0; i < half; i++) {
        uint32_t first = attr->rope.interleaved ? 2 * i : i;
        uint32_t second = attr->rope.interleaved ? 2 * i + 1 : i + half;
        double a = x[first], b = x[second], c = table[i], s = table[half + i];
        out[first] = (float)(a * c - b * s);
        out[second] = (float)(b * c + a * s);
    }
    for (uint64_t i = attr->rope.n_rot; i < head_dim; i++)
        out[i] = x[i];
}

/* Row of the table for a row at `position`. */
static const float *table_row(struct hir_eval *e, hir_id table, float position)
{
    uint64_t row = eval_index(position, eval_axis(e, table, 0), "a position outside of the table");
    return eval_value(e, table) + row * eval_axis(e, table, 1);
}

void eval_rope(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    const float *x = eval_operand(e, id, 0), *positions = eval_operand(e, id, 2);
    uint64_t heads = eval_axis(e, id, 1), head_dim = eval_axis(e, id, 2);

    for (uint64_t row = 0; row < eval_axis(e, id, 0); row++) {
        const float *table = table_row(e, hir_operand(e->graph, id, 1), positions[row]);
        for (uint64_t head = 0; head < heads; head++) {
            uint64_t at = (row * heads + head) * head_dim;
            rotate(x + at, table, attr, head_dim, out + at);
        }
    }
}

/* ---- state ---- */

/* The batch item of a row; rows of one item stand together. */
static uint64_t batch_of(const struct hir_eval *e, uint64_t row, uint64_t rows)
{
    return row * (uint64_t)e->symbols[SYMBOL_BATCH] / rows;
}

void eval_append(struct hir_eval *e, hir_id id, float *state)
{
    bool rotary = hir_at(e->graph, id)->op == HIR_rope_kv;
    const float *x = eval_operand(e, id, 1), *positions = eval_operand(e, id, rotary ? 3 : 2);
    const float *weight = hir_at(e->graph, id)->operand_count == 5 ? eval_operand(e, id, 4) : NULL;
    uint64_t rows = eval_axis(e, hir_operand(e->graph, id, 1), 0), context = eval_axis(e, id, 1);
    uint64_t heads = eval_axis(e, id, 2), head_dim = eval_axis(e, id, 3);
    const struct hir_attr *attr = hir_attr(e->graph, id);
    float *normed = calloc(head_dim, sizeof *normed);

    if (normed == NULL)
        unreachable("no memory for a head");
    for (uint64_t i = 0; i < rows * heads; i++) {
        uint64_t row = i / heads;
        uint64_t at = eval_index(positions[row], context, "a position outside of the context");
        const float *from = x + i * head_dim;
        float *to =
            state + ((batch_of(e, row, rows) * context + at) * heads + i % heads) * head_dim;
        if (weight != NULL) {
            eval_norm_row(from, weight, head_dim, attr->rope.epsilon, normed);
            from = normed;
        }
        if (rotary)
            rotate(from, table_row(e, hir_operand(e->graph, id, 2), positions[row]), attr, head_dim,
                   to);
        else
            memcpy(to, from, head_dim * sizeof *to);
    }
    free(normed);
}

/* ---- attention ---- */

struct heads {          /* one query head over one batch item's keys and values */
    const float *k, *v; /* of this head; the next position is `stride` elements further */
    uint64_t stride, head_dim;
    uint64_t first, end; /* keys that the row sees */
    double scale, softcap;
};

static void attend(const struct heads *h, const float *q, double *scores, double *sums, float *out)
{
    double largest = -INFINITY, total = 0;

    for (uint64_t key = h->first; key < h->end; key++) {
        double score = 0;
        for (uint64_t i = 0; i < h->head_dim; i++)
            score += (double)q[i] * h->k[key * h->stride + i];
        score *= h->scale;
        if (h->softcap != 0)
            score = h->softcap * tanh(score / h->softcap);
        scores[key] = score;
        largest = score > largest ? score : largest;
    }
    memset(sums, 0, h->head_dim * sizeof *sums);
    for (uint64_t key = h->first; key < h->end; key++) {
        double part = exp(scores[key] - largest);
        total += part;
        for (uint64_t i = 0; i < h->head_dim; i++)
            sums[i] += part * h->v[key * h->stride + i];
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
                      .softcap = attr->attention.softcap};
    double *scores = calloc(context + head_dim, sizeof *scores);

    if (scores == NULL)
        unreachable("no memory for scores");
    for (uint64_t row = 0; row < rows; row++) {
        uint64_t position =
            eval_index(positions[row], context, "a position outside of the context");
        uint64_t base = batch_of(e, row, rows) * context * h.stride;
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
