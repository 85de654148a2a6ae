/* Every weight expression that a kernel reads ends in a node that says how it is stored.
 *
 *     y = matmul(x, slice(W))        =>   y = matmul(x, pack(slice(W)))
 *     y = gated_matmul(x, interleave(slice(W), U))
 *                                    =>   y = gated_matmul(x, interleave(pack(slice(W)), U))
 *     y = matmul(x, W of iq2_xs)   =>   y = matmul(x, W of iq2_t3)
 *
 * A matrix of a format that no kernel reads gets the type of one with the same values
 * (dtype_packed).
 *
 * Needs: no dead nodes (dce), because a dead reader is a reader. Keeps: types (pack has that of what
 * it packs, which choose-type may change), names (pack takes that of what it packs) and every
 * operand inside an expression. Later passes take a pack for a weight. Not done for numbers, orders of
 * columns, weights, packs and vectors one after the other, and for what has a layout. A weight that an
 * expression reads too gets one: it keeps the type that a kernel reads apart from the stored one.
 */
#include "compiler/passes/match.h"

#include "compiler/hir/rows.h"

struct packing {
    bool *made;     /* by node: only weights and numbers make it */
    bool *inside;   /* an expression reads it */
    bool *outside;  /* anything else reads it */
    bool *is_pair;  /* the interleave of a gated_matmul: its operands are packed */
    hir_id *packed; /* by old node: the new pack */
};

static void find_readers(const struct hir_graph *g, struct packing *p)
{
    for (hir_id id = 1; id < g->node_count; id++)
        p->is_pair[hir_is_gated(g, id) ? hir_operand(g, id, 1) : 0] = true;
    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            (p->made[id] && !p->is_pair[id] ? p->inside : p->outside)[hir_operand(g, id, i)] = true;
}

/* Whether a node says already how it is stored. */
static bool is_stored(const struct hir_graph *g, hir_id id)
{
    bool whole = match_is(g, id, HIR_concat) && hir_shape_of(g, id)->rank == 1;

    for (uint32_t i = 0; whole && i < hir_at(g, id)->operand_count; i++)
        whole = match_weight(g, hir_operand(g, id, i), 1);
    return whole || match_is(g, id, HIR_pack) ||
           (hir_op_info[hir_at(g, id)->op].attr == ATTR_weight &&
            hir_attr(g, id)->weight.layout != LAYOUT_none);
}

static bool is_root(const struct hir_graph *g, const struct packing *p, hir_id id)
{
    uint16_t op = hir_at(g, id)->op;

    return p->made[id] && p->outside[id] && !p->is_pair[id] && !is_stored(g, id) &&
           op != HIR_number && (op != HIR_weight || p->inside[id]) &&
           hir_at(g, id)->dtype != DTYPE_i32 && hir_shape_of(g, id)->rank != 0;
}

/* The node itself becomes one that its reader may take for a weight. */
static void pack(struct pass_call *call, struct hir_rewrite *r, struct packing *p, hir_id old)
{
    struct hir_graph *g = r->graph;
    hir_id id = r->translated[old];
    static const struct hir_attr no_layout = {0};

    p->packed[old] = hir_declare(g, HIR_pack, (enum dtype)hir_at(g, id)->dtype,
                                 hir_at(g, id)->shape, NULL, &no_layout, &id, 1);
    hir_at(g, p->packed[old])->name = hir_at(g, id)->name;
    if (hir_at(g, id)->op != HIR_weight)
        hir_at(g, id)->name = 0;
    note_done(call, old, "%s: packed", hir_op_info[hir_at(g, id)->op].name);
}

/* The new node that a kernel reads says the type that it is packed in. */
static void choose_packed(struct pass_call *call, struct hir_rewrite *r, const struct packing *p,
                          hir_id old)
{
    hir_id id = p->packed[old] != 0 ? p->packed[old] : r->translated[old];
    struct hir_node *n = hir_at(r->graph, id);
    enum dtype before = (enum dtype)n->dtype, type = dtype_packed(before);

    if (!p->made[old] || !p->outside[old] || p->is_pair[old] || type == before ||
        hir_shape_of(r->graph, id)->rank < 2)
        return;
    n->dtype = (uint8_t)type;
    note_done(call, old, "%s becomes %s", dtype_info[before].name, dtype_info[type].name);
}

/* A copy that reads packs where the old node read what they pack. */
static void copy_reader(struct hir_rewrite *r, const struct packing *p, hir_id old)
{
    hir_id kept[HIR_MAX_OPERANDS];
    uint32_t count = hir_at(&r->old, old)->operand_count;

    for (uint32_t i = 0; i < count; i++) {
        hir_id operand = hir_operand(&r->old, old, i);
        kept[i] = r->translated[operand];
        if (p->packed[operand] != 0)
            r->translated[operand] = p->packed[operand];
    }
    hir_rewrite_node(r, old);
    for (uint32_t i = count; i-- > 0;) /* an operand that stands twice was kept first as it was */
        r->translated[hir_operand(&r->old, old, i)] = kept[i];
}

bool pass_pack_weights(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    uint32_t count = g->node_count;
    struct packing p = {arena_new(g->arena, bool, count), arena_new(g->arena, bool, count),
                        arena_new(g->arena, bool, count), arena_new(g->arena, bool, count),
                        arena_new(g->arena, hir_id, count)};
    struct hir_rewrite r;

    hir_mark_weights(g, p.made);
    find_readers(g, &p);
    hir_rewrite_begin(&r, g, "pack-weights");
    for (hir_id id = 1; id < r.old.node_count; id++) {
        if (p.made[id] && !p.is_pair[id])
            hir_rewrite_node(&r, id);
        else
            copy_reader(&r, &p, id);
        if (is_root(&r.old, &p, id))
            pack(call, &r, &p, id);
        choose_packed(call, &r, &p, id);
    }
    hir_rewrite_end(&r);
    return true;
}
