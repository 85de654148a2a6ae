/* Products norm the rows that they read, so that the norm has no step and nobody waits for it.
 *
 *     matmul(norm_quant(x, w), W)   =>   the same of a norm_quant with in_products
 *
 * A product multiplies x by w as it reads it, adds the squares of x at the same time, and multiplies
 * its sums by 1 / sqrt(mean(x^2) + epsilon). All tiles of a product do that again for all rows: it
 * costs less than a step where rows are few, and more where they are many.
 *
 * Needs: norms in the format that products read. Keeps: the values, rounded otherwise; the names.
 * Done where the level has such products, for rows of short runs; of prompts, too, where the level
 * runs them with the code of short runs. Not done where the norm is
 * rounded to a format, subtracts a mean or adds a bias, where anything but products reads it, or
 * products by expert, or where the rows of x do not follow each other.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

/* Why a norm stays a step; NULL: it need not. `readers`: products that read it. */
static const char *why_not(const struct hir_graph *g, const struct target_traits *traits,
                           hir_id norm, uint32_t readers)
{
    if (hir_act(g, norm) != ACT_f32)
        return "products read it rounded";
    if (hir_attr(g, norm)->quant.centered || hir_at(g, norm)->operand_count == 3)
        return "it subtracts a mean or adds a bias";
    if (hir_max_rows(g, norm) > SHORT_RUN_MAX && !traits->norms_in_prompts)
        return "runs of many rows norm each once";
    if (hir_at(g, norm)->use_count != readers)
        return "not only products read it";
    return hir_is_in_place(g, hir_operand(g, norm, 0)) ? NULL
                                                       : "the rows of x do not follow each other";
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    struct hir_attr attr = *hir_attr(&r->old, old);

    (void)call;
    attr.quant.in_products = 1;
    return rewrite_with(r, old, &attr, 0);
}

bool pass_fuse_norm_matmul(struct pass_call *call)
{
    const struct specialization *s = call->context.specialization;
    const struct target_traits *traits = &s->target->levels[s->level].traits;
    struct hir_graph *g = call->graph;
    uint32_t *readers = arena_new(g->arena, uint32_t, g->node_count);

    if (!traits->norms_in_products)
        return true;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_is_packed_product(g, id) && hir_experts(g, id) == 0)
            readers[hir_operand(g, id, 0)]++;
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_norm_quant) || hir_at(g, id)->operand_count < 2)
            continue;
        const char *why = why_not(g, traits, id, readers[id]);
        hir_at(g, id)->mark = why == NULL;
        if (why != NULL)
            note_left(call, id, "%s", why);
        else
            note_done(call, id, "made by the product%s it",
                      readers[id] == 1 ? " that reads" : "s that read");
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
