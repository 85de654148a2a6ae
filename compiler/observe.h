/* An entry that shows what a model's weights are multiplied with, for rlx imatrix
 * (rlxc build --observe). */
#ifndef RLXC_OBSERVE_H
#define RLXC_OBSERVE_H

#include "compiler/hir/hir.h"
#include "compiler/import/model.h"

#define OBSERVE_ENTRY "observe"
/* Runs of it have at most so many rows, because all its outputs are in memory at once. */
#define OBSERVE_VARIANTS OBSERVE_ENTRY ":prefill=128"

/* Adds the entry to the graph of a model, after the family and before any pass. Mixtures of experts
 * add tensors to the model. */
bool observe_products(struct hir_graph *g, struct model *m, struct diags *d);

#endif
