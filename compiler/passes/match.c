/* Patterns, the rewriting loop and the report's notes. See match.h. */
#include "compiler/passes/match.h"

#include "compiler/hir/attr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

hir_id *match_begin(struct hir_graph *g)
{
    hir_id *reader = arena_new(g->arena, hir_id, g->node_count);

    hir_count_uses(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        hir_at(g, id)->mark = 0;
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            reader[hir_operand(g, id, i)] = id;
    }
    return reader;
}

bool match_product(const struct hir_graph *g, hir_id id)
{
    return match_is(g, id, HIR_matmul) && hir_at(g, id)->operand_count == 2 &&
           hir_attr(g, id)->product.code.bytes == 0;
}

bool match_number(const struct hir_graph *g, hir_id id, double *value)
{
    if (!match_is(g, id, HIR_number))
        return false;
    *value = hir_attr(g, id)->number.value;
    return true;
}

bool match_weight(const struct hir_graph *g, hir_id id, uint32_t rank)
{
    return match_is(g, id, HIR_weight) && hir_shape_of(g, id)->rank == rank;
}

hir_id match_other(const struct hir_graph *g, hir_id id, hir_id one)
{
    assert(hir_at(g, id)->operand_count == 2);
    if (hir_operand(g, id, 0) == one)
        return hir_operand(g, id, 1);
    return hir_operand(g, id, 1) == one ? hir_operand(g, id, 0) : 0;
}

bool match_is_unary(const struct hir_graph *g, hir_id id)
{
    const struct hir_op_info *info = &hir_op_info[hir_at(g, id)->op];

    return info->code != NULL && info->most == 1;
}

bool match_reads_packed(const struct hir_graph *g, hir_id id, uint32_t i)
{
    enum hir_op op = (enum hir_op)hir_at(g, id)->op;

    return op == HIR_embed ? i == 0 : (op == HIR_matmul || op == HIR_gated_matmul) && i == 1;
}

bool match_same_shape(const struct hir_graph *g, hir_id a, hir_id b)
{
    return hir_at(g, a)->shape == hir_at(g, b)->shape;
}

void match_release(struct hir_graph *g, hir_id id)
{
    if (--hir_at(g, id)->use_count != 0)
        return;
    hir_at(g, id)->mark = MATCH_DROP;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
        match_release(g, hir_operand(g, id, i));
}

void rewrite_marked(struct hir_graph *g, const char *pass, match_emit emit, void *context)
{
    struct hir_rewrite r;

    hir_rewrite_begin(&r, g, pass);
    for (hir_id id = 1; id < r.old.node_count; id++) {
        const struct hir_node *old = hir_at(&r.old, id);
        if (old->mark == MATCH_DROP || r.translated[id] != 0)
            continue;
        if (old->mark == 0) {
            hir_rewrite_node(&r, id);
            continue;
        }
        hir_id made = emit(context, &r, old->mark - 1, id);
        r.translated[id] = made;
        if (hir_at(g, made)->name == 0)
            hir_at(g, made)->name = old->name;
    }
    hir_rewrite_end(&r);
}

hir_id rewrite_leaf(struct hir_rewrite *r, hir_id old)
{
    assert(hir_at(&r->old, old)->operand_count == 0);
    return r->translated[old] != 0 ? r->translated[old] : hir_rewrite_node(r, old);
}

hir_id rewrite_with(struct hir_rewrite *r, hir_id old, const struct hir_attr *attr, hir_id first)
{
    const struct hir_node *n = hir_at(&r->old, old);
    hir_id operands[HIR_MAX_OPERANDS];

    for (uint32_t i = 0; i < n->operand_count; i++)
        operands[i] = i == 0 && first != 0 ? first : r->translated[hir_operand(&r->old, old, i)];
    return hir_add(r->graph, (enum hir_op)n->op, attr, operands, n->operand_count);
}

hir_id *rewrite_made(struct hir_rewrite *r, struct made **list, enum hir_op op,
                     const struct hir_attr *attr)
{
    struct hir_attr key; /* zero where it means nothing */

    attr_copy(&key, (enum attr_kind)hir_op_info[op].attr, attr);
    for (struct made *m = *list; m != NULL; m = m->next)
        if (memcmp(&m->attr, &key, sizeof key) == 0)
            return &m->id;
    struct made *made = arena_new(r->graph->arena, struct made, 1);
    *made = (struct made){.next = *list, .attr = key};
    *list = made;
    return &made->id;
}

void rewrite_name(struct hir_rewrite *r, hir_id made, hir_id old, const char *suffix)
{
    str_id name = hir_at(&r->old, old)->name;

    if (name != 0)
        hir_name(r->graph, made, "%s%s", str_text(r->graph->strings, name), suffix);
}

const char *node_text(struct pass_report *report, const struct hir_graph *g, hir_id node)
{
    if (hir_at(g, node)->name == 0)
        return arena_printf(report->arena, "%%%u", node);
    return arena_printf(report->arena, "'%s'", str_text(g->strings, hir_at(g, node)->name));
}

static void note(struct pass_report *report, const struct hir_graph *g, hir_id node, bool done,
                 const char *format, va_list arguments)
{
    char text[512];

    if (report->silent)
        return;
    struct pass_note *n = arena_new(report->arena, struct pass_note, 1);
    vsnprintf(text, sizeof text, format, arguments);
    *n = (struct pass_note){.pass = report->pass, .node = node_text(report, g, node), .done = done};
    n->text = arena_printf(report->arena, "%s", text);
    if (report->last == NULL)
        report->first = n;
    else
        report->last->next = n;
    report->last = n;
    *(done ? &report->done : &report->left) += 1;
}

void note_done(struct pass_report *report, const struct hir_graph *g, hir_id node,
               const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note(report, g, node, true, format, arguments);
    va_end(arguments);
}

void note_left(struct pass_report *report, const struct hir_graph *g, hir_id node,
               const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note(report, g, node, false, format, arguments);
    va_end(arguments);
}
