/* The feed-forward network of a layer as a mixture of experts. In: rows; out: plain nodes.
 *
 *     s = softmax(Wr x), or sigmoid(Wr x), and of the experts with the greatest s + correction,
 *     i = 1, ..., slots
 *     y = sum over i of w_i down_i(activation(gate_i x) * up_i x)
 *     w_i = s_i, or s_i / sum of all s_i where the model normalizes them, times a scale
 *
 * and with an expert that all tokens have, y + shared(x), or y + sigmoid(Wg x) shared(x). In Llama 4,
 * w multiplies x instead, which is one expert's: down(activation(gate(w x)) * up(w x)). That is
 * w down(activation(w gate(x)) * up(x)). In gpt-oss, router and experts have biases.
 *
 * Source: the definitions of MixtralForCausalLM, Qwen2MoeForCausalLM, Qwen3MoeForCausalLM,
 * OlmoeForCausalLM, Glm4MoeForCausalLM, MiniMaxM2ForCausalLM, Ernie4_5_MoeForCausalLM,
 * HunYuanMoEV1ForCausalLM, GraniteMoeForCausalLM, Llama4ForCausalLM and GptOssForCausalLM in Hugging
 * Face transformers, whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - The softmax is over all experts also where the weights are not normalized.
 * - The softmax over the chosen experts of gpt-oss is that over all, divided by its sum over the chosen.
 * - Which layers are mixtures follows from their tensors: those that have a router.
 * - A correction is for the choice alone: the weights are of s without it.
 */
#include "compiler/family/layers.h"

#include <stdio.h>

#define SUM_EPSILON 1e-20 /* added to a sum of sigmoids, which may all be 0 */

bool layer_has_experts(const struct layers *b, uint32_t layer)
{
    return b->hyper->experts != 0 && has_tensor(b, "model.layers.%u.mlp.gate.weight", layer);
}

/* What is added to scores to rank them; 0: nothing. */
static hir_id correction_of(struct layers *b, uint32_t layer)
{
    if (!b->hyper->corrected_router && !any_layer_has(b, "mlp.gate.correction.bias"))
        return 0;
    return require_vector(b, b->hyper->experts, from_text(b, "experts = %u", b->hyper->experts),
                          "model.layers.%u.mlp.gate.correction.bias", layer);
}

/* What weights are multiplied by, by expert; 0: nothing. */
static hir_id scales_of(struct layers *b, const struct decoder_parts *parts, uint32_t layer)
{
    if (!parts->scales_experts && !any_layer_has(b, "mlp.experts.down_proj.scale"))
        return 0;
    return require_vector(b, b->hyper->experts, from_text(b, "experts = %u", b->hyper->experts),
                          "model.layers.%u.mlp.experts.down_proj.scale", layer);
}

/* The experts of each row of x and their weights, by the layer's router. */
static hir_id route_of(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                       hir_id x)
{
    const struct hyper_parameters *h = b->hyper;
    const bool has_groups = h->expert_groups != 0;
    const enum bias_rule bias = parts->has_expert_biases ? BIAS_expected : BIAS_never;
    struct hir_attr attr = {
        .route = {.slots = h->expert_slots,
                  .score = h->sigmoid_router ? SCORE_sigmoid : SCORE_softmax,
                  .normalized = h->normalized_experts,
                  .epsilon = h->sigmoid_router && h->normalized_experts ? SUM_EPSILON : 0,
                  .scale = h->expert_scale != 0 ? h->expert_scale : 1,
                  .groups = h->expert_groups,
                  .chosen_groups = h->chosen_groups,
                  .group_best = has_groups ? (uint32_t)max_u64(h->group_best, 1) : 0}};
    const char *from = from_text(b, "experts = %u and hidden size = %u", h->experts, h->hidden);
    char prefix[48];

    snprintf(prefix, sizeof prefix, "model.layers.%u.mlp.gate", layer);
    hir_id scores = layer_linear(b, x, h->experts, h->hidden, bias, from, prefix);
    hir_name(b->graph, scores, "layers.%u.router", layer);
    hir_id operands[3] = {scores, correction_of(b, layer)}, scales = scales_of(b, parts, layer);
    uint32_t count = operands[1] != 0 ? 2 : 1;
    if (scales != 0) {
        attr.route.scaled = true;
        operands[count++] = scales;
    }
    hir_id route = hir_add(b->graph, HIR_route, &attr, operands, count);
    hir_name(b->graph, route, "layers.%u.route", layer);
    return route;
}

/* shared(x), or sigmoid(Wg x) shared(x) */
static hir_id shared_of(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                        hir_id x)
{
    const struct hyper_parameters *h = b->hyper;
    hir_id y =
        layer_feed_forward(b, parts, layer, x, h->shared_width, "shared", "mlp.shared_expert");

    if (!h->shared_gated)
        return y;
    hir_id gate = require_matrix(b, 1, h->hidden, from_text(b, "hidden size = %u", h->hidden),
                                 "model.layers.%u.mlp.shared_expert_gate.weight", layer);
    return hir_add2(b->graph, HIR_mul, y,
                    hir_add1(b->graph, HIR_sigmoid, hir_add2(b->graph, HIR_matmul, x, gate)));
}

hir_id layer_experts(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x)
{
    return layer_experts_by(b, parts, layer, x, x);
}

hir_id layer_experts_by(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                        hir_id x, hir_id scored)
{
    const struct hyper_parameters *h = b->hyper;
    struct hir_graph *g = b->graph;
    hir_id route = route_of(b, parts, layer, scored);
    hir_id gates = layer_expert_product(b, parts, layer, x, route, "gate");

    if (parts->weighs_gates)
        gates = hir_add2(g, HIR_mul, gates, route);
    hir_id activated = layer_gate(b, gates);
    hir_id ups = layer_expert_product(b, parts, layer, x, route, "up");
    hir_id product = hir_add2(g, HIR_mul, activated, layer_up(b, parts, ups));
    hir_name(g, product, "layers.%u.mlp", layer);
    hir_id y = layer_expert_product(b, parts, layer, product, route, "down");

    return h->shared_width == 0 ? y : hir_add2(g, HIR_add, y, shared_of(b, parts, layer, x));
}
