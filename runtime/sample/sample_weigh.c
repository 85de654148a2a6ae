/* From logits to weights: exp((logit - largest) / temperature), group by group, with the sum and
 * the largest of each group. This is most of the work of sampling without top-k, and plain
 * arithmetic without branches; on x86-64 it is compiled a second time for AVX2. Both give equal
 * bits: nothing is contracted, and sums have one order.
 */
#include "runtime/sample/sample_parts.h"

#include "rlx/artifact.h"
#include "runtime/base/cpu.h"
#include "runtime/base/exponential.h"

#include <math.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does not contract in ISO mode; equal bits everywhere */
#endif

#define INLINE static inline __attribute__((always_inline))

/* A bucket is 1/BUCKETS_A_UNIT wide in (largest - logit) / temperature; beyond DEPTH weights are 0.
 */
enum { LANES = 16, BUCKETS_A_UNIT = 47, DEPTH = 87 };
_Static_assert(BUCKETS_A_UNIT *DEPTH < SAMPLE_BUCKETS, "a bucket for each weight above 0");

float weight_of(float x)
{
    return exponential(x);
}

typedef double four_doubles __attribute__((vector_size(32)));

struct weighing {
    const float *row; /* of a group */
    float largest, temperature;
    float *weights;
    uint16_t *bucket;
    float *max;
    double *sum;
};

/* The depth of a logit under the largest one, at most a little over DEPTH. Choices are made on
 * integers, here too. */
INLINE float limit_depth(float depth)
{
    const int32_t limit = 0x42AE0000; /* 87 */
    int32_t bits;
    memcpy(&bits, &depth, sizeof bits);
    bits &= 0x7FFFFFFF;
    bits = bits < limit ? bits : limit;
    memcpy(&depth, &bits, sizeof depth);
    return depth;
}

INLINE void weigh_group(const struct weighing *w)
{
    float depth[GROUP], weights[GROUP];
    uint16_t bucket[GROUP];
    four_doubles sums[LANES / 4] = {{0}};
    four_floats max[LANES / 4] = {{0}}, here;
    for (int i = 0; i < GROUP; i++)
        depth[i] = (w->largest - w->row[i]) / w->temperature;
    for (int i = 0; i < GROUP; i++)
        weights[i] = exponential(depth[i]);
    for (int i = 0; i < GROUP; i++)
        bucket[i] = (uint16_t)(int32_t)(limit_depth(depth[i]) * (float)BUCKETS_A_UNIT);
    for (int i = 0; i < GROUP; i += LANES) {
        for (int j = 0; j < LANES / 4; j++) {
            memcpy(&here, weights + i + 4 * j, sizeof here);
            sums[j] += __builtin_convertvector(here, four_doubles);
            max[j] = larger(here, max[j]);
        }
    }
    memcpy(w->weights, weights, sizeof weights);
    memcpy(w->bucket, bucket, sizeof bucket);
    sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    *w->sum = (sums[0][0] + sums[0][1]) + (sums[0][2] + sums[0][3]);
    *w->max = largest_of(max);
}

INLINE void weigh_groups(struct sampler *s, const float *row, float largest)
{
    uint32_t groups = sampler_groups(s);
    for (uint32_t g = 0; g < groups; g++) {
        float last[GROUP];
        size_t at = (size_t)g * GROUP;
        struct weighing w = {.row = row + at,
                             .largest = largest,
                             .temperature = s->settings.temperature,
                             .weights = s->weights + at,
                             .bucket = s->bucket + at,
                             .max = &s->group_weight[g],
                             .sum = &s->group_sum[g]};
        if (group_count(s, g) < GROUP) {
            for (uint32_t i = 0; i < GROUP; i++)
                last[i] = i < group_count(s, g) ? w.row[i] : -INFINITY;
            w.row = last;
        }
        weigh_group(&w);
    }
}

static void weigh_groups_plain(struct sampler *s, const float *row, float largest)
{
    weigh_groups(s, row, largest);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void weigh_groups_avx2(struct sampler *s, const float *row,
                                                              float largest)
{
    weigh_groups(s, row, largest);
}
#endif

double weigh_all(struct sampler *s, const float *row, float largest)
{
    double sum = 0;
    uint32_t groups = sampler_groups(s);
#ifdef __x86_64__
    if (s->features & RLX_CPU_AVX2)
        weigh_groups_avx2(s, row, largest);
    else
#endif
        weigh_groups_plain(s, row, largest);
    for (uint32_t g = 0; g < groups; g++)
        sum += s->group_sum[g];
    return sum;
}
