/* Whether a cache of f16 or q8_0 holds all keys and values that a model can make. In: the model's weights.
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

/* The greatest number that a cache of f16 or q8_0 holds. */
double cache_range_most(enum dtype kv);
/* False: `out` is the first layer whose keys or values may be larger than that. It is a bound: the
 * model need not reach it. Other types hold all. */
bool cache_range_fits(const struct model *m, enum dtype kv, uint32_t threads,
                      struct cache_range *out);

#endif
