/* The format of the activations that each product reads, and of attention's products.
 *
 *     matmul(x, W)   =>   matmul(norm_quant(x), W), act=i8
 *
 * Short runs and the lm_head read quantized weights with i16 activations, prompts with i8; prompts
 * read weights of bf16 with bf16 activations where the level has a dot product for them. A level
 * whose products of integers are no faster reads all of them with f32, and one where those of int8
 * alone are, those of short runs. The user may ask for i16 or i8 everywhere, or for f32 (enum
 * activations). A norm_quant stands right before
 * the first product that reads it; products that need one format of one value share it.
 *
 * A level that multiplies matrices of bf16 (bf16_prompts) does so in prompts with all weights but those
 * of experts: that is faster than i8, and rounds less.
 *
 * Where weights have one scale per row and the model or the user asks for activations with one, i8 is
 * i8_row on levels that have such products, so that nothing but integers is added. Rounding is then
 * coarser: weights alone do not ask for it.
 *
 * A product whose results a route scores keeps f32: rounding it would choose other experts.
 *
 * Attention of prompts takes bf16 where the level has its dot product and q, k and v come from
 * activations of int8, or those of bf16 and quantized weights, beside whose rounding its own is small.
 * Beside weights of bf16 it would double the KL divergence: there attention takes f32, unless the user
 * asked for the fastest, i8.
 * Weights of f32 and f16 are more exact than bf16 products would be.
 *
 * Needs: the layout of every weight. Keeps: the names. Not done for
 * weights of f32, f16 and bf16 otherwise, and not where the user asked for f32: these products and
 * attentions compute with f32.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

static bool is_short(const struct hir_graph *g, hir_id id)
{
    return hir_max_run_rows(g, id) <= SHORT_RUN_MAX;
}

static bool has_bf16_dot(const struct specialization *s)
{
    return s->target->levels[s->level].traits.bf16_dot;
}

/* Weights with a scale per row take activations with a scale per row where that is wanted, the level has
 * such products and 32 bits hold their sums. */
static enum act i8_of(const struct hir_graph *g, const struct specialization *s, hir_id product)
{
    hir_id weight = hir_operand(g, product, 1);

    return s->row_activations && layout_scales_rows(hir_layout(g, weight)) &&
                   hir_width(g, weight) <= ACT_ROW_MAX &&
                   s->target->levels[s->level].traits.row_products
               ? ACT_i8_row
               : ACT_i8;
}

/* Of quantized weights, where the user leaves the choice. */
static enum act act_of_level(const struct hir_graph *g, const struct specialization *s, hir_id id)
{
    const struct target_traits *traits = &s->target->levels[s->level].traits;

    if (is_short(g, id))
        return traits->integer_products ? ACT_i16 : ACT_f32;
    if (traits->bf16_prompts && hir_experts(g, id) == 0 && i8_of(g, s, id) != ACT_i8_row)
        return ACT_bf16;
    return traits->integer_products || traits->integer_prompts ? i8_of(g, s, id) : ACT_f32;
}

/* What a product will read; f32 also where it has its format already, or no packed weight. */
static enum act act_of_product(const struct hir_graph *g, const struct specialization *s, hir_id id)
{
    enum layout layout = hir_layout(g, hir_operand(g, id, 1));
    enum activations wanted = s->activations;

    if (!hir_is_packed_product(g, id) || wanted == ACTIVATIONS_exact || match_is_scored(g, id) ||
        match_is(g, hir_operand(g, id, 0), HIR_norm_quant))
        return ACT_f32;
    if (!layout_is_quantized(layout))
        return layout == LAYOUT_bf16_r32 && !is_short(g, id) && has_bf16_dot(s) ? ACT_bf16
                                                                                : ACT_f32;
    if (wanted == ACTIVATIONS_auto)
        return act_of_level(g, s, id);
    return wanted == ACTIVATIONS_i16 ? ACT_i16 : i8_of(g, s, id);
}

/* The last product from which a value comes; 0: none. */
static hir_id product_before(const struct hir_graph *g, hir_id id)
{
    while (id != 0 && !hir_is_product(g, id))
        id = hir_at(g, id)->operand_count != 0 ? hir_operand(g, id, 0) : 0;
    return id;
}

/* The last product that feeds q, and in this layer k or v; 0: none. */
static hir_id product_of_inputs(const struct hir_graph *g, hir_id attention)
{
    hir_id write = hir_operand(g, attention, 0), last = 0;
    bool is_joined = match_is(g, write, HIR_kv_write);

    for (uint32_t i = 0; i < 3; i++) {
        hir_id from = is_joined ? hir_operand(g, write, i + 2) : hir_operand(g, attention, i);
        if (!is_joined && i > 0)
            from = match_is(g, from, HIR_kv_append) ? hir_operand(g, from, 1) : 0;
        last = (hir_id)max_u64(last, product_before(g, from));
    }
    return last;
}

static bool takes_bf16(const struct hir_graph *g, const struct specialization *s, hir_id attention)
{
    enum activations wanted = s->activations;
    const hir_id product = product_of_inputs(g, attention);

    if (product == 0 || act_of_product(g, s, product) == ACT_f32)
        return false;
    const bool is_rounded = layout_is_quantized(hir_layout(g, hir_operand(g, product, 1)));
    return !is_short(g, attention) && hir_attr(g, attention)->attention.head_dim % 2 == 0 &&
           has_bf16_dot(s) &&
           ((wanted == ACTIVATIONS_auto && is_rounded) || wanted == ACTIVATIONS_i8);
}

/* ---- rewriting ---- */

/* x in the format that the weight's integers need. */
static hir_id quantized(const struct pass_call *call, struct hir_rewrite *r, hir_id product)
{
    hir_id x = hir_operand(&r->old, product, 0), made;
    const enum layout layout = hir_layout(&r->old, hir_operand(&r->old, product, 1));
    enum act act = act_of_product(&r->old, call->context.specialization, product);
    struct hir_attr attr = {.quant = {.act = act}};
    bool is_new;

    if (act_is_integer(act)) {
        attr.quant.bias = layout_sums_bias(layout, false);
        attr.quant.block_sums = layout_block_sums(layout, false);
    }
    made = rewrite_once(r, HIR_norm_quant, &attr, &r->translated[x], 1, x, ".act", &is_new);
    if (is_new)
        note_done(call, x, "rounded to %s, bias %u", act_names[act], attr.quant.bias);
    return made;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    struct hir_attr attr = *hir_attr(&r->old, old);

    if (hir_is_product(&r->old, old))
        return rewrite_with(r, old, &attr, quantized(call, r, old));
    attr.attention.act = ACT_bf16;
    return rewrite_with(r, old, &attr, 0);
}

bool pass_choose_activations(struct pass_call *call)
{
    const struct specialization *s = call->context.specialization;
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_is_product(g, id)) {
            hir_at(g, id)->mark = act_of_product(g, s, id) != ACT_f32;
            if (hir_at(g, id)->mark == 0 && !match_is(g, hir_operand(g, id, 0), HIR_norm_quant))
                note_left(call, id, "weights of %s take f32 activations here",
                          dtype_info[hir_at(g, hir_operand(g, id, 1))->dtype].name);
        } else if (match_is(g, id, HIR_attention) && takes_bf16(g, s, id)) {
            hir_at(g, id)->mark = 1;
            note_done(call, id, "multiplies with bf16");
        }
    }
    rewrite_marked(call, emit, NULL);
    return true;
}
