/* Elementwise ops join the product before them, or each other.
 *
 *     add(matmul(x, W), y)   =>   matmul(x, W, y) code=[x0 x1 add]
 *     mul(silu(x), y)        =>   formula(x, y) code=[x0 1 x0 neg exp add div x1 mul]
 *
 * An op takes the product among its operands and the elementwise ops that are its operands; where
 * that does not fit, the product alone; otherwise nothing. The new node stands where the last op
 * stood, after everything that it reads.
 *
 * Needs: no node without a reader, the rows of every node chosen. Keeps: the name of the last op.
 * Not done for an operand with another reader, of another width or of other rows; for more than 4
 * operands next to a product, or 6 without one; for code that is too long; for ops on anything but
 * matrices of rows and vectors of their width.
 */
#include "compiler/hir/formula.h"
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

struct group {            /* what one step computes */
    hir_id product;       /* 0: elementwise ops alone */
    uint32_t ops;         /* that joined */
    struct formula whole; /* of the product and the ops */
};

/* ---- choice ---- */

static bool may_join(const struct hir_graph *g, struct group *const *groups, hir_id id, hir_id into)
{
    return groups[id] != NULL && match_single(g, id) && match_same_shape(g, id, into);
}

/* The last product that may join; 0: none. */
static hir_id find_product(const struct hir_graph *g, struct group *const *groups, hir_id id)
{
    hir_id product = 0;

    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        if (operand > product && may_join(g, groups, operand, id) && groups[operand]->product != 0)
            product = operand;
    }
    return product;
}

/* The op with the product `taken` and, where `ops`, the ops that are its operands; false where that
 * does not fit. */
static bool join(struct hir_graph *g, struct group **groups, hir_id id, hir_id taken, bool ops)
{
    const struct formula *inlined[HIR_MAX_OPERANDS] = {NULL};
    struct group *group = arena_new(g->arena, struct group, 1);

    if (taken != 0)
        *group = *groups[taken]; /* what a product puts before the operands, and how many fit */
    else
        group->whole.max_operands = FORMULA_MAX_OPERANDS;
    group->whole.code.bytes = group->whole.operand_count = 0;
    group->ops = 1;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        if (operand != taken &&
            (!ops || !may_join(g, groups, operand, id) || groups[operand]->product != 0))
            continue;
        inlined[i] = &groups[operand]->whole;
        group->ops += groups[operand]->ops;
    }
    if (!formula_of(g, id, inlined, &group->whole))
        return false;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
        if (inlined[i] != NULL)
            hir_at(g, hir_operand(g, id, i))->mark = MATCH_DROP;
    hir_at(g, id)->mark = 1;
    groups[id] = group;
    return true;
}

/* ---- rewriting ---- */

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct group *group = ((struct group **)call->found)[old];
    hir_id product = group->product, operands[HIR_MAX_OPERANDS];
    struct hir_attr attr = {.formula = {.code = group->whole.code}};
    uint32_t count = 0;

    if (product != 0) {
        attr = *hir_attr(&r->old, product);
        attr.product.code = group->whole.code;
        while (count < hir_first_operand(&r->old, product)) {
            operands[count] = r->translated[hir_operand(&r->old, product, count)];
            count++;
        }
    }
    for (uint32_t i = 0; i < group->whole.operand_count; i++)
        operands[count++] = r->translated[group->whole.operands[i]];
    if (product != 0)
        note_done(call, old, "a product and %u op%s", group->ops, group->ops == 1 ? "" : "s");
    else if (group->ops > 1)
        note_done(call, old, "%u ops", group->ops);
    return hir_add(r->graph, product != 0 ? (enum hir_op)hir_at(&r->old, product)->op : HIR_formula,
                   &attr, operands, count);
}

bool pass_fuse_epilogue(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct group **groups = arena_new(g->arena, struct group *, g->node_count);

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_is_product(g, id)) {
            groups[id] = arena_new(g->arena, struct group, 1);
            groups[id]->product = id;
            formula_of_product(g, id, &groups[id]->whole);
        }
        if (hir_op_info[hir_at(g, id)->op].code == NULL)
            continue;
        const char *why = hir_shape_of(g, id)->rank != 2 ? "expected a matrix of rows"
                                                         : formula_refuses(g, id, g->arena);
        if (why != NULL) {
            note_left(call, id, "%s", why);
            continue;
        }
        hir_id product = find_product(g, groups, id);
        if (!join(g, groups, id, product, true) && !join(g, groups, id, product, false) &&
            !join(g, groups, id, 0, false))
            unreachable("a formula that does not fit a step alone");
    }
    rewrite_marked(call, emit, groups);
    hir_drop_unneeded(g);
    return true;
}
