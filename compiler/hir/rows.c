/* Nodes as matrices of rows, vectors and packed weights; see rows.h. */
#include "compiler/hir/rows.h"

#include <string.h>

int hir_rows_symbol(const struct hir_graph *g, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(g, id);

    return shape->rank == 0 || hir_is_state(g, id) ? -1 : dim_slot(&g->dims, shape->dims[0]);
}

uint64_t hir_max_rows(const struct hir_graph *g, hir_id id)
{
    return (uint64_t)g->dims.all[hir_shape_of(g, id)->dims[0]].max;
}

uint64_t hir_max_run_rows(const struct hir_graph *g, hir_id id)
{
    const bool by_expert = hir_is_product(g, id) && hir_experts(g, id) != 0;

    return hir_max_rows(g, by_expert ? hir_operand(g, id, 2) : id);
}

uint32_t hir_size(const struct hir_graph *g, hir_id id, uint32_t axis)
{
    int64_t size = 0;

    assert(axis < hir_shape_of(g, id)->rank);
    return dim_is_const(&g->dims, hir_shape_of(g, id)->dims[axis], &size) ? (uint32_t)size : 0;
}

uint64_t hir_row_width(const struct hir_graph *g, hir_id id)
{
    uint64_t width = 1;

    for (uint32_t i = 1; i < hir_shape_of(g, id)->rank; i++)
        width *= hir_size(g, id, i);
    return width;
}

bool hir_is_vector(const struct hir_graph *g, hir_id id)
{
    uint16_t op = hir_at(g, id)->op;

    return (op == HIR_weight || op == HIR_concat || op == HIR_pack) &&
           hir_shape_of(g, id)->rank == 1;
}

uint64_t hir_vector_elements(const struct hir_graph *g, hir_id id)
{
    const uint64_t rows = hir_shape_of(g, id)->rank == 2 ? hir_size(g, id, 0) : 1;

    return round_up((rows - 1) * hir_width(g, id) + round_up(hir_width(g, id), 16), 16);
}

bool hir_is_column(const struct hir_graph *g, hir_id operand, hir_id id)
{
    return hir_rows_symbol(g, operand) >= 0 && hir_row_width(g, operand) == 1 &&
           hir_row_width(g, id) != 1;
}

bool hir_is_product(const struct hir_graph *g, hir_id id)
{
    return hir_op_info[hir_at(g, id)->op].attr == ATTR_product;
}

bool hir_is_gated(const struct hir_graph *g, hir_id id)
{
    return hir_at(g, id)->op == HIR_gated_matmul || hir_at(g, id)->op == HIR_gated_expert_matmul;
}

static bool is_by_expert(const struct hir_graph *g, hir_id id)
{
    return hir_at(g, id)->op != HIR_matmul && hir_at(g, id)->op != HIR_gated_matmul;
}

uint32_t hir_expert_biases(const struct hir_graph *g, hir_id id)
{
    const uint32_t operands = hir_at(g, id)->operand_count;
    uint32_t count = 0;

    while (is_by_expert(g, id) && 3 + count < operands &&
           hir_is_expert_bias(g, hir_operand(g, id, 3 + count)))
        count++;
    return count;
}

uint32_t hir_first_operand(const struct hir_graph *g, hir_id id)
{
    return is_by_expert(g, id) ? 3 + hir_expert_biases(g, id) : 2;
}

uint32_t hir_experts(const struct hir_graph *g, hir_id id)
{
    return is_by_expert(g, id) ? hir_size(g, hir_operand(g, id, 1), 0) : 0;
}

bool hir_is_packed_product(const struct hir_graph *g, hir_id id)
{
    return hir_is_product(g, id) && hir_rows_symbol(g, id) >= 0 &&
           hir_layout(g, hir_operand(g, id, 1)) != LAYOUT_none;
}

struct hir_norm_form hir_norm_form(const struct hir_graph *g, hir_id id)
{
    const struct hir_node *n = hir_at(g, id);
    const struct hir_attr *attr = hir_attr(g, id);
    const bool adds = n->op == HIR_norm_add, quant = n->op == HIR_norm_quant;
    const uint32_t scales = adds && attr->norm.scaled, bias = adds ? 3 : 2;

