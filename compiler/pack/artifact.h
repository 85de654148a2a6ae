/* Writes an artifact (rlx/artifact.h). In: model, programs and code of every level. Out: the bytes,
 * appended to an open output; equal input gives equal bytes. */
#ifndef RLXC_ARTIFACT_H
#define RLXC_ARTIFACT_H

#include "compiler/import/imatrix.h"
#include "compiler/lir/target.h"
#include "compiler/pack/weights.h"

struct packed_variant {
    struct variant variant;
    struct bucket rows; /* the numbers of new tokens that it serves */
};

struct packed_level {
    const struct target *target;
    uint32_t level; /* index in target->levels */
    struct lir_kernels kernels;
    struct lir_program *programs; /* by variant */
    struct target_code code;
    struct target_sources
        sources; /* in its place, where the target's code is text; else no files */
};

struct artifact {
    struct arena *arena;
    const struct model *model;
    const char *source;            /* the path that the user compiled: of a model, or of a graph */
    const struct hir_graph *graph; /* NULL: a tokenizer alone, without levels and weights */
    const struct packed_variant *variants;
    uint32_t variant_count;
    const struct packed_level *levels;
    uint32_t level_count;
    enum activations activations;
    const char *left_out;           /* passes that decide numbers after `graph`; NULL or "": none */
    const char *quant, *quant_head; /* as the user chose them: "keep", "q8_0", … */
    const struct imatrix_facts *imatrix; /* what quantizing went by; NULL: nothing */
    float smooth;                        /* --smooth; 0: not given */
    uint32_t context;
    const uint8_t *tokenizer; /* the TOKENIZER section; NULL: none */
    uint64_t tokenizer_bytes;
    bool tokenizer_checked;  /* compared with a plain reading of its description */
    const uint8_t *template; /* the TEMPLATE section; NULL: none */
    uint64_t template_bytes;
    struct weights_options weights;
};

/* Sizes of what was written, for the last line of a build. */
struct artifact_summary {
    uint64_t file_bytes, weight_bytes, code_bytes, state_bytes;
};

/* Plans the WEIGHTS section; in a->arena. */
bool artifact_plan_weights(const struct artifact *a, struct weight_plan *out, struct diags *d);

/* Gives the buffers of weights and states the places that the artifact has for them. */
void artifact_place_buffers(const struct weight_plan *plan, struct lir_program *p);

/* Appends to `out`, whose length must be a multiple of RLX_PAGE. */
bool artifact_write(const struct artifact *a, struct out *out, struct artifact_summary *summary,
                    struct diags *d);
/* The bytes of the WEIGHTS section alone. */
bool artifact_write_weights(const struct artifact *a, struct out *out,
                            struct artifact_summary *summary, struct diags *d);

/* Text in the manifest: "exact", "default", "i8". */
const char *numerics_name(const struct artifact *a);

#endif
