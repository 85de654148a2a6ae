/* The meaning of rotary embedding: tables, and the rotation of heads. In: values of the operands;
 * out: the node's.
 *
 * Plain frequencies are theta^(-2i/n_rot). The scalings are those of the Hugging Face
 * transformers library (modeling_rope_utils): `linear` divides all by the factor; `llama3` divides the slow ones, keeps the fast ones and blends in between; `yarn` (Peng et al. 2023,
 * "YaRN: Efficient Context Window Extension of Large Language Models") does so along a ramp over i,
 * and multiplies cos and sin by its attention factor. All act on every position.
 */
#include "compiler/hir/eval.h"

#include <math.h>

static const double TWO_PI = 6.283185307179586476925286766559;

/* ---- rotary tables ---- */

static double llama3_frequency(const struct hir_attr *attr, double frequency)
{
    double turns = attr->table.original_context * frequency / TWO_PI; /* within the context */

    if (turns >= attr->table.high) /* which may be `low`, in Llama 4 */
        return frequency;
    if (turns < attr->table.low)
        return frequency / attr->table.factor;
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
    case HIR_ROPE_still:
        return 0;
    }
    unreachable("an unknown rope scaling");
}

/* What cos and sin are multiplied by. Where the attribute is 0, yarn derives it from its factor. */
static double rope_amplitude(const struct hir_attr *attr)
{
    if (attr->table.attention_factor != 0)
        return attr->table.attention_factor;
    return attr->table.scaling == HIR_ROPE_yarn && attr->table.factor > 1
               ? 0.1 * log(attr->table.factor) + 1
               : 1;
}

void hir_rope_row(const struct hir_attr *table, uint32_t n_rot, const float *divisors,
                  uint64_t position, float *out)
{
    double amplitude = rope_amplitude(table);
    uint64_t counted = position + table->table.offset;
    uint32_t half = n_rot / 2;

    if (table->table.growth != 0)
        amplitude *=
            1 + table->table.growth * log1p((double)(counted / table->table.original_context));
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
void eval_rotate(const float *x, const float *table, const struct hir_attr *attr, uint64_t head_dim,
                 float *out)
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
const float *eval_table_row(struct hir_eval *e, hir_id table, float position)
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
        const float *table = eval_table_row(e, hir_operand(e->graph, id, 1), positions[row]);
        for (uint64_t head = 0; head < heads; head++) {
            uint64_t at = (row * heads + head) * head_dim;
            eval_rotate(x + at, table, attr, head_dim, out + at);
        }
    }
}
