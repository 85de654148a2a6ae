/* Shape rules of what works on rows: gathers, reductions, elementwise ops, matrix
 * products. */
#include "compiler/hir/shape_rules.h"

bool rule_embed(const struct shape_question *q, struct shape_answer *out)
{
    if (!shape_want(q, out, 0, 2) || !shape_want_indices(q, out, 1, 0))
        return false;
    dim_id dims[] = {shape_operand(q, 1)->dims[0], shape_operand(q, 0)->dims[1]};
    return shape_give(out, DTYPE_f32, 2, dims);
}

bool rule_rows(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_operand(q, 0);

    if (shape.rank == 0)
        return shape_misfit(q, out, "operand 1: expected a rank of at least 1, found []");
    if (!shape_want_indices(q, out, 1, 0))
        return false;
    shape.dims[0] = shape_operand(q, 1)->dims[0];
    return shape_give(out, shape_operand_dtype(q, 0), shape.rank, shape.dims);
}

bool rule_columns(const struct shape_question *q, struct shape_answer *out)
{
    if (!shape_want(q, out, 0, 2))
        return false;
    const struct hir_shape *x = shape_operand(q, 0);
    int64_t rows;
    if (q->op == HIR_gather_columns && dim_is_const(q->dims, x->dims[0], &rows))
        return shape_misfit(q, out, "operand 1: expected rows of a run, found %s",
                            shape_print(q, x));
    return shape_want_order(q, out, 1, x->dims[1]) && shape_give(out, DTYPE_f32, 2, x->dims);
}

/* floor((R + 2 pad - kernel) / stride) + 1; 0 where it may be below 1. */
static dim_id unfolded_rows(struct dims *d, dim_id rows, const struct hir_attr *attr)
{
    uint32_t kernel = attr->unfold.kernel, stride = attr->unfold.stride;
    dim_id padded = dim_add(d, rows, dim_const(d, 2 * (int64_t)attr->unfold.pad));
    dim_id last = dim_sub(d, padded, kernel);

    return last == 0 ? 0 : dim_add(d, dim_div(d, last, stride), dim_const(d, 1));
}

bool rule_unfold(const struct shape_question *q, struct shape_answer *out)
{
    uint32_t kernel = q->attr->unfold.kernel, pad = q->attr->unfold.pad;
    struct dim_slot_info info;

    if (!shape_want(q, out, 0, 2))
        return false;
    const struct hir_shape *x = shape_operand(q, 0);
    if (dim_row_size(q->dims, x->dims[0], &info) && info.symbol < SYMBOL_FIRST_FREE)
        return shape_misfit(q, out, "operand 1: expected rows of the graph's own, found %s",
                            shape_print(q, x));
    if (pad >= kernel)
        return shape_misfit(q, out, "pad: expected a number below kernel = %u, found %u", kernel,
                            pad);
    dim_id dims[] = {unfolded_rows(q->dims, x->dims[0], q->attr),
                     dim_mul(q->dims, x->dims[1], dim_const(q->dims, kernel))};
    if (dims[0] == 0 || dims[1] == 0)
        return shape_misfit(q, out,
                            "operand 1: expected at least kernel - 2 pad = %lld rows, found %s",
                            (long long)kernel - 2 * (long long)pad, shape_print(q, x));
    return shape_give(out, DTYPE_f32, 2, dims);
}

bool rule_reduce(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_operand(q, 0);

    if (shape.rank == 0)
        return shape_misfit(q, out, "operand 1: expected a rank of at least 1, found []");
    if (!shape_want(q, out, 0, shape.rank))
        return false;
    shape.dims[shape.rank - 1] = dim_const(q->dims, 1);
    return shape_give(out, DTYPE_f32, shape.rank, shape.dims);
}

/* As in numpy: axes are aligned at the last one; equal, or one of the two is 1. */
bool rule_broadcast(const struct shape_question *q, struct shape_answer *out)
{
    dim_id one = dim_const(q->dims, 1);
    struct hir_shape all = {0};

    for (uint32_t i = 0; i < q->count; i++) {
        struct hir_shape x = *shape_operand(q, i), before = all;
        if (!shape_want(q, out, i, x.rank))
            return false;
        all.rank = x.rank > all.rank ? x.rank : all.rank;
        for (uint32_t axis = 0; axis < all.rank; axis++) { /* counted from the last */
            dim_id a = axis < before.rank ? before.dims[before.rank - 1 - axis] : one;
            dim_id b = axis < x.rank ? x.dims[x.rank - 1 - axis] : one;
            if (a != b && a != one && b != one)
                return shape_misfit(q, out,
                                    "operand %u: expected a shape that broadcasts to %s, found %s",
                                    i + 1, shape_print(q, &before), shape_print(q, &x));
            all.dims[all.rank - 1 - axis] = a == one ? b : a;
        }
    }
    return shape_give(out, DTYPE_f32, all.rank, all.dims);
}

/* Operand 2, where there is one, is a vector as wide as operand 1. */
bool rule_norm(const struct shape_question *q, struct shape_answer *out)
{
    const struct hir_shape *shape = shape_operand(q, 0);

    if (shape->rank == 0)
        return shape_misfit(q, out, "operand 1: expected a rank of at least 1, found []");
    if (q->op == HIR_rms_norm && q->attr->norm.scaled)
        return shape_misfit(q, out, "scaled: expected 0 where nothing is added");
    if (!shape_want(q, out, 0, shape->rank))
        return false;
    for (uint32_t i = 1; i < q->count; i++)
        if (!shape_want_dims(q, out, i, 1, &shape->dims[shape->rank - 1]))
            return false;
    return shape_give(out, DTYPE_f32, shape->rank, shape->dims);
}

