/* Shape rules of rotation, of writes to the states of keys and values, and of attention. */
#include "compiler/hir/attr.h"
#include "compiler/hir/shape_rules.h"

enum { /* classes of states, as sets */
       ROWS = 1 << STATE_rows,
       RING = 1 << STATE_ring,
       CROSS = 1 << STATE_cross,
       SCRATCH = 1 << STATE_scratch
};

/* What the leaf of a state operand says of itself. */
static const struct hir_attr *state_attr(const struct shape_question *q, uint32_t i)
{
    return hir_attr(q->graph, hir_state_leaf(q->graph, q->operands[i]));
}

static uint32_t class_of(const struct shape_question *q, uint32_t i)
{
    return 1u << state_attr(q, i)->state.class;
}

bool shape_want_state(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                      uint32_t classes)
{
    if (!hir_is_state(q->graph, q->operands[i]))
        return shape_misfit(q, out, "operand %u: expected a state, found %s", i + 1,
                            hir_op_info[shape_operand_op(q, i)].name);
    if ((classes & class_of(q, i)) != 0)
        return true;
    return shape_misfit(q, out, "operand %u: expected a state of another class, found class=%s",
                        i + 1, attr_word(ATTR_TYPE_state_class, state_attr(q, i)->state.class));
}

static bool want_role(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                      enum state_role role)
{
    uint32_t found = state_attr(q, i)->state.role;

    return found == (uint32_t)role ||
           shape_misfit(q, out, "operand %u: expected a state with role=%s, found role=%s", i + 1,
                        attr_word(ATTR_TYPE_state_role, role),
                        attr_word(ATTR_TYPE_state_role, found));
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

/* A scratch state has a place for each row of the run; a cross state, for all that are written. */
static bool want_places(const struct shape_question *q, struct shape_answer *out, uint32_t state,
                        dim_id rows)
{
    const struct hir_shape *to = shape_operand(q, state);
    const struct dim *count = &q->dims->all[rows], *places = &q->dims->all[to->dims[1]];

    if (class_of(q, state) == SCRATCH && to->dims[1] != rows)
        return shape_misfit(q, out,
                            "operand %u: expected a scratch state of as many rows, found %s",
                            state + 1, shape_print(q, to));
    if (class_of(q, state) == CROSS && count->max > places->max)
        return shape_misfit(q, out,
                            "operand %u: expected a cross state of at least %lld rows, found %s",
                            state + 1, (long long)count->max, shape_print(q, to));
    return true;
}

/* state [BATCH, capacity, heads, head_dim], x [R, heads, head_dim] */
static bool want_append(const struct shape_question *q, struct shape_answer *out, uint32_t state,
                        uint32_t x)
{
    if (!shape_want_state(q, out, state, ROWS | RING | CROSS | SCRATCH) ||
        !shape_want(q, out, state, 4) || !shape_want(q, out, x, 3))
        return false;
    dim_id rows = shape_operand(q, x)->dims[0];
    const struct hir_shape *to = shape_operand(q, state);
    dim_id wanted[] = {rows, to->dims[2], to->dims[3]};
    return shape_want_dims(q, out, x, 3, wanted) && want_places(q, out, state, rows);
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
    if (!want_append(q, out, 0, 1))
        return false;
    uint32_t wanted = class_of(q, 0) & (ROWS | RING) ? 3 : 2;
    if (q->count != wanted)
        return shape_misfit(q, out, "class=%s: expected %s positions",
                            attr_word(ATTR_TYPE_state_class, state_attr(q, 0)->state.class),
                            wanted == 3 ? "an operand of" : "no operand of");
    if (wanted == 3 && !shape_want_indices(q, out, 2, shape_operand(q, 1)->dims[0]))
        return false;
    const struct hir_shape *shape = shape_operand(q, 0);
    return shape_give(out, shape_operand_dtype(q, 0), shape->rank, shape->dims);
}

/* A key state and a value state of one class, at operand i and the next. */
static bool want_pair(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                      uint32_t classes)
{
    return shape_want_state(q, out, i, classes) &&
           shape_want_state(q, out, i + 1, class_of(q, i)) &&
           want_role(q, out, i, STATE_ROLE_key) && want_role(q, out, i + 1, STATE_ROLE_value);
}

/* The weight at operand i is of so many heads. */
static bool want_weight_of(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                           int64_t heads)
{
    int64_t head_dim = 0, width = 0;

    if (!shape_want(q, out, i, 1))
        return false;
    return (dim_is_const(q->dims, shape_operand(q, 0)->dims[3], &head_dim) &&
            dim_is_const(q->dims, shape_operand(q, i)->dims[0], &width) &&
            width == heads * head_dim) ||
           shape_misfit(q, out, "operand %u: expected [%lld], found %s", i + 1,
                        (long long)(heads * head_dim), shape_print(q, shape_operand(q, i)));
}

static bool want_norms(const struct shape_question *q, struct shape_answer *out,
                       const struct kv_write_operands *at, int64_t heads, int64_t kv_heads)
{
    const bool all = q->attr->rope.all_heads != 0;

    return (at->q_norm == 0 || (want_weight_of(q, out, at->q_norm, all ? heads : 1) &&
                                want_weight_of(q, out, at->k_norm, all ? kv_heads : 1))) &&
           (at->v_norm == 0 || want_weight_of(q, out, at->v_norm, 1));
}

bool rule_kv_write(const struct shape_question *q, struct shape_answer *out)
{
    struct kv_write_operands at = kv_write_operands(q->attr, q->count);
    int64_t heads = 0, kv_heads = 0;

    const uint32_t least = at.count - (at.q_norm != 0 ? 2 : 0);

    if (q->count != at.count)
        return shape_misfit(q, out, "n_rot=%u: expected %u or %u operands, found %u",
                            q->attr->rope.n_rot, least, least + 2, q->count);
    if (at.k_table != 0 && at.table == 0)
        return shape_misfit(q, out, "k_table: expected 0 where nothing is rotated");
    if (at.q_norm == 0 && at.v_norm == 0 && q->attr->rope.epsilon != 0)
        return shape_misfit(q, out, "epsilon: expected 0 where there is no norm");
    if (q->attr->rope.all_heads && (at.q_norm == 0 || at.v_norm != 0))
        return shape_misfit(q, out, "all_heads: expected norms of q and k, and none of v");
    if (q->attr->rope.norm_last &&
        (at.q_norm == 0 || at.table == 0 || q->attr->rope.all_heads != 0))
        return shape_misfit(q, out, "norm_last: expected rotations, and norms of each head");
    if (!want_append(q, out, 0, 3) || !want_append(q, out, 1, 4) || !shape_want(q, out, 2, 3) ||
        !want_pair(q, out, 0, ROWS | RING | SCRATCH) ||
        !shape_want_indices(q, out, 5, shape_operand(q, 3)->dims[0]))
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
    if ((at.table != 0 && !want_rope(q, out, at.table, head_dim)) ||
        (at.k_table != 0 && !want_rope(q, out, at.k_table, head_dim)))
        return false;
    return want_norms(q, out, &at, heads, kv_heads) && shape_give(out, DTYPE_f32, 3, wanted);
}

bool rule_written(const struct shape_question *q, struct shape_answer *out)
{
    hir_id state =
        hir_written_operand(q->graph, q->operands[0], (enum written)q->attr->written.which);

    if (state == 0)
        return shape_misfit(q, out, "operand 1: expected an op that writes a %s, found %s",
                            attr_word(ATTR_TYPE_which, q->attr->written.which),
                            hir_op_info[shape_operand_op(q, 0)].name);
    const struct hir_shape *shape = hir_shape_of(q->graph, state);
    return shape_give(out, (enum dtype)hir_at(q->graph, state)->dtype, shape->rank, shape->dims);
}

/* What the class of the states asks of an attention. */
static bool want_reading(const struct shape_question *q, struct shape_answer *out, dim_id rows)
{
    struct attention_operands at = attention_operands(q->graph, q->operands, q->count);
    dim_id heads = dim_const(q->dims, q->attr->attention.heads);
    const struct hir_attr *attr = q->attr;
    bool causal = attr->attention.mask == MASK_causal;
    uint32_t class = class_of(q, 1), window = attr->attention.window;
    dim_id capacity = shape_operand(q, 1)->dims[1];

    if (class == RING && (window == 0 || window > q->dims->all[capacity].max))
        return shape_misfit(q, out, "class=ring: expected a window of 1 to %lld keys, found %u",
                            (long long)q->dims->all[capacity].max, window);
    if (class == CROSS && causal)
        return shape_misfit(q, out, "class=cross: expected mask=none");
    if (class == CROSS && state_attr(q, 1)->state.rows != state_attr(q, 2)->state.rows)
        return shape_misfit(q, out, "class=cross: expected one symbol for the rows of K and V");
    if (class == SCRATCH && capacity != rows)
        return shape_misfit(q, out,
                            "class=scratch: expected as many rows as the states have, found %s",
                            shape_print(q, shape_operand(q, 0)));
    if (at.positions == 0 && causal && (class & (ROWS | RING)) != 0)
        return shape_misfit(q, out, "mask=causal: expected an operand of positions");
    if (at.sinks + 1 < q->count && at.positions + 1 < q->count && q->count > 3)
        return shape_misfit(q, out, "expected positions, sinks or both after the states");
    return (at.positions == 0 || shape_want_indices(q, out, at.positions, rows)) &&
           (at.sinks == 0 || shape_want_dims(q, out, at.sinks, 1, &heads));
}

bool rule_attention(const struct shape_question *q, struct shape_answer *out)
{
    uint64_t heads = q->attr->attention.heads, kv_heads = q->attr->attention.kv_heads;

    if (heads == 0 || kv_heads == 0 || heads % kv_heads != 0)
        return shape_misfit(q, out, "expected heads to be a multiple of kv_heads, found %u and %u",
                            (unsigned)heads, (unsigned)kv_heads);
    if (!shape_want(q, out, 0, 3) || !want_pair(q, out, 1, ROWS | RING | CROSS | SCRATCH) ||
        !shape_want(q, out, 1, 4))
        return false;
    const struct hir_shape *k = shape_operand(q, 1);
    dim_id rows = shape_operand(q, 0)->dims[0];
    dim_id head_dim = dim_const(q->dims, q->attr->attention.head_dim);
    dim_id wanted_q[] = {rows, dim_const(q->dims, (int64_t)heads), head_dim};
    dim_id wanted_kv[] = {k->dims[0], k->dims[1], dim_const(q->dims, (int64_t)kv_heads), head_dim};
    if (!shape_want_dims(q, out, 0, 3, wanted_q) || !shape_want_dims(q, out, 1, 4, wanted_kv) ||
        !shape_want_dims(q, out, 2, 4, wanted_kv) || !want_reading(q, out, rows))
        return false;
    dim_id dims[] = {rows, dim_mul(q->dims, wanted_q[1], head_dim)};
    return shape_give(out, DTYPE_f32, 2, dims);
}

/* ---- carried states ---- */

/* state [BATCH, before, W], x [R, W] -> f32 [R, W] */
static bool give_carried(const struct shape_question *q, struct shape_answer *out, dim_id before)
{
    if (!shape_want_state(q, out, 0, 1 << STATE_carried) || !shape_want(q, out, 1, 2))
        return false;
    const struct hir_shape *x = shape_operand(q, 1);
    dim_id wanted[] = {dim_symbol(q->dims, SYMBOL_BATCH), before, x->dims[1]};
    return shape_want_dims(q, out, 0, 3, wanted) && shape_give(out, DTYPE_f32, 2, x->dims);
}

bool rule_scan(const struct shape_question *q, struct shape_answer *out)
{
    return give_carried(q, out, dim_const(q->dims, 1)) &&
           shape_want_dims(q, out, 2, 2, shape_operand(q, 1)->dims);
}

bool rule_conv(const struct shape_question *q, struct shape_answer *out)
{
    int64_t kernel = 0;

    if (!shape_want(q, out, 1, 2) || !shape_want(q, out, 2, 2))
        return false;
    const struct hir_shape *weight = shape_operand(q, 2);
    dim_is_const(q->dims, weight->dims[1], &kernel);
    if (weight->dims[0] != shape_operand(q, 1)->dims[1] || kernel < 2 || kernel > 8)
        return shape_misfit(q, out, "operand 3: expected a weight [width, 2 to 8], found %s",
                            shape_print(q, weight));
    return give_carried(q, out, dim_const(q->dims, kernel - 1));
}
