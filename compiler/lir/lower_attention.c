/* Attention and the write before it. In: a kv_write or an attention; out: the fields, buffers and
 * names of its step. */
#include "compiler/lir/lower.h"

/* The steps and buffers of an attention are named after it. */
static str_id part_name(struct lowering *l, hir_id id, const char *part)
{
    const struct hir_node *n = hir_at(l->graph, id);

    if (n->name == 0)
        return str_of(l->program->strings, part);
    return str_printf(l->program->strings, "%s.%s", str_text(l->program->strings, n->name), part);
}

/* The segments of the run, and where it has several that of each row. */
static void lower_segments(struct lowering *l, struct step *s, uint32_t segments,
                           uint32_t row_segments)
{
    lower_argument(s, segments, l->program->segments, 0);
    if (l->program->row_segments != 0)
        lower_argument(s, row_segments, l->program->row_segments, 0);
}

/* `query` is [rows, heads, head_dim], `state` [batch, context, kv_heads, head_dim]. */
static struct head_shape shape_of(const struct lowering *l, hir_id query, hir_id state,
                                  bool split_kv)
{
    const struct hir_graph *g = l->graph;

    return (struct head_shape){.kv = hir_at(g, state)->dtype,
                               .heads = hir_size(g, query, 1),
                               .kv_heads = hir_size(g, state, 2),
                               .head_dim = hir_size(g, state, 3),
                               .context = (uint32_t)round_up(hir_size(g, state, 1), 64),
                               .split_kv = split_kv};
}

bool fill_kv_write(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct kv_write_operands at = kv_write_operands(attr, hir_at(g, id)->operand_count);
    struct kernel_kv_write *k = &s->kernel.kv_write;
    struct fact *f = &l->facts[id];

    k->shape = shape_of(l, id, s->operands[0], hir_attr(g, f->attention)->attention.chunk != 0);
    k->n_rot = attr->rope.n_rot;
    k->interleaved = attr->rope.interleaved;
    k->epsilon = (float)attr->rope.epsilon;
    s->operands[6] = at.table != 0 ? hir_operand(g, id, at.table) : 0;
    s->operands[7] = at.q_norm != 0 ? hir_operand(g, id, at.q_norm) : 0;
    s->operands[8] = at.k_norm != 0 ? hir_operand(g, id, at.k_norm) : 0;
    s->name = part_name(l, f->attention, "kv_write");
    lower_out(l, s, KV_WRITE_out, id, part_name(l, f->attention, "q"));
    if (k->shape.split_kv) { /* counts of tiles that arrived, a cache line each */
        f->counters = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * k->shape.kv_heads * 64,
                                   part_name(l, f->attention, "counters"), 0);
        lower_argument(s, KV_WRITE_counters, f->counters, 0);
    }
    lower_segments(l, s, KV_WRITE_segments, KV_WRITE_row_segments);
    return true;
}

static bool is_written(const struct hir_graph *g, hir_id id, hir_id write, enum written which)
{
    return hir_at(g, id)->op == HIR_written && hir_operand(g, id, 0) == write &&
           hir_attr(g, id)->written.which == which;
}

/* A kernel reads K and V in the layout of each, and q as the write to a state of q8_0 rotates it. */
bool fill_attention(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct kernel_attention *k = &s->kernel.attention;
    bool split_kv = attr->attention.chunk != 0;
    hir_id write = s->operands[0];

    if (l->facts[write].attention != id || !is_written(g, s->operands[1], write, WRITTEN_key) ||
        !is_written(g, s->operands[2], write, WRITTEN_value))
        return hir_refuse(l->diags, g, id, "expected q, K and V of a kv_write of its own");
    assert(attr->attention.tile_rows != 0);
    k->shape = shape_of(l, s->operands[0], hir_state_leaf(g, s->operands[1]), split_kv);
    k->act = attr->attention.act;
    k->mask = attr->attention.mask;
    k->tile_rows = attr->attention.tile_rows;
    k->chunk = attr->attention.chunk;
    k->max_rows = split_kv ? (uint32_t)hir_max_rows(g, id) : 0;
    k->windowed = l->windowed && attr->attention.mask == MASK_causal;
    k->capped = (float)attr->attention.softcap != 0;
    s->values = (struct lir_values){.window = attr->attention.window,
                                    .scale = (float)attr->attention.scale,
                                    .softcap = (float)attr->attention.softcap};
    s->name = part_name(l, id, "attention");
    k->keys_symbol = SYMBOL_KEYS;
    lower_segments(l, s, ATTENTION_segments, ATTENTION_row_segments);
    s->operands[3] = 0; /* positions: rows follow each other */
    lower_out(l, s, ATTENTION_out, id, part_name(l, id, "out"));
    if (split_kv) { /* what tiles leave for the one that arrives last */
        uint64_t each = attention_slots(k, s->values.window) * attention_partial_bytes(k);
        buf_id partials = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * k->shape.heads * each,
                                       part_name(l, id, "partials"), 0);
        lower_argument(s, ATTENTION_partials, partials, 0);
        lower_argument(s, ATTENTION_counters, l->facts[write].counters, 0);
    }
    return true;
}
