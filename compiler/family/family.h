/* From a model to its high-level graph. In: a struct model from an importer; out: the plain graph,
 * op by op as the architecture defines it. compiler/passes fuses it.
 *
 * The graph has one entry, "main". Its inputs have the roles tokens and positions; its outputs are
 * f32 [ROWS, vocabulary] with the role logits, and the states of keys and values after their
 * writes, [BATCH, context, kv_heads, head_dim], which say their layer and role. The residual
 * stream into layer i is the node `hidden.i`, after the last layer `hidden.L`, after the final norm
 * `hidden.final`; passes keep these names.
 */
#ifndef RLXC_FAMILY_H
#define RLXC_FAMILY_H

#include "compiler/hir/hir.h"
#include "compiler/import/model.h"

/* The caller has called hir_init on `g`. `context` limits the positions of the states; 0: the
 * model's own. `d` gets an error for every tensor that is missing or has another shape, and a
 * warning for a tensor that nothing reads. */
bool family_build(const struct model *m, uint32_t context, struct hir_graph *g, struct diags *d);

/* Weights for hir_eval: set `weight` to model_weight and `weight_context` to one of these. Decodes
 * every element to f32 into `arena`. */
struct model_weights {
    const struct model *model;
    struct arena *arena;
};
const float *model_weight(void *context, const struct hir_graph *g, hir_id id);

#endif
