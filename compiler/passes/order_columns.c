/* A weight that is stored with its columns in another order stays so, and what it is multiplied with
 * comes in that order.
 *
 *     matmul(x, scatter_columns(W, order))   =>   matmul(gather_columns(x, order), W)
 *
 * Products that read one value by one order share the gather. Needs: one node per value (cse), no dead
 * readers (dce). Keeps: the type of W and every result, up to the order of a sum. Not done where
 * anything but a product reads the weight: then it is packed as f32, in the order of its columns.
 */
#include "compiler/passes/match.h"

/* By weight: how many products read it. */
static uint32_t *count_products(const struct hir_graph *g)
{
    uint32_t *count = arena_new(g->arena, uint32_t, g->node_count);

    for (hir_id id = 1; id < g->node_count; id++)
        count[match_product(g, id) ? hir_operand(g, id, 1) : 0]++;
    return count;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const hir_id x = hir_operand(&r->old, old, 0), weight = hir_operand(&r->old, old, 1);
    const hir_id read[] = {r->translated[x], r->translated[hir_operand(&r->old, weight, 1)]};
    const hir_id stored = r->translated[hir_operand(&r->old, weight, 0)];

    (void)call;
    return hir_add2(r->graph, HIR_matmul,
                    rewrite_once(r, HIR_gather_columns, NULL, read, 2, x, ".ordered", NULL),
                    stored);
}

bool pass_order_columns(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    const uint32_t *products = count_products(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_scatter_columns))
            continue;
        if (products[id] == hir_at(g, id)->use_count)
            hir_at(g, id)->mark = MATCH_DROP;
        else
            note_left(call, id, "not only products read it");
    }
    for (hir_id id = 1; id < g->node_count; id++) {
        const hir_id weight = match_product(g, id) ? hir_operand(g, id, 1) : 0;
        if (weight == 0 || hir_at(g, weight)->mark != MATCH_DROP)
            continue;
        hir_at(g, id)->mark = 1;
        note_done(call, id, "reads the columns of %s in the order %s",
                  node_text(call, hir_operand(g, id, 0)),
                  node_text(call, hir_operand(g, weight, 1)));
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
