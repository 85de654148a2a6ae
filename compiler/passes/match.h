/* What passes share: questions about a graph that find patterns, the rewriting loop, and notes for
 * the report.
 *
 * A pass works in two steps. First it reads the graph as it is, records each pattern that it will
 * replace, and marks the nodes: the pattern's last node with 1 + the pattern's index (match_index),
 * nodes that only the pattern reads with MATCH_DROP. Then rewrite_marked copies every node without
 * a mark, and asks the pass to write those with one.
 */
#ifndef RLXC_MATCH_H
#define RLXC_MATCH_H

#include "compiler/passes/passes.h"

#define MATCH_DROP UINT32_MAX

/* Clears marks, counts uses; returns by node its reader (the last one; 0: none but outputs). Lives
 * in the graph's arena. */
hir_id *match_begin(struct hir_graph *g);

static inline bool match_is(const struct hir_graph *g, hir_id id, enum hir_op op)
{
    return id != 0 && hir_at(g, id)->op == op;
}

/* A node with a single reader that is not an output: it may go when that reader goes. */
static inline bool match_single(const struct hir_graph *g, hir_id id)
{
    return hir_at(g, id)->use_count == 1;
}

/* A matmul to which nothing was joined. */
bool match_product(const struct hir_graph *g, hir_id id);
bool match_expert_product(const struct hir_graph *g, hir_id id); /* the same of expert_matmul */
bool match_number(const struct hir_graph *g, hir_id id, double *value);
/* A weight of this rank: a leaf, or the root of an expression. */
bool match_weight(const struct hir_graph *g, hir_id id, uint32_t rank);
/* Of the two operands of `id`, the one that is not `one`; 0 where `one` is neither. Both equal:
 * `one`. */
hir_id match_other(const struct hir_graph *g, hir_id id, hir_id one);
/* An elementwise op of one operand. */
bool match_is_unary(const struct hir_graph *g, hir_id id);
/* Whether operand i of the node is read in its packed form: the matrix of a product or an
 * embedding. */
bool match_reads_packed(const struct hir_graph *g, hir_id id, uint32_t i);
/* A product whose results a route scores, perhaps after elementwise ops. */
bool match_is_scored(const struct hir_graph *g, hir_id id);
bool match_same_shape(const struct hir_graph *g, hir_id a, hir_id b);

/* The new node that takes the place of a marked one; it may also set r->translated of others,
 * earlier or later. */
typedef hir_id (*match_emit)(struct pass_call *call, struct hir_rewrite *r, hir_id old);
/* Rewrites the graph: marked nodes become what `emit` returns, which finds `found` in the call. A
 * new node takes over the name of the old one unless `emit` named it. */
void rewrite_marked(struct pass_call *call, match_emit emit, void *found);
/* The index of the pattern whose last node this is. */
static inline uint32_t match_index(const struct hir_rewrite *r, hir_id old)
{
    return hir_at(&r->old, old)->mark - 1;
}

/* The new id of an old weight; it and what it is made of are copied now where the loop has not come
 * to them yet. */
hir_id rewrite_weight(struct hir_rewrite *r, hir_id old);
/* A node like an old one with other operands, or with another attribute, and with `first` in the
 * place of its first operand unless that is 0. A view of rows has as many of them as its
 * operand. */
hir_id rewrite_like(struct hir_rewrite *r, hir_id old, const struct hir_attr *attr,
                    const hir_id *operands);
hir_id rewrite_with(struct hir_rewrite *r, hir_id old, const struct hir_attr *attr, hir_id first);
/* What this op makes of these operands: a node that is equal, or a new one, which goes by the name
 * of `old` and a suffix. `is_new` may be NULL. */
hir_id rewrite_once(struct hir_rewrite *r, enum hir_op op, const struct hir_attr *attr,
                    const hir_id *operands, uint32_t count, hir_id old, const char *suffix,
                    bool *is_new);
/* Names a new node after an old one that has a name: "hidden.0.rows". */
void rewrite_name(struct hir_rewrite *r, hir_id made, hir_id old, const char *suffix);

/* Notes for the report, about a node of the graph before the pass. */
void note_done(const struct pass_call *call, hir_id node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void note_left(const struct pass_call *call, hir_id node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "'layers.0.q'", or "%17" where it has no name. */
const char *node_text(const struct pass_call *call, hir_id node);

#endif
