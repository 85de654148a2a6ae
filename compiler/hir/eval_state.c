/* The meaning of writes to the states of keys and values, which happen in place. In: values of the
 * operands; out: the states after the write. States hold f32 here, whatever their type says.
 */
#include "compiler/hir/eval.h"

#include <string.h>

/* The place of a row in its batch item's part of a state. */
static uint64_t place_of(const struct hir_eval *e, hir_id state, const struct eval_place *row,
                         const float *position)
{
    uint64_t capacity = eval_axis(e, state, 1);

    switch ((enum state_class)eval_state_attr(e, state)->state.class) {
    case STATE_ring:
        return eval_index(*position, UINT32_MAX, "a position outside of the context") % capacity;
    case STATE_cross:
    case STATE_scratch:
        return row->row;
    default:
        return eval_index(*position, capacity, "a position outside of the context");
    }
}

/* Where one head of row `row` of x goes: K and V states are [batch, capacity, heads, head_dim]. */
static float *head_of(struct hir_eval *e, hir_id id, hir_id x, uint64_t row, const float *position,
                      uint64_t head)
{
    uint64_t capacity = eval_axis(e, id, 1), heads = eval_axis(e, id, 2);
    struct eval_place at = eval_place(e, x, row);
    uint64_t place = at.item * capacity + place_of(e, id, &at, position);

    return eval_state(e, id) + (place * heads + head) * eval_axis(e, id, 3);
}

/* What happens to a head on its way: a norm, then a rotation, each where it is given; or, with
 * norm_last, the other way round. */
struct way {
    const float *norm; /* its weight; NULL: none */
    bool all_heads;    /* the norm is of all heads of a row at once */
    hir_id table;      /* 0: no rotation */
    const struct hir_attr *attr;
    uint64_t head_dim;
};

static void carry(struct hir_eval *e, const struct way *w, const float *from, const float *position,
                  float *to)
{
    const bool norms = w->norm != NULL && !w->all_heads,
               last = w->table != 0 && w->attr->rope.norm_last;
    const struct eval_norm norm = {w->norm, NULL, norms ? w->attr->rope.epsilon : 0, false};

    if (norms && !last)
        eval_norm_row(from, &norm, w->head_dim, to);
    else
        memcpy(to, from, w->head_dim * sizeof *to);
    if (w->table != 0)
        eval_rotate(to, eval_table_row(e, w->table, *position), w->attr, w->head_dim, to);
    if (norms && last)
        eval_norm_row(to, &norm, w->head_dim, to);
}

/* The rows of x after the norm over all of their heads. */
static const float *normed_rows(const struct hir_eval *e, const struct way *w, const float *x,
                                uint64_t rows, uint64_t width)
{
    const struct eval_norm norm = {w->norm, NULL, w->attr->rope.epsilon, false};
    float *normed = arena_new(e->arena, float, rows *width);

    for (uint64_t r = 0; r < rows; r++)
        eval_norm_row(x + r * width, &norm, width, normed + r * width);
    return normed;
}

/* Every row and head of q, k or v through `way`: into `to`, or into the state. `positions` may be
 * NULL where neither a rotation nor the state asks for them. */
static void carry_all(struct hir_eval *e, const struct way *w, hir_id x, const float *positions,
                      hir_id state, float *to)
{
    uint64_t rows = eval_axis(e, x, 0), heads = eval_axis(e, x, 1);
    const float *from = eval_value(e, x);

    if (w->norm != NULL && w->all_heads)
        from = normed_rows(e, w, from, rows, heads * w->head_dim);
    for (uint64_t i = 0; i < rows * heads; i++) {
        const float *position = positions == NULL ? NULL : positions + i / heads;
        carry(e, w, from + i * w->head_dim, position,
              to != NULL ? to + i * w->head_dim
                         : head_of(e, state, x, i / heads, position, i % heads));
    }
}

void eval_append(struct hir_eval *e, hir_id id)
{
    const struct way as_it_is = {.head_dim = eval_axis(e, id, 3)};

    bool placed = hir_at(e->graph, id)->operand_count == 3;

    carry_all(e, &as_it_is, hir_operand(e->graph, id, 1), placed ? eval_operand(e, id, 2) : NULL,
              id, NULL);
}

void eval_kv_write(struct hir_eval *e, hir_id id, float *q)
{
    const struct hir_graph *g = e->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct kv_write_operands at = kv_write_operands(attr, hir_at(g, id)->operand_count);
    const float *positions = eval_operand(e, id, 5);
    struct way plain = {.attr = attr, .head_dim = eval_axis(e, id, 2)};

    struct way of_q = plain, of_k = plain, of_v = plain;
    if (at.table != 0)
        of_q.table = of_k.table = hir_operand(g, id, at.table);
    if (at.k_table != 0)
        of_k.table = hir_operand(g, id, at.k_table);
    if (at.v_norm != 0)
        of_v.norm = eval_operand(e, id, at.v_norm);
    if (at.q_norm != 0) {
        of_q.norm = eval_operand(e, id, at.q_norm);
        of_k.norm = eval_operand(e, id, at.k_norm);
        of_q.all_heads = of_k.all_heads = attr->rope.all_heads != 0;
    }
    carry_all(e, &of_q, hir_operand(g, id, 2), positions, 0, q);
    carry_all(e, &of_k, hir_operand(g, id, 3), positions, hir_operand(g, id, 0), NULL);
    carry_all(e, &of_v, hir_operand(g, id, 4), positions, hir_operand(g, id, 1), NULL);
}
