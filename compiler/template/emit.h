/* Code in the making, between emit.c, emit_expression.c and section.c. */
#ifndef RLXC_TEMPLATE_EMIT_H
#define RLXC_TEMPLATE_EMIT_H

#include "compiler/base/str.h"
#include "compiler/template/tree.h"

/* A loop whose body is being compiled. */
struct loop_context {
    struct loop_context *around;
    uint32_t again;   /* where `continue` goes */
    uint32_t *breaks; /* jumps to the loop's end, to be set */
    uint32_t break_count, break_capacity;
    uint32_t open_count; /* scopes and captures that were open where it began */
};

/* A macro whose body is being compiled: what it uses so far. */
struct macro_context {
    struct macro_context *around;
    bool extra, extra_keywords, caller;
};

struct program {
    struct arena *arena;
    struct template_refusal *refusal;
    struct strings texts; /* of constants and names */
    struct rlx_template_instruction *code;
    uint32_t *lines;
    uint32_t code_count, code_capacity, line_count, line_capacity;
    struct rlx_template_constant *constants; /* value of a text: its id in `texts` */
    uint32_t constant_count, constant_capacity;
    str_id *names;
    uint32_t name_count, name_capacity;
    struct strings numbers; /* kinds and bits of constants that are not texts */
    /* By id in `texts` or `numbers`: the place of a constant or a name, plus 1; 0: none. */
    uint32_t *constant_of, *number_of, *name_of;
    uint32_t constant_of_capacity, number_of_capacity, name_of_capacity;
    struct rlx_template_macro *macros;
    uint32_t macro_count, macro_capacity;
    uint32_t *parameters;
    uint32_t parameter_count, parameter_capacity;
    struct loop_context *loops;
    struct macro_context *inside;
    bool *open; /* a stack: true for a capture, false for a scope */
    uint32_t open_count, open_capacity;
    uint32_t line, depth;
};

/* The whole template; false (with a refusal) where it is too large. */
bool template_emit(struct program *p, const struct node *statements);

/* ---- between the files emit*.c ---- */

enum { EMIT_DEPTH = 2000 }; /* of trees: long sums lean to the left */

uint32_t emit(struct program *p, enum rlx_template_op op, uint32_t arg); /* its place */
void emit_full(struct program *p, enum rlx_template_op op, uint32_t count, uint32_t keywords,
               uint32_t flags, uint32_t arg);
void set_target(struct program *p, uint32_t jump); /* to the next instruction */
uint32_t text_constant(struct program *p, const char *text, size_t bytes);
uint32_t number_constant(struct program *p, enum rlx_template_constant_kind kind, uint64_t value);
uint32_t variable(struct program *p, const char *text, size_t bytes);
/* What holds the block of that name; no template can spell it. */
uint32_t block_variable(struct program *p, const struct node *n);
void emit_refusal(struct program *p, const char *reason);
bool emit_refused(const struct program *p);

void emit_expression(struct program *p, const struct node *n);
/* Arguments, and RLX_OP_CALL, FILTER or TEST after them. `caller`: one more keyword is on its way,
 * whose macro `emit_caller` makes. */
void emit_call(struct program *p, const struct node *n, const struct node *call_block);
void emit_filters_around(struct program *p, const struct node *filters); /* of a captured text */
/* Code for a macro's body, and its number. name NULL: the caller of a call block. */
uint32_t emit_macro(struct program *p, const struct node *n, bool named);

#endif
