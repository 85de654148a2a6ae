/* Evaluates an entry of a graph in plain loops: f32 values, f64 sums. In: a graph, weights through
 * a callback, inputs, sizes and segments of a run; out: values of outputs and nodes.
 *
 * States live in the evaluator: several runs, of any entries, continue the same sequences.
 */
#ifndef RLXC_HIR_EVAL_H
#define RLXC_HIR_EVAL_H

#include "compiler/hir/hir.h"

/* One sequence's part of a run: how many of the ROWS are its, and how many positions it holds. */
struct hir_segment {
    uint32_t rows, past;
};

struct hir_eval {
    const struct hir_graph *graph;
    struct arena *arena;
    /* A weight as f32, [rows x columns]: called once per weight node, the result must stay valid
     * until hir_eval_close. */
    const float *(*weight)(void *context, const struct hir_graph *g, hir_id id);
    void *weight_context;
    uint32_t entry;              /* which entry runs */
    int64_t symbols[SYMBOL_MAX]; /* the sizes of this run */
    /* BATCH of them, one after the other; segment s continues batch item first_item + s of the
     * states. NULL: BATCH equal parts of ROWS, which hold PAST_SEQ positions each. Rows that are
     * not counted by ROWS are all of segment 0. */
    const struct hir_segment *segments;
    uint32_t first_item;
    float **values; /* by node: results of the last run; kept for all nodes when keep_all */
    float **states; /* by state leaf node */
    bool keep_all;
    struct eval_memory *memory; /* the evaluator's own */
};

/* Leaves what the caller set (weights, entry, symbols, segments, first_item, keep_all) as it is.
 * The struct was zeroed before that. */
void hir_eval_open(struct hir_eval *e, const struct hir_graph *g, struct arena *a);
/* What an input holds, by name or by role: int32_t or float, as its type says. `data` is read by
 * hir_eval_run. False where the graph has no such input. */
bool hir_eval_input(struct hir_eval *e, const char *name, const void *data);
bool hir_eval_role(struct hir_eval *e, enum input_role role, const void *data);
void hir_eval_run(struct hir_eval *e);
/* An output of the entry, or a kept node; NULL where absent. */
const float *hir_eval_value(const struct hir_eval *e, const char *name);
/* After a run that kept all: the first node with values that are not finite, and how many. */
hir_id hir_eval_not_finite(const struct hir_eval *e, uint64_t *count);
void hir_eval_close(struct hir_eval *e);

#endif
