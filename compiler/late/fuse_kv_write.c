/* Norms, rotations and both appends of an attention become one node.
 *
 *     attention(rope(norm(q)), kv_append(K, rope(norm(k))), kv_append(V, v))
 *         =>   w = kv_write(K, V, q, k, v);  attention(w, written(w, key), written(w, value))
 *
 * Norms and rotations may be missing, both of q and of k.
 *
 * Needs: norms that are one node. Keeps: the names of the states after their write. Not done where
 * no attention reads an append. An attention that does not fit is an error: there is no other way
 * to compute one.
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
    hir_id attention, keys, values; /* keys, values: the appends */
    struct branch q, k, v;
};

struct matches {
    struct pattern *all;
    uint32_t count, capacity;
};

/* Follows `id`, [rows, heads, head_dim], down to the projection. */
static struct branch take_apart(const struct hir_graph *g, hir_id id)
{
    struct branch b = {.from = id, .attr = {.rope = {.epsilon = 0}}};
    hir_id under = hir_unshape(g, id);

    if (match_is(g, under, HIR_rope) && match_same_shape(g, under, id)) {
        b.attr.rope = hir_attr(g, under)->rope;
        b.attr.rope.epsilon = 0;
        b.table = hir_operand(g, under, 1);
        b.positions = hir_operand(g, under, 2);
        b.from = hir_operand(g, under, 0);
        under = hir_unshape(g, b.from);
    }
    if (match_is(g, under, HIR_rms_norm) && match_same_shape(g, under, id)) {
        b.attr.rope.epsilon = hir_attr(g, under)->norm.epsilon;
        b.norm = hir_operand(g, under, 1);
        b.from = hir_operand(g, under, 0);
    }
    return b;
}

/* What is appended, and that the append is one. A state after its last write is an output, and so
 * has a use besides its reader. */
static bool take_append(const struct hir_graph *g, hir_id id, struct branch *b, struct diags *d)
{
    if (!match_is(g, id, HIR_kv_append))
        return hir_refuse(d, g, id,
                          "attention over a state that this run does not write is not served");
    if (!match_is(g, hir_operand(g, id, 0), HIR_state))
        return hir_refuse(d, g, id, "two writes to one state in a run are not served");
    if (hir_at(g, id)->use_count != 2)
        return hir_refuse(d, g, id, "two readers of a state after its write are not served");
    *b = take_apart(g, hir_operand(g, id, 1));
    if (b->table != 0 && b->positions != hir_operand(g, id, 2))
        return hir_refuse(d, g, id,
                          "a key that is rotated at other positions than it is written at is not "
                          "served");
    b->positions = hir_operand(g, id, 2);
    return true;
}

static bool agree(const struct hir_graph *g, const struct pattern *p, struct diags *d)
{
    const struct branch *q = &p->q, *k = &p->k, *v = &p->v;
    float q_epsilon = (float)q->attr.rope.epsilon, k_epsilon = (float)k->attr.rope.epsilon;
    hir_id id = p->attention;

    if ((q->norm != 0) != (k->norm != 0))
        return hir_refuse(d, g, id, "a norm on only one of q and k is not served");
    if (q_epsilon != k_epsilon)
        return hir_refuse(d, g, id,
                          "norms of q and k with different epsilons (%g and %g) are not served",
                          (double)q_epsilon, (double)k_epsilon);
    if (q->table != k->table || q->attr.rope.n_rot != k->attr.rope.n_rot ||
        q->attr.rope.interleaved != k->attr.rope.interleaved)
        return hir_refuse(d, g, id, "different rotations of q and k are not served");
    if (v->norm != 0 || v->table != 0)
        return hir_refuse(d, g, id, "a norm or a rotation of v is not served");
    if (hir_at(g, p->keys)->dtype != hir_at(g, p->values)->dtype)
        return hir_refuse(d, g, id, "keys and values of different types are not served");
    if (v->positions != k->positions || hir_operand(g, id, 3) != k->positions ||
        (q->table != 0 && q->positions != k->positions))
        return hir_refuse(d, g, id, "q, k and v at different positions are not served");
    return true;
}

/* ---- rewriting ---- */

/* The operands of the write, as old ids. */
static uint32_t operands_of(const struct hir_graph *g, const struct pattern *p, hir_id *operands)
{
    const hir_id all[] = {hir_operand(g, p->keys, 0),
                          hir_operand(g, p->values, 0),
                          p->q.from,
                          p->k.from,
                          p->v.from,
                          p->k.positions,
                          p->q.table,
                          p->q.norm,
                          p->k.norm};
    uint32_t count = 0;

    for (uint32_t i = 0; i < countof(all); i++)
        if (all[i] != 0)
            operands[count++] = all[i];
    return count;
}

static void mark(struct hir_graph *g, const struct pattern *p, uint32_t index)
{
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count = operands_of(g, p, operands);

    for (uint32_t i = 0; i < count; i++)
        hir_at(g, operands[i])->use_count++;
    match_release(g, hir_operand(g, p->attention, 0));
    for (uint32_t use = 0; use < 2; use++) { /* the output is that of `written` */
        match_release(g, p->keys);
        match_release(g, p->values);
    }
    hir_at(g, p->attention)->mark = 1 + index;
}

/* The state after the write, under the name that it has after the append. */
static hir_id written(struct hir_rewrite *r, hir_id write, enum written which, hir_id append)
{
    struct hir_attr attr = {.written = {.which = which}};
    hir_id id = hir_add(r->graph, HIR_written, &attr, &write, 1);

    rewrite_name(r, id, append, "");
    return r->translated[append] = id;
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    const struct pattern *p = &((struct matches *)context)->all[index];
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count = operands_of(&r->old, p, operands);

    for (uint32_t i = 0; i < count; i++)
        operands[i] = r->translated[operands[i]];
    hir_id write = hir_add(r->graph, HIR_kv_write, &p->q.attr, operands, count);
    rewrite_name(r, write, old, ".kv_write");
    hir_id reads[4] = {write, written(r, write, WRITTEN_key, p->keys),
                       written(r, write, WRITTEN_value, p->values), operands[5]};
    return hir_add(r->graph, HIR_attention, hir_attr(&r->old, old), reads, 4);
}

bool pass_fuse_kv_write(struct hir_graph *g, const struct pass_context *context,
                        struct pass_report *report, struct diags *d)
{
    struct matches matches = {0};
    bool good = true;

    (void)context;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_attention) || match_is(g, hir_operand(g, id, 1), HIR_written))
            continue;
        struct pattern p = {.attention = id,
                            .keys = hir_operand(g, id, 1),
                            .values = hir_operand(g, id, 2),
                            .q = take_apart(g, hir_operand(g, id, 0))};
        if (!take_append(g, p.keys, &p.k, d) || !take_append(g, p.values, &p.v, d) ||
            !agree(g, &p, d)) {
            good = false;
            continue;
        }
        const bool norm = p.q.norm != 0, rope = p.q.table != 0;
        note_done(report, g, id, "%s%s%swrites of k and v in one step", norm ? "norms" : "",
                  !rope  ? ""
                  : norm ? ", rotations"
                         : "rotations",
                  norm || rope ? " and " : "");
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
    }
    for (uint32_t i = 0; good && i < matches.count; i++)
        mark(g, &matches.all[i], i);
    if (good)
        rewrite_marked(g, "fuse-kv-write", emit, &matches);
    return good;
}
