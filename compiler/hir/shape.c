/* What the shape rules share, and the way to each. In: an op, its attribute and operands; out: the
 * result's shape and type, or why there is none. The rules: shape_leaf.c, shape_rows.c,
 * shape_attention.c. */
#include "compiler/hir/shape_rules.h"

#include <stdarg.h>

bool shape_misfit(const struct shape_question *q, struct shape_answer *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    out->why = arena_vprintf(q->arena, format, arguments);
    va_end(arguments);
    return false;
}

void shape_text(const struct dims *d, const struct hir_shape *shape, struct text *out)
{
    text_add(out, "[");
    for (uint32_t i = 0; i < shape->rank; i++) {
        if (i != 0)
            text_add(out, ", ");
        dim_text(d, shape->dims[i], out);
    }
    text_add(out, "]");
}

const char *shape_print(const struct shape_question *q, const struct hir_shape *shape)
{
    struct text t = {.arena = q->arena};

    shape_text(q->dims, shape, &t);
    return t.data;
}

bool shape_equal(const struct hir_shape *a, const struct hir_shape *b)
{
    bool same = a->rank == b->rank;

    for (uint32_t i = 0; same && i < a->rank; i++)
        same = a->dims[i] == b->dims[i];
    return same;
}

bool shape_want(const struct shape_question *q, struct shape_answer *out, uint32_t i, uint32_t rank)
{
    if (shape_operand_dtype(q, i) == DTYPE_i32)
        return shape_misfit(q, out, "operand %u: expected numbers, found i32", i + 1);
    if (shape_operand(q, i)->rank != rank)
        return shape_misfit(q, out, "operand %u: expected rank %u, found %s", i + 1, rank,
                            shape_print(q, shape_operand(q, i)));
    return true;
}

bool shape_want_indices(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                        dim_id size)
{
    const struct hir_shape *shape = shape_operand(q, i);

    if (shape_operand_dtype(q, i) != DTYPE_i32)
        return shape_misfit(q, out, "operand %u: expected i32, found %s", i + 1,
                            dtype_info[shape_operand_dtype(q, i)].name);
    if (shape_operand_op(q, i) == HIR_weight)
        return shape_misfit(q, out, "operand %u: expected indices of a run, found a weight", i + 1);
    if (shape->rank != 1)
        return shape_misfit(q, out, "operand %u: expected rank 1, found %s", i + 1,
                            shape_print(q, shape));
    if (size != 0 && shape->dims[0] != size) {
        struct hir_shape wanted = {1, {size}};
        return shape_misfit(q, out, "operand %u: expected %s, found %s", i + 1,
                            shape_print(q, &wanted), shape_print(q, shape));
    }
    return true;
}

bool shape_want_order(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                      dim_id size)
{
    const struct hir_shape wanted = {1, {size}};

    if (shape_operand_dtype(q, i) != DTYPE_i32 || shape_operand_op(q, i) != HIR_weight ||
        !shape_equal(&wanted, shape_operand(q, i)))
        return shape_misfit(q, out, "operand %u: expected a weight i32 %s, found %s %s", i + 1,
                            shape_print(q, &wanted), dtype_info[shape_operand_dtype(q, i)].name,
                            shape_print(q, shape_operand(q, i)));
    return true;
}

bool shape_want_dims(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                     uint32_t rank, const dim_id *dims)
{
    struct hir_shape wanted = {.rank = rank};

    if (!shape_want(q, out, i, rank))
        return false;
    for (uint32_t j = 0; j < rank; j++)
        wanted.dims[j] = dims[j];
    if (!shape_equal(shape_operand(q, i), &wanted))
        return shape_misfit(q, out, "operand %u: expected %s, found %s", i + 1,
                            shape_print(q, &wanted), shape_print(q, shape_operand(q, i)));
    return true;
}

bool shape_give(struct shape_answer *out, enum dtype dtype, uint32_t rank, const dim_id *dims)
{
    out->dtype = dtype;
    out->shape = (struct hir_shape){.rank = rank};
    for (uint32_t i = 0; i < rank; i++)
        out->shape.dims[i] = dims[i];
    return true;
}

bool shape_give_declared(const struct shape_question *q, struct shape_answer *out)
{
    out->dtype = q->declared_dtype;
    out->shape = q->declared;
    return true;
}

bool shape_infer(const struct shape_question *q, struct shape_answer *out)
{
    static bool (*const rule[])(const struct shape_question *, struct shape_answer *) = {
#define R(name) rule_##name,
        SHAPE_RULES(R)
#undef R
    };
    const struct hir_op_info *info = &hir_op_info[q->op];

    assert(q->count >= info->min && q->count <= info->max);
    *out = (struct shape_answer){0};
    return rule[info->shape_rule](q, out);
}
