/* An RMS norm in single steps becomes one node, and so does a LayerNorm.
 *
 *     mul(mul(x, rsqrt(add(mean(square(x)), epsilon))), w)   =>   rms_norm(x, w), epsilon
 *     the same of x = sub(y, mean(y))                        =>   rms_norm(y, w), epsilon, centered
 *     add(either, b)                                         =>   the same with the bias b
 *
 * Operands of mul and add may stand either way round; mul(x, x) is as good as square(x).
 *
 * Needs: one node per value (cse), no dead readers (dce). Keeps: the name of the outermost node. Heads
 * have norms without mean and bias, which are left outside. Not done when the mean is over something else than the squares of the x that is scaled, when epsilon
 * is not a number, when the product is not scaled by a weight [width of x], or when a node in
 * between has another reader, which would need it computed anyway.
 */
#include "compiler/passes/match.h"

struct pattern {
    hir_id x, weight, inner, rsqrt, sum, mean, square, root;
    hir_id centered, centre; /* y - mean(y) and mean(y), where x is y; 0: none */
    hir_id bias, product;    /* 0: none; else the product of which root is the sum with the bias */
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

/* The product after the rsqrt. Returns NULL, or why there is no such pattern. */
static const char *find_inner(const struct hir_graph *g, const hir_id *reader, struct pattern *p)
{
    p->inner = reader[p->rsqrt];
    if (!match_single(g, p->rsqrt) || !match_is(g, p->inner, HIR_mul))
        return "the reciprocal root is not read by one product alone";
    p->x = match_other(g, p->inner, p->rsqrt);
    if (!is_square_of(g, p->square, p->x))
        return "the mean is over something else than the squares of what is scaled";
    return NULL;
}

/* The product of the normalized value and a weight. */
static bool find_root(const struct hir_graph *g, hir_id root, struct pattern *p)
{
    p->root = root;
    if (!match_is(g, root, HIR_mul))
        return false;
    p->weight = match_other(g, root, p->inner);
    return match_weight(g, p->weight, 1) && hir_width(g, p->weight) == hir_width(g, p->x);
}

/* The next node from `id` on that reads `operand`; 0: none. */
static hir_id next_reader(const struct hir_graph *g, hir_id operand, hir_id id)
{
    for (; id < g->node_count; id++)
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            if (hir_operand(g, id, i) == operand)
                return id;
    return 0;
}

/* Everything that reads the normalized value. */
static const char *find_roots(const struct hir_graph *g, struct pattern *p)
{
    uint32_t roots = 0;

    for (hir_id id = next_reader(g, p->inner, p->inner + 1); id != 0;
         id = next_reader(g, p->inner, id + 1), roots++)
        if (!find_root(g, id, p))
            return "the normalized value is read by something else than products with weights of "
                   "its width";
    return roots != 0 && hir_at(g, p->inner)->use_count == roots
               ? NULL
               : "the normalized value is needed itself";
}

static const char *find_pattern(const struct hir_graph *g, const hir_id *reader, hir_id epsilon,
                                struct pattern *p)
{
    const char *why = find_inner(g, reader, p);

    if (why == NULL)
        why = find_roots(g, p);
    if (why != NULL)
        return why;
    if (!match_number(g, epsilon, &p->epsilon))
        return "epsilon is not a number";
    if (!match_single(g, p->sum) || !match_single(g, p->mean) || !match_single(g, p->square))
        return "a value in between has another reader";
    return NULL;
}

/* x = y - mean(y), which the norm alone reads: the norm is of y. */
static void find_centre(const struct hir_graph *g, struct pattern *p)
{
    hir_id difference = p->x, mean;
    const uint32_t readers = match_is(g, p->square, HIR_square) ? 2 : 3;

    if (!match_is(g, difference, HIR_sub) || hir_shape_of(g, difference)->rank != 2 ||
        hir_at(g, difference)->use_count != readers)
        return;
    mean = hir_operand(g, difference, 1);
    if (!match_is(g, mean, HIR_mean) || !match_single(g, mean) ||
        hir_operand(g, mean, 0) != hir_operand(g, difference, 0))
        return;
    p->centered = difference;
    p->centre = mean;
    p->x = hir_operand(g, difference, 0);
}

/* The one sum with a vector that reads the norm of rows. */
static void find_bias(const struct hir_graph *g, const hir_id *reader, struct pattern *p)
{
    hir_id sum = reader[p->root], bias;

    if (!match_single(g, p->root) || !match_is(g, sum, HIR_add) ||
        hir_shape_of(g, p->root)->rank != 2)
        return;
    bias = match_other(g, sum, p->root);
    if (!match_weight(g, bias, 1) || hir_width(g, bias) != hir_width(g, p->x))
        return;
    p->bias = bias;
    p->product = p->root;
    p->root = sum;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct pattern *p = &((struct matches *)call->found)->all[match_index(r, old)];
    struct hir_attr attr = {.norm = {.epsilon = p->epsilon, .centered = p->centered != 0}};
    hir_id operands[3] = {r->translated[p->x], r->translated[p->weight], r->translated[p->bias]};

    return hir_add(r->graph, HIR_rms_norm, &attr, operands, p->bias != 0 ? 3 : 2);
}

/* One norm for each product of the normalized value: two norms of one x, in layers whose parts are
 * parallel, cost less than to store it. */
static void add_norms(struct pass_call *call, const hir_id *reader, struct pattern *p,
                      struct matches *matches)
{
    struct hir_graph *g = call->graph;

    find_centre(g, p);
    const hir_id inside[] = {p->inner,  p->rsqrt,    p->sum,   p->mean,
                             p->square, p->centered, p->centre};
    for (size_t i = 0; i < countof(inside); i++)
        if (inside[i] != 0)
            hir_at(g, inside[i])->mark = MATCH_DROP;
    for (hir_id id = next_reader(g, p->inner, p->inner + 1); id != 0;
         id = next_reader(g, p->inner, id + 1)) {
        struct pattern one = *p;
        find_root(g, id, &one);
        find_bias(g, reader, &one);
        note_done(call, one.root, "rms_norm%s%s", one.centered != 0 ? ", centered" : "",
                  one.bias != 0 ? ", with a bias" : "");
        ARENA_PUSH(g->arena, matches->all, matches->count, matches->capacity) = one;
        hir_at(g, one.root)->mark = matches->count;
        if (one.product != 0)
            hir_at(g, one.product)->mark = MATCH_DROP;
    }
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
        if (why != NULL)
            note_left(call, id, "%s", why);
        else
            add_norms(call, reader, &p, &matches);
    }
    rewrite_marked(call, emit, &matches);
    return true;
}
