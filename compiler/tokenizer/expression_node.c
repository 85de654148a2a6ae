/* The tree of an expression while it is parsed: its nodes, and the error that ends it. */
#include "compiler/tokenizer/expression.h"

#include <stdarg.h>
#include <stdio.h>

uint32_t expression_fail(struct parsing *p, uint32_t at, const char *format, ...)
{
    char what[256];
    va_list arguments;
    if (p->failed)
        return NODE_NONE;
    p->failed = true;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    uint32_t shown = p->bytes - at;
    while (shown > 24 ||
           (shown > 0 && at + shown < p->bytes && (p->text[at + shown] & 0xc0) == 0x80))
        shown--;
    diag_error(p->diags, p->place, "regular expression, at byte %u (\"%.*s%s\"): %s", at,
               (int)shown, p->text + at, at + shown < p->bytes ? "…" : "", what);
    return NODE_NONE;
}

uint32_t add_node(struct parsing *p, enum node_kind kind)
{
    struct expression *e = p->e;
    if (e->node_count == EXPRESSION_NODES)
        return expression_fail(p, p->at, "the expression is too large");
    ARENA_PUSH(p->arena, e->nodes, e->node_count, e->node_capacity) =
        (struct node){.kind = kind, .first = NODE_NONE, .next = NODE_NONE};
    return e->node_count - 1;
}

uint32_t add_set(struct parsing *p, struct point_set set)
{
    struct expression *e = p->e;
    uint32_t node = add_node(p, NODE_set);
    if (node == NODE_NONE)
        return NODE_NONE;
    e->nodes[node].set = e->set_count;
    ARENA_PUSH(p->arena, e->sets, e->set_count, e->set_capacity) = set;
    return node;
}

uint32_t add_look(struct parsing *p, uint32_t body, bool behind, bool negated)
{
    uint32_t node = body == NODE_NONE ? NODE_NONE : add_node(p, NODE_look);
    if (node == NODE_NONE)
        return NODE_NONE;
    p->e->nodes[node].first = body;
    p->e->nodes[node].behind = behind;
    p->e->nodes[node].negated = negated;
    return node;
}

uint32_t add_pair(struct parsing *p, enum node_kind kind, uint32_t first, uint32_t second)
{
    uint32_t node = first == NODE_NONE || second == NODE_NONE ? NODE_NONE : add_node(p, kind);
    if (node == NODE_NONE)
        return NODE_NONE;
    p->e->nodes[node].first = first;
    p->e->nodes[first].next = second;
    return node;
}

uint32_t copy_node(struct parsing *p, uint32_t node)
{
    uint32_t copy = node == NODE_NONE ? NODE_NONE : add_node(p, NODE_empty), last = NODE_NONE;
    if (copy == NODE_NONE)
        return NODE_NONE;
    p->e->nodes[copy] = p->e->nodes[node];
    p->e->nodes[copy].first = p->e->nodes[copy].next = NODE_NONE;
    for (uint32_t c = p->e->nodes[node].first; c != NODE_NONE; c = p->e->nodes[c].next) {
        uint32_t child = copy_node(p, c);
        if (child == NODE_NONE)
            return NODE_NONE;
        if (last == NODE_NONE)
            p->e->nodes[copy].first = child;
        else
            p->e->nodes[last].next = child;
        last = child;
    }
    return copy;
}
