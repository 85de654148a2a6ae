/* gpt-oss. The skeleton is Llama's (llama.c draws it), with biases of all projections, a sink in each
 * head's softmax (attention.c), and experts in every layer:
 *
 *     r = Wr x + br, and of the experts with the greatest r, i = 1, ..., slots
 *     g_i = min(gate_i x + bg_i, limit),  u_i = max(min(up_i x + bu_i, limit), -limit)
 *     y = sum over i of softmax(r of these)_i (down_i((u_i + 1) * g_i * sigmoid(slope * g_i)) + bd_i)
 *
 * Source: the definition of GptOssForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold.
 *
 * Easy to get wrong:
 * - The softmax over the chosen experts is that over all, divided by its sum over the chosen.
 * - Directories have gate and up as even and odd rows of one tensor: [experts, in, out] where it is
 *   plain, [experts, out, in] in MXFP4. GGUF files have them apart.
 * - Where YaRN begins and ends to blend is not rounded.
 */
#include "compiler/family/layers.h"

static const char *from_experts(struct layers *b)
{
    const struct hyper_parameters *h = b->hyper;

    return from_text(b, "experts = %u, expert width = %u and hidden size = %u", h->experts,
                     h->expert_width, h->hidden);
}

/* Every second row of a stack [E, 2 N, K], or every second column of [E, 2 N]. */
static hir_id half_of(struct layers *b, hir_id both, bool is_up)
{
    return layer_slice(b, both, 1, is_up, b->hyper->expert_width, 2);
}

/* A stack [E, out, in] of a kind, and its biases [E, out]. */
static hir_id stack_of(struct layers *b, uint32_t layer, const char *kind, uint64_t out,
                       uint64_t in)
{
    const bool turned = b->hyper->experts_turned;
    hir_id stack =
        require_stack(b, b->hyper->experts, turned ? in : out, turned ? out : in, from_experts(b),
                      "model.layers.%u.mlp.experts.%s_proj.weight", layer, kind);

    return turned ? hir_add1(b->graph, HIR_transpose, stack) : stack;
}

static hir_id biases_of(struct layers *b, uint32_t layer, const char *kind, uint64_t out)
{
    return require_matrix(b, b->hyper->experts, out, from_experts(b),
                          "model.layers.%u.mlp.experts.%s_proj.bias", layer, kind);
}

/* x and the route with gate or up, then its limit from above. */
static hir_id product_of(struct layers *b, uint32_t layer, hir_id x, hir_id route, bool is_up)
{
    const struct hyper_parameters *h = b->hyper;
    const uint32_t wide = h->expert_width;
    const char *kind = is_up ? "up" : "gate";
    hir_id operands[4] = {x, 0, route, 0};

    if (has_tensor(b, "model.layers.%u.mlp.experts.alternating_proj.weight", layer)) {
        operands[1] =
            half_of(b, stack_of(b, layer, "alternating", 2 * (uint64_t)wide, h->hidden), is_up);
        operands[3] = half_of(b, biases_of(b, layer, "alternating", 2 * (uint64_t)wide), is_up);
    } else {
        operands[1] = stack_of(b, layer, kind, wide, h->hidden);
        operands[3] = biases_of(b, layer, kind, wide);
    }
    hir_id y = hir_add(b->graph, HIR_expert_matmul, NULL, operands, 4);
    return h->swiglu_limit == 0
               ? y
               : hir_add2(b->graph, HIR_min, y, hir_number(b->graph, h->swiglu_limit));
}

static hir_id feed(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                   hir_id sum)
{
    const struct hyper_parameters *h = b->hyper;
    struct hir_graph *g = b->graph;
    hir_id route = layer_route(b, layer, x, BIAS_expected);
    hir_id gate = product_of(b, layer, x, route, false), up = product_of(b, layer, x, route, true);

    (void)parts;
    (void)sum;
    if (h->swiglu_limit != 0)
        up = hir_add2(g, HIR_max, up, hir_number(g, -h->swiglu_limit));
    hir_id smooth = hir_add1(g, HIR_sigmoid, layer_scale(b, gate, h->swiglu_slope));
    hir_id product = hir_add2(g, HIR_mul, hir_add2(g, HIR_add, up, hir_number(g, 1)),
                              hir_add2(g, HIR_mul, gate, smooth));
    hir_name(g, product, "layers.%u.mlp", layer);
    hir_id down[4] = {product, stack_of(b, layer, "down", h->hidden, h->expert_width), route,
                      biases_of(b, layer, "down", h->hidden)};
    return hir_add(g, HIR_expert_mix, NULL, down, 4);
}

void family_gpt_oss(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .has_sinks = true,
                                               .feed = feed};
    family_decoder(b, &parts);
}
