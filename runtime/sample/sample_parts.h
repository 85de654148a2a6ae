/* What the files sample*.c share. Private to them. */
#ifndef RLX_SAMPLE_PARTS_H
#define RLX_SAMPLE_PARTS_H

#include "runtime/sample/sample.h"

enum { GROUP = 64 /* logits that are looked at together */ };

static inline uint32_t sampler_groups(const struct sampler *s)
{
    return (s->vocabulary + GROUP - 1) / GROUP;
}

/* Logits of a group; the last may have fewer. */
static inline uint32_t group_count(const struct sampler *s, uint32_t group)
{
    uint32_t left = s->vocabulary - group * GROUP;
    return left < GROUP ? left : GROUP;
}

/* Vectors of four are registers on every 64-bit machine. */
typedef float four_floats __attribute__((vector_size(16)));
typedef int32_t four_bits __attribute__((vector_size(16)));

/* By element: x where it is larger, else `than`; not-a-number in x is never larger. */
static inline four_floats larger(four_floats x, four_floats than)
{
#ifdef __SSE__
    return __builtin_ia32_maxps(x, than); /* this very choice, in one instruction */
#else
    four_bits is_larger = x > than;
    return (four_floats)(((four_bits)x & is_larger) | ((four_bits)than & ~is_larger));
#endif
}

/* The largest of four times four. */
static inline float largest_of(const four_floats lane[4])
{
    four_floats x = larger(larger(lane[0], lane[1]), larger(lane[2], lane[3]));
    float a = x[0] > x[1] ? x[0] : x[1], b = x[2] > x[3] ? x[2] : x[3];
    return a > b ? a : b;
}

/* ---- sample_penalty.c ---- */

/* Lowers the logits of tokens in the window, and returns how many; s->penalized keeps the old
 * values. */
uint32_t penalize(struct sampler *s, float *row, const int32_t *history, size_t tokens);

/* ---- sample_select.c: the best of many ---- */

/* Fills group_largest and returns the id of the largest logit, the lower one of equals; -1 where a
 * logit is not-a-number, or all are minus infinity. */
int32_t find_largest(struct sampler *s, const float *row);
/* The k largest logits, sorted, in s->all, the lower id first among equals; how many there are.
 * After find_largest; 0 < k < vocabulary. */
uint32_t select_best(struct sampler *s, const float *row, uint32_t k);
/* Sorts s->all by logit, largest first; equal ones stay in their order. */
void sort_candidates(struct sampler *s, uint32_t count);

/* ---- sample_weigh.c: from logits to weights ---- */

/* exp(x) for x <= 0 to about 1e-7 of itself; below -87, and for what is no number, 0. */
float weight_of(float x);
/* weights, group_weight and group_sum of the whole row, and the sum of all, added in an order that
 * does not depend on the machine. */
double weigh_all(struct sampler *s, const float *row, float largest);

/* ---- sample_whole.c: without top-k ---- */

int32_t sample_whole(struct sampler *s, const float *row, float largest, double uniform);

#endif
