/* The machine of chat templates, between template_run.c (what instructions do), template_frames.c
 * (stack, variables, output, loops) and template_call_macro.c (calls). Opening the section checked
 * the code. The machine checks what depends on the path through it: the depth of stacks, and that
 * everything that ends has begun.
 */
#ifndef RLX_TEMPLATE_MACHINE_H
#define RLX_TEMPLATE_MACHINE_H

#include "runtime/text/template.h"

enum { STACK_VALUES = 4096 };

/* Variables of one stretch of the template. The outermost scope is the array `globals`. */
struct scope {
    struct scope *parent;
    uint32_t *names;
    struct value *values;
    uint32_t count, capacity;
};

struct capture {
    struct builder text;
    struct capture *below;
};

/* A call of a macro, or of a recursive loop. */
struct call {
    struct call *below;
    const struct rlx_template_macro *macro; /* NULL: a loop */
    uint32_t back, loop_code, loop_depth;
    struct scope *scope;
    struct loop *loops;
    struct capture *captures;
    size_t stack; /* values below the call */
    bool given[256];
};

struct machine {
    struct render *render;
    const struct template *template;
    uint32_t at; /* the next instruction */
    struct value *stack;
    size_t count;
    struct value *globals; /* for each name */
    struct scope *scope;   /* NULL: the outermost */
    struct loop *loops;
    struct capture *captures;
    struct call *calls;
    uint32_t depth; /* of calls and captures */
};

/* ---- template_frames.c ---- */

void machine_push(struct machine *m, struct value v);
struct value machine_pop(struct machine *m);
/* The last `count` values, which leave the stack; they stay readable until the next push. NULL and
 * an error where there are fewer. */
const struct value *machine_take(struct machine *m, size_t count);

struct value machine_load(struct machine *m, uint32_t name);
void machine_store(struct machine *m, uint32_t name, struct value v); /* in the innermost scope */
struct scope *machine_new_scope(struct machine *m, struct scope *parent);
void machine_leave_scope(struct machine *m);
void machine_store_attribute(struct machine *m, struct value name); /* of a namespace */

void machine_begin_capture(struct machine *m);
struct value machine_end_capture(struct machine *m); /* the text */

void machine_begin_loop(struct machine *m, struct value iterable, uint32_t code);
bool machine_next_item(struct machine *m); /* true where an item was pushed */
bool machine_end_loop(struct machine *m);  /* true where the body came to its end once */
void machine_push_loop(struct machine *m);
void machine_unpack(struct machine *m, uint32_t count);

/* ---- template_call_macro.c ---- */

void machine_call(struct machine *m, const struct rlx_template_instruction *i);
void machine_filter(struct machine *m, const struct rlx_template_instruction *i); /* or test */
void machine_end_call(struct machine *m);

#endif
