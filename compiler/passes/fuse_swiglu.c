/* A gated feed-forward becomes one product over interleaved weights.
 *
 *     mul(act(x G'), x U')   =>   gated_matmul(x, interleave(G, U)), act
 *     mul(min(x G', 7) * sigmoid(...), max(x U', -7) + 1)   =>   the same with a formula
 *
 * The same of two expert_matmul of one route, with biases or without. act is silu, or any elementwise
 * op of one operand; the operands of mul may stand either way round. More generally, elementwise ops over two products of one x, numbers and vectors join up to
 * a mul, where exp, tanh or erf is of one product alone: that product is the gate.
 *
 * Needs: one node per value (cse), no dead readers (dce). Keeps: the name of the product. Not done
 * when gate, up or an op over them has another reader (the fused op does not store them), when the
 * formats of G and U differ, when either is not a leaf or has another reader, or when the formula
 * does not fit: for more than 4 vectors or 8 numbers, or code that is too long.
 */
#include "compiler/hir/formula.h"
#include "compiler/hir/rows.h"
#include "compiler/passes/match.h"

enum { OPS_MAX = 24 };

struct pattern {
    hir_id x, products[2]; /* gate, up */
    hir_id root, ops[OPS_MAX];
    uint32_t op_count, product_count;
    uint32_t activation; /* of mul(act(gate), up); else the formula holds */
    struct formula whole;
};

struct matches {
    struct pattern *all;
    uint32_t count, capacity;
};

/* ---- what belongs together ---- */

static bool is_product(const struct hir_graph *g, hir_id id)
{
    return match_product(g, id) || match_expert_product(g, id);
}

static bool is_listed(const hir_id *list, uint32_t count, hir_id id)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == id)
            return true;
    return false;
}

/* Adds the elementwise ops from `id` down, which end at products, numbers and vectors. False: they
 * end at anything else, at a part of another pattern or at more than two products. */
static bool collect(const struct hir_graph *g, hir_id id, uint32_t depth, struct pattern *p)
{
    double value;

    if (hir_at(g, id)->mark != 0 || depth > OPS_MAX)
        return false;
    if (match_number(g, id, &value) || match_weight(g, id, 1) ||
        is_listed(p->ops, p->op_count, id) || is_listed(p->products, p->product_count, id))
        return true;
    if (is_product(g, id)) {
        if (p->product_count == 2)
            return false;
        p->products[p->product_count++] = id;
        return true;
    }
    if (hir_op_info[hir_at(g, id)->op].code == NULL)
        return false;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
        if (!collect(g, hir_operand(g, id, i), depth + 1, p))
            return false;
    if (p->op_count == OPS_MAX)
        return false;
    p->ops[p->op_count++] = id; /* after its operands */
    return true;
}

static bool is_smooth(const struct hir_graph *g, hir_id id) /* has exp, tanh or erf */
{
    const struct scalar_code *code = hir_op_info[hir_at(g, id)->op].code;

    for (uint32_t i = 0; i < code->bytes; i++) {
        uint8_t op = code->code[i];
        if (op == S_EXP || op == S_TANH || op == S_ERF)
            return true;
        i += op == S_NUMBER;
    }
    return false;
}

/* Which of the two products an operand depends on, one bit each; `bits`: by op of the pattern. */
static uint32_t depends_on(const struct pattern *p, const uint32_t *bits, hir_id id)
{
    for (uint32_t i = 0; i < p->op_count; i++)
        if (p->ops[i] == id)
            return bits[i];
    return (uint32_t)(p->products[0] == id) | (uint32_t)(p->products[1] == id) << 1;
}

