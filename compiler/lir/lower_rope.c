/* Norms and rotations of heads that no kv_write computes. In: a rope, a norm of heads, or the q of an
 * attention; out: the fields and buffers of a step. */
#include "compiler/lir/lower.h"

bool lower_is_head_norm(const struct hir_graph *g, hir_id id)
{
    return hir_at(g, id)->op == HIR_rms_norm && hir_shape_of(g, id)->rank == 3 &&
           !hir_attr(g, id)->norm.centered && hir_at(g, id)->operand_count == 2;
}

/* `heads` is [rows, heads, head_dim]. */
static void set_heads(const struct hir_graph *g, struct kernel_rope *k, hir_id heads)
{
    k->heads = hir_size(g, heads, 1);
    k->head_dim = hir_size(g, heads, 2);
}

static void set_norm(const struct hir_graph *g, struct step *s, hir_id norm)
{
    s->kernel.rope.epsilon = (float)hir_attr(g, norm)->norm.epsilon;
    s->operands[0] = hir_operand(g, norm, 0);
    s->operands[3] = hir_operand(g, norm, 1);
}

/* What an attention asks of its q: see kernel_kinds.def. Returns the counters; 0: there are none. */
static buf_id serve_attention(struct lowering *l, struct step *s, hir_id attention)
{
    const struct hir_graph *g = l->graph;
    hir_id keys = hir_state_leaf(g, hir_operand(g, attention, 1));
    struct kernel_rope *k = &s->kernel.rope;
    buf_id counters;

    k->hadamard = hir_at(g, keys)->dtype == DTYPE_q8_0;
    if (hir_attr(g, attention)->attention.chunk == 0)
        return 0;
    k->kv_heads = hir_size(g, keys, 2);
    counters = lower_buffer(l, HOME_scratch, hir_max_rows(g, attention) * k->kv_heads * 64,
                            lower_part_name(l, attention, "counters"), 0);
    lower_argument(s, ROPE_counters, counters, 0);
    return counters;
}

bool fill_rope(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct fact *f = &l->facts[id];

    set_heads(g, &s->kernel.rope, id);
    if (hir_at(g, id)->op == HIR_rope) {
        s->kernel.rope.n_rot = attr->rope.n_rot;
        s->kernel.rope.interleaved = attr->rope.interleaved;
        if (l->facts[s->operands[0]].joined)
            set_norm(g, s, s->operands[0]);
    } else {
        s->operands[1] = 0;
        set_norm(g, s, id);
    }
    lower_out(l, s, ROPE_out, id, s->name);
    if (f->attention != 0)
        f->counters = serve_attention(l, s, f->attention);
    return true;
}

bool lower_query(struct lowering *l, struct step *attention, hir_id id, buf_id *counters)
{
    const struct hir_graph *g = l->graph;
    hir_id query = hir_operand(g, id, 0);
    const uint64_t stride = round_up(hir_row_width(g, query), 16);
    struct step s = {.name = lower_part_name(l, id, "rope")};
    buf_id out = lower_buffer(l, HOME_scratch, hir_max_rows(g, query) * stride * 4,
                              lower_part_name(l, id, "q"), 0);

    s.kernel.kind = KERNEL_rope;
    s.kernel.rows_symbol = attention->kernel.rows_symbol;
    set_heads(g, &s.kernel.rope, query);
    if (!lower_rows(l, &s, ROPE_x, query))
        return false;
    lower_argument(&s, ROPE_out, out, (uint32_t)stride);
    *counters = serve_attention(l, &s, id);
    lir_add_step(l->program, &s.kernel, s.args, &s.values, s.name);
    lower_argument(attention, ATTENTION_q, out, (uint32_t)stride);
    return true;
}
