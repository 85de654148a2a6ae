/* Attention, and what writes the states that it reads. In: a kv_write, kv_append or attention; out:
 * the fields, buffers and names of its step. */
#include "compiler/lir/lower.h"

#include <string.h>

/* ---- who is whose ---- */

/* What makes the q of an attention; 0: several readers, or something that makes no heads. */
static hir_id maker_of_query(const struct hir_graph *g, hir_id attention)
{
    hir_id id = hir_operand(g, attention, 0);

    for (; hir_at(g, id)->op == HIR_reshape; id = hir_operand(g, id, 0))
        if (hir_at(g, id)->use_count != 1)
            return 0;
    if (hir_at(g, id)->op == HIR_kv_write)
        return id;
    bool makes = hir_at(g, id)->op == HIR_rope || lower_is_head_norm(g, id);
    return makes && hir_at(g, id)->use_count == 1 ? id : 0;
}

static enum state_class class_of_keys(const struct hir_graph *g, hir_id attention)
{
    return (enum state_class)hir_attr(g, hir_state_leaf(g, hir_operand(g, attention, 1)))
        ->state.class;
}

void lower_find_attentions(struct lowering *l)
{
    const struct hir_graph *g = l->graph;

    for (hir_id id = 1; id < g->node_count; id++) {
        hir_id x = hir_at(g, id)->op == HIR_rope ? hir_operand(g, id, 0) : 0;
        if (x != 0 && lower_is_head_norm(g, x) && hir_at(g, x)->use_count == 1)
            l->facts[x].joined = true;
        if (hir_at(g, id)->op != HIR_attention)
            continue;
        if (hir_attr(g, id)->attention.window != 0)
            l->windowed |= 1U << class_of_keys(g, id);
        l->facts[maker_of_query(g, id)].attention = id;
    }
    l->facts[0] = (struct fact){0};
}

/* ---- states ---- */

/* The segments of the run, and where it has several that of each row. */
static void lower_segments(struct lowering *l, struct step *s, uint32_t segments,
                           uint32_t row_segments)
{
    lower_argument(s, segments, l->program->segments, 0);
    if (l->program->row_segments != 0 && s->kernel.rows_symbol == SYMBOL_ROWS)
        lower_argument(s, row_segments, l->program->row_segments, 0);
}

/* `state`: [batch, capacity, kv_heads, head_dim], before or after a write. */
static struct head_shape state_shape(const struct lowering *l, hir_id state)
{
    const struct hir_graph *g = l->graph;
    hir_id leaf = hir_state_leaf(g, state);

    return (struct head_shape){.kv = hir_at(g, leaf)->dtype,
                               .kv_heads = hir_size(g, leaf, 2),
                               .head_dim = hir_size(g, leaf, 3),
                               .context = (uint32_t)round_up(l->facts[leaf].capacity, 64),
                               .class = hir_attr(g, leaf)->state.class};
}

/* `query` is [rows, heads, head_dim]. */
static struct head_shape shape_of(const struct lowering *l, hir_id query, hir_id state,
                                  bool split_kv)
{
    struct head_shape shape = state_shape(l, state);

    shape.heads = hir_size(l->graph, query, 1);
    shape.split_kv = split_kv;
    return shape;
}

/* A state of this run alone has no positions but those of the rows. */
bool fill_append(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id leaf = hir_state_leaf(g, id);
    struct kernel_append *k = &s->kernel.append;

    k->shape = state_shape(l, leaf);
    k->is_value = hir_attr(g, leaf)->state.role == STATE_ROLE_value;
    if (k->shape.class == STATE_scratch)
        s->operands[2] = 0;
    s->operands[0] = 0;
    lower_segments(l, s, APPEND_segments, APPEND_row_segments);
    lower_argument(s, k->is_value ? APPEND_values : APPEND_keys, l->facts[leaf].buffer, 0);
    return true;
}

bool fill_kv_write(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct kv_write_operands at = kv_write_operands(attr, hir_at(g, id)->operand_count);
    struct kernel_kv_write *k = &s->kernel.kv_write;
    struct fact *f = &l->facts[id];

    if (f->attention == 0)
        return hir_refuse(l->diags, g, id, "expected an attention that reads it");
    k->shape = shape_of(l, id, s->operands[0], hir_attr(g, f->attention)->attention.chunk != 0);
    k->n_rot = attr->rope.n_rot;
    k->interleaved = attr->rope.interleaved;
    k->all_heads = attr->rope.all_heads;
    k->norm_last = attr->rope.norm_last;
    k->epsilon = (float)attr->rope.epsilon;
    const uint32_t optional[] = {at.table, at.k_table, at.q_norm, at.k_norm, at.v_norm};
    for (uint32_t i = 0; i < countof(optional); i++)
        s->operands[6 + i] = optional[i] != 0 ? hir_operand(g, id, optional[i]) : 0;
    s->name = lower_part_name(l, f->attention, "kv_write");
    lower_out(l, s, KV_WRITE_out, id, lower_part_name(l, f->attention, "q"));
    if (k->shape.split_kv) { /* counts of tiles that arrived, a cache line each */
        f->counters = lower_buffer(l, HOME_scratch, hir_max_rows(g, id) * k->shape.kv_heads * 64,
                                   lower_part_name(l, f->attention, "counters"), 0);
        lower_argument(s, KV_WRITE_counters, f->counters, 0);
    }
    lower_segments(l, s, KV_WRITE_segments, KV_WRITE_row_segments);
    return true;
}

