/* Makes the WEIGHTS section: reads the model's tensors row by row, converts them where another
 * format was chosen, packs them, and writes them in order. Memory is bounded by a few chunks for
 * each thread, whatever the model's size; the system gets windows of the input back once they were
 * read.
 */
#ifndef RLXC_WEIGHTS_H
#define RLXC_WEIGHTS_H

#include "compiler/base/cache.h"
#include "compiler/pack/weight_plan.h"

struct weights_options {
    uint32_t threads;
    const struct tensor *stored; /* by index in model->tensors: as the file has them;
                                    model->tensors: as they are to be packed */
    /* Called after each chunk, from any thread, never from two at once; may be NULL. */
    void (*progress)(void *context, const char *name, uint64_t done, uint64_t total);
    void *progress_context;
    struct cache *cache; /* where converted weights are kept; NULL: nowhere */
};

/* Appends the section to `out` and sets digests[i] of each weight and that of the section (XXH3-64
 * of all of its bytes). */
bool weights_write(const struct weight_plan *plan, const struct hir_graph *g, const struct model *m,
                   const struct weights_options *options, struct out *out, uint64_t *digests,
                   uint64_t *section_digest);

#endif
