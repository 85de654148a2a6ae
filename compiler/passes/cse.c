/* Equal computations become one node.
 *
 *     a = op(x, y)   b = op(x, y)   =>   a = op(x, y), and b's readers read a
 *
 * Needs: nothing; works best after fold. Keeps: names; the first of two equal nodes stays, and
 * takes the other's name if it has none. Not done when the node writes state (a write happens once
 * for each node), or for inputs, weights and states of different names.
 */
#include "compiler/passes/match.h"

#include <string.h>
#include <xxhash.h>

/* What makes a value: equal keys, equal values. Unused bytes are zero. */
struct key {
    uint32_t op, dtype;
    shape_id shape;
    str_id name; /* of leaves that are known by it */
    uint32_t operand_count;
    hir_id operands[HIR_MAX_OPERANDS];
    struct hir_attr attr;
};

struct table {
    struct key *keys;    /* by slot */
    hir_id *nodes;       /* by slot: 0 where free */
    uint32_t slot_count; /* a power of two, more than twice the nodes */
};

static void key_of(const struct hir_rewrite *r, hir_id old, struct key *key)
{
    const struct hir_node *n = hir_at(&r->old, old);

    memset(key, 0, sizeof *key);
    key->op = n->op;
    key->dtype = n->dtype;
    key->shape = n->shape;
    if (n->op == HIR_input || n->op == HIR_weight || n->op == HIR_state)
        key->name = n->name;
    key->operand_count = n->operand_count;
    for (uint32_t i = 0; i < n->operand_count; i++)
        key->operands[i] = r->translated[hir_operand(&r->old, old, i)];
    memcpy(&key->attr, hir_attr(&r->old, old), sizeof key->attr);
}

/* The slot of an equal key, or the free one where it belongs. */
static uint32_t slot_of(const struct table *t, const struct key *key)
{
    uint32_t mask = t->slot_count - 1;
    uint32_t slot = (uint32_t)XXH3_64bits(key, sizeof *key) & mask;

    while (t->nodes[slot] != 0 && memcmp(&t->keys[slot], key, sizeof *key) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static struct table table_for(struct hir_graph *g)
{
    struct table t = {.slot_count = 16};

    while (t.slot_count < 2 * g->node_count)
        t.slot_count *= 2;
    t.keys = arena_new(g->arena, struct key, t.slot_count);
    t.nodes = arena_new(g->arena, hir_id, t.slot_count);
    return t;
}

bool pass_cse(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct table table = table_for(g);
    struct hir_rewrite r;
    struct key key;

    hir_rewrite_begin(&r, g, "cse");
    for (hir_id id = 1; id < r.old.node_count; id++) {
        const struct hir_node *n = hir_at(&r.old, id);
        if (hir_op_info[n->op].writes) {
            hir_rewrite_node(&r, id);
            continue;
        }
        key_of(&r, id, &key);
        uint32_t slot = slot_of(&table, &key);
        if (table.nodes[slot] == 0) {
            table.keys[slot] = key;
            table.nodes[slot] = hir_rewrite_node(&r, id);
            continue;
        }
        r.translated[id] = table.nodes[slot];
        if (hir_at(g, table.nodes[slot])->name == 0)
            hir_at(g, table.nodes[slot])->name = n->name;
        note_done(call, id, "%s: is the same as an earlier one", hir_op_info[n->op].name);
    }
    hir_rewrite_end(&r);
    return true;
}
