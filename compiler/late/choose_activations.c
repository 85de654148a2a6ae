/* The format of the activations that each product reads, and of attention's products.
 *
 *     matmul(x, W)   =>   matmul(norm_quant(x), W), act=i8
 *
 * Short runs and the head read quantized weights with i16 activations, prompts with i8; prompts
 * read weights of bf16 with bf16 activations where the level has a dot product for them. The user
 * may ask for i16 or i8 everywhere, or for f32 (enum activations). A norm_quant stands right before
 * the first product that reads it; products that need one format of one value share it.
 *
 * Attention of prompts takes bf16 where the level has its dot product and q, k and v come from
 * rounded activations already: weights of f32 and f16 are more exact than bf16 products would be.
 *
 * Needs: the layout of every weight; attention over a kv_write. Keeps: the names. Not done for
 * weights of f32, f16 and bf16 otherwise, and not where the user asked for f32: these products and
 * attentions compute with f32.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

struct made { /* a norm_quant; the list of those of one value */
    struct made *next;
    struct hir_attr attr;
    hir_id id;
};

struct choice {
    const struct specialization *s;
    struct pass_report *report;
    struct made **made; /* by old node */
    uint8_t *act;       /* by old node: enum act of what a product reads, or of an attention */
};

static bool has_bf16_dot(const struct specialization *s)
{
    return s->target->levels[s->level].traits.bf16_dot;
}

/* `short_run`: at most BLOCK_ROWS_MAX rows. */
static enum act choose_act(const struct specialization *s, enum layout layout, bool short_run)
{
    enum activations wanted = s->numerics->activations;

    if (wanted == ACTIVATIONS_exact)
        return ACT_f32;
    if (!layout_is_quantized(layout)) {
        bool pairs = layout == LAYOUT_bf16_r32 && !short_run && has_bf16_dot(s);
        return pairs ? ACT_bf16 : ACT_f32;
    }
    if (wanted == ACTIVATIONS_auto)
        return short_run ? ACT_i16 : ACT_i8;
    return wanted == ACTIVATIONS_i16 ? ACT_i16 : ACT_i8;
}

static bool is_short(const struct hir_graph *g, hir_id id)
{
    return hir_max_rows(g, id) <= BLOCK_ROWS_MAX;
}

static enum act act_of_product(const struct hir_graph *g, const struct specialization *s, hir_id id)
{
    enum layout layout = hir_layout(g, hir_operand(g, id, 1));

    if (layout == LAYOUT_none || hir_rows_symbol(g, id) < 0 ||
        match_is(g, hir_operand(g, id, 0), HIR_norm_quant))
        return ACT_f32;
    return choose_act(s, layout, is_short(g, id));
}

/* ---- attention ---- */

/* The product that q, k or v comes from; 0: none. */
static hir_id product_before(const struct hir_graph *g, hir_id id)
{
    while (!hir_is_product(g, id)) {
        if (hir_op_info[hir_at(g, id)->op].fusion == FUSE_leaf || hir_at(g, id)->operand_count == 0)
            return 0;
        id = hir_operand(g, id, 0);
    }
    return id;
}

/* Whether the last product that feeds q, k or v rounds its activations. */
static bool rounds_already(const struct hir_graph *g, const uint8_t *act, hir_id attention)
{
    hir_id write = hir_operand(g, attention, 0), last = 0;

    for (uint32_t i = 2; i < 5; i++) {
        hir_id product = product_before(g, hir_operand(g, write, i));
        last = product > last ? product : last;
    }
    return last != 0 && act[last] != ACT_f32;
}

static enum act act_of_attention(const struct hir_graph *g, const struct choice *c, hir_id id)
{
    enum activations wanted = c->s->numerics->activations;
    bool takes = !is_short(g, id) && hir_attr(g, id)->attention.head_dim % 2 == 0 &&
                 has_bf16_dot(c->s) && match_is(g, hir_operand(g, id, 0), HIR_kv_write) &&
                 (wanted == ACTIVATIONS_auto || wanted == ACTIVATIONS_i8) &&
                 rounds_already(g, c->act, id);

    return takes ? ACT_bf16 : ACT_f32;
}

/* ---- rewriting ---- */

/* x in the format that the weight's integers need. */
static hir_id quantized(struct choice *c, struct hir_rewrite *r, hir_id product, enum act act)
{
    const struct hir_graph *g = &r->old;
    hir_id x = hir_operand(g, product, 0);
    enum layout layout = hir_layout(g, hir_operand(g, product, 1));
    struct hir_attr attr = {.quant = {.act = act}};

    if (act == ACT_i8 || act == ACT_i16) {
        attr.quant.bias = layout_info[layout].bias;
        attr.quant.block_sums = layout_info[layout].scales == 2 ? 2 : 0;
    }
    for (const struct made *m = c->made[x]; m != NULL; m = m->next)
        if (m->attr.quant.act == attr.quant.act && m->attr.quant.bias == attr.quant.bias &&
            m->attr.quant.block_sums == attr.quant.block_sums)
            return m->id;
    struct made *m = arena_new(r->graph->arena, struct made, 1);
    hir_id id = hir_add(r->graph, HIR_norm_quant, &attr, &r->translated[x], 1);
    *m = (struct made){.next = c->made[x], .attr = attr, .id = id};
    c->made[x] = m;
    rewrite_name(r, id, x, ".act");
    note_done(c->report, g, x, "rounded to %s", act_names[act]);
    return id;
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    struct choice *c = context;
    struct hir_attr attr = *hir_attr(&r->old, old);

    (void)index;
    if (hir_is_product(&r->old, old))
        return rewrite_with(r, old, &attr, quantized(c, r, old, (enum act)c->act[old]));
    attr.attention.act = c->act[old];
    return rewrite_with(r, old, &attr, 0);
}

bool pass_choose_activations(struct hir_graph *g, const struct pass_context *context,
                             struct pass_report *report, struct diags *d)
{
    struct choice c = {.s = context->specialization,
                       .report = report,
                       .made = arena_new(g->arena, struct made *, g->node_count),
                       .act = arena_new(g->arena, uint8_t, g->node_count)};

    (void)d;
    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_is_product(g, id)) {
            c.act[id] = (uint8_t)act_of_product(g, c.s, id);
            if (c.act[id] == ACT_f32 && !match_is(g, hir_operand(g, id, 0), HIR_norm_quant))
                note_left(report, g, id, "weights of %s take f32 activations here",
                          dtype_info[hir_at(g, hir_operand(g, id, 1))->dtype].name);
        } else if (match_is(g, id, HIR_attention)) {
            c.act[id] = (uint8_t)act_of_attention(g, &c, id);
            if (c.act[id] != ACT_f32)
                note_done(report, g, id, "multiplies with bf16");
        }
        hir_at(g, id)->mark = c.act[id] != ACT_f32;
    }
    rewrite_marked(g, "choose-activations", emit, &c);
    return true;
}
