/* Whether small steps have launches of their own. Which of them need none is decided when the steps
 * of a program are known (compiler/lir/tails.c).
 *
 *     step A; barrier; step B   =>   step A, whose last tile runs step B
 *
 * Needs: nothing. Keeps: every value and bit. Done where the level has tails, for short runs: in
 * prompts steps are large.
 */
#include "compiler/late/late.h"

bool pass_join_tails(struct pass_call *call)
{
    const struct specialization *s = call->context.specialization;
    struct hir_graph *g = call->graph;

    g->joins_tails = s->target->levels[s->level].traits.takes_tail != NULL &&
                     dim_max(&g->dims, SYMBOL_ROWS) <= SHORT_RUN_MAX;
    return true;
}
