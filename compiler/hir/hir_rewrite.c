/* Rewriting: a pass visits the nodes of a graph in order and adds those of another. In: the old
 * graph and what stands for its nodes; out: the graph that the pass made, in place or as a copy. */
#include "compiler/hir/hir_build.h"
#include "compiler/hir/shape.h"

/* Passes leave about as many nodes and edges as there are; more cost a copy. */
static void start_rewrite(struct hir_graph *g, const struct hir_graph *old)
{
    hir_start_empty(g, old->node_count + 32, old->edge_count + 64);
}

/* Room for what every node of the graph, which has none but nodes[0], stands for. */
static void start_origins(struct hir_graph *g)
{
    g->origins = NULL;
    g->origin_capacity = 0;
    g->origins = arena_grow(g->arena, g->origins, 0, &g->origin_capacity, g->node_capacity,
                            sizeof *g->origins);
    g->origins[0] = 0;
}

void hir_copy_begin(struct hir_rewrite *r, struct hir_graph *to, struct arena *a,
                    const struct hir_graph *from, const char *pass)
{
    *to = (struct hir_graph){
        .arena = a, .strings = from->strings, .name = from->name, .dims = from->dims};
    to->dims.arena = a;
    to->dims.capacity = to->dims.count; /* no room left: growing makes a copy of the array */
    to->dims.all = arena_grow(a, from->dims.all, from->dims.count, &to->dims.capacity, 1,
                              sizeof *to->dims.all);
    start_rewrite(to, from);
    to->attrs = from->attrs; /* they never change; growing makes a copy of the array */
    to->attr_count = to->attr_capacity = from->attr_count;
    for (shape_id i = 0; i < from->shape_count; i++) /* shapes keep their ids */
        hir_shape(to, from->shapes[i].rank, from->shapes[i].dims);
    start_origins(to);
    *r = (struct hir_rewrite){.graph = to, .old = *from, .from = str_of(to->strings, pass)};
    r->translated = arena_new(a, hir_id, from->node_count);
}

void hir_rewrite_begin(struct hir_rewrite *r, struct hir_graph *g, const char *pass)
{
    hir_count_uses(g);
    for (hir_id id = 1; id < g->node_count; id++)
        if (g->nodes[id].from == 0)
            g->nodes[id].from = g->name; /* made by the family, before the first pass */
    *r = (struct hir_rewrite){.graph = g, .old = *g, .from = str_of(g->strings, pass)};
    r->translated = arena_new(g->arena, hir_id, g->node_count);
    start_rewrite(g, &r->old);
    if (r->old.origins != NULL)
        start_origins(g);
}

/* A node whose operands have become others is made by its rule; all others keep their shape, and
 * share their attribute with the old one. */
static hir_id copy_node(struct hir_rewrite *r, const struct hir_node *before,
                        const hir_id *operands, bool same)
{
    enum hir_op op = (enum hir_op)before->op;
    bool declared = hir_is_declared(op);

    if (same)
        return hir_push_node(r->graph,
                             (struct hir_node){.op = before->op,
                                               .dtype = before->dtype,
                                               .shape = before->shape,
                                               .attr = before->attr},
                             operands, before->operand_count);
    return hir_push(r->graph, op, &r->old.attrs[before->attr], operands, before->operand_count,
                    declared ? (enum dtype)before->dtype : DTYPE_none,
                    declared ? before->shape : 0);
}

hir_id hir_rewrite_node(struct hir_rewrite *r, hir_id old)
{
    const struct hir_node *before = hir_at(&r->old, old);
    hir_id operands[HIR_MAX_OPERANDS];
    bool same = before->op != HIR_written; /* its type is that of its operand's operand */

    for (uint32_t i = 0; i < before->operand_count; i++) {
        hir_id operand = hir_operand(&r->old, old, i);
        operands[i] = r->translated[operand];
        assert(operands[i] != 0); /* operands are translated before their readers */
        const struct hir_node *was = hir_at(&r->old, operand), *is = hir_at(r->graph, operands[i]);
        same = same && was->shape == is->shape && was->dtype == is->dtype;
    }
    hir_id id = copy_node(r, before, operands, same);
    hir_at(r->graph, id)->name = before->name;
    hir_at(r->graph, id)->from = before->from;
    if (r->graph->origins != NULL)
        r->graph->origins[id] = r->old.origins != NULL ? r->old.origins[old] : old;
    return r->translated[old] = id;
}

void hir_rewrite_end(struct hir_rewrite *r)
{
    struct hir_graph *g = r->graph;

    for (uint32_t e = 0; e < r->old.entry_count; e++) {
        const struct hir_entry *entry = &r->old.entries[e];
        hir_push_entry(g, entry->name);
        for (uint32_t i = 0; i < entry->output_count; i++) {
            const struct hir_output *output = &r->old.outputs[entry->first_output + i];
            hir_push_output(g, output->name, r->translated[output->node], output->role);
        }
    }
    for (hir_id id = 1; id < g->node_count; id++)
        if (g->nodes[id].from == 0)
            g->nodes[id].from = r->from;
    hir_count_uses(g);
}