bool rule_norm_add(const struct shape_question *q, struct shape_answer *out)
{
    const struct hir_shape *shape = shape_operand(q, 0);

    if (!shape_want(q, out, 0, 2) || !shape_want_dims(q, out, 1, 1, &shape->dims[1]) ||
        !shape_want_dims(q, out, 2, 2, shape->dims))
        return false;
    if (q->count < 3 + q->attr->norm.scaled || q->count > 4 + q->attr->norm.scaled)
        return shape_misfit(q, out, "scaled=%u: expected %u or %u operands, found %u",
                            q->attr->norm.scaled, 3 + q->attr->norm.scaled,
                            4 + q->attr->norm.scaled, q->count);
    for (uint32_t i = 3; i < q->count; i++)
        if (!shape_want_dims(q, out, i, 1, &shape->dims[1]))
            return false;
    return shape_give(out, DTYPE_f32, 2, shape->dims);
}

bool rule_norm_quant(const struct shape_question *q, struct shape_answer *out)
{
    int64_t width;

    if (!shape_want(q, out, 0, 2))
        return false;
    bool known = dim_is_const(q->dims, shape_operand(q, 0)->dims[1], &width);
    if (act_is_integer((enum act)q->attr->quant.act) && (!known || width % 32 != 0))
        return shape_misfit(q, out,
                            "operand 1: expected a width that is a multiple of 32, found %s",
                            shape_print(q, shape_operand(q, 0)));
    if (q->attr->quant.act == ACT_i8_row && width > ACT_ROW_MAX)
        return shape_misfit(q, out,
                            "operand 1: expected a width of at most %d with i8_row, found %s",
                            ACT_ROW_MAX, shape_print(q, shape_operand(q, 0)));
    if (q->count == 1 && (q->attr->quant.epsilon != 0 || q->attr->quant.centered))
        return shape_misfit(q, out, "epsilon, centered: expected 0 where there is no weight");
    if (q->count == 1 && (q->attr->quant.in_products != 0 || q->attr->quant.by_product != 0))
        return shape_misfit(q, out, "in_products, by_product: expected 0 where there is no weight");
    if (q->attr->quant.in_products != 0 && (q->count == 3 || q->attr->quant.centered))
        return shape_misfit(q, out, "in_products: expected 0 of a norm with a mean or a bias");
    return rule_norm(q, out);
}

/* ---- formulas ---- */

bool shape_want_code(const struct shape_question *q, struct shape_answer *out,
                     const struct scalar_code *code, uint32_t first, uint32_t values)
{
    const dim_id *dims = out->shape.dims;
    uint32_t operands = q->count - first;

    if (code->bytes == 0 && operands != 0)
        return shape_misfit(q, out, "code: expected a formula that reads the operands");
    if (code->bytes != 0 && !scalar_valid(code, values + operands))
        return shape_misfit(q, out,
                            "code: expected a postfix formula of x0 to x%u that leaves one value",
                            values + operands - 1);
    for (uint32_t i = first; i < q->count; i++) {
        const dim_id column[2] = {dims[0], dim_const(q->dims, 1)};
        const struct hir_shape *shape = shape_operand(q, i);
        bool is_column = shape->rank == 2 && shape->dims[1] == column[1];
        if (shape->rank == 1 ? !shape_want_dims(q, out, i, 1, dims + 1)
                             : !shape_want_dims(q, out, i, 2, is_column ? column : dims))
            return false;
    }
    return true;
}

bool rule_formula(const struct shape_question *q, struct shape_answer *out)
{
    const dim_id one = dim_const(q->dims, 1);
    uint32_t matrix = q->count;

    for (uint32_t i = 0; i < q->count; i++) {
        const struct hir_shape *shape = shape_operand(q, i);
        if (shape->rank == 2 && (matrix == q->count || shape_operand(q, matrix)->dims[1] == one))
            matrix = i;
    }
    if (matrix == q->count)
        return shape_misfit(q, out, "expected a matrix among the operands");
    if (q->attr->formula.code.bytes == 0)
        return shape_misfit(q, out, "code: expected a formula");
    shape_give(out, DTYPE_f32, 2, shape_operand(q, matrix)->dims);
    return shape_want_code(q, out, &q->attr->formula.code, 0, 0);
}

/* ---- matrix products ---- */

static bool want_product(const struct shape_question *q, struct shape_answer *out)
{
    if (!shape_want(q, out, 0, 2) || !shape_want(q, out, 1, 2))
        return false;
    const struct hir_shape *x = shape_operand(q, 0), *weight = shape_operand(q, 1);
    if (x->dims[1] != weight->dims[1])
        return shape_misfit(q, out, "expected equal last axes, found %s and %s", shape_print(q, x),
                            shape_print(q, weight));
    dim_id dims[] = {x->dims[0], weight->dims[0]};
    return shape_give(out, DTYPE_f32, 2, dims);
}

bool rule_matmul(const struct shape_question *q, struct shape_answer *out)
{
    return want_product(q, out) && shape_want_code(q, out, &q->attr->product.code, 2, 1);
}

bool rule_gated(const struct shape_question *q, struct shape_answer *out)
{
    if (shape_operand_op(q, 1) != HIR_interleave)
        return shape_misfit(q, out, "operand 2: expected interleave, found %s",
                            hir_op_info[shape_operand_op(q, 1)].name);
    if (!want_product(q, out))
        return false;
    dim_id gate = hir_shape_of(q->graph, hir_operand(q->graph, q->operands[1], 0))->dims[0];
    dim_id up = hir_shape_of(q->graph, hir_operand(q->graph, q->operands[1], 1))->dims[0];
    if (gate != up)
        return shape_misfit(q, out, "operand 2: expected gate and up of one size");
    out->shape.dims[1] = gate;
    return shape_want_code(q, out, &q->attr->product.code, 2, 2);
}
