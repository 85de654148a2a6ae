/* Types of weights and of the KV cache, as a build sees them: which the user gets, and what to say
 * about it. The pass choose-type applies the choice (passes/types.h). */
#ifndef RLXC_MODEL_TYPES_H
#define RLXC_MODEL_TYPES_H

#include "compiler/hir/hir.h"
#include "compiler/import/model.h"
#include "compiler/passes/types.h"

/* Makes `kv` f32 where it cannot hold the model's keys and values, unless the user gave it; warns
 * in both cases. */
void choose_kv_type(const struct model *m, bool given, uint32_t threads, enum dtype *kv,
                    struct diags *d);
/* `g`: the graph after the passes. Warns of matrices that cannot have the chosen type, and of those
 * that were quantized and lose precision twice. */
void warn_of_types(const struct model *m, const struct hir_graph *g,
                   const struct type_choice *choice, struct diags *d);
/* Warns of matrices that are quantized although an importance matrix says nothing about them. */
void warn_of_importance(const struct model *m, const struct hir_graph *g, struct diags *d);
/* How many matrices have which type and get which, and each that changes. */
void report_types(const struct model *m, const struct hir_graph *g,
                  const struct type_choice *choice, struct text *out);

#endif
