/* From the tree of an expression to a program of a nondeterministic automaton, in the order of
 * priority. In: nodes; sets as columns. Out: instructions. */
#include "compiler/tokenizer/scanner_parts.h"

#include <string.h>

/* ---- lookarounds of one character ---- */

static bool look_columns(const struct building *b, uint32_t look, struct columns *out);

/* Whether the node is one character of some set, or an edge of the text; adds its columns. */
static bool single_column(const struct building *b, uint32_t node, bool behind, struct columns *out)
{
    const struct node *n = &b->e->nodes[node];
    switch (n->kind) {
    case NODE_set:
        for (uint32_t i = 0; i < 4; i++)
            out->bits[i] |= b->alphabet.sets[n->set].bits[i];
        return true;
    case NODE_edge:
        if (n->behind != behind)
            return false;
        out->bits[b->alphabet.count / 64] |= (uint64_t)1 << b->alphabet.count % 64;
        return true;
    case NODE_look: {
        struct columns inner;
        if (n->behind != behind || !look_columns(b, node, &inner))
            return false;
        for (uint32_t i = 0; i < 4; i++)
            out->bits[i] |= inner.bits[i];
        return true;
    }
    case NODE_choice:
        for (uint32_t c = n->first; c != NODE_NONE; c = b->e->nodes[c].next)
            if (!single_column(b, c, behind, out))
                return false;
        return true;
    case NODE_sequence:
        return n->first != NODE_NONE && b->e->nodes[n->first].next == NODE_NONE &&
               single_column(b, n->first, behind, out);
    default:
        return false;
    }
}

static bool look_columns(const struct building *b, uint32_t look, struct columns *out)
{
    const struct node *n = &b->e->nodes[look];
    memset(out, 0, sizeof *out);
    if (!single_column(b, n->first, n->behind, out))
        return false;
    if (n->negated)
        for (uint32_t i = 0; i < 4; i++)
            out->bits[i] = ~out->bits[i];
    return true;
}

/* ---- lookarounds that need a pass ---- */

static bool same_tree(const struct expression *e, uint32_t x, uint32_t y)
{
    const struct node *n = &e->nodes[x], *m = &e->nodes[y];
    if (n->kind != m->kind || n->min != m->min || n->max != m->max || n->lazy != m->lazy ||
        n->behind != m->behind || n->negated != m->negated)
        return false;
    if (n->kind == NODE_set && e->sets[n->set].ranges != e->sets[m->set].ranges)
        return false;
    uint32_t c = n->first, d = m->first;
    for (; c != NODE_NONE && d != NODE_NONE; c = e->nodes[c].next, d = e->nodes[d].next)
        if (!same_tree(e, c, d))
            return false;
    return c == d;
}

/* The pass of a lookaround with the same body, negated or not. */
static uint32_t look_like(const struct building *b, uint32_t node)
{
    const struct node *n = &b->e->nodes[node];
    uint32_t i = 0;
    while (i < b->look_count && !(b->looks[i].behind == n->behind &&
                                  same_tree(b->e, b->e->nodes[b->looks[i].node].first, n->first)))
        i++;
    return i;
}

/* Inner ones first: the passes of outer ones use their marks. */
static bool find_looks(struct building *b, uint32_t node)
{
    struct columns columns;
    const struct node *n = &b->e->nodes[node];
    if (n->kind == NODE_look && look_columns(b, node, &columns))
        return true;
    for (uint32_t c = n->first; c != NODE_NONE; c = b->e->nodes[c].next)
        if (!find_looks(b, c))
            return false;
    if (n->kind != NODE_look || look_like(b, node) < b->look_count)
        return true;
    if (b->look_count == RLX_SCAN_MARKS) {
        b->problem = "it has too many lookarounds of several characters";
        return false;
    }
    b->looks[b->look_count++] = (struct lookaround){node, n->behind};
    return true;
}

bool building_find_looks(struct building *b)
{
    b->look_count = 0;
    return find_looks(b, b->e->root);
}

/* ---- instructions ---- */

struct emitting {
    struct building *b;
    struct program *p;
};

static uint32_t emit(struct emitting *x, struct instruction i)
{
    if (x->p->count == PROGRAM_MAX) {
        x->b->problem = "it is too large, with its repetitions written out";
        return 0;
    }
    ARENA_PUSH(x->b->arena, x->p->all, x->p->count, x->p->capacity) = i;
    return x->p->count - 1;
}

