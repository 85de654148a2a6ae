/* Statistics of interleaved slices; see stats.h. */
#include "tests/perf/stats.h"

#include <stdlib.h>

const char *const regime_name[REGIME_COUNT] = {"one cluster", "two clusters", "mixed"};

enum regime regime_of(double ping_before, double ping_after)
{
    enum regime before = ping_before < REGIME_BORDER_NS ? REGIME_ONE : REGIME_TWO;
    enum regime after = ping_after < REGIME_BORDER_NS ? REGIME_ONE : REGIME_TWO;

    return before == after ? before : REGIME_MIXED;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value at `share` of the way from the first to the last. */
static double quantile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;

    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

struct spread spread_of(double *values, size_t count)
{
    if (count == 0)
        return (struct spread){0};
    qsort(values, count, sizeof *values, compare);
    return (struct spread){.low = quantile(values, count, 0.25),
                           .middle = quantile(values, count, 0.5),
                           .high = quantile(values, count, 0.75),
                           .count = count};
}

enum regime regime_shared(const struct sample *const *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (samples[i]->seconds <= 0 || samples[i]->regime == REGIME_MIXED ||
            samples[i]->regime != samples[0]->regime)
            return REGIME_MIXED;
    return count > 0 ? samples[0]->regime : REGIME_MIXED;
}
