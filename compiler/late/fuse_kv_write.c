/* Norms, rotations and both appends of an attention become one node.
 *
 *     attention(rope(norm(q)), kv_append(K, rope(norm(k))), kv_append(V, v))
 *         =>   w = kv_write(K, V, q, k, v);  attention(w, written(w, key), written(w, value))
 *
 * Norms and rotations may be missing, both of q and of k, or be in the other order. Keys may have a
 * table of their own, and v a norm. Norms of q and k may be of all heads of a row at once where the
 * level can do that in a short run: each tile sums up the row.
 *
 * Needs: norms that are one node. Keeps: the names of the states after their write. Not done where
 * an attention is not the first to read the keys and values of one layer, written once, at
 * the positions of q, with equal rotations and norms. There an append writes each state, and norms
 * and rotations are steps of their own. Later attentions may read the states, too.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

/* What happens to q, k or v between its projection and attention. */
struct branch {
    hir_id from;                   /* the projected rows */
    hir_id norm, table, positions; /* norm: its weight; 0: none */
    struct hir_attr attr;          /* of a rope with the norm's epsilon, as kv_write has it */
};

struct pattern {
    hir_id keys, values, positions; /* the appends, and where they write */
    struct branch q, k, v;
};

/* Whether a norm is of all heads of a row of `id` at once. */
static bool norms_rows(const struct hir_graph *g, hir_id norm, hir_id id)
{
    return hir_shape_of(g, norm)->rank == 2 && hir_shape_of(g, id)->rank == 3 &&
           hir_shape_of(g, norm)->dims[0] == hir_shape_of(g, id)->dims[0];
}

/* Takes the rotation that made b->from, heads of the shape of `id`. */
static void take_rotation(const struct hir_graph *g, hir_id id, struct branch *b)
{
    const hir_id rope = hir_unshape(g, b->from);

    if (!match_is(g, rope, HIR_rope) || !match_same_shape(g, rope, id))
        return;
    b->attr.rope.n_rot = hir_attr(g, rope)->rope.n_rot;
    b->attr.rope.interleaved = hir_attr(g, rope)->rope.interleaved;
    b->table = hir_operand(g, rope, 1);
    b->positions = hir_operand(g, rope, 2);
    b->from = hir_operand(g, rope, 0);
}

/* Likewise the norm, of heads or, with `all_heads`, of all heads of a row. */
static void take_norm(const struct hir_graph *g, hir_id id, bool all_heads, struct branch *b)
{
    const hir_id norm = hir_unshape(g, b->from);

    if (!match_is(g, norm, HIR_rms_norm) || hir_attr(g, norm)->norm.centered ||
        hir_at(g, norm)->operand_count != 2)
        return;
    const bool by_row = all_heads && norms_rows(g, norm, id);
    if (!by_row && !match_same_shape(g, norm, id))
        return;
    b->attr.rope.all_heads = by_row;
    b->attr.rope.epsilon = hir_attr(g, norm)->norm.epsilon;
    b->norm = hir_operand(g, norm, 1);
    b->from = hir_operand(g, norm, 0);
}

/* Follows `id`, [rows, heads, head_dim], down to the projection; `all_heads`: through norms of all
 * heads, too. */
static struct branch take_apart(const struct hir_graph *g, hir_id id, bool all_heads)
{
    struct branch b = {.from = id, .attr = {.rope = {.epsilon = 0}}};

    take_rotation(g, id, &b);
    take_norm(g, id, all_heads, &b);
    if (b.table == 0 && b.norm != 0 && !b.attr.rope.all_heads) {
        take_rotation(g, id, &b);
        b.attr.rope.norm_last = b.table != 0;
    }
    return b;
}

/* Where an append writes; rows of a scratch state stand in order, wherever they are rotated. */
static hir_id place_of(const struct hir_graph *g, hir_id append, hir_id rotated_at)
{
    return hir_at(g, append)->operand_count == 3 ? hir_operand(g, append, 2) : rotated_at;
}

