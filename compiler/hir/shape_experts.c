/* Shape rules of mixtures of experts: the router, and products with the experts that it chose. R
 * rows with `slots` experts each are R * slots rows. */
#include "compiler/hir/shape_rules.h"

/* Groups of equal size, of which the chosen ones have enough experts. */
static bool want_groups(const struct shape_question *q, struct shape_answer *out, int64_t experts)
{
    const uint32_t groups = q->attr->route.groups, chosen = q->attr->route.chosen_groups,
                   slots = q->attr->route.slots, best = q->attr->route.group_best;

    if (groups == 0)
        return true;
    if (experts % groups != 0)
        return shape_misfit(q, out, "groups: expected equal parts of the experts, found %u of %s",
                            groups, shape_print(q, shape_operand(q, 0)));
    if (best > experts / groups)
        return shape_misfit(q, out, "group_best: expected at most as many as experts of a group");
    return slots <= experts / groups * chosen ||
           shape_misfit(q, out, "slots: expected at most as many as experts of %u groups, found %u",
                        chosen, slots);
}

bool rule_route(const struct shape_question *q, struct shape_answer *out)
{
    const dim_id slots = dim_const(q->dims, q->attr->route.slots);
    int64_t experts;

    if (!shape_want(q, out, 0, 2))
        return false;
    const struct hir_shape *x = shape_operand(q, 0);
    if (q->attr->route.scaled && q->count < 2)
        return shape_misfit(q, out, "scaled: expected a vector that multiplies the weights");
    if (!q->attr->route.scaled && q->count > 2)
        return shape_misfit(q, out,
                            "scaled: expected 1 where a second vector multiplies the weights");
    for (uint32_t i = 1; i < q->count; i++)
        if (!shape_want_dims(q, out, i, 1, &x->dims[1]))
            return false;
    if (!dim_is_const(q->dims, x->dims[1], &experts) || experts < q->attr->route.slots)
        return shape_misfit(q, out, "slots: expected at most as many as experts, found %u of %s",
                            q->attr->route.slots, shape_print(q, x));
    if (!want_groups(q, out, experts))
        return false;
    dim_id dims[] = {x->dims[0], slots};
    return shape_give(out, DTYPE_f32, 2, dims);
}

/* x and the weights, which must agree on K; the route must have as many experts as there are
 * weights. *rows: those of the route; *pairs: those times its slots. */
static bool want_experts(const struct shape_question *q, struct shape_answer *out, dim_id *rows,
                         dim_id *pairs)
{
    if (!shape_want(q, out, 0, 2) || !shape_want(q, out, 1, 3))
        return false;
    if (shape_operand_op(q, 2) != HIR_route)
        return shape_misfit(q, out, "operand 3: expected a route, found %s",
                            hir_op_info[shape_operand_op(q, 2)].name);
    const struct hir_shape *x = shape_operand(q, 0), *weights = shape_operand(q, 1);
    const struct hir_shape *scores =
        hir_shape_of(q->graph, hir_operand(q->graph, q->operands[2], 0));
    if (x->dims[1] != weights->dims[2])
        return shape_misfit(q, out, "expected equal last axes, found %s and %s", shape_print(q, x),
                            shape_print(q, weights));
    if (scores->dims[1] != weights->dims[0])
        return shape_misfit(q, out, "expected a route to as many experts, found %s and %s",
                            shape_print(q, scores), shape_print(q, weights));
    *rows = shape_operand(q, 2)->dims[0];
    *pairs = dim_mul(q->dims, *rows, shape_operand(q, 2)->dims[1]);
    return *pairs != 0 || shape_misfit(q, out, "expected fewer rows");
}

/* Biases [E, N] after the route: one for each product, or none. *first: what follows them. */
static bool want_biases(const struct shape_question *q, struct shape_answer *out, dim_id columns,
                        uint32_t products, uint32_t *first)
{
    const dim_id wanted[] = {shape_operand(q, 1)->dims[0], columns};

    *first = 3;
    while (*first < q->count && *first < 3 + products &&
           hir_is_expert_bias(q->graph, q->operands[*first]))
        if (!shape_want_dims(q, out, (*first)++, 2, wanted))
            return false;
    return *first == 3 || *first == 3 + products ||
           shape_misfit(q, out, "expected biases of gate and of up, or none");
}

static bool want_rows(const struct shape_question *q, struct shape_answer *out, dim_id rows)
{
    const dim_id wanted[] = {rows, shape_operand(q, 0)->dims[1]};

    return shape_want_dims(q, out, 0, 2, wanted);
}

bool rule_expert(const struct shape_question *q, struct shape_answer *out)
{
    dim_id rows, pairs;
    uint32_t first;

    if (!want_experts(q, out, &rows, &pairs) || !want_rows(q, out, rows) ||
        !want_biases(q, out, shape_operand(q, 1)->dims[1], 1, &first))
        return false;
    dim_id dims[] = {pairs, shape_operand(q, 1)->dims[1]};
    shape_give(out, DTYPE_f32, 2, dims);
    return shape_want_code(q, out, &q->attr->product.code, first, 1);
}

bool rule_gated_expert(const struct shape_question *q, struct shape_answer *out)
{
    dim_id rows, pairs;
    uint32_t first;

    if (shape_operand_op(q, 1) != HIR_interleave)
        return shape_misfit(q, out, "operand 2: expected interleave, found %s",
                            hir_op_info[shape_operand_op(q, 1)].name);
    if (!want_experts(q, out, &rows, &pairs) || !want_rows(q, out, rows))
        return false;
    dim_id gate = hir_shape_of(q->graph, hir_operand(q->graph, q->operands[1], 0))->dims[1];
    dim_id up = hir_shape_of(q->graph, hir_operand(q->graph, q->operands[1], 1))->dims[1];
    if (gate != up)
        return shape_misfit(q, out, "operand 2: expected gate and up of one size");
    if (!want_biases(q, out, gate, 2, &first))
        return false;
    dim_id dims[] = {pairs, gate};
    shape_give(out, DTYPE_f32, 2, dims);
    return shape_want_code(q, out, &q->attr->product.code, first, 2);
}

bool rule_expert_mix(const struct shape_question *q, struct shape_answer *out)
{
    dim_id rows, pairs;
    uint32_t first;

    if (!want_experts(q, out, &rows, &pairs) || !want_rows(q, out, pairs) ||
        !want_biases(q, out, shape_operand(q, 1)->dims[1], 1, &first))
        return false;
    dim_id dims[] = {rows, shape_operand(q, 1)->dims[1]};
    shape_give(out, DTYPE_f32, 2, dims);
    return shape_want_code(q, out, &q->attr->product.code, first, 1);
}
