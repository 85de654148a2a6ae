/* From a row of logits to a token. Order: penalties, temperature, top-k, softmax, top-p, min-p,
 * draw. Equal inputs give equal tokens on every machine: the generator has a counter instead of a
 * state, and the exponential does not come from a library.
 */
#ifndef RLX_RUNTIME_SAMPLE_H
#define RLX_RUNTIME_SAMPLE_H

#include "rlx/rlx.h"

enum { SAMPLE_COUNTS = 1 << 14, SAMPLE_BUCKETS = 1 << 12 };

struct candidate {
    float logit, weight; /* weight: exp((logit - largest) / temperature) */
    int32_t id;
};

/* A logit that penalties replaced. */
struct penalized {
    int32_t id;
    float before;
};

/* Work memory for one vocabulary; allocated by sampler_open, touched as far as a request needs it.
 * Groups are of 64 tokens each, the last one padded by weights of 0.
 */
struct sampler {
    uint32_t vocabulary;
    uint64_t features; /* of the processor */
    rlx_sampling settings;
    float *group_largest, *group_weight; /* of each group: its largest logit and weight */
    double *group_sum;                   /* of its weights */
    float *weights;                      /* [groups * 64]: as candidate.weight */
    struct candidate *all, *spare;       /* [vocabulary + 1] at least, each */
    uint16_t *bucket;                    /* [groups * 64]: see sample_weigh.c */
    uint32_t *counts;                    /* [SAMPLE_COUNTS] */
    double *bucket_sum;                  /* [SAMPLE_BUCKETS] */
    uint32_t *times;             /* [vocabulary]: how often in the window; 0 between draws */
    struct penalized *penalized; /* [vocabulary] */
};

rlx_status sampler_open(struct sampler *s, uint32_t vocabulary, rlx_error *error);
void sampler_close(struct sampler *s);
/* rlx_session_use_sampling. */
rlx_status sampler_use(struct sampler *s, const rlx_sampling *settings, rlx_error *error);

/* Changes `row` while it runs, and restores it. `history`: the tokens so far; their number is the
 * step of the generator. -1 where a logit is not-a-number or all are minus infinity: there is
 * nothing to draw from. Plus infinity is always drawn, the first of several. */
int32_t sampler_draw(struct sampler *s, float *row, const int32_t *history, size_t tokens);

/* Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
 */
void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
/* Uniform in [0, 1) with 53 bits, from the first two words of counter (step, 0) under key seed. */
double sampler_uniform(uint64_t seed, uint64_t step);

#endif