/* Whether the write of this attention may norm all heads of a row at once. */
static bool takes_all_heads(const struct pass_call *call, const struct hir_graph *g,
                            hir_id attention)
{
    const struct specialization *s = call->context.specialization;

    return s->target->levels[s->level].traits.norms_all_heads &&
           hir_max_rows(g, attention) <= SHORT_RUN_MAX;
}

static struct pattern pattern_of(const struct pass_call *call, const struct hir_graph *g,
                                 hir_id attention)
{
    const bool all = takes_all_heads(call, g, attention);
    hir_id keys = hir_operand(g, attention, 1), values = hir_operand(g, attention, 2);
    struct pattern p = {.keys = keys,
                        .values = values,
                        .q = take_apart(g, hir_operand(g, attention, 0), all),
                        .k = take_apart(g, hir_operand(g, keys, 1), all),
                        .v = take_apart(g, hir_operand(g, values, 1), false)};

    p.positions = place_of(g, keys, p.k.positions);
    return p;
}

/* ---- what fits: NULL, or why not ---- */

/* Whether what reads a node, beside an attention and the graph's outputs, are later attentions: of
 * layers that share its keys and values. */
static bool others_follow(const struct hir_graph *g, hir_id id, hir_id attention)
{
    for (hir_id reader = id + 1; reader < g->node_count; reader++)
        for (uint32_t i = 0; i < hir_at(g, reader)->operand_count; i++)
            if (hir_operand(g, reader, i) == id && reader != attention &&
                (reader < attention || !match_is(g, reader, HIR_attention)))
                return false;
    return true;
}

static const char *append_refuses(const struct hir_graph *g, hir_id id, hir_id attention)
{
    if (!match_is(g, id, HIR_kv_append))
        return "the attention reads a state that this layer does not write";
    if (!match_is(g, hir_operand(g, id, 0), HIR_state))
        return "the state is written twice";
    if (!others_follow(g, id, attention))
        return "another op reads the state after its write";
    struct branch b = take_apart(g, hir_operand(g, id, 1), false);
    if (b.table != 0 && b.positions != place_of(g, id, b.positions))
        return "the key is rotated at other positions than it is written at";
    return NULL;
}

static const char *states_refuse(const struct hir_graph *g, const struct pattern *p)
{
    const struct hir_attr *k = hir_attr(g, hir_operand(g, p->keys, 0)),
                          *v = hir_attr(g, hir_operand(g, p->values, 0));

    if (k->state.role != STATE_ROLE_key || v->state.role != STATE_ROLE_value ||
        k->state.layer != v->state.layer)
        return "the states are not keys and values of one layer";
    if (k->state.class != v->state.class || k->state.class == STATE_cross ||
        !match_same_shape(g, p->keys, p->values))
        return "the states are of different sizes or classes, or of another sequence";
    if (hir_at(g, p->keys)->dtype != hir_at(g, p->values)->dtype)
        return "keys and values are of different types";
    return NULL;
}

static const char *branches_refuse(const struct hir_graph *g, const struct pattern *p)
{
    const struct hir_attr *q = &p->q.attr, *k = &p->k.attr;

    if ((p->q.norm != 0) != (p->k.norm != 0))
        return "only one of q and k is normed";
    if (q->rope.all_heads != k->rope.all_heads)
        return "all heads of only one of q and k are normed at once";
    if (q->rope.norm_last != k->rope.norm_last)
        return "only one of q and k is normed after its rotation";
    if (q->rope.all_heads && p->v.norm != 0)
        return "all heads of q are normed at once, and each of v";
    if ((float)q->rope.epsilon != (float)k->rope.epsilon)
        return arena_printf(g->arena, "norms of q and k have different epsilons (%g and %g)",
                            q->rope.epsilon, k->rope.epsilon);
    if ((p->q.table != 0) != (p->k.table != 0) || q->rope.n_rot != k->rope.n_rot ||
        q->rope.interleaved != k->rope.interleaved)
        return "q and k are rotated differently";
    if (p->v.norm != 0 && p->q.norm != 0 && (float)p->v.attr.rope.epsilon != (float)q->rope.epsilon)
        return "norms of q and v have different epsilons";
    return p->v.table != 0 ? "v is rotated" : NULL;
}

