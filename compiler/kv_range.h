/* Tells whether an f16 or q8_0 KV cache holds all keys and values that a model can produce. In: the
 * model's weights. Out: the first layer that may exceed the range, and by how much. */
#ifndef RLXC_KV_RANGE_H
#define RLXC_KV_RANGE_H

#include "compiler/hir/hir.h"
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

/* The same for a graph after the early passes, by its nodes: warns of every state that is not f32
 * and may not hold what is written to it, and, where the user gave the type of the states, of those
 * of which nothing is known. */
void kv_range_warn(const struct hir_graph *g, const struct model *m, bool given, struct diags *d);

#endif
