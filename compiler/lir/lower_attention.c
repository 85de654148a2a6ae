/* Attention and the write before it. In: kv_write or attention; out: its step. */
#include "compiler/lir/lower.h"

/* Both steps of an attention are named after it, where the kv_write has no name of its own. */
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
    return (struct head_shape){.kv = hir_at(l->graph, state)->dtype,
                               .heads = lower_size(l, query, 1),
                               .kv_heads = lower_size(l, state, 2),
                               .head_dim = lower_size(l, state, 3),
                               .context = (uint32_t)round_up(lower_size(l, state, 1), 64),
                               .batched = l->program->row_states != 0,
                               .partial = partial};
}

bool lower_kv_write(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct kv_write_operands at = kv_write_operands(attr, hir_at(g, id)->operand_count);
    struct launch s = lower_begin(l, KERNEL_kv_write, id);
    struct kernel_kv_write *k = &s.kernel.kv_write;
    struct fact *f = &l->facts[id];
    hir_id keys = hir_operand(g, id, 0), reader = f->attention;

    k->shape = shape_of(l, id, keys, reader != 0 && hir_attr(g, reader)->attention.chunk != 0);
    k->n_rot = attr->rope.n_rot;
    k->interleaved = attr->rope.interleaved;
    k->epsilon = (float)attr->rope.epsilon;
    f->stride = (uint32_t)round_up(hir_row_width(g, id), 16);
    f->buffer = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * f->stride * 4,
                             part_name(l, reader, "q"), 0);
    if (k->shape.partial) /* of tiles that arrived, a cache line each */
        f->counters = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * k->shape.kv_heads * 64,
                                   part_name(l, reader, "arrivals"), 0);
    for (uint32_t i = 0; i < 3; i++)
        if (!lower_matrix(l, &s, KV_WRITE_q + i, hir_operand(g, id, 2 + i)))
            return false;
    if (at.table != 0)
        lower_argument(&s, KV_WRITE_table, lower_table(l, hir_operand(g, id, at.table)), 0);
    if (!lower_matrix(l, &s, KV_WRITE_positions, hir_operand(g, id, 5)))
        return false;
    if (at.q_norm != 0) {
        lower_argument(&s, KV_WRITE_q_norm, lower_vector(l, hir_operand(g, id, at.q_norm)), 0);
        lower_argument(&s, KV_WRITE_k_norm, lower_vector(l, hir_operand(g, id, at.k_norm)), 0);
    }
    if (k->shape.batched)
        lower_argument(&s, KV_WRITE_row_states, l->program->row_states, 0);
    lower_argument(&s, KV_WRITE_out, f->buffer, f->stride);
    if (!lower_matrix(l, &s, KV_WRITE_keys, keys) ||
        !lower_matrix(l, &s, KV_WRITE_values, hir_operand(g, id, 1)))
        return false;
    if (k->shape.partial)
        lower_argument(&s, KV_WRITE_counters, f->counters, 0);
    return lower_end(l, &s, part_name(l, reader, "kv_write"));
}

/* What tiles of chunks leave for the one that arrives last. */
static void make_partials(struct lowering *l, struct launch *s, hir_id id, hir_id write)
{
    const struct kernel_attention *k = &s->kernel.attention;
    uint64_t bytes = hir_max_rows(l->graph, id) * k->shape.heads *
                     attention_slots(k, s->values.window) * attention_partial_bytes(k);

    lower_argument(s, ATTENTION_partials,
                   lower_buffer(l, HOME_scratch, bytes, part_name(l, id, "partials"), 0), 0);
    lower_argument(s, ATTENTION_counters, l->facts[write].counters, 0);
}

bool lower_attention(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    hir_id query = hir_operand(g, id, 0), written = hir_operand(g, id, 1);
    hir_id keys = hir_state_leaf(g, written), values = hir_state_leaf(g, hir_operand(g, id, 2));
    struct launch s = lower_begin(l, KERNEL_attention, id);
    struct kernel_attention *k = &s.kernel.attention;

    if (hir_at(g, written)->op != HIR_written ||
        l->facts[hir_operand(g, written, 0)].attention != id)
        return lower_error(l, id, "expected the state that a kv_write of its own has written");
    assert(attr->attention.tile_rows != 0);
    k->shape = shape_of(l, query, keys, attr->attention.chunk != 0);
    k->act = attr->attention.act;
    k->mask = attr->attention.mask;
    k->tile_rows = attr->attention.tile_rows;
    k->chunk = attr->attention.chunk;
    k->windowed = l->windowed && k->mask == MASK_causal;
    k->capped = (float)attr->attention.softcap != 0;
    k->max_rows = k->shape.partial ? (uint32_t)hir_max_rows(g, id) : 0;
    s.values = (struct lir_values){.window = attr->attention.window,
                                   .scale = (float)attr->attention.scale,
                                   .softcap = (float)attr->attention.softcap};
    if (!lower_matrix(l, &s, ATTENTION_q, query) || !lower_matrix(l, &s, ATTENTION_keys, keys) ||
        !lower_matrix(l, &s, ATTENTION_values, values) ||
        (k->shape.batched && !lower_matrix(l, &s, ATTENTION_positions, hir_operand(g, id, 3))))
        return false;
    if (k->shape.batched)
        lower_argument(&s, ATTENTION_row_states, l->program->row_states, 0);
    buf_id out = lower_new_matrix(l, id, part_name(l, id, "out"));
    lower_argument(&s, ATTENTION_out, out, l->facts[id].stride);
    if (k->shape.partial)
        make_partials(l, &s, id, hir_operand(g, written, 0));
    return lower_end(l, &s, part_name(l, id, "attention"));
}