static const char *refuses(const struct pass_call *call, hir_id id)
{
    const struct hir_graph *g = call->graph;
    const char *why = NULL;

    for (uint32_t i = 1; i <= 2 && why == NULL; i++)
        why = append_refuses(g, hir_operand(g, id, i), id);
    if (why != NULL)
        return why;
    struct pattern p = pattern_of(call, g, id);
    hir_id positions = hir_attention_positions(g, id);
    if (p.positions == 0)
        return "no positions are known";
    if (place_of(g, p.values, p.positions) != p.positions ||
        (positions != 0 && positions != p.positions) ||
        (p.q.table != 0 && p.q.positions != p.positions))
        return "q, k and v are at different positions";
    why = states_refuse(g, &p);
    return why != NULL ? why : branches_refuse(g, &p);
}

/* ---- rewriting ---- */

/* The state after the write, under the name that it has after the append. */
static hir_id written(struct hir_rewrite *r, hir_id write, enum written which, hir_id append)
{
    struct hir_attr attr = {.written = {.which = which}};
    hir_id id = hir_add(r->graph, HIR_written, &attr, &write, 1);

    rewrite_name(r, id, append, "");
    return r->translated[append] = id;
}

/* Rows whose heads were normed at once, as heads. */
static hir_id as_heads(struct hir_rewrite *r, hir_id rows, shape_id heads)
{
    const struct hir_node *n = hir_at(r->graph, rows);

    return hir_shape_of(r->graph, rows)->rank == 3
               ? rows
               : hir_declare(r->graph, HIR_reshape, (enum dtype)n->dtype, heads, NULL, NULL, &rows,
                             1);
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;
    struct pattern p = pattern_of(call, g, old);
    const bool norm = p.q.norm != 0, rope = p.q.table != 0;
    struct hir_attr attr = p.q.attr;
    hir_id operands[HIR_MAX_OPERANDS] = {hir_operand(g, p.keys, 0),
                                         hir_operand(g, p.values, 0),
                                         p.q.from,
                                         p.k.from,
                                         p.v.from,
                                         p.positions};
    uint32_t count = 6;

    if (rope)
        operands[count++] = p.q.table;
    if (p.k.table != p.q.table) {
        attr.rope.k_table = 1;
        operands[count++] = p.k.table;
    }
    if (norm) {
        operands[count++] = p.q.norm;
        operands[count++] = p.k.norm;
    }
    if (p.v.norm != 0) {
        attr.rope.v_norm = 1;
        attr.rope.epsilon = p.v.attr.rope.epsilon;
        operands[count++] = p.v.norm;
    }
    for (uint32_t i = 0; i < count; i++)
        operands[i] = r->translated[operands[i]];
    operands[2] = as_heads(r, operands[2], hir_at(g, hir_operand(g, old, 0))->shape);
    operands[3] = as_heads(r, operands[3], hir_at(g, hir_operand(g, p.keys, 1))->shape);
    hir_id write = hir_add(r->graph, HIR_kv_write, &attr, operands, count);
    rewrite_name(r, write, old, ".kv_write");
    note_done(call, old, "%s%s%s%swrites of k and v in one step", norm ? "norms" : "",
              norm && rope ? ", " : "", rope ? "rotations" : "", norm || rope ? " and " : "");
    hir_id reads[HIR_MAX_OPERANDS] = {write, written(r, write, WRITTEN_key, p.keys),
                                      written(r, write, WRITTEN_value, p.values)};
    for (uint32_t i = 3; i < hir_at(g, old)->operand_count; i++)
        reads[i] = r->translated[hir_operand(g, old, i)];
    return hir_add(r->graph, HIR_attention, hir_attr(g, old), reads, hir_at(g, old)->operand_count);
}

bool pass_fuse_kv_write(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_attention) || match_is(g, hir_operand(g, id, 0), HIR_kv_write))
            continue;
        const char *why = refuses(call, id);
        hir_at(g, id)->mark = why == NULL;
        if (why != NULL)
            note_left(call, id, "%s", why);
    }
    rewrite_marked(call, emit, NULL);
    hir_drop_unneeded(g);
    return true;
}
