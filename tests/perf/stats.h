/* Statistics of interleaved slices. A slice knows the round trips between two cores (nanoseconds)
 * that were measured just before and just after it; from them comes the regime in which it ran,
 * and only slices of one regime are compared with one another. What is compared are ratios within
 * one round, and what is printed is their median with both quartiles.
 */
#ifndef RLX_PERF_STATS_H
#define RLX_PERF_STATS_H

#include <stddef.h>

/* One: both processors behind one cache (a cluster of cores), where they share its link to memory.
 * Two: in different clusters. Mixed: it changed meanwhile. */
enum regime { REGIME_ONE, REGIME_TWO, REGIME_MIXED, REGIME_COUNT };
extern const char *const regime_name[REGIME_COUNT];

/* Round trips below are within a cluster: 120 to 140 ns and 500 to 520 ns were seen, and nothing
 * between them but slices across a change. */
enum { REGIME_BORDER_NS = 250 };

enum regime regime_of(double ping_before, double ping_after);

struct spread {
    double low, middle, high; /* quartiles */
    size_t count;
};

/* Quartiles with linear interpolation between neighbours (the median of an even count is the mean
 * of the two in the middle). Sorts `values`. All zero when there are none. */
struct spread spread_of(double *values, size_t count);

/* A measured rate and where it was measured; `seconds` 0: there is none. */
struct sample {
    double rate; /* tokens or bytes per second */
    double seconds;
    enum regime regime;
};

/* The regime that all of them share; mixed when one differs or is missing. */
enum regime regime_shared(const struct sample *const *samples, size_t count);

#endif
