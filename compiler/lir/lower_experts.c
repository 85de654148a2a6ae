/* Mixtures of experts. In: a route, or a product by expert; out: the steps of a router, and the fields
 * of a product. */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lower.h"

/* An i32 matrix of scratch memory. */
static buf_id new_numbers(struct lowering *l, hir_id id, uint64_t count, const char *part)
{
    return lower_buffer(l, HOME_scratch, count * 4, lower_part_name(l, id, part), 0);
}

/* What says which rows an expert has follows from the choice alone: each route makes it once for all
 * of its readers. */
bool lower_route(struct lowering *l, hir_id id)
{
    const struct hir_attr *attr = hir_attr(l->graph, id);
    const uint32_t slots = attr->route.slots,
                   experts = hir_size(l->graph, hir_operand(l->graph, id, 0), 1);
    const uint64_t pairs = hir_max_rows(l->graph, id) * slots;
    struct step route = {.name = lower_name(l, id)},
                sort = {.name = lower_part_name(l, id, "sort")};

    route.kernel.kind = KERNEL_route;
    route.kernel.rows_symbol = (uint32_t)lower_rows_symbol(l->graph, id);
    route.kernel.route = (struct kernel_route){.experts = experts,
                                               .slots = slots,
                                               .sigmoid = attr->route.score == SCORE_sigmoid,
                                               .normalized = attr->route.normalized,
                                               .epsilon = (float)attr->route.epsilon,
                                               .scale = (float)attr->route.scale,
                                               .groups = attr->route.groups,
                                               .chosen_groups = attr->route.chosen_groups,
                                               .group_best = attr->route.group_best};
    if (!lower_rows(l, &route, ROUTE_x, hir_operand(l->graph, id, 0)))
        return false;
    if (hir_at(l->graph, id)->operand_count == 2u + attr->route.scaled)
        lower_argument(&route, ROUTE_bias, lower_vector(l, hir_operand(l->graph, id, 1)), 0);
    if (attr->route.scaled)
        lower_argument(
            &route, ROUTE_scales,
            lower_vector(l, hir_operand(l->graph, id, hir_at(l->graph, id)->operand_count - 1u)),
            0);
    lower_argument(&route, ROUTE_chosen, new_numbers(l, id, pairs, "chosen"), 0);
    lower_out(l, &route, ROUTE_out, id, route.name);
    lir_add_step(l->program, &route.kernel, route.args, &route.values, route.name);

    sort.kernel.kind = KERNEL_sort;
    sort.kernel.rows_symbol = route.kernel.rows_symbol;
    sort.kernel.sort = (struct kernel_sort){experts, slots};
    lower_argument(&sort, SORT_chosen, route.args[ROUTE_chosen], 0);
    l->facts[id].order = new_numbers(l, id, order_count(experts, pairs), "order");
    lower_argument(&sort, SORT_order, l->facts[id].order, 0);
    lir_add_step(l->program, &sort.kernel, sort.args, &sort.values, sort.name);
    return true;
}

/* Takes the biases out of the operands, so that those of the formula follow the route. */
static bool fill_biases(struct lowering *l, struct step *s, hir_id id)
{
    const uint32_t count = hir_expert_biases(l->graph, id);

    for (uint32_t i = 0; i < count; i++) {
        hir_id bias = s->operands[3 + i];
        if (hir_at(l->graph, bias)->op != HIR_weight && hir_at(l->graph, bias)->op != HIR_pack)
            return hir_refuse(l->diags, l->graph, id, "expected biases that are a weight");
        lower_argument(s, MATMUL_bias + i, lower_vector(l, bias), 0);
    }
    for (uint32_t i = 3; i < HIR_MAX_OPERANDS; i++)
        s->operands[i] = i + count < HIR_MAX_OPERANDS ? s->operands[i + count] : 0;
    return true;
}

/* The rows of a product by expert are those of its route. */
bool fill_experts(struct lowering *l, struct step *s, hir_id id)
{
    struct kernel_matmul *k = &s->kernel.matmul;
    hir_id route = s->operands[2];

    s->kernel.rows_symbol = (uint32_t)lower_rows_symbol(l->graph, route);
    k->experts = hir_experts(l->graph, id);
    k->slots = hir_attr(l->graph, route)->route.slots;
    k->expert_rows = hir_attr(l->graph, id)->product.tile_rows;
    k->format.tile_rows = 1;
    k->mixed = hir_at(l->graph, id)->op == HIR_expert_mix;
    s->flags = hir_attr(l->graph, id)->product.scattered ? STEP_scattered : 0;
    return fill_biases(l, s, id) && (!k->mixed || lower_rows(l, s, MATMUL_weights, route));
}
