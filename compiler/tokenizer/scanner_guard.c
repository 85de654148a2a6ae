/* Alternatives that read far before they fail, such as the first one of `a*b|a`, make the others
 * late. Where nothing follows an alternative, a lookahead for itself in front of it changes no
 * match, and it is only begun where it succeeds: `(?=a*b)a*b|a`. In: the tree of an expression.
 * Out: the same, with such lookaheads. */
#include "compiler/tokenizer/scanner_parts.h"

struct guarding {
    struct building *b;
    struct expression *e;
    uint32_t count;
};

static bool fails_late(struct guarding *g, uint32_t node)
{
    struct program program;
    struct automaton automaton;
    return program_make(g->b, node, false, false, &program) &&
           automaton_make(g->b, &program, &automaton) && automaton_fails_late(g->b, &automaton);
}

static uint32_t push_node(struct guarding *g, struct node node)
{
    struct expression *e = g->e;
    ARENA_PUSH(g->b->arena, e->nodes, e->node_count, e->node_capacity) = node;
    return e->node_count - 1;
}

/* The node becomes a sequence of the lookahead and what it was. The two share their children. */
static void wrap(struct guarding *g, uint32_t node)
{
    struct node was = g->e->nodes[node];
    uint32_t next = was.next;
    was.next = NODE_NONE;
    uint32_t body = push_node(g, was), ahead = push_node(g, was);
    uint32_t look = push_node(g, (struct node){.kind = NODE_look, .first = ahead, .next = body});
    g->e->nodes[node] = (struct node){.kind = NODE_sequence, .first = look, .next = next};
    g->count++;
}

/* A node after which nothing follows. `optional`: where it fails, something else may match. */
static void guard(struct guarding *g, uint32_t node, bool optional)
{
    struct node n = g->e->nodes[node];
    uint32_t before = g->count;
    if (g->count == RLX_SCAN_MARKS || g->b->problem != NULL)
        return;
    if (n.kind == NODE_choice)
        for (uint32_t c = n.first; c != NODE_NONE; c = g->e->nodes[c].next)
            guard(g, c, true);
    if (n.kind == NODE_sequence)
        for (uint32_t c = n.first; c != NODE_NONE; c = g->e->nodes[c].next)
            if (g->e->nodes[c].next == NODE_NONE)
                guard(g, c, false);
    if (n.kind == NODE_repeat && n.min == 0 && n.max == 1)
        guard(g, n.first, true);
    if (optional && g->count == before && n.kind != NODE_choice && fails_late(g, node))
        wrap(g, node);
}

bool building_guard(struct building *b, struct expression *e)
{
    struct guarding g = {b, e, 0};
    guard(&g, e->root, false);
    return g.count != 0 && b->problem == NULL;
}