/* Puts the gate first. False: neither product is one. */
static bool order_products(const struct hir_graph *g, struct pattern *p)
{
    uint32_t bits[OPS_MAX] = {0}, gates = 0;

    for (uint32_t i = 0; i < p->op_count; i++) {
        for (uint32_t j = 0; j < hir_at(g, p->ops[i])->operand_count; j++)
            bits[i] |= depends_on(p, bits, hir_operand(g, p->ops[i], j));
        if (is_smooth(g, p->ops[i]))
            gates |= bits[i];
    }
    if (gates == 2) {
        hir_id gate = p->products[1];
        p->products[1] = p->products[0];
        p->products[0] = gate;
    }
    return gates == 1 || gates == 2;
}

/* mul(act(gate), up). */
static bool is_plain(const struct hir_graph *g, struct pattern *p)
{
    for (uint32_t i = 0; i < 2; i++) {
        hir_id activation = hir_operand(g, p->root, i), up = hir_operand(g, p->root, 1 - i);
        if (!match_is_unary(g, activation) || !is_product(g, up) ||
            !is_product(g, hir_operand(g, activation, 0)))
            continue;
        p->activation = hir_at(g, activation)->op;
        p->products[0] = hir_operand(g, activation, 0);
        p->products[1] = up;
        return true;
    }
    return false;
}

/* Something that means to be gated: products, ops and `root`. */
static bool find_pattern(const struct hir_graph *g, hir_id root, struct pattern *p)
{
    *p = (struct pattern){.root = root};
    if (!collect(g, root, 0, p))
        return false;
    if (is_plain(g, p))
        return true;
    return p->product_count == 2 && order_products(g, p);
}

/* ---- what is in the way: NULL: nothing ---- */

/* How often the ops of the pattern read a node. */
static uint32_t reads_of(const struct hir_graph *g, const struct pattern *p, hir_id id)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < p->op_count; i++)
        for (uint32_t j = 0; j < hir_at(g, p->ops[i])->operand_count; j++)
            count += hir_operand(g, p->ops[i], j) == id;
    return count;
}

static bool is_read_elsewhere(const struct hir_graph *g, const struct pattern *p)
{
    for (uint32_t i = 0; i < 2; i++)
        if (hir_at(g, p->products[i])->use_count != reads_of(g, p, p->products[i]))
            return true;
    for (uint32_t i = 0; i < p->op_count; i++)
        if (p->ops[i] != p->root && hir_at(g, p->ops[i])->use_count != reads_of(g, p, p->ops[i]))
            return true;
    return false;
}

static const char *products_refuse(const struct pass_call *call, const struct hir_graph *g,
                                   const struct pattern *p)
{
    hir_id gate = p->products[0], up = p->products[1];
    hir_id weights[2] = {hir_operand(g, gate, 1), hir_operand(g, up, 1)};

    if (gate == up)
        return "gate and up are the same";
    if (hir_operand(g, gate, 0) != hir_operand(g, up, 0))
        return "gate and up are of different inputs";
    if (is_read_elsewhere(g, p))
        return "gate or up has another reader";
    const uint32_t rank = match_is(g, gate, HIR_matmul) ? 2 : 3;
    if (hir_at(g, gate)->op != hir_at(g, up)->op ||
        (rank == 3 && hir_operand(g, gate, 2) != hir_operand(g, up, 2)))
        return "gate and up are of different experts";
    if (rank == 3 && hir_expert_biases(g, gate) != hir_expert_biases(g, up))
        return "only one of gate and up has biases";
    if (!match_weight(g, weights[0], rank) || !match_weight(g, weights[1], rank))
        return "a weight is no leaf";
    if (!match_single(g, weights[0]) || !match_single(g, weights[1]))
        return "a weight has another reader";
    if (!match_same_shape(g, gate, up))
        return "gate and up differ in width";
    enum dtype types[2] = {(enum dtype)hir_at(g, weights[0])->dtype,
                           (enum dtype)hir_at(g, weights[1])->dtype};
    if (types[0] != types[1])
        return arena_printf(call->report->arena, "the weights' formats differ: %s, %s",
                            dtype_info[types[0]].name, dtype_info[types[1]].name);
    return NULL;
}

