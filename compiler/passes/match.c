/* Patterns, the rewriting loop and the report's notes. See match.h. */
#include "compiler/passes/match.h"

#include "compiler/hir/attr.h"
#include "compiler/hir/rows.h"
#include "compiler/hir/shape.h"

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

bool match_expert_product(const struct hir_graph *g, hir_id id)
{
    return match_is(g, id, HIR_expert_matmul) &&
           hir_at(g, id)->operand_count == hir_first_operand(g, id) &&
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
    return (match_is(g, id, HIR_weight) || match_is(g, id, HIR_pack)) &&
           hir_shape_of(g, id)->rank == rank;
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

    return info->code != NULL && info->max == 1;
}

bool match_reads_packed(const struct hir_graph *g, hir_id id, uint32_t i)
{
    enum hir_op op = (enum hir_op)hir_at(g, id)->op;

    return op == HIR_embed ? i == 0 : hir_is_product(g, id) && i == 1;
}

bool match_is_scored(const struct hir_graph *g, hir_id id)
{
    for (hir_id reader = id + 1; reader < g->node_count; reader++) {
        const struct hir_node *n = hir_at(g, reader);
        bool reads = false;
        for (uint32_t i = 0; i < n->operand_count; i++)
            reads = reads || hir_operand(g, reader, i) == id;
        if (reads && n->op == HIR_route && hir_operand(g, reader, 0) == id)
            return true;
        if (reads && hir_op_info[n->op].fusion == FUSE_map && match_is_scored(g, reader))
            return true;
    }
    return false;
}

bool match_same_shape(const struct hir_graph *g, hir_id a, hir_id b)
{
    return hir_at(g, a)->shape == hir_at(g, b)->shape;
}

void rewrite_marked(struct pass_call *call, match_emit emit, void *found)
{
    struct hir_graph *g = call->graph;
    struct hir_rewrite r;

    call->found = found;
    hir_rewrite_begin(&r, g, call->report->pass);
    for (hir_id id = 1; id < r.old.node_count; id++) {
        const struct hir_node *old = hir_at(&r.old, id);
        if (old->mark == MATCH_DROP || r.translated[id] != 0)
            continue;
        if (old->mark == 0) {
            hir_rewrite_node(&r, id);
            continue;
        }
        hir_id made = emit(call, &r, id);
        r.translated[id] = made;
        if (hir_at(g, made)->name == 0)
            hir_at(g, made)->name = old->name;
    }
    hir_rewrite_end(&r);
}

hir_id rewrite_weight(struct hir_rewrite *r, hir_id old)
{
    if (r->translated[old] != 0)
        return r->translated[old];
    for (uint32_t i = 0; i < hir_at(&r->old, old)->operand_count; i++)
        rewrite_weight(r, hir_operand(&r->old, old, i));
    return hir_rewrite_node(r, old);
}

hir_id rewrite_like(struct hir_rewrite *r, hir_id old, const struct hir_attr *attr,
                    const hir_id *operands)
{
    const struct hir_node *n = hir_at(&r->old, old);
    struct hir_shape shape = *hir_shape_of(&r->old, old);

    if (!hir_is_declared((enum hir_op)n->op))
        return hir_add(r->graph, (enum hir_op)n->op, attr, operands, n->operand_count);
    if (n->operand_count != 0 && shape.rank != 0 &&
        shape.dims[0] == hir_shape_of(&r->old, hir_operand(&r->old, old, 0))->dims[0])
        shape.dims[0] = hir_shape_of(r->graph, operands[0])->dims[0];
    return hir_declare(r->graph, (enum hir_op)n->op, (enum dtype)n->dtype,
                       hir_shape(r->graph, shape.rank, shape.dims), NULL, attr, operands,
                       n->operand_count);
}

hir_id rewrite_with(struct hir_rewrite *r, hir_id old, const struct hir_attr *attr, hir_id first)
{
    const struct hir_node *n = hir_at(&r->old, old);
    hir_id operands[HIR_MAX_OPERANDS];

    for (uint32_t i = 0; i < n->operand_count; i++)
        operands[i] = i == 0 && first != 0 ? first : r->translated[hir_operand(&r->old, old, i)];
    return rewrite_like(r, old, attr, operands);
}

/* Whether node `id` is what this op makes of these operands. */
static bool is_equal(const struct hir_graph *g, hir_id id, enum hir_op op,
                     const struct hir_attr *attr, const hir_id *operands, uint32_t count)
{
    const struct hir_node *n = hir_at(g, id);

    return n->op == op && n->operand_count == count &&
           memcmp(&g->edges[n->operands], operands, count * sizeof *operands) == 0 &&
           memcmp(hir_attr(g, id), attr, sizeof *attr) == 0;
}

/* A node that reads the first operand stands after it, and mostly close to the end. */
hir_id rewrite_once(struct hir_rewrite *r, enum hir_op op, const struct hir_attr *attr,
                    const hir_id *operands, uint32_t count, hir_id old, const char *suffix,
                    bool *is_new)
{
    struct hir_attr exact = {0};
    hir_id id = r->graph->node_count - 1;

    if (attr != NULL)
        attr_copy(&exact, (enum attr_kind)hir_op_info[op].attr, attr);
    while (id > operands[0] && !is_equal(r->graph, id, op, &exact, operands, count))
        id--;
    bool found = id > operands[0];
    if (is_new != NULL)
        *is_new = !found;
    if (found)
        return id;
    id = hir_add(r->graph, op, attr, operands, count);
    rewrite_name(r, id, old, suffix);
    return id;
}

void rewrite_name(struct hir_rewrite *r, hir_id made, hir_id old, const char *suffix)
{
    str_id name = hir_at(&r->old, old)->name;

    if (name != 0)
        hir_name(r->graph, made, "%s%s", str_text(r->graph->strings, name), suffix);
}

const char *node_text(const struct pass_call *call, hir_id node)
{
    str_id name = hir_at(&call->before, node)->name;

    if (name == 0)
        return arena_printf(call->report->arena, "%%%u", node);
    return arena_printf(call->report->arena, "'%s'", str_text(call->before.strings, name));
}

static void note(const struct pass_call *call, hir_id node, bool done, const char *format,
                 va_list arguments)
{
    struct pass_report *report = call->report;

    if (report->silent)
        return;
    struct pass_note *n = arena_new(report->arena, struct pass_note, 1);
    *n = (struct pass_note){.pass = report->pass, .node = node_text(call, node), .done = done};
    n->text = arena_vprintf(report->arena, format, arguments);
    if (report->last == NULL)
        report->first = n;
    else
        report->last->next = n;
    report->last = n;
    *(done ? &report->done : &report->left) += 1;
}

void note_done(const struct pass_call *call, hir_id node, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note(call, node, true, format, arguments);
    va_end(arguments);
}

void note_left(const struct pass_call *call, hir_id node, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note(call, node, false, format, arguments);
    va_end(arguments);
}
