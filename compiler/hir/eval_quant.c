/* The meaning of norm_quant: a row, normed where it has a weight, rounded as its format of
 * activations does it (compiler/lir/kernel_kinds.def). In: values of the operands; out: the rounded
 * values as f32, which for integers is q * scale.
 */
#include "compiler/hir/eval.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void round_bf16(float *x, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        x[i] = bf16_to_f32(f32_to_bf16(x[i]));
}

/* Elements that share a scale. A block so small that the multiplier would overflow is taken as zeros;
 * where an element is not finite, neither is the scale, which then counts. */
static void round_block(float *x, uint64_t count, float max)
{
    float largest = 0;

    for (uint64_t i = 0; i < count; i++)
        if (isnan(x[i]) || fabsf(x[i]) > largest)
            largest = fabsf(x[i]);
    bool is_zero = largest < 0x1p-100f;
    float multiplier = max / largest, scale = is_zero ? 0 : largest / max;
    for (uint64_t i = 0; i < count; i++) {
        float scaled = x[i] * multiplier;
        x[i] = (is_zero || !isfinite(scaled) ? 0 : rintf(scaled)) * scale;
    }
}

void eval_norm_quant(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    const struct eval_norm norm = eval_norm_of(e, id);
    enum act act = (enum act)attr->quant.act;
    uint64_t width = eval_axis(e, id, 1);
    const float *x = eval_operand(e, id, 0);

    for (uint64_t row = 0; row < eval_axis(e, id, 0); row++, x += width, out += width) {
        if (norm.weight != NULL)
            eval_norm_row(x, &norm, width, out);
        else
            memcpy(out, x, width * sizeof *out);
        if (act == ACT_bf16)
            round_bf16(out, width);
        const uint64_t block = act_block(act, (uint32_t)width);
        for (uint64_t at = 0; at < width && act_is_integer(act); at += block)
            round_block(out + at, block, act_max(act));
    }
}
