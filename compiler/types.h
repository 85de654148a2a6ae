/* Types of weights and of the KV cache, as a build sees them: which the user gets, and what to say
 * about it. The pass choose-type applies the choice (passes/types.h). */
#ifndef RLXC_MODEL_TYPES_H
#define RLXC_MODEL_TYPES_H

#include "compiler/hir/hir.h"
#include "compiler/hir/layout.h"
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
/* Whether int8 activations of matrices with one scale per row have one, too: those of models that were
 * made for it (W8A8), and where the user asked for such a type. It is coarser than a scale for each 32
 * columns, which all others have. */
bool wants_row_activations(const struct model *m, const struct type_choice *choice);
/* Matrices that have one type in the model and one packed layout. */
struct type_use {
    enum dtype in_model;
    enum layout layout; /* none: elements are f32, one after the other */
    bool is_head;       /* embedding or lm_head */
    uint32_t matrices;
    uint64_t elements;
};

struct type_uses {
    struct type_use *all;
    uint32_t count, capacity;
    bool row_activations;
};

/* `g`: the graph after the passes. First those that are neither embedding nor lm_head. */
struct type_uses list_type_uses(const struct model *m, const struct hir_graph *g,
                                const struct type_choice *choice, struct arena *a);
enum dtype type_packed(const struct type_use *use);
/* Bits of an element, with its share of the scales. Packed: of whole row groups and units, without
 * rows that only fill a group. */
double type_bits_in_model(const struct type_use *use);
double type_bits_packed(const struct type_use *use);

/* A table of the uses: how many matrices, their bits and bytes in the model and packed, and the
 * layout; where rows have one scale, how many their int8 activations have. */
void type_uses_text(const struct model *m, const struct type_uses *uses, struct text *out);
/* That table, and each matrix that changes. */
void report_types(const struct model *m, const struct hir_graph *g,
                  const struct type_choice *choice, struct text *out);

#endif
