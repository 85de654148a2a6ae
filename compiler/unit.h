/* One compilation while it runs: what its stages make and read. In: the user's options; out: an
 * artifact, a plan, or a tokenizer. Three commands share the stages: compile.c builds a model,
 * compile_plan.c predicts, compile_tokenizer.c packs a vocabulary alone.
 */
#ifndef RLXC_UNIT_H
#define RLXC_UNIT_H

#include "compiler/compile.h"
#include "compiler/dump.h"
#include "compiler/import/imatrix.h"
#include "compiler/pack/artifact.h"
#include "compiler/passes/passes.h"
#include "compiler/progress.h"
#include "compiler/selection.h"
#include "compiler/smooth.h"

/* Everything lives in `arena` until the compilation ends. */
struct unit {
    const struct compile_options *options;
    struct diags *diags;
    struct arena arena;
    struct strings strings;
    struct progress progress;
    struct dump dump;
    struct build_cache *build_cache; /* NULL: none */
    struct build_cache opened_build_cache;
    uint32_t threads;

    struct model model; /* const after the import */
    bool own_graph;     /* the input is a graph; `model` has its weights, and what is known of it */
    struct imatrix_facts imatrix;  /* of the importance matrix, if there is one */
    struct model vocabulary_model; /* of a graph: where its tokenizer comes from */
    struct type_choice types;
    struct smoothing smoothing;
    uint8_t *tokenizer;
    uint64_t tokenizer_bytes;
    bool tokenizer_checked; /* compared with its description */
    uint8_t *template;      /* NULL: the model has none */
    uint64_t template_bytes;
    struct hir_graph graph;
    struct pass_run passes; /* the early ones */
    struct text late_report;
    struct level_list level_list;
    struct packed_variant variants[BUCKETS_MAX];
    uint32_t variant_count;
    struct packed_level *levels;
    struct artifact_summary summary;
    uint32_t files; /* of a folder of source code */
};

/* ---- unit.c: beginning and end ---- */

/* Finds mistakes that show before the model is opened. `u` must be closed in any case. */
bool unit_open(struct unit *u, const struct compile_options *options, struct diags *d);
bool unit_import(struct unit *u, bool vocabulary_only);
/* Ends the progress line; after a success trims the build cache and says what was made. */
bool unit_close(struct unit *u, bool good);

/* ---- user_graph.c: a graph in the place of a model ---- */

/* Whether the input is a graph in text form: the options or its name say so. */
bool has_user_graph(const struct compile_options *o);
/* Reads and checks the graph, its weights and its tokenizer. */
bool import_user_graph(struct unit *u);

/* ---- compile.c: from the model to programs without code ---- */

bool make_programs(struct unit *u);

/* ---- compile_tokenizer.c: what turns text into tokens ---- */

bool pack_vocabulary(struct unit *u);
bool compile_chat_template(struct unit *u);

/* ---- compile_output.c: what leaves the compiler ---- */

/* The artifact of everything that was made so far. */
struct artifact describe_artifact(struct unit *u);
bool write_output(struct unit *u);
void print_reports(struct unit *u);
void print_summary(const struct unit *u);

#endif
