/* Shape rules: what a node's shape and type must be, given its operands. The builder asks to know
 * them, the verifier to check them. */
#ifndef RLXC_SHAPE_H
#define RLXC_SHAPE_H

#include "compiler/hir/hir.h"

struct shape_question {
    const struct hir_graph *graph; /* operands are looked up here */
    struct dims *dims;             /* new sizes are made here */
    struct arena *arena;           /* for the text of an answer */
    enum hir_op op;
    const struct hir_attr *attr;
    const hir_id *operands; /* their number fits the op */
    uint32_t count;
    struct hir_shape declared; /* ops whose shape is declared: what was said */
    enum dtype declared_dtype;
};

struct shape_answer {
    struct hir_shape shape;
    enum dtype dtype;
    const char *why; /* where it does not fit: expected and found */
};

/* Whoever makes the node declares the shape, because it does not follow from the operands alone. */
static inline bool hir_is_declared(enum hir_op op)
{
    uint8_t rule = hir_op_info[op].shape_rule;
    return rule == SHAPE_declared || rule == SHAPE_reshape || rule == SHAPE_slice ||
           rule == SHAPE_pack;
}

bool shape_infer(const struct shape_question *q, struct shape_answer *out);
/* All rules that hold for one node by itself: number of operands, attribute, shape, type. */
bool hir_check_node(const struct shape_question *q, const struct hir_shape *shape, enum dtype dtype,
                    const char **why);
void shape_text(const struct dims *d, const struct hir_shape *shape,
                struct text *out); /* "[ROWS, 576]" */

#endif
