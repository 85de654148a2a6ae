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

#include <stdarg.h>

/* What happens to q, k or v between its projection and attention. */
struct branch {
    hir_id from;       /* the projected rows */
    hir_id norm, rope; /* nodes; 0: none */
    hir_id positions;
};

struct pattern {
    hir_id attention, keys, values; /* keys, values: the appends */
    struct branch q, k, v;
};

struct matches {
    struct pattern *all;
    uint32_t count, capacity;
};

static bool refuse(const struct hir_graph *g, hir_id id, struct diags *d, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool refuse(const struct hir_graph *g, hir_id id, struct diags *d, const char *format, ...)
{
    char text[256];
    va_list arguments;
    const struct hir_node *n = hir_at(g, id);

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return diag_error(d,
                      (struct place){.object = n->name != 0 ? str_text(g->strings, n->name)
                                                            : hir_op_info[n->op].name},
                      "%s", text);
}

/* Follows `id`, [rows, heads, head_dim], down to the projection. */
static struct branch take_apart(const struct hir_graph *g, hir_id id)
{
    struct branch b = {.from = id};
    hir_id under = hir_unshape(g, id);

    if (match_is(g, under, HIR_rope) && match_same_shape(g, under, id)) {
        b.rope = under;
        b.positions = hir_operand(g, under, 2);
        b.from = hir_operand(g, under, 0);
        under = hir_unshape(g, b.from);
    }
    if (match_is(g, under, HIR_rms_norm) && match_same_shape(g, under, id)) {
        b.norm = under;
        b.from = hir_operand(g, under, 0);
    }
    return b;
}

/* What is appended, and that the append is one. */
static bool take_append(const struct hir_graph *g, hir_id id, const uint32_t *readers,
                        struct branch *b, struct diags *d)
{
    if (!match_is(g, id, HIR_kv_append))
        return refuse(g, id, d,
                      "attention over a state that this run does not write is not served");
    if (!match_is(g, hir_operand(g, id, 0), HIR_state))
        return refuse(g, id, d, "two writes to one state in a run are not served");
    if (readers[id] != 1)
        return refuse(g, id, d,
                      "expected one attention to read a state after its write, found %u "
                      "readers",
                      readers[id]);
    *b = take_apart(g, hir_operand(g, id, 1));
    hir_id written = hir_operand(g, id, 2);
    if (b->rope != 0 && b->positions != written)
        return refuse(g, id, d,
                      "a key that is rotated at other positions than it is written at is not "
                      "served");
    b->positions = written;
    return true;
}

static float epsilon_of(const struct hir_graph *g, const struct branch *b)
{
    return b->norm == 0 ? 0 : (float)hir_attr(g, b->norm)->norm.epsilon;
}

static bool same_rotation(const struct hir_graph *g, const struct branch *q, const struct branch *k)
{
    if (q->rope == 0 || k->rope == 0)
        return q->rope == k->rope;
    const struct hir_attr *a = hir_attr(g, q->rope), *b = hir_attr(g, k->rope);
    return hir_operand(g, q->rope, 1) == hir_operand(g, k->rope, 1) &&
           a->rope.n_rot == b->rope.n_rot && a->rope.interleaved == b->rope.interleaved;
}

static bool agree(const struct hir_graph *g, const struct pattern *p, struct diags *d)
{
    const struct branch *q = &p->q, *k = &p->k, *v = &p->v;
    hir_id id = p->attention;

    if ((q->norm != 0) != (k->norm != 0))
        return refuse(g, id, d, "a norm on only one of q and k is not served");
    if (epsilon_of(g, q) != epsilon_of(g, k))
        return refuse(g, id, d,
                      "norms of q and k with different epsilons (%g and %g) are not served",
                      (double)epsilon_of(g, q), (double)epsilon_of(g, k));
    if (!same_rotation(g, q, k))
        return refuse(g, id, d, "different rotations of q and k are not served");
    if (v->norm != 0 || v->rope != 0)
        return refuse(g, id, d, "a norm or a rotation of v is not served");
    if (hir_at(g, p->keys)->dtype != hir_at(g, p->values)->dtype)
        return refuse(g, id, d, "keys and values of different types are not served");
    if (v->positions != k->positions || hir_operand(g, id, 3) != k->positions ||
        (q->rope != 0 && q->positions != k->positions))
        return refuse(g, id, d, "q, k and v at different positions are not served");
    return true;
}

/* ---- rewriting ---- */

/* A reader goes: so does the node where it was the last one. */
static void release(const struct hir_graph *g, hir_id id)
{
    if (--hir_at(g, id)->use_count != 0)
        return;
    hir_at(g, id)->mark = MATCH_DROP;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
        release(g, hir_operand(g, id, i));
}

/* The operands of the new node, as old ids. */
static uint32_t operands_of(const struct hir_graph *g, const struct pattern *p, hir_id *operands)
{
    uint32_t count = 0;

    operands[count++] = hir_operand(g, p->keys, 0);
    operands[count++] = hir_operand(g, p->values, 0);
    operands[count++] = p->q.from;
    operands[count++] = p->k.from;
    operands[count++] = p->v.from;
    operands[count++] = p->k.positions;
    if (p->q.rope != 0)
        operands[count++] = hir_operand(g, p->q.rope, 1);
    if (p->q.norm != 0) {
        operands[count++] = hir_operand(g, p->q.norm, 1);
        operands[count++] = hir_operand(g, p->k.norm, 1);
    }
    return count;
}

static void mark(const struct hir_graph *g, const struct pattern *p, uint32_t index)
{
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count = operands_of(g, p, operands);

    for (uint32_t i = 0; i < count; i++)
        hir_at(g, operands[i])->use_count++;
    release(g, hir_operand(g, p->attention, 0));
    hir_at(g, p->keys)->mark = hir_at(g, p->values)->mark = MATCH_DROP;
    for (uint32_t i = 0; i < hir_at(g, p->keys)->operand_count; i++) {
        release(g, hir_operand(g, p->keys, i));
        release(g, hir_operand(g, p->values, i));
    }
    hir_at(g, p->attention)->mark = 1 + index;
}

/* The state after the write, under the name that it has after the append. */
static hir_id written(struct hir_rewrite *r, hir_id write, enum written which, hir_id append)
{
    struct hir_attr attr = {.written = {.which = which}};
    hir_id id = hir_add(r->graph, HIR_written, &attr, &write, 1);

    hir_at(r->graph, id)->name = hir_at(&r->old, append)->name;
    return r->translated[append] = id;
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    const struct pattern *p = &((struct matches *)context)->all[index];
    const struct hir_graph *g = &r->old;
    struct hir_attr attr = {.rope = {.epsilon = 0}};
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count = operands_of(g, p, operands);

    if (p->q.rope != 0)
        attr.rope = hir_attr(g, p->q.rope)->rope;
    attr.rope.epsilon = p->q.norm != 0 ? hir_attr(g, p->q.norm)->norm.epsilon : 0;
    for (uint32_t i = 0; i < count; i++)
        operands[i] = r->translated[operands[i]];
    hir_id write = hir_add(r->graph, HIR_kv_write, &attr, operands, count);
    rewrite_name(r, write, old, ".kv_write");
    hir_id reads[4] = {write, written(r, write, WRITTEN_key, p->keys),
                       written(r, write, WRITTEN_value, p->values), r->translated[p->k.positions]};
    return hir_add(r->graph, HIR_attention, hir_attr(g, old), reads, 4);
}

/* How many nodes read each node; outputs do not count. */
static uint32_t *count_readers(const struct hir_graph *g)
{
    uint32_t *readers = arena_new(g->arena, uint32_t, g->node_count);

    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            readers[hir_operand(g, id, i)]++;
    return readers;
}

bool pass_fuse_kv_write(struct hir_graph *g, const struct pass_context *context,
                        struct pass_report *report, struct diags *d)
{
    const uint32_t *readers = count_readers(g);
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
        if (!take_append(g, p.keys, readers, &p.k, d) ||
            !take_append(g, p.values, readers, &p.v, d) || !agree(g, &p, d)) {
            good = false;
            continue;
        }
        note_done(report, g, id, "%s%swrites of k and v in one step",
                  p.q.norm != 0 ? "norms, " : "", p.q.rope != 0 ? "rotations and " : "");
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
    }
    for (uint32_t i = 0; good && i < matches.count; i++)
        mark(g, &matches.all[i], i);
    if (good)
        rewrite_marked(g, "fuse-kv-write", emit, &matches);
    return good;
}
