/* Attention and the write before it. In: kv_write or attention; out: its step. */
#include "compiler/lir/lower.h"

/* The steps and buffers of an attention are named after it. */
static str_id part_name(struct lowering *l, hir_id id, const char *part)
{
    const struct hir_node *n = hir_at(l->graph, id);

    if (n->name == 0)
        return str_of(l->program->strings, part);
    return str_printf(l->program->strings, "%s.%s", str_text(l->program->strings, n->name), part);
}

/* `query` is [rows, heads, head_dim], `state` [batch, context, kv_heads, head_dim]. */
static struct head_shape shape_of(const struct lowering *l, hir_id query, hir_id state,
                                  bool partial)
{
    const struct hir_graph *g = l->graph;

    return (struct head_shape){.kv = hir_at(g, state)->dtype,
                               .heads = hir_size(g, query, 1),
                               .kv_heads = hir_size(g, state, 2),
                               .head_dim = hir_size(g, state, 3),
                               .context = (uint32_t)round_up(hir_size(g, state, 1), 64),
                               .batched = l->program->row_states != 0,
                               .partial = partial};
}

bool lower_kv_write(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    const hir_id *operands = &g->edges[hir_at(g, id)->operands];
    struct kv_write_operands at = kv_write_operands(attr, hir_at(g, id)->operand_count);
    struct launch s = lower_begin(l, KERNEL_kv_write, id);
    struct kernel_kv_write *k = &s.kernel.kv_write;
    struct fact *f = &l->facts[id];

    k->shape = shape_of(l, id, operands[0], hir_attr(g, f->attention)->attention.chunk != 0);
    k->n_rot = attr->rope.n_rot;
    k->interleaved = attr->rope.interleaved;
    k->epsilon = (float)attr->rope.epsilon;
    lower_out(l, &s, KV_WRITE_out, id, part_name(l, f->attention, "q"));
    if (k->shape.partial) { /* counts of tiles that arrived, a cache line each */
        f->counters = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * k->shape.kv_heads * 64,
                                   part_name(l, f->attention, "arrivals"), 0);
        lower_argument(&s, KV_WRITE_counters, f->counters, 0);
    }
    if (at.table != 0)
        lower_argument(&s, KV_WRITE_table, lower_table(l, operands[at.table]), 0);
    if (at.q_norm != 0) {
        lower_argument(&s, KV_WRITE_q_norm, lower_vector(l, operands[at.q_norm]), 0);
        lower_argument(&s, KV_WRITE_k_norm, lower_vector(l, operands[at.k_norm]), 0);
    }
    if (k->shape.batched)
        lower_argument(&s, KV_WRITE_row_states, l->program->row_states, 0);
    return lower_matrix(l, &s, KV_WRITE_keys, operands[0]) &&
           lower_matrix(l, &s, KV_WRITE_values, operands[1]) &&
           lower_matrix(l, &s, KV_WRITE_q, operands[2]) &&
           lower_matrix(l, &s, KV_WRITE_k, operands[3]) &&
           lower_matrix(l, &s, KV_WRITE_v, operands[4]) &&
           lower_matrix(l, &s, KV_WRITE_positions, operands[5]) &&
           lower_end(l, &s, part_name(l, f->attention, "kv_write"));
}

static struct kernel_attention kernel_of(const struct lowering *l, hir_id id, hir_id keys)
{
    const struct hir_attr *attr = hir_attr(l->graph, id);
    bool partial = attr->attention.chunk != 0;

    assert(attr->attention.tile_rows != 0);
    return (struct kernel_attention){.shape =
                                         shape_of(l, hir_operand(l->graph, id, 0), keys, partial),
                                     .act = attr->attention.act,
                                     .mask = attr->attention.mask,
                                     .tile_rows = attr->attention.tile_rows,
                                     .chunk = attr->attention.chunk,
                                     .max_rows = partial ? (uint32_t)hir_max_rows(l->graph, id) : 0,
                                     .windowed = l->windowed && attr->attention.mask == MASK_causal,
                                     .capped = (float)attr->attention.softcap != 0};
}

bool lower_attention(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    const hir_id *operands = &g->edges[hir_at(g, id)->operands];
    struct launch s = lower_begin(l, KERNEL_attention, id);
    struct kernel_attention *k = &s.kernel.attention;
    hir_id keys = hir_state_leaf(g, operands[1]), write = hir_operand(g, operands[1], 0);

    if (hir_at(g, operands[1])->op != HIR_written || l->facts[write].attention != id)
        return hir_refuse(l->diags, g, id,
                          "expected a state that a kv_write of its own has written");
    *k = kernel_of(l, id, keys);
    s.values = (struct lir_values){.window = attr->attention.window,
                                   .scale = (float)attr->attention.scale,
                                   .softcap = (float)attr->attention.softcap};
    if (!lower_matrix(l, &s, ATTENTION_q, operands[0]) ||
        !lower_matrix(l, &s, ATTENTION_keys, keys) ||
        !lower_matrix(l, &s, ATTENTION_values, hir_state_leaf(g, operands[2])) ||
        (k->shape.batched && !lower_matrix(l, &s, ATTENTION_positions, operands[3])))
        return false;
    if (k->shape.batched)
        lower_argument(&s, ATTENTION_row_states, l->program->row_states, 0);
    lower_out(l, &s, ATTENTION_out, id, part_name(l, id, "out"));
    if (k->shape.partial) { /* what tiles leave for the one that arrives last */
        uint64_t each = attention_slots(k, s.values.window) * attention_partial_bytes(k);
        buf_id partials = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * k->shape.heads * each,
                                       part_name(l, id, "partials"), 0);
        lower_argument(&s, ATTENTION_partials, partials, 0);
        lower_argument(&s, ATTENTION_counters, l->facts[write].counters, 0);
    }
    return lower_end(l, &s, part_name(l, id, "attention"));
}
