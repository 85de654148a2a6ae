/* Whether a cache of f16 holds all keys and values that a model can make. In: the model's weights.
 * Out: the layer that may go beyond, and how far.
 */
#ifndef RLXC_CACHE_RANGE_H
#define RLXC_CACHE_RANGE_H

#include "compiler/import/model.h"

struct cache_range {
    const char *what; /* "keys" or "values"; NULL: neither */
    uint32_t layer;
    double most; /* no magnitude is larger */
};

/* False: `out` is the first layer whose keys or values may be larger than f16's greatest number. It
 * is a bound: the model need not reach it. */
bool cache_range_fits(const struct model *m, uint32_t threads, struct cache_range *out);

#endif
