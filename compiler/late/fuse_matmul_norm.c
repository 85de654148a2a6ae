/* Products and embeddings norm the rows that they make, so that the norm has no step and nobody waits
 * for it.
 *
 *     norm_add(matmul(x, W), w, y)    =>   the same with by_product
 *     norm_quant(matmul(x, W), w)     =>   likewise, of f32, and of an rms_norm
 *     norm_quant(embed(W, tokens), w) =>   likewise
 *
 * The tile that comes last norms the row, which it reads back: that costs less than a step, which
 * a tile would make, too, after all others met. A tile of an embedding is a row. Two norms of one
 * product, as of a layer whose parts read the same rows, sum these up once.
 *
 * Needs: tiles, and norms that no reader makes. Keeps: the values, rounded otherwise; the names. Done
 * where the level has such products, for short runs. Not done where x is no product of rows of the
 * run, by expert, or has two norms already, or one with another epsilon; where the residual is made
 * after the product; for a norm of heads, or one that is rounded to a format.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

static bool is_norm_of_rows(const struct hir_graph *g, hir_id id)
{
    switch (hir_at(g, id)->op) {
    case HIR_norm_quant:
        return hir_at(g, id)->operand_count > 1 && hir_attr(g, id)->quant.in_products == 0;
    case HIR_norm_add:
        return true;
    case HIR_rms_norm:
        return hir_shape_of(g, id)->rank == 2;
    default:
        return false;
    }
}

/* Why a norm stays a step; NULL: it need not. `others`: norms of the same rows that are none. */
static const char *why_not(const struct hir_graph *g, hir_id norm, const hir_id others[2])
{
    const hir_id x = hir_operand(g, norm, 0);
    const char *why = hir_norm_refused(g, norm, others);

    if (why != NULL)
        return why;
    if (hir_act(g, norm) != ACT_f32)
        return "products read it rounded";
    if (hir_max_rows(g, x) > SHORT_RUN_MAX)
        return "runs of many rows norm each once";
    if (match_is(g, norm, HIR_norm_add) && hir_operand(g, norm, 2) > x)
        return "what it adds is made after the product";
    return NULL;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    struct hir_attr attr = *hir_attr(&r->old, old);

    (void)call;
    if (match_is(&r->old, old, HIR_norm_quant))
        attr.quant.by_product = 1;
    else
        attr.norm.by_product = 1;
    return rewrite_with(r, old, &attr, 0);
}

bool pass_fuse_matmul_norm(struct pass_call *call)
{
    const struct specialization *s = call->context.specialization;
    struct hir_graph *g = call->graph;
    hir_id *made = arena_new(g->arena, hir_id, 2 * (size_t)g->node_count); /* norms, by their x */

    if (!s->target->levels[s->level].traits.norms_after_products)
        return true;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!is_norm_of_rows(g, id))
            continue;
        const hir_id product = hir_operand(g, id, 0);
        hir_id *others = made + 2 * (size_t)product;
        const char *why = why_not(g, id, others);
        hir_at(g, id)->mark = why == NULL;
        if (why != NULL) {
            note_left(call, id, "%s", why);
            continue;
        }
        others[others[0] != 0] = id;
        note_done(call, id, "made by the %s %s",
                  match_is(g, product, HIR_embed) ? "embedding" : "product",
                  node_text(call, product));
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