/* The formula of all ops: X is the gate, Y is up. */
static const char *fill_formula(const struct hir_graph *g, struct pattern *p)
{
    const struct formula empty = {.base = 2, .max_operands = EPILOGUE_MAX_OPERANDS};
    struct formula made[OPS_MAX + 2];

    for (uint32_t i = 0; i < 2; i++) {
        made[i] = empty;
        scalar_put(&made[i].code, (uint8_t)(S_X + i));
    }
    for (uint32_t i = 0; i < p->op_count; i++) {
        const struct formula *inlined[HIR_MAX_OPERANDS] = {NULL};
        hir_id id = p->ops[i];
        for (uint32_t j = 0; j < hir_at(g, id)->operand_count; j++) {
            hir_id operand = hir_operand(g, id, j);
            for (uint32_t k = 0; k < i + 2; k++)
                if (operand == (k < 2 ? p->products[k] : p->ops[k - 2]))
                    inlined[j] = &made[k];
        }
        if (!match_same_shape(g, id, p->root))
            return "an op over gate or up is of another shape";
        made[i + 2] = empty;
        if (!formula_of(g, id, inlined, &made[i + 2]))
            return "the formula does not fit";
    }
    p->whole = made[p->op_count + 1];
    return NULL;
}

static const char *find_reason(const struct pass_call *call, const struct hir_graph *g,
                               struct pattern *p)
{
    const char *why = products_refuse(call, g, p);

    if (why != NULL || p->activation != HIR_none)
        return why;
    for (uint32_t i = 0; why == NULL && i < p->op_count; i++)
        why = formula_refuses(g, p->ops[i], g->arena);
    return why != NULL ? why : fill_formula(g, p);
}

/* ---- rewriting ---- */

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct pattern *p = &((struct matches *)call->found)->all[match_index(r, old)];
    struct hir_attr attr = {.product = {.activation = p->activation, .code = p->whole.code}};
    hir_id weights[2], operands[HIR_MAX_OPERANDS];
    enum hir_op op = HIR_gated_matmul;
    uint32_t count = 0;

    for (uint32_t i = 0; i < 2; i++)
        weights[i] = r->translated[hir_operand(&r->old, p->products[i], 1)];
    operands[count++] = r->translated[hir_operand(&r->old, p->products[0], 0)];
    operands[count++] = hir_add(r->graph, HIR_interleave, NULL, weights, 2);
    if (!match_is(&r->old, p->products[0], HIR_matmul)) {
        op = HIR_gated_expert_matmul;
        operands[count++] = r->translated[hir_operand(&r->old, p->products[0], 2)];
        for (uint32_t i = 0; i < 2; i++)
            if (hir_expert_biases(&r->old, p->products[i]) != 0)
                operands[count++] = r->translated[hir_operand(&r->old, p->products[i], 3)];
    }
    for (uint32_t i = 0; i < p->whole.operand_count; i++)
        operands[count++] = r->translated[p->whole.operands[i]];
    return hir_add(r->graph, op, &attr, operands, count);
}

static void mark(struct hir_graph *g, const struct pattern *p, uint32_t number)
{
    for (uint32_t i = 0; i < p->op_count; i++)
        hir_at(g, p->ops[i])->mark = MATCH_DROP;
    for (uint32_t i = 0; i < 2; i++)
        hir_at(g, p->products[i])->mark = MATCH_DROP;
    hir_at(g, p->root)->mark = number;
}

bool pass_fuse_swiglu(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct matches matches = {0};

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        struct pattern p;
        if (!match_is(g, id, HIR_mul) || !find_pattern(g, id, &p))
            continue;
        const char *why = find_reason(call, g, &p);
        if (why != NULL) {
            note_left(call, id, "%s", why);
            continue;
        }
        if (p.activation != HIR_none)
            note_done(call, id, "gate, up and %s", hir_op_info[p.activation].name);
        else
            note_done(call, id, "gate, up and a formula of %u ops", p.op_count);
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
        mark(g, &p, matches.count);
    }
    rewrite_marked(call, emit, &matches);
    return true;
}
