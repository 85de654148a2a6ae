/* Places everything in the WEIGHTS section and in the state home. In: the programs of all levels
 * and variants. Out: one entry for every weight, table and state that any of them reads. Weights
 * are in the order in which the first program reads them, so that decoding walks the file from
 * beginning to end. Indexed weights (an embedding that is not also the lm_head, rope tables) come
 * last. */
#ifndef RLXC_WEIGHT_PLAN_H
#define RLXC_WEIGHT_PLAN_H

#include "compiler/lir/lir.h"
#include "compiler/pack/expression.h"

enum packed_kind {
    PACKED_vector, /* f32, padded with zeros to 16: norms, biases */
    PACKED_matrix, /* row groups in `layout` */
    PACKED_table,  /* f32 rows of a rope table, one per position */
};

struct packed_weight {
    hir_id source;    /* weight, concat, interleave, pack or rope_table */
    const char *name; /* of the node, or of the tensors that make it, joined by + */
    enum packed_kind kind;
    enum layout layout;
    uint64_t rows, columns;     /* matrix: without the rows that only fill a group */
    uint64_t matrices;          /* of a stack, each packed by itself; else 1 */
    uint64_t units, unit_bytes; /* the grain of packing. Vector: one; matrix: row groups, or as many
                                   as alternate; table: rows */
    uint64_t offset, bytes;     /* in the section; multiples of 256 */
    struct expression expression; /* its values; table: its divisors, or no ops */
    uint32_t roots[2];            /* ops of the expression */
    bool interleaved;             /* groups of roots[0] and roots[1] alternate */
};

struct packed_state { /* of any class but scratch, which outlives no run */
    hir_id source;
    uint32_t layer;
    enum state_class class;
    enum state_role role;
    enum dtype element;
    uint32_t heads, width, capacity; /* carried: one head */
    uint32_t rows_slot;              /* cross: what counts its rows */
    uint32_t window;                 /* ring: keys that a query sees at most */
    uint64_t offset, bytes;          /* in the state home, or in each of the carried homes */
};

struct weight_plan {
    struct packed_weight *weights;
    uint32_t weight_count, weight_capacity;
    uint64_t bytes; /* of the whole section */
    struct packed_state *states;
    uint32_t state_count;
    uint64_t state_bytes, carried_bytes; /* of a sequence; carried: of each of its two homes */
    uint64_t decode_bytes;          /* bytes of weights that the first program reads for one row */
    uint32_t *weight_of, *state_of; /* by HIR node: index + 1; 0: neither */
};

/* The types of the graph's weights and states count; the tensors of `model` have those of its
 * file. */
bool weight_plan_make(const struct lir_program *const *programs, uint32_t program_count,
                      const struct model *model, struct arena *a, struct weight_plan *out,
                      struct diags *d);

/* The part of weight_plan_make that lays out the states of a graph. */
void plan_states(struct weight_plan *plan, const struct hir_graph *g, struct arena *a);

/* The buffer that a view is part of, and its offset in it. */
const struct lir_buffer *buffer_root(const struct lir_program *p, buf_id id, uint64_t *offset);

#endif
