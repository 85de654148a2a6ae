/* Shape rules of views, and of what joins and turns weights. In: an op, its attribute and operands;
 * out: the result's shape and type. Elements keep their type where blocks stay whole; where a
 * quantized row is cut inside a block, or turned, the result is f32. */
#include "compiler/hir/shape_rules.h"

/* Number of elements; 0 where it is not known. */
static dim_id shape_elements(const struct shape_question *q, const struct hir_shape *shape)
{
    dim_id all = dim_const(q->dims, 1);

    for (uint32_t i = 0; i < shape->rank; i++)
        all = dim_mul(q->dims, all, shape->dims[i]);
    return all;
}

/* The declared shape, with elements of the operand's type, or of f32 where blocks are cut. */
static bool give_view(const struct shape_question *q, struct shape_answer *out, bool whole_blocks)
{
    enum dtype dtype = whole_blocks ? shape_operand_dtype(q, 0) : DTYPE_f32;

    if (q->declared_dtype != dtype)
        return shape_misfit(q, out, "expected %s, found %s", dtype_info[dtype].name,
                            dtype_info[q->declared_dtype].name);
    return shape_give_declared(q, out);
}

/* Whether a size is a known multiple of the operand's block. */
static bool is_whole(const struct shape_question *q, dim_id size)
{
    int64_t value, block = dtype_info[shape_operand_dtype(q, 0)].block;

    return block == 1 || (dim_is_const(q->dims, size, &value) && value % block == 0);
}

bool rule_reshape(const struct shape_question *q, struct shape_answer *out)
{
    dim_id before = shape_elements(q, shape_operand(q, 0)), after = shape_elements(q, &q->declared);
    uint32_t rank = q->declared.rank;

    if (before == 0 || before != after)
        return shape_misfit(q, out, "expected as many elements as %s, found %s",
                            shape_print(q, shape_operand(q, 0)), shape_print(q, &q->declared));
    return give_view(q, out, is_whole(q, rank == 0 ? after : q->declared.dims[rank - 1]));
}

/* The sum of start and the length, or, of each step-th element, one behind the last. */
static dim_id slice_end(const struct shape_question *q)
{
    int64_t start, length, step = q->attr->slice.step;
    dim_id size = q->declared.dims[q->attr->slice.axis];

    if (step <= 1)
        return dim_add(q->dims, q->attr->slice.start, size);
    if (!dim_is_const(q->dims, q->attr->slice.start, &start) ||
        !dim_is_const(q->dims, size, &length) || length > INT32_MAX)
        return 0;
    return dim_add(q->dims, q->attr->slice.start, dim_const(q->dims, (length - 1) * step + 1));
}

bool rule_slice(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape wanted = *shape_operand(q, 0);
    uint32_t axis = q->attr->slice.axis;
    int64_t end;

    if (axis >= wanted.rank || q->declared.rank != wanted.rank)
        return shape_misfit(q, out, "axis %u: expected an axis of %s, found %s", axis,
                            shape_print(q, &wanted), shape_print(q, &q->declared));
    dim_id whole = wanted.dims[axis], size = q->declared.dims[axis];
    if (q->dims->all[size].max == 0)
        return shape_misfit(q, out, "expected a range that is not empty, found %s",
                            shape_print(q, &q->declared));
    dim_id last = slice_end(q);
    bool inside =
        last != 0 &&
        (last == whole || (dim_is_const(q->dims, last, &end) && end <= q->dims->all[whole].min));
    wanted.dims[axis] = size;
    if (!inside || !shape_equal(&wanted, &q->declared))
        return shape_misfit(q, out, "expected a range inside %s, found %s",
                            shape_print(q, shape_operand(q, 0)), shape_print(q, &q->declared));
    bool whole_blocks = axis + 1 < wanted.rank || (q->attr->slice.step <= 1 && is_whole(q, size) &&
                                                   is_whole(q, q->attr->slice.start));
    return give_view(q, out, whole_blocks || dtype_info[shape_operand_dtype(q, 0)].block == 1);
}

/* ---- weights ---- */

