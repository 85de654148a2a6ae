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
    const struct hir_graph *g = l->graph;
    bool is_table = hir_at(g, id)->op == HIR_rope_table;

    return weight_buffer(
        l, id, (is_table ? hir_size(g, id, 0) * hir_width(g, id) : hir_vector_elements(g, id)) * 4);
}

buf_id lower_weight(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    enum layout layout = hir_layout(g, id);
    bool good = true;

    if (hir_op_info[hir_at(g, id)->op].attr != ATTR_weight || hir_shape_of(g, id)->rank < 2)
        good = hir_refuse(l->diags, g, id, "expected a weight [out, in], or several");
    else if (layout == LAYOUT_none)
        good = hir_refuse(l->diags, g, id, "there is no packed layout for %s",
                          dtype_info[hir_at(g, id)->dtype].name);
    else if (hir_width(g, id) % layout_multiple(layout) != 0)
        good = hir_refuse(l->diags, g, id, "a row of %llu elements is no multiple of %u",
                          (unsigned long long)hir_width(g, id), layout_multiple(layout));
    return good ? weight_buffer(l, id, hir_packed_bytes(g, id, layout)) : 0;
}

struct act_format lower_format(const struct hir_graph *g, hir_id id)
{
    const struct hir_attr *attr = hir_attr(g, id);

    if (hir_act(g, id) == ACT_f32)
        return (struct act_format){.act = ACT_f32, .tile_rows = 1};
    return (struct act_format){attr->quant.act, attr->quant.bias, attr->quant.block_sums,
                               attr->quant.tile_rows};
}

/* f32 activations and matrices have as many bytes. */
buf_id lower_new_rows(struct lowering *l, hir_id id, str_id name)
{
    struct act_format format = lower_format(l->graph, id);
    uint32_t width = (uint32_t)hir_row_width(l->graph, id);
    struct fact *f = &l->facts[id];

    f->packed = format.act != ACT_f32;
    f->stride = f->packed ? 0 : (uint32_t)round_up(width, 16);
    f->buffer = lower_buffer(l, f->is_output ? HOME_output : HOME_scratch,
                             act_bytes(&format, width, hir_max_rows(l->graph, id)), name, 0);
    return f->buffer;
}

bool lower_view(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id from = hir_operand(g, id, 0);
    struct fact *f = &l->facts[id], *source = &l->facts[from];

    if (source->buffer == 0 || source->packed) /* who reads it finds that out */
        return !source->refused;
    f->stride = source->stride;
    if (hir_at(g, id)->op == HIR_reshape) {
        if (hir_rows_symbol(g, from) != hir_rows_symbol(g, id) ||
            hir_row_width(g, from) != hir_row_width(g, id))
            return hir_refuse(l->diags, g, id,
                              "a reshape that moves elements between rows is not served");
        f->buffer = source->buffer;
        return true;
    }
    int64_t start = hir_slice_start(g, id);
    if (start < 0)
        return hir_refuse(
            l->diags, g, id,
            "a slice of axis %u is not served: expected axis 1, from a fixed element on",
            hir_attr(g, id)->slice.axis);
    f->buffer = lir_add_view(l->program, source->buffer, (uint64_t)start * 4,
                             ((hir_max_rows(g, id) - 1) * f->stride + hir_row_width(g, id)) * 4,
                             lower_name(l, id));
    return true;
}
