/* Shared by the files of lowering (lower.c, lower_*.c): what they know of each node while they
 * build a program. Private to them. */
#ifndef RLXC_LOWER_H
#define RLXC_LOWER_H

#include "compiler/lir/lir.h"
#include "compiler/lir/target.h"

/* A matrix product with the elementwise ops that follow it, or a chain of elementwise ops alone:
 * what one step computes. */
struct group {
    hir_id contract; /* matmul, gated_matmul; 0: elementwise ops alone */
    uint32_t base; /* values that the product itself puts before the operands: 1, gated 2, none 0 */
    hir_id operands[6]; /* operand base + i of the code */
    uint32_t operand_count;
    uint32_t code_bytes; /* 0: the product is stored as it is */
    uint8_t code[SCALAR_MAX_CODE];
};

struct fact {            /* of one HIR node */
    uint32_t uses;       /* live readers, and 1 for each time it is an output */
    bool inlined;        /* part of its reader's group */
    bool absorbed;       /* part of a kv_write step */
    bool as_matrix;      /* a norm that somebody reads as a matrix */
    bool holds_keys;     /* a state: keys, not values */
    bool whole;          /* of chosen rows in the graph, but computed for all rows here */
    struct group *group; /* of a product or elementwise op */
    buf_id buffer;   /* weight, state, input; or where the matrix stands (a view or a buffer of its
                        own) */
    uint32_t stride; /* elements between rows of that matrix */
};

struct activation { /* one that was made, for others to share */
    hir_id value, norm;
    struct act_format format;
    buf_id buffer;
};

struct lowering {
    const struct hir_graph *graph;
    const struct numerics *numerics;
    const struct target *target;
    uint32_t level;
    struct lir_program *program;
    struct diags *diags;
    bool windowed;      /* an attention of the graph has a window: all share code that has one */
    struct fact *facts; /* by HIR id */
    hir_id logits;      /* node whose matrix is the program's output, under its views */
    hir_id stream; /* `whole`, and the head reads chosen rows of it; 0: the graph's choice holds */
    struct activation *activations;
    uint32_t activation_count, activation_capacity;
};

/* lower.c: questions about nodes; each reports what does not fit. */
bool lower_error(struct lowering *l, hir_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* For which rows it is computed: SYMBOL_ROWS, SYMBOL_OUT_ROWS, or -1: not rows. */
int lower_symbol(const struct lowering *l, hir_id id);
uint64_t lower_width(const struct lowering *l,
                     hir_id id); /* elements per row: the product of all axes but the first */
bool lower_is_vector(const struct lowering *l, hir_id id);
hir_id lower_unview(const struct lowering *l, hir_id id);  /* the node under reshapes and slices */
hir_id lower_unshape(const struct lowering *l, hir_id id); /* the node under reshapes */

/* lower_rows.c: for which rows a node is computed. */
void lower_plan_rows(struct lowering *l);

/* lower_group.c: which ops become one step. */
bool lower_plan_groups(struct lowering *l);

/* lower_steps.c: buffers and steps. */
struct launch { /* a step in the making */
    struct lir_kernel kernel;
    struct lir_values values;
    buf_id args[LIR_MAX_ARGS]; /* by argument of the kernel's kind */
};
buf_id lower_buffer(struct lowering *l, enum home home, uint64_t bytes, str_id name, hir_id source);
buf_id lower_vector(struct lowering *l, hir_id id); /* a weight [n] as f32 */
bool lower_matrix(struct lowering *l,
                  hir_id id); /* its matrix was made (facts: buffer, stride); else reports */
buf_id lower_new_matrix(struct lowering *l, hir_id id,
                        str_id name); /* scratch, or the output where id is the logits */
/* Gives the launch an argument: it is present, its rows are `stride` elements apart. */
void lower_argument(struct launch *s, uint32_t argument, buf_id buffer, uint32_t stride);
bool lower_launch(struct lowering *l, struct launch *s, str_id name);
bool lower_node(struct lowering *l, hir_id id);
/* From here on the matrix of `id` is of the rows that are asked for. */
bool lower_pick_rows(struct lowering *l, hir_id id, enum home home);

/* lower_attention.c */
bool lower_plan_attention(struct lowering *l, hir_id id);
bool lower_attention(struct lowering *l, hir_id id);

#endif
