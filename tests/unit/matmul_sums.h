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

enum { MOST_COLUMNS = 256 * 37 };

/* A row of x as integers, which all sums of this row share. */
static struct {
    enum act act;
    uint32_t k;
    float x[MOST_COLUMNS];
    int32_t q[MOST_COLUMNS];
    float scale[MOST_COLUMNS / 32 + 1]; /* by block */
} rounded;

static void round_row(enum act act, const float *x, uint32_t k, uint32_t block)
{
    const float max = act == ACT_i16 ? 32639 : 127;

    if (rounded.act == act && rounded.k == k && memcmp(rounded.x, x, k * sizeof *x) == 0)
        return;
    assert_true(k <= MOST_COLUMNS);
    rounded.act = act;
    rounded.k = k;
    memcpy(rounded.x, x, k * sizeof *x);
    for (uint32_t b = 0; b < k; b += block) {
        float greatest = 0;
        for (uint32_t i = b; i < b + block; i++)
            greatest = fmaxf(greatest, fabsf(x[i]));
        const float factor = greatest > 0 ? max / greatest : 0;
        rounded.scale[b / block] = greatest / max;
        for (uint32_t i = b; i < b + block; i++)
            rounded.q[i] = (int32_t)nearbyintf(x[i] * factor);
    }
}

static bool folds(enum layout layout)
{
    return layout == LAYOUT_q2_k_r16 || layout == LAYOUT_q3_k_r16 || layout == LAYOUT_tq2_0_r16;
}

/* A unit of 256 has one d: sums of its blocks, with the integer scales of their parts, times the scale
 * of x; d times that; dmin times the sum of its minimums, which are integers too. */
static float sum_folded(enum act act, const struct weight *w, uint32_t row, const float *x)
{
    const struct parts *parts = w->parts + (size_t)row * w->k;
    float f = 0, u = 0, v = 0;

    round_row(act, x, w->k, 32);
    for (uint32_t b = 0; b < w->k; b += 32) {
        const float scale = rounded.scale[b / 32];
        int64_t all[2] = {0}, sum = 0;
        for (uint32_t i = b; i < b + 32; i++) {
            sum += (int64_t)rounded.q[i] * parts[i].q * parts[i].times;
            all[(i - b) / 16] += rounded.q[i];
        }
        u = fmaf((float)sum, scale, u);
        for (uint32_t part = 0; part < 2; part++)
            v = fmaf((float)parts[b + 16 * part].minimum, scale * (float)all[part], v);
        if (b % 256 != 224)
            continue;
        f = fmaf(u, parts[b].unit_d, f);
        f = fmaf(v, -parts[b].unit_dmin, f);
        u = v = 0;
    }
    return f;
}

static float sum_integers(enum act act, const struct weight *w, uint32_t row, const float *x)
{
    /* columns that share a scale, of x and of both */
    const uint32_t block = act == ACT_i8_row ? w->k : 32,
                   step = has_two_scales(w->layout) ? 16 : block;
    const struct parts *parts = w->parts + (size_t)row * w->k;
    float f = 0;

    round_row(act, x, w->k, block);
    for (uint32_t b = 0; b < w->k; b += block) {
        const float scale = rounded.scale[b / block];
        int64_t all[2] = {0};
        for (uint32_t first = b; first < b + block; first += step) {
            int64_t sum = 0;
            for (uint32_t i = first; i < first + step; i++) {
                sum += (int64_t)rounded.q[i] * parts[i].q;
                all[(first - b) / 16] += rounded.q[i];
            }
            f = fmaf((float)sum, parts[first].d * scale, f);
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
        return folds(w->layout) ? sum_folded(act, w, row, x) : sum_integers(act, w, row, x);
    if (act == ACT_bf16) {
        for (uint32_t i = 0; i < w->k; i++)
            d += (double)bf16_to_f32(f32_to_bf16(values[i])) *
                 (double)bf16_to_f32(f32_to_bf16(x[i]));
        return (float)d;
    }
    for (uint32_t i = 0; i < w->k; i++)
        f = fmaf(values[i], x[i], f);
    return f;
}

/* What the roundings of a sum are relative to. */
static inline double magnitude_of(const struct weight *w, uint32_t row, const float *x)
{
    const float *values = w->values + (size_t)row * w->k;
    double sum = 0;

    for (uint32_t i = 0; i < w->k; i++)
        sum += fabs((double)values[i] * (double)x[i]);
    return sum;
}

/* The row of the packed weight that holds row `row` of the first or second matrix: gate and up
 * groups alternate. */
static inline uint32_t packed_row(const struct kernel_matmul *k, uint32_t row, uint32_t which)
{
    return k->gated ? row / 16 * 32 + which * 16 + row % 16 : row;
}

#endif
