/* Passes over the high-level graph: their tables, the loop that runs them, and the report of what
 * each did and left. In: a graph that verifies; out: a graph that verifies and computes the same
 * outputs.
 *
 * There are two tables. Early passes (passes.def) run once per artifact and do what is right for
 * every variant. Late passes (compiler/late/late_passes.def) run per level and variant on a
 * specialized graph and make the decisions that depend on these.
 *
 * A pass is one file with one exported function. The head of the file states its contract: the
 * algebra, what it Needs, what it Keeps, and when it is Not done. Passes see no model file: an
 * optimization cannot depend on the format that a model came in.
 */
#ifndef RLXC_PASSES_H
#define RLXC_PASSES_H

#include "compiler/hir/hir.h"

/* What a pass did at one place of the graph, or left undone, and why. */
struct pass_note {
    struct pass_note *next;
    const char *pass;
    const char *node; /* name of the node, or its number as in the text form */
    const char *text; /* what was fused; or the reason */
    bool done;
};

struct pass_report {
    struct arena *arena;
    bool silent;      /* nobody reads it: notes are not kept */
    const char *pass; /* the running one */
    struct pass_note *first, *last;
    uint32_t done, left;
};

/* What a pass may know besides its graph. */
struct pass_context {
    const struct type_choice *types; /* early: for choose-type; NULL: types stay */
    uint32_t run_rows; /* early: of a sequence in a run, at most, for ring-states; 0: not known */
    const struct specialization *specialization; /* late (late.h); NULL in early passes */
};

/* One call of a pass. False: `diags` says why. */
struct pass_call {
    struct hir_graph *graph; /* rewritten in place */
    struct hir_graph before; /* as it was: notes name its nodes, also while `graph` is rewritten */
    struct pass_context context;
    struct pass_report *report;
    struct diags *diags;
    void *found; /* the pass's own, for its emit (match.h) */
};
typedef bool (*pass_function)(struct pass_call *call);

struct hir_pass {
    const char *name; /* also its flag: -p fuse-qkv, -x fuse-qkv */
    pass_function run;
    bool required; /* cannot be left out */
    const char *after,
        *why;         /* names of earlier passes of its table; what it would miss before them */
    double tolerance; /* of --check; 0: that of the run */
    const char *what;
};

struct pass_table {
    const char *title; /* "early", "late" */
    const struct hir_pass *all;
    uint32_t count;
};
extern const struct pass_table early_passes;

struct pass_time {
    const char *pass;
    double seconds;
    uint32_t nodes_before, nodes_after;
};

/* One run over the passes of a table, in its order; a second table may follow under the same rules.
 * The caller sets what comes before `report`, and zeroes the rest. */
struct pass_run {
    struct arena *arena; /* owns the report and the times */
    const struct pass_table *const
        *tables; /* NULL at its end: the names in them may be given below;
                                               NULL: only those of early_passes */
    struct pass_context context;
    const char *only;      /* names, a comma between them: just these, required or not; NULL: all */
    const char *leave_out; /* names; refused for required ones; NULL: none */
    const char *stop_after; /* the last pass to run; NULL: all run */
    bool no_report;         /* nobody reads it */
    bool verify_last;       /* verify after the last pass only, not after each */
    bool check;             /* evaluate before and after every pass on the same random data */
    uint64_t seed;          /* of that data */
    double tolerance;       /* largest difference, relative to the largest value; 0: 1e-5 */
    /* After each pass; may be NULL. */
    void (*dump)(void *context, uint32_t number, const char *pass, const struct hir_graph *g);
    void *dump_context;

    struct pass_report report;
    struct pass_time *times;
    uint32_t time_count, time_capacity;
    uint32_t number; /* of passes that ran */
    bool stopped;    /* stop_after was reached */
};

const struct hir_pass *pass_find(const struct pass_table *table, const char *name,
                                 size_t bytes); /* NULL where unknown */
/* The names in only, leave_out and stop_after exist and may be used so; every one that may not is
 * in `d`. */
bool pass_run_valid(const struct pass_run *run, struct diags *d);
/* Whether a list of names "a,b" has a name of this table. */
bool pass_list_names(const struct pass_table *table, const char *list);
/* Those passes of the table that a list leaves out and that change numbers (tolerance), in the
 * table's order, a comma before each. */
const char *pass_left_out(const struct pass_table *table, const char *list, struct arena *a);
/* The order of the table satisfies every `after`; reports each that it does not. */
bool pass_order_holds(const struct pass_table *table, struct diags *d);
/* Runs, verifies, checks, times and dumps. Nothing where an earlier table was stopped. False: `d`
 * says during which pass. */
bool run_passes(struct pass_run *run, const struct pass_table *table, struct hir_graph *g,
                struct diags *d);
/* Done and left, pass by pass, for people. */
void pass_report_text(const struct pass_table *table, const struct pass_report *report,
                      struct text *out);

/* Evaluates two graphs on the same seeded weights and inputs (passes/compare.c) and compares every
 * output, and every named node that both have in one size. False: `d` names the first that differs
 * by more than `tolerance`, relative to its largest value. */
bool graphs_agree(const struct hir_graph *a, const struct hir_graph *b, uint64_t seed,
                  double tolerance, struct diags *d);

#define PASS(name, function, ...) bool function(struct pass_call *call);
#include "compiler/passes/passes.def"
#undef PASS

#endif
