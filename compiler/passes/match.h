/* What passes share: questions about a graph that find patterns, the rewriting loop, and notes for
 * the report.
 *
 * A pass works in two steps. First it reads the graph as it is, records each pattern that it will
 * replace, and marks the nodes: the pattern's last node with 1 + the pattern's index, nodes that
 * only the pattern reads with MATCH_DROP. Then rewrite_marked copies every node without a mark, and
 * asks the pass to write those with one.
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
bool match_number(const struct hir_graph *g, hir_id id, double *value);
/* A weight leaf of this rank. */
bool match_weight(const struct hir_graph *g, hir_id id, uint32_t rank);
/* Of the two operands of `id`, the one that is not `one`; 0 where `one` is neither. Both equal:
 * `one`. */
hir_id match_other(const struct hir_graph *g, hir_id id, hir_id one);
/* An elementwise op of one operand. */
bool match_is_unary(const struct hir_graph *g, hir_id id);
/* Whether operand i of the node is read in its packed form: the matrix of a product or an
 * embedding. */
bool match_reads_packed(const struct hir_graph *g, hir_id id, uint32_t i);
bool match_same_shape(const struct hir_graph *g, hir_id a, hir_id b);

/* A reader of `id` goes: so does `id` where it was the last one, and what only `id` reads. */
void match_release(struct hir_graph *g, hir_id id);

typedef hir_id (*match_emit)(void *context, struct hir_rewrite *r, uint32_t index, hir_id old);
/* Rewrites the graph: nodes marked 1 + i become what emit(context, r, i, old) returns (it may also
 * set r->translated of others, earlier or later). A new node takes over the name of the old one
 * unless `emit` named it. */
void rewrite_marked(struct hir_graph *g, const char *pass, match_emit emit, void *context);
/* The new id of an old weight, copied now where the loop has not come to it yet. */
hir_id rewrite_leaf(struct hir_rewrite *r, hir_id old);
/* Copies an old node with another attribute, and with `first` in the place of its first operand
 * unless that is 0. */
hir_id rewrite_with(struct hir_rewrite *r, hir_id old, const struct hir_attr *attr, hir_id first);
/* New nodes of one op that stand for one old node, by their attributes. */
struct made {
    struct made *next;
    struct hir_attr attr;
    hir_id id; /* 0: not made yet */
};
/* Where the id of the one with this attribute stands, for the pass to set. */
hir_id *rewrite_made(struct hir_rewrite *r, struct made **list, enum hir_op op,
                     const struct hir_attr *attr);
/* Names a new node after an old one that has a name: "hidden.0.rows". */
void rewrite_name(struct hir_rewrite *r, hir_id made, hir_id old, const char *suffix);

/* Notes for the report; `node` is a node of g. */
void note_done(struct pass_report *report, const struct hir_graph *g, hir_id node,
               const char *format, ...) __attribute__((format(printf, 4, 5)));
void note_left(struct pass_report *report, const struct hir_graph *g, hir_id node,
               const char *format, ...) __attribute__((format(printf, 4, 5)));
/* "'layers.0.q'", or "%17" where it has no name. */
const char *node_text(struct pass_report *report, const struct hir_graph *g, hir_id node);

#endif
