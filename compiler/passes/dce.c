/* Drops nodes that no output needs.
 *
 *     a node that no output reads, directly or through others, is not computed
 *
 * Needs: nothing. Keeps: everything that an output depends on, in order; a state write stays
 * because the state after it is an output. Not done when a run-time input is unread: inputs are the
 * graph's signature, and who runs it binds them by name.
 */
#include "compiler/hir/rows.h"
#include "compiler/passes/match.h"

bool pass_dce(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    bool *needed = arena_new(g->arena, bool, g->node_count);

    hir_mark_needed(g, HIR_ALL_ENTRIES, needed);
    for (hir_id id = 1; id < g->node_count; id++)
        hir_at(g, id)->mark = needed[id] || hir_at(g, id)->op == HIR_input ? 0 : MATCH_DROP;
    rewrite_marked(call, NULL, NULL);
    return true;
}
