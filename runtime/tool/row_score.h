/* What rows of logits say: log-probabilities, the likeliest token, and how far two rows are apart.
 * Sums are in f64; both the portable loops and their copies for AVX2 give the same bits. */
#ifndef RLX_ROW_SCORE_H
#define RLX_ROW_SCORE_H

#include <stdbool.h>
#include <stdint.h>

struct row_score {
    double log_sum; /* of exp(logit) over the row, in nats */
    double sum;     /* of exp(logit - largest) */
    float largest;
    uint32_t best; /* the likeliest token, the lower id of equals */
};

/* False: a logit is not-a-number, or none is finite. */
bool row_score(const float *row, uint32_t count, struct row_score *s);

/* -log p(token), in nats. */
static inline double row_loss(const float *row, const struct row_score *s, int32_t token)
{
    return s->log_sum - (double)row[token];
}

/* Kullback-Leibler divergence of q from p, in nats: the sum of p (log p - log q), not below 0, to about 1e-7. The
 * scores are those of the rows. */
double row_divergence(const float *p, const struct row_score *of_p, const float *q,
                      const struct row_score *of_q, uint32_t count);

#endif
