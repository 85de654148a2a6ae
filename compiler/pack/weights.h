/* Makes the WEIGHTS section: reads the model's tensors row by row, converts them to the type of
 * their layout where the file has another, packs them, and writes them in order. Memory use is a
 * few chunks per thread, whatever the model's size; parts of the input that have been read are
 * given back to the system. */
#ifndef RLXC_WEIGHTS_H
#define RLXC_WEIGHTS_H

#include "compiler/base/build_cache.h"
#include "compiler/pack/weight_plan.h"

struct weights_options {
    uint32_t threads;
    /* Called after each chunk, from any thread, but never from two at a time; may be NULL. */
    void (*progress)(void *context, const char *name, uint64_t done, uint64_t total);
    void *progress_context;
    struct build_cache *build_cache; /* build cache for converted weights; NULL: none */
};

/* Appends the section to `out`. Sets digests[i] of each weight and the digest of the section
 * (XXH3-64 of all of its bytes). */
bool weights_write(const struct weight_plan *plan, const struct hir_graph *g, const struct model *m,
                   const struct weights_options *options, struct out *out, uint64_t *digests,
                   uint64_t *section_digest);

#endif
