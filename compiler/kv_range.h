/* Tells whether an f16 or q8_0 KV cache holds all keys and values that a model can produce. In: the
 * model's weights. Out: the first layer that may exceed the range, and by how much. */
#ifndef RLXC_KV_RANGE_H
#define RLXC_KV_RANGE_H

#include "compiler/import/model.h"

struct kv_range {
    const char *what; /* "keys" or "values"; NULL: neither */
    uint32_t layer;
    double max; /* upper bound of all magnitudes */
};

/* The largest number that an f16 or q8_0 KV cache holds. */
double kv_range_max(enum dtype kv);
/* False: `out` is the first layer whose keys or values may be larger than that. This is an upper
 * bound, which the model need not reach. Other types hold everything. */
bool kv_range_fits(const struct model *m, enum dtype kv, uint32_t threads, struct kv_range *out);

#endif
