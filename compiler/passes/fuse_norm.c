/* An RMS norm in single steps becomes one node.
 *
 *     mul(mul(x, rsqrt(add(mean(square(x)), epsilon))), w)   =>   rms_norm(x, w), epsilon
 *
 * Operands of mul and add may stand either way round; mul(x, x) is as good as square(x).
 *
 * Needs: one node per value (cse), no dead readers (dce). Keeps: the name of the outer product. Not
 * done when the mean is over something else than the squares of the x that is scaled, when epsilon
 * is not a number, when the product is not scaled by a weight [width of x], or when a node in
 * between has another reader, which would need it computed anyway.
 */
#include "compiler/passes/match.h"

struct pattern {
    hir_id x, weight, inner, rsqrt, sum, mean, square, root;
    double epsilon;
};

struct matches {
    struct pattern *all;
    uint32_t count, capacity;
};

static bool is_square_of(const struct hir_graph *g, hir_id id, hir_id x)
{
    if (match_is(g, id, HIR_square))
        return hir_operand(g, id, 0) == x;
    return match_is(g, id, HIR_mul) && hir_operand(g, id, 0) == x && hir_operand(g, id, 1) == x;
}

/* rsqrt(add(mean(s), e)), e of any kind: something that means to be a norm. */
static bool find_mean(const struct hir_graph *g, hir_id rsqrt, struct pattern *p, hir_id *epsilon)
{
    p->rsqrt = rsqrt;
    p->sum = hir_operand(g, rsqrt, 0);
    if (!match_is(g, p->sum, HIR_add))
        return false;
    for (uint32_t i = 0; i < 2; i++) {
        p->mean = hir_operand(g, p->sum, i);
        *epsilon = hir_operand(g, p->sum, 1 - i);
        if (match_is(g, p->mean, HIR_mean)) {
            p->square = hir_operand(g, p->mean, 0);
            return true;
        }
    }
    return false;
}

/* The two products after the rsqrt. Returns NULL, or why there is no such pattern. */
static const char *find_products(const struct hir_graph *g, const hir_id *reader, struct pattern *p)
{
    p->inner = reader[p->rsqrt];
    if (!match_single(g, p->rsqrt) || !match_is(g, p->inner, HIR_mul))
        return "the reciprocal root is not read by one product alone";
    p->x = match_other(g, p->inner, p->rsqrt);
    if (!is_square_of(g, p->square, p->x))
        return "the mean is over something else than the squares of what is scaled";
    p->root = reader[p->inner];
    if (!match_single(g, p->inner) || !match_is(g, p->root, HIR_mul))
        return "the normalized value is not read by one product with a weight alone";
    p->weight = match_other(g, p->root, p->inner);
    if (!match_weight(g, p->weight, 1) || hir_width(g, p->weight) != hir_width(g, p->x))
        return "the normalized value is not multiplied by a weight of its width";
    return NULL;
}

static const char *find_pattern(const struct hir_graph *g, const hir_id *reader, hir_id epsilon,
                                struct pattern *p)
{
    const char *why = find_products(g, reader, p);

    if (why != NULL)
        return why;
    if (!match_number(g, epsilon, &p->epsilon))
        return "epsilon is not a number";
    if (!match_single(g, p->sum) || !match_single(g, p->mean) || !match_single(g, p->square))
        return "a value in between has another reader";
    return NULL;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct pattern *p = &((struct matches *)call->found)->all[match_index(r, old)];
    struct hir_attr attr = {.norm = {.epsilon = p->epsilon}};
    hir_id operands[2] = {r->translated[p->x], r->translated[p->weight]};

    return hir_add(r->graph, HIR_rms_norm, &attr, operands, 2);
}

bool pass_fuse_norm(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    const hir_id *reader = match_begin(g);
    struct matches matches = {0};

    for (hir_id id = 1; id < g->node_count; id++) {
        struct pattern p = {0};
        hir_id epsilon;
        if (!match_is(g, id, HIR_rsqrt) || !find_mean(g, id, &p, &epsilon))
            continue;
        const char *why = find_pattern(g, reader, epsilon, &p);
        if (why != NULL) {
            note_left(call, id, "%s", why);
            continue;
        }
        note_done(call, p.root, "rms_norm");
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
        hir_at(g, p.root)->mark = matches.count;
        const hir_id inside[] = {p.inner, p.rsqrt, p.sum, p.mean, p.square};
        for (size_t i = 0; i < countof(inside); i++)
            hir_at(g, inside[i])->mark = MATCH_DROP;
    }
    rewrite_marked(call, emit, &matches);
    return true;
}
