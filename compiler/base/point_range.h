/* Sorted ranges of code points: constant tables of properties of characters. */
#ifndef RLXC_POINT_RANGE_H
#define RLXC_POINT_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct point_range {
    uint32_t first, last; /* both included */
};

/* Whether a range has the code point. The ranges are sorted and do not overlap. */
static inline bool point_in_ranges(const struct point_range *ranges, size_t count, uint32_t point)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= point;
}

#endif
