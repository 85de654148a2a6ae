/* A gated feed-forward becomes one product over interleaved weights.
 *
 *     mul(act(x G'), x U')   =>   gated_matmul(x, interleave(G, U)), act
 *
 * act is silu, or any elementwise op of one operand; the operands of mul may stand either way
 * round.
 *
 * Needs: one node per value (cse), no dead readers (dce). Keeps: the name of the product. Not done
 * when gate or up has another reader (the fused op does not store them), when the formats of G and
 * U differ, when either is not a leaf or has another reader, or when gate or up has a bias:
 * gated_matmul has no room for one.
 */
#include "compiler/passes/match.h"

struct pattern {
    hir_id x, gate, up, activation, gate_weight, up_weight, root;
};

struct matches {
    struct pattern *all;
    uint32_t count, capacity;
};

/* A matmul, or one with a bias added: `id` itself or the matmul inside; 0 where it is neither. */
static hir_id matmul_inside(const struct hir_graph *g, hir_id id)
{
    if (match_product(g, id))
        return id;
    for (uint32_t i = 0; match_is(g, id, HIR_add) && i < 2; i++)
        if (match_product(g, hir_operand(g, id, i)) &&
            match_weight(g, hir_operand(g, id, 1 - i), 1))
            return hir_operand(g, id, i);
    return 0;
}

/* mul(act(matmul), matmul), biases still allowed: something that means to be gated. */
static bool find_product(const struct hir_graph *g, hir_id root, struct pattern *p)
{
    p->root = root;
    for (uint32_t i = 0; i < 2; i++) {
        p->activation = hir_operand(g, root, i);
        p->up = hir_operand(g, root, 1 - i);
        if (!match_is_unary(g, p->activation))
            continue;
        p->gate = hir_operand(g, p->activation, 0);
        if (matmul_inside(g, p->gate) != 0 && matmul_inside(g, p->up) != 0)
            return true;
    }
    return false;
}

/* NULL, or why the two stay apart. */
static const char *find_reason(const struct pass_call *call, const struct hir_graph *g,
                               struct pattern *p)
{
    if (!match_product(g, p->gate) || !match_product(g, p->up))
        return "gate or up has a bias";
    p->x = hir_operand(g, p->gate, 0);
    if (hir_operand(g, p->up, 0) != p->x)
        return "gate and up are of different inputs";
    if (p->gate == p->up)
        return "gate and up are the same";
    if (!match_single(g, p->gate) || !match_single(g, p->activation) || !match_single(g, p->up))
        return "gate or up has another reader";
    p->gate_weight = hir_operand(g, p->gate, 1);
    p->up_weight = hir_operand(g, p->up, 1);
    if (!match_weight(g, p->gate_weight, 2) || !match_weight(g, p->up_weight, 2))
        return "a weight is no leaf";
    if (!match_single(g, p->gate_weight) || !match_single(g, p->up_weight))
        return "a weight has another reader";
    if (!match_same_shape(g, p->gate, p->up))
        return "gate and up differ in width";
    enum dtype gate = (enum dtype)hir_at(g, p->gate_weight)->dtype,
               up = (enum dtype)hir_at(g, p->up_weight)->dtype;
    if (gate != up)
        return arena_printf(call->report->arena, "the weights' formats differ: %s, %s",
                            dtype_info[gate].name, dtype_info[up].name);
    return NULL;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct pattern *p = &((struct matches *)call->found)->all[match_index(r, old)];
    struct hir_attr attr = {.product = {.activation = hir_at(&r->old, p->activation)->op}};
    hir_id weights[2] = {r->translated[p->gate_weight], r->translated[p->up_weight]};
    hir_id operands[2] = {r->translated[p->x], hir_add(r->graph, HIR_interleave, NULL, weights, 2)};

    return hir_add(r->graph, HIR_gated_matmul, &attr, operands, 2);
}

bool pass_fuse_swiglu(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct matches matches = {0};

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        struct pattern p = {0};
        if (!match_is(g, id, HIR_mul) || !find_product(g, id, &p))
            continue;
        const char *why = find_reason(call, g, &p);
        if (why != NULL) {
            note_left(call, id, "%s", why);
            continue;
        }
        note_done(call, id, "gate, up and %s", hir_op_info[hir_at(g, p.activation)->op].name);
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
        hir_at(g, p.root)->mark = matches.count;
        hir_at(g, p.activation)->mark = hir_at(g, p.gate)->mark = hir_at(g, p.up)->mark =
            MATCH_DROP;
    }
    rewrite_marked(call, emit, &matches);
    return true;
}
