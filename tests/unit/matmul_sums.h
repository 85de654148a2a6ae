/* The sums of products in plain loops, as kernel_kinds.def fixes their chains. In: a packed weight and
 * a row of x; out: the sum of one row of the weight.
 */
#ifndef RLX_TESTS_MATMUL_SUMS_H
#define RLX_TESTS_MATMUL_SUMS_H

#include "tests/unit/packed_weight.h"

static bool has_two_scales(enum layout layout)
{
    return layout == LAYOUT_q6_k_r16 || layout == LAYOUT_q2_k_r16 || layout == LAYOUT_q3_k_r16 ||
           layout == LAYOUT_nvfp4_r16 || layout == LAYOUT_iq1_t3_r16 || layout == LAYOUT_iq2_t3_r16;
}

static float sum_integers(enum act act, const struct weight *w, uint32_t row, const float *x)
{
    /* columns that share a scale, of x and of both */
    const uint32_t block = act == ACT_i8_row ? w->k : 32,
                   step = has_two_scales(w->layout) ? 16 : block;
    const struct parts *parts = w->parts + (size_t)row * w->k;
    float f = 0;

    for (uint32_t b = 0; b < w->k; b += block) {
        const float max = act == ACT_i16 ? 32639 : 127;
        float greatest = 0;
        int64_t all[2] = {0};
        struct parts p = {0};
        for (uint32_t i = 0; i < block; i++)
            greatest = fmaxf(greatest, fabsf(x[b + i]));
        float factor = greatest > 0 ? max / greatest : 0, scale = greatest / max;
        for (uint32_t first = 0; first < block; first += step) {
            int64_t sum = 0;
            for (uint32_t i = first; i < first + step; i++) {
                int32_t q = (int32_t)nearbyintf(x[b + i] * factor);
                p = parts[b + i];
                sum += (int64_t)q * p.q;
                all[first / 16] += q;
            }
            f = fmaf((float)sum, p.d * scale, f);
        }
        for (uint32_t first = 0; has_minimum(w->layout) && first < 32; first += step)
            f = fmaf(parts[b + first].m, scale * (float)all[first / 16], f);
    }
    return f;
}

static float sum_of(enum act act, const struct weight *w, uint32_t row, const float *x)
{
    const float *values = w->values + (size_t)row * w->k;
    float f = 0;
    double d = 0;

    if (act_is_integer(act))
        return sum_integers(act, w, row, x);
    if (act == ACT_bf16) {
        for (uint32_t i = 0; i < w->k; i++)
            d += (double)values[i] * (double)bf16_to_f32(f32_to_bf16(x[i]));
        return (float)d;
    }
    for (uint32_t i = 0; i < w->k; i++)
        f = fmaf(values[i], x[i], f);
    return f;
}

/* What the roundings of a sum are relative to. */
static double magnitude_of(const struct weight *w, uint32_t row, const float *x)
{
    const float *values = w->values + (size_t)row * w->k;
    double sum = 0;

    for (uint32_t i = 0; i < w->k; i++)
        sum += fabs((double)values[i] * (double)x[i]);
    return sum;
}

/* The row of the packed weight that holds row `row` of the first or second matrix: gate and up
 * groups alternate. */
static uint32_t packed_row(const struct kernel_matmul *k, uint32_t row, uint32_t which)
{
    return k->gated ? row / 16 * 32 + which * 16 + row % 16 : row;
}

#endif
