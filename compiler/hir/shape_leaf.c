/* Shape rules of leaves and views: ops whose shape is declared, and weights that are joined. */
#include "compiler/hir/shape_rules.h"

/* ---- leaves ---- */

/* Axes from `first` on are known numbers above 0. */
static bool want_numbers(const struct shape_question *q, struct shape_answer *out, uint32_t first)
{
    int64_t value;

    for (uint32_t i = first; i < q->declared.rank; i++)
        if (!dim_is_const(q->dims, q->declared.dims[i], &value) || value == 0)
            return shape_misfit(q, out, "expected sizes that are numbers above 0, found %s",
                                shape_print(q, &q->declared));
    return true;
}

static bool rule_input(const struct shape_question *q, struct shape_answer *out)
{
    bool indices = q->declared_dtype == DTYPE_i32 && q->declared.rank == 1;
    bool numbers = q->declared_dtype == DTYPE_f32 && q->declared.rank != 0;

    if (!indices && (!numbers || q->attr->input.role != INPUT_data))
        return shape_misfit(q, out, "expected %si32 of rank 1, found %s %s",
                            q->attr->input.role == INPUT_data ? "f32 or " : "",
                            dtype_info[q->declared_dtype].name, shape_print(q, &q->declared));
    return shape_give_declared(q, out);
}

static bool rule_weight(const struct shape_question *q, struct shape_answer *out)
{
    const struct dtype_info *type = &dtype_info[q->declared_dtype];
    int64_t width;

    if (q->declared_dtype == DTYPE_i32)
        return shape_misfit(q, out, "expected a type of numbers, found i32");
    if (q->declared.rank == 0)
        return shape_misfit(q, out, "expected a rank of at least 1, found []");
    if (!want_numbers(q, out, 0))
        return false;
    dim_is_const(q->dims, q->declared.dims[q->declared.rank - 1], &width);
    if (width % type->block != 0)
        return shape_misfit(q, out, "%s: expected rows of a multiple of %u elements, found %s",
                            type->name, type->block, shape_print(q, &q->declared));
    return shape_give_declared(q, out);
}

static bool rule_state(const struct shape_question *q, struct shape_answer *out)
{
    enum dtype dtype = q->declared_dtype;

    if (dtype != DTYPE_f32 && dtype != DTYPE_f16 && dtype != DTYPE_q8_0)
        return shape_misfit(q, out, "expected f32, f16 or q8_0, found %s", dtype_info[dtype].name);
    if (q->declared.rank != 4)
        return shape_misfit(q, out, "expected [BATCH, context, heads, head_dim], found %s",
                            shape_print(q, &q->declared));
    return want_numbers(q, out, 1) && shape_give_declared(q, out);
}

static bool rule_rope_table(const struct shape_question *q, struct shape_answer *out)
{
    int64_t n_rot;

    if (q->declared_dtype != DTYPE_f32 || q->declared.rank != 2)
        return shape_misfit(q, out, "expected f32 [context, n_rot], found %s %s",
                            dtype_info[q->declared_dtype].name, shape_print(q, &q->declared));
    if (!want_numbers(q, out, 0))
        return false;
    dim_is_const(q->dims, q->declared.dims[1], &n_rot);
    if (n_rot % 2 != 0)
        return shape_misfit(q, out, "expected an even n_rot, found %s",
                            shape_print(q, &q->declared));
    dim_id half = dim_const(q->dims, n_rot / 2);
    if (q->count == 1 && !(shape_want(q, out, 0, 1) && shape_want_dims(q, out, 0, 1, &half)))
        return false;
    return shape_give_declared(q, out);
}

bool rule_declared(const struct shape_question *q, struct shape_answer *out)
{
    switch (q->op) {
    case HIR_input:
        return rule_input(q, out);
    case HIR_weight:
        return rule_weight(q, out);
    case HIR_state:
        return rule_state(q, out);
    case HIR_rope_table:
        return rule_rope_table(q, out);
    default:
        unreachable("an op that declares its shape without a rule");
    }
}

bool rule_scalar(const struct shape_question *q, struct shape_answer *out)
{
    (void)q;
    return shape_give(out, DTYPE_f32, 0, NULL);
}

