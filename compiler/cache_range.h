/* Tells whether an f16 cache holds all keys and values that a model can produce. In: the model's
 * weights. Out: the first layer that may exceed the range, and by how much. */
#ifndef RLXC_CACHE_RANGE_H
#define RLXC_CACHE_RANGE_H

#include "compiler/import/model.h"

struct cache_range {
    const char *what; /* "keys" or "values"; NULL: neither */
    uint32_t layer;
    double most; /* upper bound of all magnitudes */
};

/* False: `out` is the first layer whose keys or values may be larger than the largest f16 number.
 * This is an upper bound, which the model need not reach. */
bool cache_range_fits(const struct model *m, uint32_t threads, struct cache_range *out);

#endif