    if (!adds && !quant && n->op != HIR_rms_norm)
        return (struct hir_norm_form){0};
    return (struct hir_norm_form){
        .epsilon = quant ? attr->quant.epsilon : attr->norm.epsilon,
        .centered = (quant ? attr->quant.centered : attr->norm.centered) != 0,
        .by_product = (quant ? attr->quant.by_product : attr->norm.by_product) != 0,
        .bias = n->operand_count > bias + scales ? bias : 0,
        .added = adds ? 2 : 0,
        .scale = scales ? n->operand_count - 1 : 0};
}

const char *hir_norm_refused(const struct hir_graph *g, hir_id norm, const hir_id others[2])
{
    const hir_id x = hir_operand(g, norm, 0);
    const bool adds = hir_at(g, norm)->op == HIR_norm_add,
               embeds = hir_at(g, x)->op == HIR_embed &&
                        hir_layout(g, hir_operand(g, x, 0)) != LAYOUT_none;
    const struct hir_norm_form form = hir_norm_form(g, norm), other = hir_norm_form(g, others[0]);

    if (!embeds && (!hir_is_packed_product(g, x) || hir_experts(g, x) != 0))
        return "no product or embedding makes what it norms";
    if (hir_rows_symbol(g, x) != SYMBOL_ROWS)
        return "what it norms are not all rows of a run";
    if (embeds && adds)
        return "an embedding adds nothing to its norm";
    if (others[1] != 0 || (others[0] != 0 && adds))
        return "the product makes another norm";
    if (others[0] != 0 && (form.epsilon != other.epsilon || form.centered != other.centered))
        return "the product makes another norm, which has another form";
    return NULL;
}

enum act hir_act(const struct hir_graph *g, hir_id id)
{
    return hir_at(g, id)->op == HIR_norm_quant ? (enum act)hir_attr(g, id)->quant.act : ACT_f32;
}

int64_t hir_slice_start(const struct hir_graph *g, hir_id id)
{
    const struct hir_attr *attr = hir_attr(g, id);
    hir_id from = hir_operand(g, id, 0);
    int64_t start;

    if (attr->slice.axis != 1 || attr->slice.step > 1 ||
        !dim_is_const(&g->dims, attr->slice.start, &start))
        return -1;
    for (uint32_t i = 2; i < hir_shape_of(g, from)->rank; i++)
        start *= hir_size(g, from, i);
    return start;
}

bool hir_is_in_place(const struct hir_graph *g, hir_id id)
{
    uint64_t width = hir_row_width(g, id);
    int64_t offset = 0;

    for (; hir_at(g, id)->op == HIR_reshape || hir_at(g, id)->op == HIR_slice;
         id = hir_operand(g, id, 0))
        offset +=
            hir_at(g, id)->op == HIR_slice ? hir_slice_start(g, id) : 0; /* lowering refuses -1 */
    return hir_at(g, id)->op != HIR_unfold /* rows that overlap */ &&
           round_up(hir_row_width(g, id), 16) == round_up(width, 16) && offset % 16 == 0;
}

enum layout hir_layout(const struct hir_graph *g, hir_id id)
{
    const struct hir_node *n = hir_at(g, id);

    if (hir_op_info[n->op].attr != ATTR_weight)
        return LAYOUT_none;
    enum layout layout = (enum layout)hir_attr(g, id)->weight.layout;
    return layout != LAYOUT_none ? layout : layout_of((enum dtype)n->dtype);
}

/* The experts of a stack are packed one after the other, each as a matrix of its own. The two halves of an interleaved weight are padded to row groups each. */
uint64_t hir_packed_bytes(const struct hir_graph *g, hir_id id, enum layout layout)
{
    uint64_t parts = hir_at(g, id)->op == HIR_interleave ? 2 : 1;
    uint32_t axis = hir_shape_of(g, id)->rank - 2;
    uint64_t groups = parts * ceil_div(hir_size(g, id, axis) / parts, ROW_GROUP);
    uint64_t bytes = layout_groups_bytes(layout, groups, hir_width(g, id));

    return axis == 0 ? bytes : hir_size(g, id, 0) * bytes;
}

