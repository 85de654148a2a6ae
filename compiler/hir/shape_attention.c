/* Shape rules of rotation, of writes to the states of keys and values, and of attention. */
#include "compiler/hir/shape_rules.h"

static bool want_state(const struct shape_question *q, struct shape_answer *out, uint32_t i)
{
    if (!hir_is_state(q->graph, q->operands[i]))
        return shape_misfit(q, out, "operand %u: expected a state, found %s", i + 1,
                            hir_op_info[shape_operand_op(q, i)].name);
    return shape_want(q, out, i, 4);
}

static bool want_rope(const struct shape_question *q, struct shape_answer *out, uint32_t table,
                      dim_id head_dim)
{
    int64_t size, n_rot = q->attr->rope.n_rot;

    if (shape_operand_op(q, table) != HIR_rope_table)
        return shape_misfit(q, out, "operand %u: expected rope_table, found %s", table + 1,
                            hir_op_info[shape_operand_op(q, table)].name);
    if (!shape_want(q, out, table, 2))
        return false;
    dim_id width = shape_operand(q, table)->dims[1];
    if (!dim_is_const(q->dims, width, &size) || size != n_rot || n_rot == 0 || n_rot % 2 != 0)
        return shape_misfit(q, out, "n_rot: expected the even width of the table %s, found %lld",
                            shape_print(q, shape_operand(q, table)), (long long)n_rot);
    if (!dim_is_const(q->dims, head_dim, &size) || n_rot > size)
        return shape_misfit(q, out, "n_rot: expected at most the head's width, found %lld",
                            (long long)n_rot);
    return true;
}

/* state [B, context, heads, head_dim], x [R, heads, head_dim], positions [R] */
static bool want_append(const struct shape_question *q, struct shape_answer *out, uint32_t state,
                        uint32_t x, uint32_t positions)
{
    if (!want_state(q, out, state) || !shape_want(q, out, x, 3))
        return false;
    dim_id rows = shape_operand(q, x)->dims[0];
    const struct hir_shape *to = shape_operand(q, state);
    dim_id wanted[] = {rows, to->dims[2], to->dims[3]};
    return shape_want_dims(q, out, x, 3, wanted) && shape_want_indices(q, out, positions, rows);
}

bool rule_rope(const struct shape_question *q, struct shape_answer *out)
{
    if (!shape_want(q, out, 0, 3))
        return false;
    const struct hir_shape *shape = shape_operand(q, 0);
    return want_rope(q, out, 1, shape->dims[2]) && shape_want_indices(q, out, 2, shape->dims[0]) &&
           shape_give(out, DTYPE_f32, shape->rank, shape->dims);
}

bool rule_append(const struct shape_question *q, struct shape_answer *out)
{
    if (!want_append(q, out, 0, 1, 2))
        return false;
    const struct hir_shape *shape = shape_operand(q, 0);
    return shape_give(out, shape_operand_dtype(q, 0), shape->rank, shape->dims);
}

bool rule_kv_write(const struct shape_question *q, struct shape_answer *out)
{
    struct kv_write_operands at = kv_write_operands(q->attr, q->count);
    int64_t heads = 0, kv_heads = 0;

    if (q->count != at.count)
        return shape_misfit(q, out, "n_rot=%u: expected %u or %u operands, found %u",
                            q->attr->rope.n_rot, at.table == 0 ? 6 : 7, at.table == 0 ? 8 : 9,
                            q->count);
    if (at.q_norm == 0 && q->attr->rope.epsilon != 0)
        return shape_misfit(q, out, "epsilon: expected 0 where there is no norm");
    if (!want_append(q, out, 0, 3, 5) || !want_append(q, out, 1, 4, 5) || !shape_want(q, out, 2, 3))
        return false;
    const struct hir_shape *query = shape_operand(q, 2), *keys = shape_operand(q, 0);
    dim_id rows = shape_operand(q, 3)->dims[0], head_dim = keys->dims[3];
    dim_id wanted[] = {rows, query->dims[1], head_dim};
    if (!shape_want_dims(q, out, 1, 4, keys->dims) || !shape_want_dims(q, out, 2, 3, wanted))
        return false;
    if (shape_operand_dtype(q, 0) != shape_operand_dtype(q, 1))
        return shape_misfit(q, out, "operand 2: expected %s, found %s",
                            dtype_info[shape_operand_dtype(q, 0)].name,
                            dtype_info[shape_operand_dtype(q, 1)].name);
    dim_is_const(q->dims, query->dims[1], &heads);
    dim_is_const(q->dims, keys->dims[2], &kv_heads);
    if (kv_heads == 0 || heads == 0 || heads % kv_heads != 0)
        return shape_misfit(q, out, "operand 3: expected a multiple of %lld heads, found %s",
                            (long long)kv_heads, shape_print(q, query));
    if (at.table != 0 && !want_rope(q, out, at.table, head_dim))
        return false;
    for (uint32_t i = at.q_norm; at.q_norm != 0 && i <= at.k_norm; i++)
        if (!shape_want_dims(q, out, i, 1, &head_dim))
            return false;
    return shape_give(out, DTYPE_f32, 3, wanted);
}

bool rule_written(const struct shape_question *q, struct shape_answer *out)
{
    if (shape_operand_op(q, 0) != HIR_kv_write)
        return shape_misfit(q, out, "operand 1: expected kv_write, found %s",
                            hir_op_info[shape_operand_op(q, 0)].name);
    hir_id state = hir_operand(q->graph, q->operands[0], q->attr->written.which);
    const struct hir_shape *shape = hir_shape_of(q->graph, state);
    return shape_give(out, (enum dtype)hir_at(q->graph, state)->dtype, shape->rank, shape->dims);
}

bool rule_attention(const struct shape_question *q, struct shape_answer *out)
{
    uint64_t heads = q->attr->attention.heads, kv_heads = q->attr->attention.kv_heads;

    if (heads == 0 || kv_heads == 0 || heads % kv_heads != 0)
        return shape_misfit(q, out, "expected heads to be a multiple of kv_heads, found %u and %u",
                            (unsigned)heads, (unsigned)kv_heads);
    if (!shape_want(q, out, 0, 3) || !want_state(q, out, 1) || !want_state(q, out, 2))
        return false;
    const struct hir_shape *k = shape_operand(q, 1);
    dim_id rows = shape_operand(q, 0)->dims[0];
    dim_id head_dim = dim_const(q->dims, q->attr->attention.head_dim);
    dim_id wanted_q[] = {rows, dim_const(q->dims, (int64_t)heads), head_dim};
    dim_id wanted_kv[] = {k->dims[0], k->dims[1], dim_const(q->dims, (int64_t)kv_heads), head_dim};
    if (!shape_want_dims(q, out, 0, 3, wanted_q) || !shape_want_dims(q, out, 1, 4, wanted_kv) ||
        !shape_want_dims(q, out, 2, 4, wanted_kv) || !shape_want_indices(q, out, 3, rows))
        return false;
    dim_id dims[] = {rows, dim_mul(q->dims, wanted_q[1], head_dim)};
    return shape_give(out, DTYPE_f32, 2, dims);
}
