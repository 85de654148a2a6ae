/* Drops nodes that no output needs.
 *
 *     a node that no output reads, directly or through others, is not computed
 *
 * Needs: nothing. Keeps: everything that an output depends on, in order; a state write stays
 * because the state after it is an output. Not done when a run-time input is unread: inputs are the
 * graph's signature, and who runs it binds them by name.
 */
#include "compiler/passes/match.h"

static void mark_needed(struct hir_graph *g)
{
    for (hir_id id = 1; id < g->node_count; id++)
        hir_at(g, id)->mark = hir_at(g, id)->op == HIR_input ? 0 : MATCH_DROP;
    for (uint32_t i = 0; i < g->output_count; i++)
        hir_at(g, g->outputs[i].node)->mark = 0;
    /* Operands stand before their readers: one sweep from the end sees every reader first. */
    for (hir_id id = g->node_count - 1; id != 0; id--)
        for (uint32_t i = 0; hir_at(g, id)->mark == 0 && i < hir_at(g, id)->operand_count; i++)
            hir_at(g, hir_operand(g, id, i))->mark = 0;
}

bool pass_dce(struct hir_graph *g, const struct pass_context *c, struct pass_report *report,
              struct diags *d)
{
    (void)c;
    (void)report;
    (void)d;
    mark_needed(g);
    rewrite_marked(g, "dce", NULL, NULL);
    return true;
}
