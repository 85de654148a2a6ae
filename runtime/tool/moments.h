/* Means of many numbers, and how sure they are. */
#ifndef RLX_MOMENTS_H
#define RLX_MOMENTS_H

#include <math.h>
#include <stddef.h>

struct moments {
    double sum, squares;
    size_t count;
};

static inline void moments_add(struct moments *m, double x)
{
    m->sum += x;
    m->squares += x * x;
    m->count++;
}

static inline double moments_mean(const struct moments *m)
{
    return m->count == 0 ? 0 : m->sum / (double)m->count;
}

/* The root of the mean of squares. */
static inline double moments_rms(const struct moments *m)
{
    return m->count == 0 ? 0 : sqrt(m->squares / (double)m->count);
}

/* The standard error of the mean, which takes the numbers as independent. */
static inline double moments_error(const struct moments *m)
{
    double mean = moments_mean(m);
    double spread = m->count < 2 ? 0 : m->squares / (double)m->count - mean * mean;

    return spread > 0 ? sqrt(spread / (double)(m->count - 1)) : 0;
}

#endif
