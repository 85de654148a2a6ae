/* Elementwise ops join the product before them, or each other.
 *
 *     add(matmul(x, W), y)   =>   matmul(x, W, y) code=[x0 x1 add]
 *     mul(silu(x), y)        =>   formula(x, y) code=[x0 c1 x0 neg exp add div x1 mul]
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

struct group {      /* what one step computes */
    hir_id product; /* 0: elementwise ops alone */
    struct formula formula;
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

/* Takes everything into one group; if that does not fit, the product alone; otherwise nothing. */
static void join(struct hir_graph *g, struct group **groups, hir_id id)
{
    struct group *group = arena_new(g->arena, struct group, 1);
    uint32_t count = hir_at(g, id)->operand_count;
    hir_id product = find_product(g, groups, id);

    for (uint32_t attempt = 0; attempt < 3; attempt++) {
        const struct formula *inlined[HIR_MAX_OPERANDS] = {NULL};
        hir_id taken = attempt < 2 ? product : 0;
        *group = (struct group){.formula = {.max_operands = FORMULA_MAX_OPERANDS}};
        if (taken != 0) {
            *group = (struct group){.product = groups[product]->product};
            group->formula.base = groups[product]->formula.base;
            group->formula.max_operands = EPILOGUE_MAX_OPERANDS;
        }
        for (uint32_t i = 0; i < count; i++) {
            hir_id operand = hir_operand(g, id, i);
            if (operand == taken ||
                (attempt == 0 && may_join(g, groups, operand, id) && groups[operand]->product == 0))
                inlined[i] = &groups[operand]->formula;
        }
        if (!formula_of(g, id, inlined, &group->formula))
            continue;
        for (uint32_t i = 0; i < count; i++)
            if (inlined[i] != NULL)
                hir_at(g, hir_operand(g, id, i))->mark = MATCH_DROP;
        groups[id] = group;
        return;
    }
    unreachable("a formula that does not fit a step alone");
}

/* NULL, or why an elementwise op stays as it is. */
static const char *find_reason(const struct hir_graph *g, hir_id id)
{
    if (hir_shape_of(g, id)->rank != 2)
        return "expected a matrix of rows";
    return formula_refuses(g, id, g->arena);
}

static void begin_product(struct hir_graph *g, struct group **groups, hir_id id)
{
    groups[id] = arena_new(g->arena, struct group, 1);
    groups[id]->product = id;
    formula_of_product(g, id, &groups[id]->formula);
}

/* ---- rewriting ---- */

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    const struct group *group = ((struct group **)context)[old];
    const struct hir_graph *g = &r->old;
    hir_id product = group->product, operands[HIR_MAX_OPERANDS];
    struct hir_attr attr = {.formula = {.code = group->formula.code}};
    enum hir_op op = HIR_formula;
    uint32_t count = 0;

    (void)index;
    if (product != 0) {
        op = (enum hir_op)hir_at(g, product)->op;
        attr = *hir_attr(g, product);
        attr.product.code = group->formula.code;
        operands[count++] = r->translated[hir_operand(g, product, 0)];
        operands[count++] = r->translated[hir_operand(g, product, 1)];
    }
    for (uint32_t i = 0; i < group->formula.operand_count; i++)
        operands[count++] = r->translated[group->formula.operands[i]];
    return hir_add(r->graph, op, &attr, operands, count);
}

/* How many ops joined `id`. */
static uint32_t count_joined(const struct hir_graph *g, hir_id id)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
        if (hir_at(g, hir_operand(g, id, i))->mark == MATCH_DROP)
            count += 1 + count_joined(g, hir_operand(g, id, i));
    return count;
}

bool pass_fuse_epilogue(struct hir_graph *g, const struct pass_context *context,
                        struct pass_report *report, struct diags *d)
{
    struct group **groups = arena_new(g->arena, struct group *, g->node_count);

    (void)context;
    (void)d;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_is_product(g, id))
            begin_product(g, groups, id);
        if (hir_op_info[hir_at(g, id)->op].code == NULL)
            continue;
        const char *why = find_reason(g, id);
        if (why != NULL) {
            note_left(report, g, id, "%s", why);
            continue;
        }
        join(g, groups, id);
        hir_at(g, id)->mark = 1;
    }
    for (hir_id id = 1; id < g->node_count; id++) {
        uint32_t joined = hir_at(g, id)->mark == 1 ? count_joined(g, id) : 0;
        if (joined != 0)
            note_done(report, g, id,
                      groups[id]->product != 0 ? "%u ops join a product"
                                               : "%u ops become one formula",
                      groups[id]->product != 0 ? joined : joined + 1);
    }
    rewrite_marked(g, "fuse-epilogue", emit, groups);
    return true;
}
