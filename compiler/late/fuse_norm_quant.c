/* A norm that products alone read is made in the format that they read.
 *
 *     norm_quant(rms_norm(x, w))   =>   norm_quant(x, w), and likewise with a bias
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

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;
    const bool is_product = hir_is_product(g, old);
    hir_id norm = norm_before(g, old);
    const uint32_t count = hir_at(g, norm)->operand_count;
    hir_id operands[3] = {0};
    struct hir_attr attr = {.quant = {.act = ACT_f32}};

    (void)call;
    if (!is_product)
        attr = *hir_attr(g, old);
    attr.quant.epsilon = hir_attr(g, norm)->norm.epsilon;
    attr.quant.centered = hir_attr(g, norm)->norm.centered;
    for (uint32_t i = 0; i < count; i++)
        operands[i] = r->translated[hir_operand(g, norm, i)];
    hir_id made = rewrite_once(r, HIR_norm_quant, &attr, operands, count, is_product ? norm : old,
                               is_product ? ".act" : "", NULL);
    return is_product ? rewrite_with(r, old, hir_attr(g, old), made) : made;
}

bool pass_fuse_norm_quant(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

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
            note_done(call, id, "made in the format that products read");
        } else if (n->mark == MATCH_DROP) {
            note_left(call, id, "another op reads the norm");
            n->mark = 0;
        } else if (norm_before(g, id) != 0) {
            n->mark = hir_at(g, norm_before(g, id))->mark == MATCH_DROP;
        }
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