static uint32_t emit_columns(struct emitting *x, enum operation operation,
                             const struct columns *columns, uint32_t next)
{
    uint32_t i = 0;
    while (i < x->p->column_count && memcmp(&x->p->columns[i], columns, sizeof *columns) != 0)
        i++;
    if (i == x->p->column_count)
        ARENA_PUSH(x->b->arena, x->p->columns, x->p->column_count, x->p->column_capacity) =
            *columns;
    return emit(x, (struct instruction){.operation = operation, .next = next, .columns = i});
}

static uint32_t emit_node(struct emitting *x, uint32_t node, uint32_t next);

static uint32_t emit_look(struct emitting *x, uint32_t node, uint32_t next)
{
    const struct node *n = &x->b->e->nodes[node];
    struct columns columns = {{0}};
    if (n->kind == NODE_edge)
        single_column(x->b, node, n->behind, &columns);
    else if (!look_columns(x->b, node, &columns))
        return emit(x, (struct instruction){.operation = OPERATION_mark,
                                            .next = next,
                                            .other = look_like(x->b, node),
                                            .wanted = !n->negated});
    return emit_columns(x, n->behind ? OPERATION_before : OPERATION_after, &columns, next);
}

static uint32_t *list_children(struct emitting *x, uint32_t first, uint32_t *count)
{
    uint32_t *all = NULL, capacity = 0;
    *count = 0;
    for (uint32_t c = first; c != NODE_NONE; c = x->b->e->nodes[c].next)
        ARENA_PUSH(x->b->arena, all, *count, capacity) = c;
    return all;
}

/* The part that is read last comes first, because each needs to know what follows it. */
static uint32_t emit_sequence(struct emitting *x, uint32_t first, uint32_t next)
{
    uint32_t count, *all = list_children(x, first, &count);
    for (uint32_t i = 0; i < count; i++)
        next = emit_node(x, all[x->p->backward ? i : count - 1 - i], next);
    return next;
}

static uint32_t emit_choice(struct emitting *x, uint32_t first, uint32_t next)
{
    uint32_t count, *all = list_children(x, first, &count);
    uint32_t at = emit_node(x, all[count - 1], next);
    for (uint32_t i = count - 1; i > 0; i--) {
        uint32_t body = emit_node(x, all[i - 1], next);
        at = emit(x, (struct instruction){.operation = OPERATION_split, .next = body, .other = at});
    }
    return at;
}

static uint32_t emit_option(struct emitting *x, const struct node *n, uint32_t body, uint32_t next)
{
    return emit(x, (struct instruction){.operation = OPERATION_split,
                                        .next = n->lazy ? next : body,
                                        .other = n->lazy ? body : next});
}

/* The optional part of a repetition: the loop, or one option inside the other. */
static uint32_t emit_rest(struct emitting *x, const struct node *n, uint32_t next)
{
    if (n->max != REPEAT_WITHOUT_END) {
        uint32_t at = next;
        for (uint32_t i = n->min; i < n->max && x->b->problem == NULL; i++)
            at = emit_option(x, n, emit_node(x, n->first, at), next);
        return at;
    }
    uint32_t loop = emit_option(x, n, 0, next);
    uint32_t body = emit_node(x, n->first, loop);
    if (n->lazy)
        x->p->all[loop].other = body;
    else
        x->p->all[loop].next = body;
    return loop;
}

static uint32_t emit_repeat(struct emitting *x, const struct node *n, uint32_t next)
{
    uint32_t at = emit_rest(x, n, next);
    for (uint32_t i = 0; i < n->min && x->b->problem == NULL; i++)
        at = emit_node(x, n->first, at);
    return at;
}

static uint32_t emit_node(struct emitting *x, uint32_t node, uint32_t next)
{
    const struct node *n = &x->b->e->nodes[node];
    if (x->b->problem != NULL)
        return next;
    switch (n->kind) {
    case NODE_empty:
        return next;
    case NODE_set:
        return emit_columns(x, OPERATION_set, &x->b->alphabet.sets[n->set], next);
    case NODE_sequence:
        return emit_sequence(x, n->first, next);
    case NODE_choice:
        return emit_choice(x, n->first, next);
    case NODE_repeat:
        return emit_repeat(x, n, next);
    case NODE_look:
    case NODE_edge:
        return emit_look(x, node, next);
    }
    unreachable("a kind of node");
}

bool program_make(struct building *b, uint32_t node, bool backward, bool marks, struct program *p)
{
    struct emitting x = {b, p};
    *p = (struct program){.backward = backward, .marks = marks};
    uint32_t match = emit(&x, (struct instruction){.operation = OPERATION_match});
    p->start = emit_node(&x, node, match);
    return b->problem == NULL;
}