/* ---- views ---- */

/* Number of elements; 0 where it is not known. */
/* The declared shape, with elements of the operand's type. */
static bool give_view(const struct shape_question *q, struct shape_answer *out)
{
    if (q->declared_dtype != shape_operand_dtype(q, 0))
        return shape_misfit(q, out, "expected %s, found %s",
                            dtype_info[shape_operand_dtype(q, 0)].name,
                            dtype_info[q->declared_dtype].name);
    return shape_give_declared(q, out);
}

static dim_id elements(const struct shape_question *q, const struct hir_shape *shape)
{
    dim_id all = dim_const(q->dims, 1);

    for (uint32_t i = 0; i < shape->rank; i++)
        all = dim_mul(q->dims, all, shape->dims[i]);
    return all;
}

bool rule_reshape(const struct shape_question *q, struct shape_answer *out)
{
    dim_id before = elements(q, shape_operand(q, 0)), after = elements(q, &q->declared);

    if (before == 0 || before != after)
        return shape_misfit(q, out, "expected as many elements as %s, found %s",
                            shape_print(q, shape_operand(q, 0)), shape_print(q, &q->declared));
    return give_view(q, out);
}

bool rule_slice(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape wanted = *shape_operand(q, 0);
    uint32_t axis = q->attr->slice.axis;
    int64_t end;

    if (axis >= wanted.rank || q->declared.rank != wanted.rank)
        return shape_misfit(q, out, "axis %u: expected an axis of %s, found %s", axis,
                            shape_print(q, &wanted), shape_print(q, &q->declared));
    dim_id whole = wanted.dims[axis];
    if (q->dims->all[q->declared.dims[axis]].max == 0)
        return shape_misfit(q, out, "expected a range that is not empty, found %s",
                            shape_print(q, &q->declared));
    dim_id last = dim_add(q->dims, q->attr->slice.start, q->declared.dims[axis]);
    bool inside =
        last != 0 &&
        (last == whole || (dim_is_const(q->dims, last, &end) && end <= q->dims->all[whole].min));
    wanted.dims[axis] = q->declared.dims[axis];
    if (!inside || !shape_equal(&wanted, &q->declared))
        return shape_misfit(q, out, "expected a range inside %s, found %s",
                            shape_print(q, shape_operand(q, 0)), shape_print(q, &q->declared));
    return give_view(q, out);
}

static bool is_weight(uint16_t op)
{
    return op == HIR_weight || op == HIR_concat || op == HIR_interleave;
}

bool rule_concat(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_operand(q, 0);

    for (uint32_t i = 0; i < q->count; i++) {
        struct hir_shape wanted = *shape_operand(q, 0), found = *shape_operand(q, i);
        if (!is_weight(shape_operand_op(q, i)))
            return shape_misfit(q, out, "operand %u: expected a weight, found %s", i + 1,
                                hir_op_info[shape_operand_op(q, i)].name);
        if (shape_operand_dtype(q, i) != shape_operand_dtype(q, 0))
            return shape_misfit(q, out, "operand %u: expected %s, found %s", i + 1,
                                dtype_info[shape_operand_dtype(q, 0)].name,
                                dtype_info[shape_operand_dtype(q, i)].name);
        wanted.dims[0] = found.dims[0];
        if (wanted.rank == 0 || !shape_equal(&wanted, &found))
            return shape_misfit(q, out, "operand %u: expected rows as in %s, found %s", i + 1,
                                shape_print(q, shape_operand(q, 0)), shape_print(q, &found));
        if (i != 0)
            shape.dims[0] = dim_add(q->dims, shape.dims[0], found.dims[0]);
        if (shape.dims[0] == 0)
            return shape_misfit(q, out, "operand %u: the sum of rows is too large", i + 1);
    }
    if (q->op == HIR_interleave && shape.rank != 2)
        return shape_misfit(q, out, "expected weights of rank 2, found %s",
                            shape_print(q, shape_operand(q, 0)));
    return shape_give(out, shape_operand_dtype(q, 0), shape.rank, shape.dims);
}
