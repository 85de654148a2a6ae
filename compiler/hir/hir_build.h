/* Inside the graph: what its files build with. */
#ifndef RLXC_HIR_BUILD_H
#define RLXC_HIR_BUILD_H

#include "compiler/hir/hir.h"

/* Empty lists with room for `nodes` and `edges`; index 0 of nodes is "none". */
void hir_start_empty(struct hir_graph *g, uint32_t nodes, uint32_t edges);
void hir_push_entry(struct hir_graph *g, str_id name);
void hir_push_output(struct hir_graph *g, str_id name, hir_id id, uint32_t role);
/* A node as it is. */
hir_id hir_push_node(struct hir_graph *g, struct hir_node node, const hir_id *operands,
                     uint32_t count);
/* A node whose shape and type the rule gives; `declared` is the shape that was given, where the op
 * needs one. */
hir_id hir_push(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
                const hir_id *operands, uint32_t count, enum dtype dtype, shape_id declared);

#endif
