/* A sum joins the norm that it reads: what a layer adds to the residual is normed and added in one
 * step, where a norm follows the last product of a part.
 *
 *     add(y, rms_norm(x, w))       =>   norm_add(x, w, y), and likewise with a bias
 *     formula(y, rms_norm(x, w))   =>   the same, where the formula is a sum
 *
 * Needs: sums that products do not take. Keeps: the values and their roundings; the name of the sum.
 * Not done where anything else reads the norm, where the sum has further ops, or where a vector is
 * added.
 */
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

#include <string.h>

/* x0 + x1, and nothing more. */
static bool is_sum(const struct hir_graph *g, hir_id id)
{
    static const uint8_t sums[2][3] = {{S_X, S_Y, S_ADD}, {S_Y, S_X, S_ADD}};

    if (match_is(g, id, HIR_add))
        return true;
    if (!match_is(g, id, HIR_formula) || hir_at(g, id)->operand_count != 2)
        return false;
    const struct scalar_code *code = &hir_attr(g, id)->formula.code;
    return code->bytes == 3 &&
           (memcmp(code->code, sums[0], 3) == 0 || memcmp(code->code, sums[1], 3) == 0);
}

/* The norm of rows among the operands of a sum, the last one of two; 0: none. */
static hir_id norm_of(const struct hir_graph *g, hir_id sum)
{
    hir_id norm = 0;

    for (uint32_t i = 0; i < 2; i++) {
        const hir_id x = hir_operand(g, sum, i);
        if (x > norm && match_is(g, x, HIR_rms_norm) && hir_shape_of(g, x)->rank == 2)
            norm = x;
    }
    return norm;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;
    const hir_id norm = norm_of(g, old), added = match_other(g, old, norm);
    hir_id operands[4] = {r->translated[hir_operand(g, norm, 0)],
                          r->translated[hir_operand(g, norm, 1)], r->translated[added]};
    const bool has_bias = hir_at(g, norm)->operand_count == 3;

    (void)call;
    if (has_bias)
        operands[3] = r->translated[hir_operand(g, norm, 2)];
    return hir_add(r->graph, HIR_norm_add, hir_attr(g, norm), operands, has_bias ? 4 : 3);
}

bool pass_fuse_norm_add(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        const hir_id norm = is_sum(g, id) ? norm_of(g, id) : 0;
        if (norm == 0)
            continue;
        if (!match_single(g, norm)) {
            note_left(call, id, "another op reads the norm");
        } else if (!match_same_shape(g, norm, id) ||
                   !match_same_shape(g, match_other(g, id, norm), id)) {
            note_left(call, id, "it adds no rows of the same width");
        } else {
            note_done(call, id, "joins the norm %s", node_text(call, norm));
            hir_at(g, norm)->mark = MATCH_DROP;
            hir_at(g, id)->mark = 1;
        }
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
