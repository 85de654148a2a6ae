/* A sum joins the norm that it reads: what a layer adds to the residual is normed and added in one
 * step, where a norm follows the last product of a part.
 *
 *     add(y, rms_norm(x, w))       =>   norm_add(x, w, y), and likewise with a bias
 *     formula(y, rms_norm(x, w))   =>   the same, where the formula is a sum
 *     formula(y, rms_norm(x, w), v) =>  the same with `scaled`, where it is (y + rms_norm(x, w)) * v
 *
 * Needs: sums that products do not take. Keeps: the values and their roundings; the name of the sum.
 * Not done where anything else reads the norm, where the sum has other ops, or where a vector is
 * added.
 */
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

#include <string.h>

/* A sum of rows and the norm of rows, which a vector may multiply. */
struct sum {
    hir_id norm, added; /* 0: another op */
    hir_id scale;       /* 0: none */
};

static bool is_code(const struct scalar_code *code, const uint8_t *bytes, uint32_t count)
{
    return code->bytes == count && memcmp(code->code, bytes, count) == 0;
}

/* x0 + x1, in either order, or with a third operand (x0 + x1) * x2, and nothing more. */
static bool adds(const struct hir_graph *g, hir_id id)
{
    static const uint8_t sums[2][5] = {{S_X, S_Y, S_ADD, S_Z, S_MUL},
                                       {S_Y, S_X, S_ADD, S_Z, S_MUL}};
    const uint32_t operands = hir_at(g, id)->operand_count;

    if (match_is(g, id, HIR_add))
        return true;
    if (!match_is(g, id, HIR_formula) || (operands != 2 && operands != 3))
        return false;
    const struct scalar_code *code = &hir_attr(g, id)->formula.code;
    const uint32_t bytes = operands == 2 ? 3 : 5;
    return is_code(code, sums[0], bytes) || is_code(code, sums[1], bytes);
}

/* The norm is the last one of two. */
static struct sum sum_of(const struct hir_graph *g, hir_id id)
{
    struct sum sum = {0};

    if (!adds(g, id))
        return sum;
    for (uint32_t i = 0; i < 2; i++) {
        const hir_id x = hir_operand(g, id, i);
        if (x > sum.norm && match_is(g, x, HIR_rms_norm) && hir_shape_of(g, x)->rank == 2)
            sum = (struct sum){.norm = x, .added = hir_operand(g, id, 1 - i)};
    }
    if (sum.norm != 0 && hir_at(g, id)->operand_count == 3)
        sum.scale = hir_operand(g, id, 2);
    return sum;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;
    const struct sum sum = sum_of(g, old);
    struct hir_attr attr = *hir_attr(g, sum.norm);
    hir_id operands[5] = {r->translated[hir_operand(g, sum.norm, 0)],
                          r->translated[hir_operand(g, sum.norm, 1)], r->translated[sum.added]};
    uint32_t count = 3;

    (void)call;
    if (hir_at(g, sum.norm)->operand_count == 3)
        operands[count++] = r->translated[hir_operand(g, sum.norm, 2)];
    if (sum.scale != 0) {
        attr.norm.scaled = 1;
        operands[count++] = r->translated[sum.scale];
    }
    return hir_add(r->graph, HIR_norm_add, &attr, operands, count);
}

/* Why the sum does not join the norm; NULL: it does. */
static const char *why_not(const struct hir_graph *g, hir_id id, const struct sum *sum)
{
    const struct hir_shape *shape = hir_shape_of(g, id);

    if (!match_single(g, sum->norm))
        return "another op reads the norm";
    if (!match_same_shape(g, sum->norm, id) || !match_same_shape(g, sum->added, id))
        return "it adds no rows of the same width";
    if (sum->scale != 0 && (hir_shape_of(g, sum->scale)->rank != 1 ||
                            hir_shape_of(g, sum->scale)->dims[0] != shape->dims[1]))
        return "no vector of the same width multiplies it";
    return NULL;
}

bool pass_fuse_norm_add(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        const struct sum sum = sum_of(g, id);
        if (sum.norm == 0)
            continue;
        const char *why = why_not(g, id, &sum);
        if (why != NULL) {
            note_left(call, id, "%s", why);
            continue;
        }
        note_done(call, id, "joins the norm %s", node_text(call, sum.norm));
        hir_at(g, sum.norm)->mark = MATCH_DROP;
        hir_at(g, id)->mark = 1;
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
