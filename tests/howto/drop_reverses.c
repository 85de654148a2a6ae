/* What is reversed twice is what it was.
 *
 *     reverse(reverse(x)) = x
 *
 * Needs: the rows of every node chosen, because reversing is of each row alone. Keeps: everything
 * else. tests/command_line/howto.sh adds this pass to a copy of the compiler.
 */
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    (void)context;
    (void)index;
    return r->translated[hir_operand(&r->old, hir_operand(&r->old, old, 0), 0)];
}

bool pass_drop_reverses(struct hir_graph *g, const struct pass_context *c,
                        struct pass_report *report, struct diags *d)
{
    const struct specialization *s = c->specialization;

    (void)d;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_reverse) || !match_is(g, hir_operand(g, id, 0), HIR_reverse))
            continue;
        hir_at(g, id)->mark = 1;
        note_done(report, g, id, "is what it was, also for %s", s->target->levels[s->level].name);
    }
    rewrite_marked(g, "drop-reverses", emit, NULL);
    return true;
}
