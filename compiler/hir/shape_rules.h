/* Inside the shape rules: what their files share. */
#ifndef RLXC_SHAPE_RULES_H
#define RLXC_SHAPE_RULES_H

#include "compiler/hir/shape.h"

/* One function per rule: true with shape and type, or false with why. */
#define R(name) bool rule_##name(const struct shape_question *q, struct shape_answer *out);
SHAPE_RULES(R)
#undef R

static inline const struct hir_shape *shape_operand(const struct shape_question *q, uint32_t i)
{
    return hir_shape_of(q->graph, q->operands[i]);
}

static inline enum dtype shape_operand_dtype(const struct shape_question *q, uint32_t i)
{
    return (enum dtype)hir_at(q->graph, q->operands[i])->dtype;
}

static inline uint16_t shape_operand_op(const struct shape_question *q, uint32_t i)
{
    return hir_at(q->graph, q->operands[i])->op;
}

/* Says why there is no answer, and returns false. */
bool shape_misfit(const struct shape_question *q, struct shape_answer *out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "[ROWS, 576]", for an error */
const char *shape_print(const struct shape_question *q, const struct hir_shape *shape);
bool shape_equal(const struct hir_shape *a, const struct hir_shape *b);

/* Operand i is numbers (not indices) of this rank. */
bool shape_want(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                uint32_t rank);
/* Operand i is numbers of this very shape. */
bool shape_want_dims(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                     uint32_t rank, const dim_id *dims);
/* Operand i is i32 of this size, or of any one-dimensional one where `size` is 0. */
bool shape_want_indices(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                        dim_id size);

/* Operand i is an order of so many rows or columns: a weight of i32. */
bool shape_want_order(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                      dim_id size);

/* Operand i is a state of one of these classes: a set of 1 << enum state_class. */
bool shape_want_state(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                      uint32_t classes);

/* The code is right, and the operands from `first` on are vectors, columns or matrices that fit the
 * answer so far; the code counts them after `values` values of a product. */
bool shape_want_code(const struct shape_question *q, struct shape_answer *out,
                     const struct scalar_code *code, uint32_t first, uint32_t values);

/* The answer, and true. */
bool shape_give(struct shape_answer *out, enum dtype dtype, uint32_t rank, const dim_id *dims);
bool shape_give_declared(const struct shape_question *q, struct shape_answer *out);

#endif