/* ---- attention ---- */

/* One kernel reads K and V of one type and size. */
static bool states_agree(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id keys = hir_state_leaf(g, hir_operand(g, id, 1)),
           values = hir_state_leaf(g, hir_operand(g, id, 2));
    const struct head_shape k = state_shape(l, keys), v = state_shape(l, values);

    if (hir_attr(g, keys)->state.role != STATE_ROLE_key ||
        hir_attr(g, values)->state.role != STATE_ROLE_value)
        return hir_refuse(l->diags, g, id, "expected a state of keys and one of values");
    return memcmp(&k, &v, sizeof k) == 0 ||
           hir_refuse(l->diags, g, id,
                      "keys and values of different types, sizes or classes are not served");
}

/* Rows stand where the segments of the run say. */
static bool positions_are_of_rows(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id positions = hir_attention_positions(g, id);

    return positions == 0 || hir_attr(g, id)->attention.mask == MASK_none ||
           (hir_at(g, positions)->op == HIR_input &&
            hir_attr(g, positions)->input.role == INPUT_positions) ||
           hir_refuse(l->diags, g, id,
                      "attention at other positions than those of the run's rows is not served");
}

static bool sinks_are_weight(struct lowering *l, hir_id id)
{
    hir_id sinks = hir_attention_sinks(l->graph, id);

    return sinks == 0 || hir_is_vector(l->graph, sinks) ||
           hir_refuse(l->diags, l->graph, id, "expected sinks that are a weight");
}

/* The symbol that counts the keys of a segment. */
static bool find_keys_symbol(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id leaf = hir_state_leaf(g, hir_operand(g, id, 1));
    struct kernel_attention *k = &s->kernel.attention;
    dim_id rows = hir_attr(g, leaf)->state.rows;

    k->keys_symbol = k->shape.class == STATE_scratch ? s->kernel.rows_symbol : SYMBOL_KEYS;
    if (k->shape.class == STATE_scratch &&
        dim_slot(&g->dims, hir_shape_of(g, leaf)->dims[1]) != (int)s->kernel.rows_symbol)
        return hir_refuse(l->diags, g, id,
                          "expected keys and values of this run to be of as many rows as q");
    if (k->shape.class != STATE_cross)
        return true;
    if (rows == 0 || dim_slot(&g->dims, rows) < 0)
        return hir_refuse(l->diags, g, leaf, "expected rows=SYMBOL of a cross state");
    k->keys_symbol = (uint32_t)dim_slot(&g->dims, rows);
    return true;
}

/* What tiles leave for the one that arrives last. */
static void add_partials(struct lowering *l, struct step *s, hir_id id, buf_id counters)
{
    const struct kernel_attention *k = &s->kernel.attention;
    uint64_t each = attention_slots(k, s->values.window) * attention_partial_bytes(k);
    buf_id partials =
        lower_buffer(l, HOME_scratch, hir_max_rows(l->graph, id) * k->shape.heads * each,
                     lower_part_name(l, id, "partials"), 0);

    lower_argument(s, ATTENTION_partials, partials, 0);
    lower_argument(s, ATTENTION_counters, counters, 0);
}

/* The q as a kernel reads it: rotated as the write to a state of q8_0 rotates keys, and in chunks
 * with counters that are zero. False: refused. */
static bool find_query(struct lowering *l, struct step *s, hir_id id, buf_id *counters)
{
    const struct head_shape *shape = &s->kernel.attention.shape;
    hir_id maker = maker_of_query(l->graph, id);

    if (maker != 0 && l->facts[maker].attention == id) {
        *counters = l->facts[maker].counters;
        return true;
    }
    if (shape->kv != DTYPE_q8_0 && !shape->split_kv)
        return true;
    s->operands[0] = 0;
    return lower_query(l, s, id, counters);
}

bool fill_attention(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_attr *attr = hir_attr(l->graph, id);
    struct kernel_attention *k = &s->kernel.attention;
    bool split_kv = attr->attention.chunk != 0;
    buf_id counters = 0;

    if (!states_agree(l, id) || !positions_are_of_rows(l, id) || !sinks_are_weight(l, id))
        return false;
    assert(attr->attention.tile_rows != 0);
    k->shape = shape_of(l, s->operands[0], s->operands[1], split_kv);
    k->act = attr->attention.act;
    k->mask = attr->attention.mask;
    k->tile_rows = attr->attention.tile_rows;
    k->chunk = attr->attention.chunk;
    k->max_rows = split_kv ? (uint32_t)hir_max_rows(l->graph, id) : 0;
    k->windowed = (l->windowed >> k->shape.class & 1) != 0 && attr->attention.mask == MASK_causal;
    k->anchored = attr->attention.anchored;
    k->capped = (float)attr->attention.softcap != 0;
    k->matrices = attr->attention.matrices;
    s->values = (struct lir_values){.window = attr->attention.window,
                                    .scale = (float)attr->attention.scale,
                                    .softcap = (float)attr->attention.softcap};
    s->name = lower_part_name(l, id, "attention");
    s->operands[3] = hir_attention_sinks(l->graph, id);
    s->operands[4] = 0;
    if (!find_keys_symbol(l, s, id) || !find_query(l, s, id, &counters))
        return false;
    lower_segments(l, s, ATTENTION_segments, ATTENTION_row_segments);
    lower_out(l, s, ATTENTION_out, id, lower_part_name(l, id, "out"));
    if (split_kv)
        add_partials(l, s, id, counters);
    return true;
}
