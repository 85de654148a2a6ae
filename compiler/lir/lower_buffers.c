/* Where values stand. In: a node; out: its buffer. Views cost nothing: they are buffers that stand
 * inside others. */
#include "compiler/lir/lower.h"

buf_id lower_buffer(struct lowering *l, enum home home, uint64_t bytes, str_id name, hir_id node)
{
    const hir_id *origins = l->graph->origins;

    return lir_add_buffer(l->program, home, bytes, name, origins == NULL ? node : origins[node]);
}

static buf_id weight_buffer(struct lowering *l, hir_id id, uint64_t bytes)
{
    struct fact *f = &l->facts[id];

    if (f->buffer == 0)
        f->buffer = lower_buffer(l, HOME_weight, bytes, hir_at(l->graph, id)->name, id);
    return f->buffer;
}

buf_id lower_vector(struct lowering *l, hir_id id)
{
    return weight_buffer(l, id, round_up(hir_width(l->graph, id), 16) * 4);
}

buf_id lower_table(struct lowering *l, hir_id id)
{
    return weight_buffer(l, id, hir_size(l->graph, id, 0) * hir_width(l->graph, id) * 4);
}

bool lower_weight(struct lowering *l, hir_id id, uint32_t *layout, buf_id *buffer)
{
    const struct hir_graph *g = l->graph;
    enum layout found = hir_layout(g, id);

    if (hir_op_info[hir_at(g, id)->op].attr != ATTR_weight || hir_shape_of(g, id)->rank != 2)
        return hir_refuse(l->diags, g, id, "expected a weight [out, in]");
    if (found == LAYOUT_none)
        return hir_refuse(l->diags, g, id, "there is no packed layout for %s",
                          dtype_info[hir_at(g, id)->dtype].name);
    if (hir_width(g, id) % layout_multiple(found) != 0)
        return hir_refuse(l->diags, g, id, "a row of %llu elements is no multiple of %u",
                          (unsigned long long)hir_width(g, id), layout_multiple(found));
    *layout = found;
    *buffer = weight_buffer(l, id, hir_packed_bytes(g, id, found));
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

static bool slice(struct lowering *l, hir_id id, hir_id from)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    const struct fact *source = &l->facts[from];
    int64_t start = 0;

    if (attr->slice.axis != 1 || !dim_is_const(&g->dims, attr->slice.start, &start))
        return hir_refuse(
            l->diags, g, id,
            "a slice of axis %u is not served: expected axis 1, from a fixed element on",
            attr->slice.axis);
    uint64_t offset = (uint64_t)start * 4;
    for (uint32_t i = 2; i < hir_shape_of(g, from)->rank; i++)
        offset *= hir_size(g, from, i);
    uint64_t bytes = ((hir_max_rows(g, id) - 1) * source->stride + hir_row_width(g, id)) * 4;
    l->facts[id].buffer =
        lir_add_view(l->program, source->buffer, offset, bytes, lower_name(l, id));
    return true;
}

bool lower_view(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id from = hir_operand(g, id, 0);
    struct fact *f = &l->facts[id];

    if (l->facts[from].buffer == 0 || l->facts[from].packed) /* who reads it finds that out */
        return true;
    f->stride = l->facts[from].stride;
    if (hir_at(g, id)->op == HIR_slice)
        return slice(l, id, from);
    if (hir_rows_symbol(g, from) != hir_rows_symbol(g, id) ||
        hir_row_width(g, from) != hir_row_width(g, id))
        return hir_refuse(l->diags, g, id,
                          "a reshape that moves elements between rows is not served");
    f->buffer = l->facts[from].buffer;
    return true;
}
