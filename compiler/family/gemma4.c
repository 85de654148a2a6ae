/* Gemma 4. Layers are Gemma 3's (gemma.c), with a term of each layer's own and a scale:
 *
 *     each layer:  x = Gemma 3's layer of x
 *                  x = (x + term) * scale        (layer_inputs.c; the small models have such terms)
 *
 * A mixture has experts beside the feed-forward network, each behind norms of its own:
 *
 *     routed = experts(norm(sum), router(norm(sum) * v / sqrt(H)))
 *     raised = norm(norm(down(gelu(gate(n)) * up(n))) + norm(routed))
 *
 * and its weights of experts are multiplied by a number of each. P, the width of p, may be 0: then
 * there is none.
 *
 * Source: the definition of Gemma4ForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold.
 *
 * Easy to get wrong:
 * - Scores are not scaled. Values are normed, without a weight.
 * - The last layers have no keys and values, and read those of the last layer before them that has a
 *   window too, or has none too.
 * - Layers without a window have heads of another size; they turn by the frequencies of the whole head,
 *   but only the first pairs do.
 * - Norms are stored as they are.
 */
#include "compiler/family/layers.h"

#include <math.h>

/* norm(down(...x...)) + norm(experts(norm(sum))); the router reads sum, normed without a weight, times a
 * vector / sqrt(H). A model without routers has the first network alone, without its norm. */
static hir_id feed(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                   hir_id sum)
{
    const uint32_t width = b->hyper->hidden;
    struct hir_graph *g = b->graph;

    if (b->hyper->experts == 0 || !any_layer_has(b, "mlp.gate.weight"))
        return layer_mlp(b, parts, layer, x);
    hir_id y = layer_feed_forward(b, parts, layer, x, b->hyper->layer[layer].feed_forward, "shared",
                                  "mlp");
    y = layer_norm(b, parts, y, width, "model.layers.%u.post_feedforward_layernorm_1", layer);
    hir_id in =
        layer_norm(b, parts, sum, width, "model.layers.%u.pre_feedforward_layernorm_2", layer);
    hir_id scale = require_width(b, "model.layers.%u.mlp.gate.scale", layer);
    hir_id scored = hir_add2(g, HIR_mul, layer_norm_plain(b, parts, sum),
                             layer_scale(b, scale, 1 / sqrt(width)));
    hir_id routed = layer_experts_by(b, parts, layer, in, scored);
    routed =
        layer_norm(b, parts, routed, width, "model.layers.%u.post_feedforward_layernorm_2", layer);
    return hir_add2(g, HIR_add, y, routed);
}

void family_gemma4(struct layers *b)
{
    static const struct decoder_parts parts = {
        .attention_norm = "input_layernorm",
        .after_attention_norm = "post_attention_layernorm",
        .mlp_norm = "pre_feedforward_layernorm",
        .after_mlp_norm = "post_feedforward_layernorm",
        .qk_norm = QK_NORM_head,
        .may_lack_v = true,
        .scales_experts = true,
        .feed = feed,
    };
    const bool is_scaled = any_layer_has(b, "layer_scalar.weight");
    hir_id x = layer_embed(b, &parts), inputs = layer_inputs(b, &parts, x);

    for (uint32_t layer = 0; layer < b->hyper->layers; layer++) {
        x = layer_whole(b, &parts, layer, x);
        if (inputs != 0)
            x = hir_add2(b->graph, HIR_add, x, layer_own_term(b, &parts, layer, x, inputs));
        if (is_scaled)
            x = hir_add2(b->graph, HIR_mul, x,
                         require_width(b, "model.layers.%u.layer_scalar.weight", layer));
    }
    layer_lm_head(b, &parts, x);
}
