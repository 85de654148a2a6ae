/* Where values stand. In: a node; out: its buffer. Views cost nothing: they are buffers that stand
 * inside others. */
#include "compiler/lir/lower.h"

buf_id lower_buffer(struct lowering *l, enum home home, uint64_t bytes, str_id name, hir_id node)
{
    struct lir_program *p = l->program;
    const hir_id *origins = l->graph->origins;

    ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) =
        (struct lir_buffer){.name = name,
                            .home = (uint8_t)home,
                            .bytes = bytes,
                            .source = origins == NULL ? node : origins[node]};
    return p->buffer_count - 1;
}

buf_id lower_vector(struct lowering *l, hir_id id)
{
    struct fact *f = &l->facts[id];

    if (f->buffer == 0)
        f->buffer = lower_buffer(l, HOME_weight, round_up(hir_width(l->graph, id), 16) * 4,
                                 hir_at(l->graph, id)->name, id);
    return f->buffer;
}

buf_id lower_table(struct lowering *l, hir_id id)
{
    struct fact *f = &l->facts[id];
    uint64_t rows = lower_size(l, id, 0);

    if (f->buffer == 0)
        f->buffer = lower_buffer(l, HOME_weight, rows * hir_width(l->graph, id) * 4,
                                 hir_at(l->graph, id)->name, id);
    return f->buffer;
}

/* The two halves of an interleaved weight are padded to row groups each. */
bool lower_weight(struct lowering *l, hir_id id, enum layout *layout, buf_id *buffer)
{
    const struct hir_graph *g = l->graph;
    const struct hir_node *node = hir_at(g, id);
    struct fact *f = &l->facts[id];
    bool joined = node->op == HIR_concat || node->op == HIR_interleave;
    uint64_t k = hir_width(g, id), rows = 0;

    if (hir_shape_of(g, id)->rank == 2)
        rows = lower_size(l, id, 0);
    if (!(node->op == HIR_weight || joined) || rows == 0)
        return lower_error(l, id, "expected a weight [out, in]");
    *layout = (enum layout)hir_attr(g, id)->weight.layout;
    if (*layout == LAYOUT_none)
        *layout = layout_of((enum dtype)node->dtype);
    if (*layout == LAYOUT_none)
        return lower_error(l, id, "there is no packed layout for %s", dtype_info[node->dtype].name);
    if (k % layout_multiple(*layout) != 0)
        return lower_error(l, id, "a row of %llu elements is no multiple of %u",
                           (unsigned long long)k, layout_multiple(*layout));
    uint64_t groups = ceil_div(rows, ROW_GROUP);
    if (node->op == HIR_interleave)
        groups = 2 * ceil_div(rows / 2, ROW_GROUP);
    if (f->buffer == 0)
        f->buffer =
            lower_buffer(l, HOME_weight, layout_groups_bytes(*layout, groups, k), node->name, id);
    *buffer = f->buffer;
    return true;
}

buf_id lower_new_matrix(struct lowering *l, hir_id id, str_id name)
{
    struct fact *f = &l->facts[id];

    f->stride = (uint32_t)round_up(hir_row_width(l->graph, id), 16);
    f->buffer = lower_buffer(l, id == l->logits ? HOME_output : HOME_scratch,
                             hir_max_rows(l->graph, id) * f->stride * 4, name, 0);
    return f->buffer;
}

static buf_id view_inside(struct lowering *l, buf_id inside, uint64_t offset, uint64_t bytes,
                          str_id name)
{
    struct lir_program *p = l->program;
    struct lir_buffer b = p->buffers[inside];

    if (b.is_view) {
        offset += b.offset;
        inside = b.inside;
    }
    ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) =
        (struct lir_buffer){.name = name,
                            .home = b.home,
                            .is_view = true,
                            .inside = inside,
                            .offset = offset,
                            .bytes = bytes};
    return p->buffer_count - 1;
}

static bool slice(struct lowering *l, hir_id id, hir_id from)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    const struct fact *source = &l->facts[from];
    int64_t start = 0;

    if (attr->slice.axis != 1 || !dim_is_const(&g->dims, attr->slice.start, &start))
        return lower_error(
            l, id, "a slice of axis %u is not served: expected axis 1, from a fixed element on",
            attr->slice.axis);
    uint64_t offset = (uint64_t)start * 4;
    for (uint32_t i = 2; i < hir_shape_of(g, from)->rank; i++)
        offset *= lower_size(l, from, i);
    uint64_t bytes =
        ((hir_max_rows(l->graph, id) - 1) * source->stride + hir_row_width(l->graph, id)) * 4;
    l->facts[id].buffer = view_inside(l, source->buffer, offset, bytes, lower_name(l, id));
    return true;
}

bool lower_view(struct lowering *l, hir_id id)
{
    hir_id from = hir_operand(l->graph, id, 0);
    struct fact *f = &l->facts[id];

    if (l->facts[from].buffer == 0 || l->facts[from].packed) /* who reads it finds that out */
        return true;
    f->stride = l->facts[from].stride;
    if (hir_at(l->graph, id)->op == HIR_slice)
        return slice(l, id, from);
    if (hir_rows_symbol(l->graph, from) != hir_rows_symbol(l->graph, id) ||
        hir_row_width(l->graph, from) != hir_row_width(l->graph, id))
        return lower_error(l, id, "a reshape that moves elements between rows is not served");
    f->buffer = l->facts[from].buffer;
    return true;
}
