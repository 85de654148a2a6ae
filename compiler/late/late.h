/* From the artifact's graph to the graph of one variant on one level. In: the graph after the early
 * passes; out: a clone with the variant's bounds in which every decision is made, so that lowering
 * translates one node into one step.
 *
 *     specialize       clone: upper bounds, only what the entry needs, logits of asked rows
 *     run_late_passes  late_passes.def: for which rows, what joins, activation formats, tiles
 *
 * Late passes have the contract of all passes (compiler/passes/passes.h). They find the variant's
 * sizes in the graph: the most rows of a run are dim_max(&g->dims, SYMBOL_ROWS).
 */
#ifndef RLXC_LATE_H
#define RLXC_LATE_H

#include "compiler/lir/target.h"
#include "compiler/lir/variant.h"
#include "compiler/passes/passes.h"

struct specialization {
    const struct variant *variant;
    enum activations activations;
    const struct target *target;
    uint32_t level;       /* index in target->levels */
    bool row_activations; /* as wants_row_activations says (compiler/types.h) */
};

extern const struct pass_table late_passes;
/* Both tables, and NULL: for pass_run.tables. */
extern const struct pass_table *const all_pass_tables[];

/* Clones what the variant's entry needs of `g` into arena `a`, as the one entry of the clone, with
 * the variant's upper bounds. Node i of the clone stands for node origins[i] of `g` (0: for none).
 * Where the output of role logits is of all rows, it becomes gather_rows(logits, out_rows), which
 * choose-rows may move up. False: `d` says which size or state is not served. */
bool specialize(const struct hir_graph *g, const struct specialization *s, struct arena *a,
                struct hir_graph *out, struct diags *d);

/* Runs the late passes over a specialized graph. */
bool run_late_passes(struct pass_run *run, const struct specialization *s, struct hir_graph *g,
                     struct diags *d);

/* What the late passes did and left, under the names of level and variant; nothing where they have
 * no notes. */
void late_report_text(const struct specialization *s, const struct pass_report *report,
                      struct text *out);

#define PASS(name, function, ...) bool function(struct pass_call *call);
#include "compiler/late/late_passes.def"
#undef PASS

#endif