hir_id hir_unshape(const struct hir_graph *g, hir_id id)
{
    while (hir_at(g, id)->op == HIR_reshape)
        id = hir_operand(g, id, 0);
    return id;
}

enum dtype hir_kv_type(const struct hir_graph *g)
{
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->op == HIR_state && hir_attr(g, id)->state.role != STATE_ROLE_data)
            return (enum dtype)hir_at(g, id)->dtype;
    return DTYPE_f32;
}

static bool makes_weights(uint16_t op)
{
    switch (op) {
    case HIR_weight:
    case HIR_number:
    case HIR_reshape:
    case HIR_slice:
    case HIR_transpose:
    case HIR_stack:
    case HIR_concat:
    case HIR_interleave:
    case HIR_scatter_columns:
    case HIR_pack:
        return true;
    default:
        return hir_op_info[op].code != NULL;
    }
}

void hir_mark_weights(const struct hir_graph *g, bool *made)
{
    for (hir_id id = 1; id < g->node_count; id++) {
        made[id] = makes_weights(hir_at(g, id)->op);
        for (uint32_t i = 0; made[id] && i < hir_at(g, id)->operand_count; i++)
            made[id] = made[hir_operand(g, id, i)];
    }
}

void hir_mark_needed(const struct hir_graph *g, uint32_t entry, bool *needed)
{
    assert(entry == HIR_ALL_ENTRIES || entry < g->entry_count);
    bool all = entry == HIR_ALL_ENTRIES;
    uint32_t first = all ? 0 : g->entries[entry].first_output;
    uint32_t count = all ? g->output_count : g->entries[entry].output_count;

    for (uint32_t i = first; i < first + count; i++)
        needed[g->outputs[i].node] = true;
    /* Operands stand before their readers: one sweep from the end sees every reader first. */
    for (hir_id id = g->node_count - 1; id > 0; id--)
        for (uint32_t i = 0; needed[id] && i < hir_at(g, id)->operand_count; i++)
            needed[hir_operand(g, id, i)] = true;
}

uint64_t *hir_entry_sets(const struct hir_graph *g, struct arena *a)
{
    uint64_t *sets = arena_new(a, uint64_t, g->node_count);

    assert(g->entry_count <= HIR_MAX_ENTRIES);
    for (uint32_t e = 0; e < g->entry_count; e++)
        for (uint32_t i = 0; i < g->entries[e].output_count; i++)
            sets[g->outputs[g->entries[e].first_output + i].node] |= (uint64_t)1 << e;
    for (hir_id id = g->node_count - 1; id > 0; id--)
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            sets[hir_operand(g, id, i)] |= sets[id];
    return sets;
}

void hir_drop_unneeded(struct hir_graph *g)
{
    bool *needed = arena_new(g->arena, bool, g->node_count);
    hir_id *now = arena_new(g->arena, hir_id, g->node_count), count = 1;

    hir_mark_needed(g, HIR_ALL_ENTRIES, needed);
    if (memchr(needed + 1, false, g->node_count - 1) == NULL)
        return;
    for (hir_id id = 1; id < g->node_count; id++) {
        const struct hir_node *n = hir_at(g, id);
        if (!needed[id])
            continue;
        for (uint32_t i = 0; i < n->operand_count; i++)
            g->edges[n->operands + i] = now[g->edges[n->operands + i]];
        if (g->origins != NULL)
            g->origins[count] = g->origins[id];
        now[id] = count;
        g->nodes[count++] = *n;
    }
    g->node_count = count;
    for (uint32_t i = 0; i < g->output_count; i++)
        g->outputs[i].node = now[g->outputs[i].node];
    hir_count_uses(g);
}

bool hir_refuse(struct diags *d, const struct hir_graph *g, hir_id id, const char *format, ...)
{
    const struct hir_node *n = hir_at(g, id);
    const char *name = n->name != 0 ? str_text(g->strings, n->name) : hir_op_info[n->op].name;
    va_list arguments;

    va_start(arguments, format);
    diag_verror(d, (struct place){.object = name}, format, arguments);
    va_end(arguments);
    return false;
}
