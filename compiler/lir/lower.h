/* Shared by the files of lowering: what they know of each node while they build a program. Private
 * to them. */
#ifndef RLXC_LOWER_H
#define RLXC_LOWER_H

#include "compiler/hir/rows.h"
#include "compiler/lir/lir.h"

struct fact {           /* of one node */
    buf_id buffer;      /* where its value stands: a buffer of its own, or a view; 0: nowhere yet */
    uint32_t stride;    /* elements between rows, where it is a matrix */
    uint64_t capacity;  /* state: positions */
    buf_id carried_out; /* carried state: where the run leaves it; `buffer`: where it finds it */
    hir_id attention;   /* kv_write, or what makes a q for one alone: its reader */
    buf_id counters;    /* of an attention in chunks: what made its q clears them */
    hir_id after[2];    /* product, embedding: the norms that it makes of its rows, too; 0: none */
    buf_id order;       /* route: which rows each expert has, as sort leaves it */
    bool packed;        /* norm_quant: an activation buffer that products alone read */
    bool joined;        /* its reader's step computes it, too */
    bool is_output;     /* stands in the home of outputs */
    bool refused;       /* an error says why no step makes it: its readers say nothing more */
};

struct lowering {
    const struct hir_graph *graph, *artifact;
    struct lir_program *program;
    struct diags *diags;
    struct fact *facts; /* by node */
    buf_id counters;    /* a column for each product that norms what it makes; 0: there is none */
    uint32_t counted;   /* columns that products have */
    uint32_t windowed;  /* bits by class of states: some attention over such has a window, so all
                           causal ones share code that has one */
};

/* lower_io.c: what a run brings and leaves. */
bool lower_states(struct lowering *l);
bool lower_inputs(struct lowering *l);
void lower_find_outputs(struct lowering *l); /* before any step is made */
bool lower_outputs(struct lowering *l);      /* after the last one */

/* lower_buffers.c: where values stand. */
buf_id lower_buffer(struct lowering *l, enum home home, uint64_t bytes, str_id name, hir_id node);
/* A weight [n, k] in its packed layout; 0: it has none, which is reported. */
buf_id lower_weight(struct lowering *l, hir_id id);
buf_id lower_vector(struct lowering *l, hir_id id); /* a weight [n] or a rope table as f32 */
/* What a product reads, or a norm_quant makes: f32 where it is no norm_quant. */
struct act_format lower_format(const struct hir_graph *g, hir_id id);
/* A buffer of the node's own for its rows: scratch, or output. */
buf_id lower_new_rows(struct lowering *l, hir_id id, str_id name);
bool lower_view(struct lowering *l, hir_id id);

/* lower_steps.c: a node becomes a step. */
struct step { /* in the making */
    struct lir_kernel kernel;
    buf_id args[LIR_MAX_ARGS];
    struct lir_values values;
    uint8_t flags; /* that the node asks for */
    str_id name;
    hir_id operands[HIR_MAX_OPERANDS]; /* nodes that become arguments; 0: none */
};
void lower_argument(struct step *s, uint32_t argument, buf_id buffer, uint32_t stride);
/* A new buffer for the value of `id`. */
void lower_out(struct lowering *l, struct step *s, uint32_t argument, hir_id id, str_id name);
/* The rows of `id`, which a step has made. False: they are none that a step could read. */
bool lower_rows(struct lowering *l, struct step *s, uint32_t argument, hir_id id);
/* A value that argument `argument` reads. */
bool lower_operand(struct lowering *l, struct step *s, uint32_t argument, hir_id id);
/* Refuses what is not the weight of a norm over rows. */
bool lower_norm_weight(struct lowering *l, hir_id norm, hir_id weight);
str_id lower_name(const struct lowering *l, hir_id id);
/* The symbol that counts the rows which a node's step computes; -1: it has none. */
int lower_rows_symbol(const struct hir_graph *g, hir_id id);
bool lower_node(struct lowering *l, hir_id id);

/* The steps and buffers of a node are named after it. */
str_id lower_part_name(struct lowering *l, hir_id id, const char *part);

/* lower_attention.c */
void lower_find_attentions(struct lowering *l); /* before any step is made */
bool fill_kv_write(struct lowering *l, struct step *s, hir_id id);
bool fill_append(struct lowering *l, struct step *s, hir_id id);
bool fill_attention(struct lowering *l, struct step *s, hir_id id);

/* lower_after.c: norms that products make. */
void lower_find_norms(struct lowering *l); /* before any step is made, but that of the counters */
bool fill_after(struct lowering *l, struct step *s, hir_id id); /* of a matmul or embed */

/* lower_experts.c */
bool lower_route(struct lowering *l, hir_id id);
bool fill_experts(struct lowering *l, struct step *s, hir_id id); /* of a matmul */

/* lower_rope.c */
/* A norm of each head by itself, which no norm of rows computes. */
bool lower_is_head_norm(const struct hir_graph *g, hir_id id);
bool fill_rope(struct lowering *l, struct step *s, hir_id id);
/* The q of an attention (`id`) that no step makes as it reads it: a step that rotates it, and clears
 * counters. */
bool lower_query(struct lowering *l, struct step *attention, hir_id id, buf_id *counters);

#endif
