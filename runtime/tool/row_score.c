/* Scores rows of logits. In: a row of f32, 32000 to 256000 numbers; out: the largest, the sum of
 * exponentials, the divergence of two rows. A prompt makes a row every 0.1 to 10 ms, so these loops
 * must not take long: on x86-64 they are compiled a second time for AVX2. Contract: row_score.h.
 */
#include "runtime/tool/row_score.h"

#include "runtime/base/cpu.h"
#include "runtime/base/exponential.h"

#include <math.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does not contract in ISO mode; equal bits everywhere */
#endif

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16, GROUP = 64 };

typedef float four_floats __attribute__((vector_size(16)));
typedef double four_doubles __attribute__((vector_size(32)));

struct rows {
    const float *p, *q; /* q: of a divergence */
    uint32_t count;
    float largest; /* of p */
    double shift;  /* log_sum of p less that of q */
};

/* GROUP elements from `at` on. The last group is filled up with minus infinity in `last`. */
INLINE const float *group_at(const float *row, uint32_t count, uint32_t at, float last[GROUP])
{
    if (count - at >= GROUP)
        return row + at;
    for (uint32_t i = 0; i < GROUP; i++)
        last[i] = i < count - at ? row[at + i] : -INFINITY;
    return last;
}

/* The largest of p; not-a-number if any is. */
INLINE double find_largest(const struct rows *r)
{
    float last[GROUP], lane[LANES], largest = -INFINITY;
    int32_t odd[LANES] = {0}, any = 0;

    for (int j = 0; j < LANES; j++)
        lane[j] = -INFINITY;
    for (uint32_t at = 0; at < r->count; at += GROUP) {
        const float *x = group_at(r->p, r->count, at, last);
        for (int i = 0; i < GROUP; i += LANES) {
            for (int j = 0; j < LANES; j++) {
                lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
                odd[j] |= x[i + j] != x[i + j];
            }
        }
    }
    for (int j = 0; j < LANES; j++) {
        largest = lane[j] > largest ? lane[j] : largest;
        any |= odd[j];
    }
    return any ? (double)NAN : (double)largest;
}

INLINE void four_at(const float *x, four_doubles *four)
{
    four_floats here;

    memcpy(&here, x, sizeof here);
    *four = __builtin_convertvector(here, four_doubles);
}

INLINE double total(const four_doubles sums[LANES / 4])
{
    four_doubles all = (sums[0] + sums[1]) + (sums[2] + sums[3]);

    return (all[0] + all[1]) + (all[2] + all[3]);
}

/* exp(x - largest) of a group. */
INLINE void weigh(const float *x, float largest, float weights[GROUP])
{
    for (int i = 0; i < GROUP; i++)
        weights[i] = exponential(largest - x[i]);
}

INLINE double sum_of_weights(const struct rows *r)
{
    float last[GROUP], weights[GROUP];
    four_doubles sums[LANES / 4] = {{0}}, here;

    for (uint32_t at = 0; at < r->count; at += GROUP) {
        weigh(group_at(r->p, r->count, at, last), r->largest, weights);
        for (int i = 0; i < GROUP; i += 4) {
            four_at(weights + i, &here);
            sums[i / 4 % (LANES / 4)] += here;
        }
    }
    return total(sums);
}

/* The elements that have a weight, and 0 in the place of others. The choice is made on integers, so
 * that the loop is compiled to vectors. */
INLINE void keep_weighted(const float *x, const float weights[GROUP], float kept[GROUP])
{
    for (int i = 0; i < GROUP; i++) {
        int32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        bits &= -(int32_t)(weights[i] != 0);
        memcpy(&kept[i], &bits, sizeof bits);
    }
}

/* The sum of weights times (p - q - shift). */
INLINE double weighted_difference(const struct rows *r)
{
    float p_last[GROUP], q_last[GROUP], weights[GROUP], p[GROUP], q[GROUP];
    four_doubles sums[LANES / 4] = {{0}}, shift = {r->shift, r->shift, r->shift, r->shift};

    for (uint32_t at = 0; at < r->count; at += GROUP) {
        const float *whole = group_at(r->p, r->count, at, p_last);
        weigh(whole, r->largest, weights);
        keep_weighted(whole, weights, p);
        keep_weighted(group_at(r->q, r->count, at, q_last), weights, q);
        for (int i = 0; i < GROUP; i += 4) {
            four_doubles weight, of_p, of_q;
            four_at(weights + i, &weight);
            four_at(p + i, &of_p);
            four_at(q + i, &of_q);
            sums[i / 4 % (LANES / 4)] += weight * (of_p - of_q - shift);
        }
    }
    return total(sums);
}

/* Each loop twice, by the name of its result. */
#ifdef __x86_64__
/* Asks once: in a virtual machine CPUID takes as long as a row. */
static bool has_avx2(void)
{
    static enum { NOT_ASKED, NO, YES } answer;

    if (answer == NOT_ASKED)
        answer = (cpu_features() & RLX_CPU_AVX2) != 0 ? YES : NO;
    return answer == YES;
}
#define COPIES(name)                                                                \
    __attribute__((target("avx2"))) static double name##_avx2(const struct rows *r) \
    {                                                                               \
        return name(r);                                                             \
    }                                                                               \
    static double name##_here(const struct rows *r)                                 \
    {                                                                               \
        return has_avx2() ? name##_avx2(r) : name(r);                               \
    }
#else
#define COPIES(name)                                \
    static double name##_here(const struct rows *r) \
    {                                               \
        return name(r);                             \
    }
#endif
COPIES(find_largest)
COPIES(sum_of_weights)
COPIES(weighted_difference)

bool row_score(const float *row, uint32_t count, struct row_score *s)
{
    struct rows r = {.p = row, .count = count};
    double largest = find_largest_here(&r);

    if (!isfinite(largest))
        return false;
    r.largest = s->largest = (float)largest;
    s->sum = sum_of_weights_here(&r);
    s->log_sum = largest + log(s->sum);
    for (s->best = 0; row[s->best] != s->largest;)
        s->best++;
    return true;
}

double row_divergence(const float *p, const struct row_score *of_p, const float *q,
                      const struct row_score *of_q, uint32_t count)
{
    struct rows r = {.p = p,
                     .q = q,
                     .count = count,
                     .largest = of_p->largest,
                     .shift = of_p->log_sum - of_q->log_sum};
    double divergence = weighted_difference_here(&r) / of_p->sum;

    return divergence > 0 ? divergence : 0;
}
