/* Which mixes of experts threads take in large pieces.
 *
 *     expert_mix(x, W, route)   =>   the same with scattered
 *
 * A tile of a mix reads a few row groups of each expert of its row, and each begins a stream of
 * addresses; the next tile goes on where these end. A thread that takes many tiles at a time begins
 * fewer streams, and waits longer for the others in the end. Short runs wait for memory, so that
 * streams count more; prompts share their work better in small pieces.
 *
 * Needs: final rows. Keeps: the values and names. Done at levels whose threads have ranges of tiles.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    struct hir_attr attr = *hir_attr(&r->old, old);

    (void)call;
    attr.product.scattered = 1;
    return rewrite_with(r, old, &attr, 0);
}

bool pass_scatter_mixes(struct pass_call *call)
{
    const struct specialization *s = call->context.specialization;
    struct hir_graph *g = call->graph;

    if (!s->target->levels[s->level].traits.owns_tiles)
        return true;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_expert_mix))
            continue;
        const bool is_short = hir_max_rows(g, id) <= SHORT_RUN_MAX;
        hir_at(g, id)->mark = is_short;
        if (is_short)
            note_done(call, id, "threads take many of its tiles at a time");
        else
            note_left(call, id, "runs of many rows do not wait for memory");
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
