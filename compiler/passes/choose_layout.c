/* Every weight that a product, a gather or a convolution reads gets its packed layout.
 *
 *     weight.layout = layout_of(its format)
 *
 * A concat, an interleave or a pack gets one too, and what it is made of keeps none: it is packed as
 * one weight.
 *
 * Needs: the fusions that join weights (fuse-qkv, fuse-swiglu). Keeps: everything else. One format
 * has one layout, so that a weight which embedding and lm_head share is packed once. Not done for
 * weights that are read elementwise or as a norm's scale: these stay rows as the file has them. A
 * weight that is read both ways is reported: no family makes one, so it can only come from a text.
 */
#include "compiler/passes/match.h"

/* Nodes that carry a layout. */
static bool has_layout(const struct hir_graph *g, hir_id id)
{
    return hir_op_info[hir_at(g, id)->op].attr == ATTR_weight;
}

static bool report_mixed(const struct hir_graph *g, hir_id id, struct diags *d)
{
    const char *name = str_text(g->strings, hir_at(g, id)->name);

    return diag_error(d, (struct place){.object = name},
                      "expected a weight that is either packed or read elementwise, found both");
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct hir_node *n = hir_at(&r->old, old);
    struct hir_attr attr = *hir_attr(&r->old, old);

    (void)call;
    attr.weight.layout = (uint32_t)layout_of((enum dtype)n->dtype);
    return rewrite_with(r, old, &attr, 0);
}

bool pass_choose_layout(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    bool *elementwise = arena_new(g->arena, bool, g->node_count);
    bool good = true;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
            hir_id operand = hir_operand(g, id, i);
            if (!has_layout(g, operand))
                continue;
            if (match_reads_packed(g, id, i) || (match_is(g, id, HIR_conv) && i == 2))
                hir_at(g, operand)->mark = 1;
            else
                elementwise[operand] = true;
        }
    }
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->mark == 1 && elementwise[id])
            good = report_mixed(g, id, call->diags);
    if (good)
        rewrite_marked(call, emit, NULL);
    return good;
}
