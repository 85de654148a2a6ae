/* The meaning of writes to the states of keys and values, which happen in place. In: values of the
 * operands; out: the states after the write. States hold f32 here, whatever their type says.
 */
#include "compiler/hir/eval.h"

#include <string.h>

/* Where one head of a row goes: K and V states are [batch, context, heads, head_dim]. */
static float *head_of(struct hir_eval *e, hir_id id, uint64_t row, uint64_t rows, float position,
                      uint64_t head)
{
    uint64_t context = eval_axis(e, id, 1), heads = eval_axis(e, id, 2);
    uint64_t at = eval_index(position, context, "a position outside of the context");

    return eval_state(e, id) +
           ((eval_batch_of(e, row, rows) * context + at) * heads + head) * eval_axis(e, id, 3);
}

/* What happens to a head on its way: a norm, then a rotation, each where it is given. */
struct way {
    const float *norm; /* its weight; NULL: none */
    hir_id table;      /* 0: no rotation */
    const struct hir_attr *attr;
    uint64_t head_dim;
};

static void carry(struct hir_eval *e, const struct way *w, const float *from, float position,
                  float *to)
{
    if (w->norm != NULL)
        eval_norm_row(from, w->norm, w->head_dim, w->attr->rope.epsilon, to);
    else
        memcpy(to, from, w->head_dim * sizeof *to);
    if (w->table != 0)
        eval_rotate(to, eval_table_row(e, w->table, position), w->attr, w->head_dim, to);
}

/* Every row and head of q, k or v through `way`: into `to`, or into the state. */
static void carry_all(struct hir_eval *e, const struct way *w, hir_id x, const float *positions,
                      hir_id state, float *to)
{
    uint64_t rows = eval_axis(e, x, 0), heads = eval_axis(e, x, 1);
    const float *from = eval_value(e, x);

    for (uint64_t i = 0; i < rows * heads; i++) {
        uint64_t row = i / heads;
        carry(e, w, from + i * w->head_dim, positions[row],
              to != NULL ? to + i * w->head_dim
                         : head_of(e, state, row, rows, positions[row], i % heads));
    }
}

void eval_append(struct hir_eval *e, hir_id id)
{
    const struct way as_it_is = {.head_dim = eval_axis(e, id, 3)};

    carry_all(e, &as_it_is, hir_operand(e->graph, id, 1), eval_operand(e, id, 2), id, NULL);
}

void eval_kv_write(struct hir_eval *e, hir_id id, float *q)
{
    const struct hir_graph *g = e->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct kv_write_operands at = kv_write_operands(attr, hir_at(g, id)->operand_count);
    const float *positions = eval_operand(e, id, 5);
    struct way plain = {.attr = attr, .head_dim = eval_axis(e, id, 2)};

    struct way of_q = plain, of_k = plain;
    if (at.table != 0)
        of_q.table = of_k.table = hir_operand(g, id, at.table);
    if (at.q_norm != 0) {
        of_q.norm = eval_operand(e, id, at.q_norm);
        of_k.norm = eval_operand(e, id, at.k_norm);
    }
    carry_all(e, &of_q, hir_operand(g, id, 2), positions, 0, q);
    carry_all(e, &of_k, hir_operand(g, id, 3), positions, hir_operand(g, id, 0), NULL);
    carry_all(e, &plain, hir_operand(g, id, 4), positions, hir_operand(g, id, 1), NULL);
}
