/* A key is normalized, rotated and written to the cache in one step.
 *
 *     kv_append(state, rope(x, table, positions), positions)
 *         =>   rope_kv(state, x, table, positions)
 *     kv_append(state, rope(rms_norm(x, w), table, positions), positions)
 *         =>   rope_kv(state, x, table, positions, w)
 *
 * Needs: fuse-norm, so that a norm of keys is one node. Keeps: the name of the state after its
 * write. Not done when the rotated key has another reader, or when key and cache stand at different
 * positions. The norm stays outside when it has another reader.
 */
#include "compiler/passes/match.h"

struct pattern {
    hir_id root, state, rope, norm; /* norm 0: none */
};

struct matches {
    struct pattern *all;
    uint32_t count, capacity;
};

static const char *find_reason(const struct hir_graph *g, const struct pattern *p)
{
    if (!match_single(g, p->rope))
        return "the rotated key has another reader";
    if (hir_operand(g, p->rope, 2) != hir_operand(g, p->root, 2))
        return "key and cache stand at different positions";
    return NULL;
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    const struct pattern *p = &((struct matches *)context)->all[index];
    const struct hir_graph *g = &r->old;
    struct hir_attr attr = {.rope = hir_attr(g, p->rope)->rope};
    hir_id x = hir_operand(g, p->norm != 0 ? p->norm : p->rope, 0);
    hir_id operands[5] = {r->translated[p->state], r->translated[x],
                          r->translated[hir_operand(g, p->rope, 1)],
                          r->translated[hir_operand(g, old, 2)]};

    if (p->norm != 0) {
        operands[4] = r->translated[hir_operand(g, p->norm, 1)];
        attr.rope.epsilon = hir_attr(g, p->norm)->norm.epsilon;
    }
    return hir_add(r->graph, HIR_rope_kv, &attr, operands, p->norm != 0 ? 5 : 4);
}

bool pass_fuse_rope_kv(struct hir_graph *g, const struct pass_context *c,
                       struct pass_report *report, struct diags *d)
{
    struct matches matches = {0};

    (void)c;
    (void)d;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_kv_append) || !match_is(g, hir_operand(g, id, 1), HIR_rope))
            continue;
        struct pattern p = {
            .root = id, .state = hir_operand(g, id, 0), .rope = hir_operand(g, id, 1)};
        const char *why = find_reason(g, &p);
        if (why != NULL) {
            note_left(report, g, id, "%s", why);
            continue;
        }
        hir_id x = hir_operand(g, p.rope, 0);
        if (match_is(g, x, HIR_rms_norm) && match_single(g, x))
            p.norm = x;
        else if (match_is(g, x, HIR_rms_norm))
            note_left(report, g, x, "the norm stays outside: it has another reader");
        note_done(report, g, id,
                  p.norm != 0 ? "norm, rotary and write of a key" : "rotary and write of a key");
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
        hir_at(g, id)->mark = matches.count;
        hir_at(g, p.rope)->mark = MATCH_DROP;
        if (p.norm != 0)
            hir_at(g, p.norm)->mark = MATCH_DROP;
    }
    rewrite_marked(g, "fuse-rope-kv", emit, &matches);
    return true;
}
