/* Constants and identities.
 *
 *     op(2, 3) => its value             of elementwise ops, in the evaluator's arithmetic
 *     x * 1, x / 1, x + 0, x - 0 => x   also 1 * x, 0 + x; neg(neg(x)) => x
 *     reshape(reshape(x)) => reshape(x), a reshape or slice that changes nothing => x
 *
 * Needs: nothing. Keeps: shapes, types and names; x takes the name of what it replaces if it has
 * none. The sign of a zero may change (-0 + 0 is 0).
 * Not done when x is no f32 value (a weight of 16 bits times 1 is a value of 32), when the result
 * is wider than x (x broadcasts), or when both names are in use: an output or a dump would lose
 * one. x * 0 stays: x may be infinite. 1 / 0 stays: numbers are finite.
 */
#include "compiler/passes/match.h"

#include "compiler/hir/scalar.h"

#include <math.h>

/* The node that the new graph has for operand i of an old one. */
static hir_id operand(const struct hir_rewrite *r, hir_id old, uint32_t i)
{
    return r->translated[hir_operand(&r->old, old, i)];
}

/* An elementwise op of numbers alone; 0 where it is not. */
static hir_id fold_constant(struct hir_rewrite *r, hir_id old)
{
    const struct hir_node *n = hir_at(&r->old, old);
    float values[SCALAR_MAX_OPERANDS];
    double value;

    if (hir_op_info[n->op].code == NULL)
        return 0;
    for (uint32_t i = 0; i < n->operand_count; i++) {
        if (!match_number(r->graph, operand(r, old, i), &value))
            return 0;
        values[i] = (float)value;
    }
    value = (double)scalar_eval(hir_op_info[n->op].code, values);
    return isfinite(value) ? hir_number(r->graph, value) : 0;
}

/* The operand of a two-operand op that is left when the other is its neutral number. */
static hir_id fold_neutral(const struct hir_rewrite *r, hir_id old)
{
    enum hir_op op = (enum hir_op)hir_at(&r->old, old)->op;
    double neutral = op == HIR_mul || op == HIR_div ? 1 : 0, value;

    if (op != HIR_mul && op != HIR_div && op != HIR_add && op != HIR_sub)
        return 0;
    hir_id a = operand(r, old, 0), b = operand(r, old, 1);
    if (match_number(r->graph, b, &value) && value == neutral)
        return a;
    if ((op == HIR_mul || op == HIR_add) && match_number(r->graph, a, &value) && value == neutral)
        return b;
    return 0;
}

/* Views that change nothing, and neg of neg. */
static hir_id fold_unary(const struct hir_rewrite *r, hir_id old)
{
    enum hir_op op = (enum hir_op)hir_at(&r->old, old)->op;

    if (op == HIR_reshape || op == HIR_slice)
        return operand(r, old, 0);
    if (op == HIR_neg && match_is(r->graph, operand(r, old, 0), HIR_neg))
        return hir_operand(r->graph, operand(r, old, 0), 0);
    return 0;
}

static bool may_stand_for(const struct hir_rewrite *r, hir_id id, hir_id old)
{
    const struct hir_node *n = hir_at(r->graph, id), *before = hir_at(&r->old, old);

    return n->dtype == before->dtype && n->shape == before->shape &&
           (n->name == 0 || before->name == 0);
}

/* reshape(reshape(x)) reads x; 0 where there is nothing to do. */
static hir_id fold_reshape(struct hir_rewrite *r, hir_id old)
{
    const struct hir_node *n = hir_at(&r->old, old);

    if (n->op != HIR_reshape || !match_is(r->graph, operand(r, old, 0), HIR_reshape))
        return 0;
    hir_id inner = hir_operand(r->graph, operand(r, old, 0), 0);
    return hir_declare(r->graph, HIR_reshape, (enum dtype)n->dtype, n->shape, NULL, NULL, &inner,
                       1);
}

static hir_id fold(struct hir_rewrite *r, hir_id old)
{
    hir_id id = fold_constant(r, old);

    if (id != 0)
        return id;
    id = fold_neutral(r, old);
    if (id == 0)
        id = fold_unary(r, old);
    if (id != 0 && may_stand_for(r, id, old))
        return id;
    id = fold_reshape(r, old);
    if (id == 0)
        return 0;
    hir_id x = hir_operand(r->graph, id, 0); /* reshaped there and back */
    return may_stand_for(r, x, old) ? x : id;
}

bool pass_fold(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct hir_rewrite r;

    hir_rewrite_begin(&r, g, "fold");
    for (hir_id id = 1; id < r.old.node_count; id++) {
        hir_id folded = fold(&r, id);
        if (folded == 0) {
            hir_rewrite_node(&r, id);
            continue;
        }
        r.translated[id] = folded;
        if (hir_at(g, folded)->name == 0)
            hir_at(g, folded)->name = hir_at(&r.old, id)->name;
        note_done(call, id, "%s: folded", hir_op_info[hir_at(&r.old, id)->op].name);
    }
    hir_rewrite_end(&r);
    return true;
}