bool rule_transpose(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_operand(q, 0);
    enum dtype dtype = shape_operand_dtype(q, 0);

    if (shape.rank < 2)
        return shape_misfit(q, out, "expected a rank of at least 2, found %s",
                            shape_print(q, &shape));
    dim_id rows = shape.dims[shape.rank - 2];
    shape.dims[shape.rank - 2] = shape.dims[shape.rank - 1];
    shape.dims[shape.rank - 1] = rows;
    return shape_give(out, dtype_info[dtype].block == 1 ? dtype : DTYPE_f32, shape.rank,
                      shape.dims);
}

static bool want_one_type(const struct shape_question *q, struct shape_answer *out)
{
    for (uint32_t i = 1; i < q->count; i++)
        if (shape_operand_dtype(q, i) != shape_operand_dtype(q, 0))
            return shape_misfit(q, out, "operand %u: expected %s, found %s", i + 1,
                                dtype_info[shape_operand_dtype(q, 0)].name,
                                dtype_info[shape_operand_dtype(q, i)].name);
    return true;
}

bool rule_stack(const struct shape_question *q, struct shape_answer *out)
{
    const struct hir_shape *first = shape_operand(q, 0);
    dim_id dims[] = {dim_const(q->dims, q->count), first->dims[0], first->dims[1]};

    if (!want_one_type(q, out))
        return false;
    for (uint32_t i = 0; i < q->count; i++)
        if (!shape_want(q, out, i, 2) || !shape_want_dims(q, out, i, 2, first->dims))
            return false;
    return shape_give(out, shape_operand_dtype(q, 0), 3, dims);
}

/* Also of interleave, whose axis is that of rows. */
bool rule_concat(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_operand(q, 0);
    uint32_t axis = q->op == HIR_interleave && shape.rank == 3 ? 1 : q->attr->weight.axis;

    if (axis >= shape.rank)
        return shape_misfit(q, out, "axis %u: expected an axis of %s", axis,
                            shape_print(q, &shape));
    if (!want_one_type(q, out))
        return false;
    for (uint32_t i = 0; i < q->count; i++) {
        struct hir_shape wanted = *shape_operand(q, 0), found = *shape_operand(q, i);
        wanted.dims[axis] = found.rank == wanted.rank ? found.dims[axis] : 0;
        if (!shape_equal(&wanted, &found))
            return shape_misfit(q, out, "operand %u: expected all but axis %u as in %s, found %s",
                                i + 1, axis, shape_print(q, shape_operand(q, 0)),
                                shape_print(q, &found));
        if (i != 0)
            shape.dims[axis] = dim_add(q->dims, shape.dims[axis], found.dims[axis]);
        if (shape.dims[axis] == 0)
            return shape_misfit(q, out, "operand %u: the sum of sizes is too large", i + 1);
    }
    if (q->op == HIR_interleave && shape.rank != 2 && shape.rank != 3)
        return shape_misfit(q, out, "expected weights of rank 2 or 3, found %s",
                            shape_print(q, shape_operand(q, 0)));
    return shape_give(out, shape_operand_dtype(q, 0), shape.rank, shape.dims);
}

bool rule_pack(const struct shape_question *q, struct shape_answer *out)
{
    const struct hir_shape *shape = shape_operand(q, 0);
    const struct dtype_info *type = &dtype_info[q->declared_dtype];
    int64_t width;

    if (q->declared_dtype == DTYPE_i32 || shape_operand_dtype(q, 0) == DTYPE_i32)
        return shape_misfit(q, out, "expected types of numbers, found i32");
    if (shape->rank == 0)
        return shape_misfit(q, out, "expected a rank of at least 1, found []");
    if (!shape_equal(shape, &q->declared))
        return shape_misfit(q, out, "expected %s, found %s", shape_print(q, shape),
                            shape_print(q, &q->declared));
    if (!dim_is_const(q->dims, shape->dims[shape->rank - 1], &width) || width % type->block != 0)
        return shape_misfit(q, out, "%s: expected rows of a multiple of %u elements, found %s",
                            type->name, type->block, shape_print(q, shape));
    return shape_give_declared(q, out);
}
