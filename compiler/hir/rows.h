/* Questions about nodes as what steps read and write: matrices of rows, vectors, packed weights,
 * and what stands under a view. Late passes and lowering ask them. */
#ifndef RLXC_ROWS_H
#define RLXC_ROWS_H

#include "compiler/hir/hir.h"

/* For which rows a node is computed: the slot of its first axis (dim.h), or -1: not rows. */
int hir_rows_symbol(const struct hir_graph *g, hir_id id);
/* The most rows that a run may have of a node of rows. */
uint64_t hir_max_rows(const struct hir_graph *g, hir_id id);
/* The most rows of a run whose values a node computes: of a product by expert those of its route,
 * each of which has several experts. */
uint64_t hir_max_run_rows(const struct hir_graph *g, hir_id id);
/* Elements per row: the product of all axes but the first; 0 where it is not known. */
uint64_t hir_row_width(const struct hir_graph *g, hir_id id);
/* The size of an axis; 0 where it is not a known number. */
uint32_t hir_size(const struct hir_graph *g, hir_id id, uint32_t axis);
/* A weight [n], several one after the other, or a packed expression. */
bool hir_is_vector(const struct hir_graph *g, hir_id id);
/* Elements that a weight [n] or [rows, n] takes where it is read as f32 vectors of 16. */
uint64_t hir_vector_elements(const struct hir_graph *g, hir_id id);
/* Rows of one element, which stands for all elements of a row of `id`. */
bool hir_is_column(const struct hir_graph *g, hir_id operand, hir_id id);
bool hir_is_product(const struct hir_graph *g, hir_id id); /* of matrices, or by expert */
bool hir_is_gated(const struct hir_graph *g, hir_id id);   /* a product of gate and up */
/* The experts of a product, whose weights and route are operands 1 and 2; 0: it has one weight. */
uint32_t hir_experts(const struct hir_graph *g, hir_id id);
/* How many operands after the route of a product by expert are biases, [experts, n]: of gate and up
 * two. */
uint32_t hir_expert_biases(const struct hir_graph *g, hir_id id);
/* The operand of a product from which on its formula reads them. */
uint32_t hir_first_operand(const struct hir_graph *g, hir_id id);
/* One of rows with a packed weight: a kernel computes it. */
bool hir_is_packed_product(const struct hir_graph *g, hir_id id);
/* The format of what a product reads: that of a norm_quant, else f32. */
enum act hir_act(const struct hir_graph *g, hir_id id);
/* The element of a row of its operand at which a slice begins; -1: not the same one in each row. */
int64_t hir_slice_start(const struct hir_graph *g, hir_id id);
/* What norm_quant, rms_norm and norm_add have in common; zeros for other ops. */
struct hir_norm_form {
    double epsilon;
    bool centered, by_product;
    uint32_t bias, added, scale; /* operands; 0: none */
};
struct hir_norm_form hir_norm_form(const struct hir_graph *g, hir_id id);
/* Why what makes the rows of a norm cannot make the norm, too (by_product), beside the `others` of the
 * same rows; NULL: it can. */
const char *hir_norm_refused(const struct hir_graph *g, hir_id norm, const hir_id others[2]);
/* Whether the rows of a matrix follow each other as those of f32 activations: every row in whole
 * vectors of 16, and the first one at the start of a cache line. */
bool hir_is_in_place(const struct hir_graph *g, hir_id id);
/* The packed layout of a weight, that of its type where none is set; none where it is no weight. */
enum layout hir_layout(const struct hir_graph *g, hir_id id);
/* Bytes of a weight [n, k] in a packed layout. */
uint64_t hir_packed_bytes(const struct hir_graph *g, hir_id id, enum layout layout);
hir_id hir_unshape(const struct hir_graph *g, hir_id id); /* the node under reshapes */
enum dtype hir_kv_type(const struct hir_graph *g); /* of keys and values; f32: there are none */
/* Sets which nodes only weights and numbers make: weight expressions (hir_ops.def). */
void hir_mark_weights(const struct hir_graph *g, bool *made);
/* Sets which nodes the outputs of an entry depend on, or those of HIR_ALL_ENTRIES. */
void hir_mark_needed(const struct hir_graph *g, uint32_t entry, bool *needed);
/* By node: the set of entries, bit i for entry i, whose outputs depend on it. */
uint64_t *hir_entry_sets(const struct hir_graph *g, struct arena *a);
/* Takes all other nodes out, in place: the ids of those behind them change. */
void hir_drop_unneeded(struct hir_graph *g);
/* An error about a node, which goes by its name or its op. */
bool hir_refuse(struct diags *d, const struct hir_graph *g, hir_id id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
