/* The feed-forward network of a layer as a mixture of experts. In: rows; out: plain nodes.
 *
 *     s = softmax(Wr x), or sigmoid(Wr x), and of the experts with the greatest s + correction,
 *     i = 1, ..., slots
 *     y = sum over i of w_i down_i(activation(gate_i x) * up_i x)
 *     w_i = s_i, or s_i / sum of all s_i where the model normalizes them, times a scale
 *
 * and with an expert that all tokens have, y + shared(x), or y + sigmoid(Wg x) shared(x). In Llama 4,
 * w multiplies x instead, which is one expert's: down(activation(gate(w x)) * up(w x)). That is
 * w down(activation(w gate(x)) * up(x)).
 *
 * Source: the definitions of MixtralForCausalLM, Qwen2MoeForCausalLM, Qwen3MoeForCausalLM,
 * OlmoeForCausalLM, Glm4MoeForCausalLM, MiniMaxM2ForCausalLM, Ernie4_5_MoeForCausalLM,
 * HunYuanMoEV1ForCausalLM, GraniteMoeForCausalLM and Llama4ForCausalLM in Hugging Face transformers,
 * whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - The softmax is over all experts also where the weights are not normalized.
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

/* Gate or up of [E, K, 2 N], whose columns are those of gate, then those of up; or down. */
static hir_id turned_stack_of(struct layers *b, uint32_t layer, const char *kind, uint32_t out,
                              uint32_t in, const char *from)
{
    const bool is_down = kind[0] == 'd', is_up = kind[0] == 'u';
    hir_id whole = require_stack(b, b->hyper->experts, in, is_down ? out : 2 * (uint64_t)out, from,
                                 "model.layers.%u.mlp.experts.%s_proj.weight", layer,
                                 is_down ? "down" : "gate_up");
    hir_id turned = hir_add1(b->graph, HIR_transpose, whole);

    return is_down ? turned : layer_slice(b, turned, 1, is_up ? out : 0, out, 1);
}

/* One of gate, up and down of all experts. */
static hir_id stack_of(struct layers *b, uint32_t layer, const char *kind, uint32_t out,
                       uint32_t in)
{
    const struct hyper_parameters *h = b->hyper;
    const char *from = from_text(b, "experts = %u, expert width = %u and hidden size = %u",
                                 h->experts, h->expert_width, h->hidden);

    return h->experts_turned
               ? turned_stack_of(b, layer, kind, out, in, from)
               : require_stack(b, h->experts, out, in, from,
                               "model.layers.%u.mlp.experts.%s_proj.weight", layer, kind);
}

/* What is added to scores to rank them; 0: nothing. */
static hir_id correction_of(struct layers *b, uint32_t layer)
{
    if (!has_tensor(b, "model.layers.%u.mlp.gate.correction.bias", layer))
        return 0;
    return require_vector(b, b->hyper->experts, from_text(b, "experts = %u", b->hyper->experts),
                          "model.layers.%u.mlp.gate.correction.bias", layer);
}

/* What weights are multiplied by, by expert; 0: nothing. */
static hir_id scales_of(struct layers *b, uint32_t layer)
{
    if (!has_tensor(b, "model.layers.%u.mlp.experts.down_proj.scale", layer))
        return 0;
    return require_vector(b, b->hyper->experts, from_text(b, "experts = %u", b->hyper->experts),
                          "model.layers.%u.mlp.experts.down_proj.scale", layer);
}

hir_id layer_route(struct layers *b, uint32_t layer, hir_id x, enum bias_rule bias)
{
    const struct hyper_parameters *h = b->hyper;
    const bool has_groups = h->expert_groups != 0;
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
    hir_id operands[3] = {scores, correction_of(b, layer)}, scales = scales_of(b, layer);
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
    char name[48], prefix[64];

    snprintf(name, sizeof name, "layers.%u.shared", layer);
    snprintf(prefix, sizeof prefix, "model.layers.%u.mlp.shared_expert", layer);
    hir_id y = layer_feed_forward(b, parts, x, h->shared_width, name, prefix);
    if (!h->shared_gated)
        return y;
    hir_id gate = require_matrix(b, 1, h->hidden, from_text(b, "hidden size = %u", h->hidden),
                                 "%s_gate.weight", prefix);
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
    hir_id route = layer_route(b, layer, scored, BIAS_never);
    hir_id gate[] = {x, stack_of(b, layer, "gate", h->expert_width, h->hidden), route};
    hir_id up[] = {x, stack_of(b, layer, "up", h->expert_width, h->hidden), route};
    hir_id gates = hir_add(g, HIR_expert_matmul, NULL, gate, 3);
    if (parts->weighs_gates)
        gates = hir_add2(g, HIR_mul, gates, route);
    hir_id activated = layer_activate(b, gates);
    hir_id product = hir_add2(g, HIR_mul, activated, hir_add(g, HIR_expert_matmul, NULL, up, 3));
    hir_name(g, product, "layers.%u.mlp", layer);
    hir_id down[] = {product, stack_of(b, layer, "down", h->hidden, h->expert_width), route};
    hir_id y = hir_add(g, HIR_expert_mix, NULL, down, 3);

    return h->shared_width == 0 ? y : hir_add2(g, HIR_add, y, shared_of(b, parts, layer, x));
}
