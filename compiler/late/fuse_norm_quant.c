/* A norm that products alone read is made in the format that they read.
 *
 *     norm_quant(rms_norm(x, w))   =>   norm_quant(x, w)
 *     matmul(rms_norm(x, w), W)    =>   matmul(norm_quant(x, w), W), act=f32
 *
 * Two formats of one norm are two nodes, each of which normalizes: that costs less than storing
 * the norm and reading it again.
 *
 * Needs: the formats of activations. Keeps: the values; the name of the norm goes with it. Not done
 * where anything else reads the norm: then it is stored, and read from there.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

/* The norm that a node reads as a product does; 0: none. */
static hir_id norm_before(const struct hir_graph *g, hir_id id)
{
    bool reads = hir_is_product(g, id) ||
                 (match_is(g, id, HIR_norm_quant) && hir_at(g, id)->operand_count == 1);
    hir_id norm = reads ? hir_operand(g, id, 0) : 0;

    return match_is(g, norm, HIR_rms_norm) && hir_shape_of(g, norm)->rank == 2 ? norm : 0;
}

static hir_id normed(struct hir_rewrite *r, hir_id norm, struct hir_attr attr)
{
    hir_id operands[2] = {r->translated[hir_operand(&r->old, norm, 0)],
                          r->translated[hir_operand(&r->old, norm, 1)]};

    attr.quant.epsilon = hir_attr(&r->old, norm)->norm.epsilon;
    return hir_add(r->graph, HIR_norm_quant, &attr, operands, 2);
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    hir_id norm = norm_before(&r->old, old), *plain = context; /* by norm: the one in f32 */

    (void)index;
    if (!hir_is_product(&r->old, old))
        return normed(r, norm, *hir_attr(&r->old, old));
    if (plain[norm] == 0) {
        plain[norm] = normed(r, norm, (struct hir_attr){.quant = {.act = ACT_f32}});
        rewrite_name(r, plain[norm], norm, ".act");
    }
    return rewrite_with(r, old, hir_attr(&r->old, old), plain[norm]);
}

bool pass_fuse_norm_quant(struct hir_graph *g, const struct pass_context *context,
                          struct pass_report *report, struct diags *d)
{
    (void)context;
    (void)d;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        hir_id norm = norm_before(g, id);
        if (norm == 0)
            continue;
        hir_at(g, norm)->mark = MATCH_DROP;
        hir_at(g, norm)->use_count--; /* what is left are other readers */
    }
    for (hir_id id = 1; id < g->node_count; id++) {
        struct hir_node *n = hir_at(g, id);
        if (n->mark == MATCH_DROP && n->use_count == 0) {
            note_done(report, g, id, "made in the format that products read");
        } else if (n->mark == MATCH_DROP) {
            note_left(report, g, id, "another op reads the norm");
            n->mark = 0;
        } else if (norm_before(g, id) != 0) {
            n->mark = hir_at(g, norm_before(g, id))->mark == MATCH_DROP;
        }
    }
    rewrite_marked(g, "fuse-norm-quant", emit, arena_new(g->arena, hir_id, g->node_count));
    return true;
}
