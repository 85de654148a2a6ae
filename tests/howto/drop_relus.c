/* What is rectified already stays as it is.
 *
 *     relu(relu(x)) = relu(x)
 *
 * Needs: nothing. Keeps: everything else. tests/command_line/howto.sh adds this pass to a copy of
 * the compiler.
 */
#include "compiler/passes/match.h"

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    (void)call;
    return r->translated[hir_operand(&r->old, old, 0)];
}

bool pass_drop_relus(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_relu) || !match_is(g, hir_operand(g, id, 0), HIR_relu))
            continue;
        hir_at(g, id)->mark = 1;
        note_done(call, id, "its operand is rectified already");
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
