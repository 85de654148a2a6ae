/* What is reversed twice is what it was.
 *
 *     reverse(reverse(x)) = x
 *
 * Needs: the rows of every node chosen, because reversing is of each row alone. Keeps: everything
 * else. tests/command_line/howto.sh adds this pass to a copy of the compiler.
 */
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    (void)call;
    return r->translated[hir_operand(&r->old, hir_operand(&r->old, old, 0), 0)];
}

bool pass_drop_reverses(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    const struct specialization *s = call->context.specialization;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_reverse) || !match_is(g, hir_operand(g, id, 0), HIR_reverse))
            continue;
        hir_at(g, id)->mark = 1;
        note_done(call, id, "is what it was, also for %s", s->target->levels[s->level].name);
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
