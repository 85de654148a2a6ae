/* Gemma 4. Layers are Gemma 3's (gemma.c), with a term of each layer's own and a scale:
 *
 *     e = embed(tokens) * sqrt(H)
 *     p = (norm(project(e) / sqrt(H)) + embed_per_layer(tokens) * sqrt(P)) / sqrt(2)    [T, L, P]
 *     each layer:  x = Gemma 3's layer of x
 *                  x = x + norm(project(gelu(gate(x)) * p[layer]))
 *                  x = x * scale
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
#include <stdio.h>

/* The norm of each layer's columns of x, [T, L * P]. */
static hir_id norm_columns(struct layers *b, const struct decoder_parts *parts, hir_id x)
{
    struct hir_graph *g = b->graph;
    const uint32_t layers = b->hyper->layers, width = b->hyper->layer_width;
    dim_id split[3] = {b->rows, dim_const(&g->dims, layers), dim_const(&g->dims, width)};
    dim_id wide[2] = {b->rows, dim_const(&g->dims, (int64_t)layers * width)};

    x = hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 3, split), NULL, NULL, &x, 1);
    x = layer_norm(b, parts, x, width, "model.per_layer_projection_norm");
    return hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 2, wide), NULL, NULL, &x, 1);
}

hir_id layer_inputs(struct layers *b, const struct decoder_parts *parts, hir_id embedding)
{
    const struct hyper_parameters *h = b->hyper;
    struct hir_graph *g = b->graph;
    const uint64_t wide = (uint64_t)h->layers * h->layer_width;
    const char *from = from_text(b, "%u layers, %u elements for each and %s", h->layers,
                                 h->layer_width, "the hidden size or vocabulary");

    if (h->layer_width == 0)
        return 0;
    hir_id operands[2] = {
        require_matrix(b, h->vocabulary, wide, from, "model.embed_tokens_per_layer.weight"),
        b->tokens,
    };
    hir_id own = layer_scale(b, hir_add(g, HIR_embed, NULL, operands, 2), sqrt(h->layer_width));
    hir_id projected = layer_linear(b, embedding, wide, h->hidden, BIAS_never, from,
                                    "model.per_layer_model_projection");
    projected = norm_columns(b, parts, layer_scale(b, projected, 1 / sqrt(h->hidden)));
    hir_id inputs = layer_scale(b, hir_add2(g, HIR_add, projected, own), 1 / sqrt(2));
    hir_name(g, inputs, "layer_inputs");
    return inputs;
}

hir_id layer_own_term(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                      hir_id inputs)
{
    const struct hyper_parameters *h = b->hyper;
    const uint32_t width = h->layer_width;
    const char *from =
        from_text(b, "%u elements for each layer and hidden size = %u", width, h->hidden);
    char gate[64], project[64];

    snprintf(gate, sizeof gate, "model.layers.%u.per_layer_input_gate", layer);
    snprintf(project, sizeof project, "model.layers.%u.per_layer_projection", layer);
    hir_id y = layer_activate(b, layer_linear(b, x, width, h->hidden, BIAS_never, from, gate));
    y = hir_add2(b->graph, HIR_mul, y,
                 layer_slice(b, inputs, 1, (uint64_t)layer * width, width, 1));
    y = layer_linear(b, y, h->hidden, width, BIAS_never, from, project);
    return layer_norm(b, parts, y, h->hidden, "model.layers.%u.post_per_layer_input_norm", layer);
}

static hir_id scale_layer(struct layers *b, uint32_t layer, hir_id x)
{
    const uint32_t width = b->hyper->hidden;

    if (!has_tensor(b, "model.layers.%u.layer_scalar.weight", layer))
        return x;
    return hir_add2(b->graph, HIR_mul, x,
                    require_vector(b, width, from_text(b, "hidden size = %u", width),
                                   "model.layers.%u.layer_scalar.weight", layer));
}

/* norm(down(...x...)) + norm(experts(norm(sum))); the router reads sum, normed without a weight, times a
 * vector / sqrt(H). A layer without a router has the first network alone, without its norm. */
static hir_id feed(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                   hir_id sum)
{
    const uint32_t width = b->hyper->hidden;
    struct hir_graph *g = b->graph;
    char name[48], prefix[48];

    if (!layer_has_experts(b, layer))
        return layer_mlp(b, parts, layer, x);
    snprintf(name, sizeof name, "layers.%u.shared", layer);
    snprintf(prefix, sizeof prefix, "model.layers.%u.mlp", layer);
    hir_id y = layer_feed_forward(b, parts, x, b->hyper->layer[layer].feed_forward, name, prefix);
    y = layer_norm(b, parts, y, width, "model.layers.%u.post_feedforward_layernorm_1", layer);
    hir_id in =
        layer_norm(b, parts, sum, width, "model.layers.%u.pre_feedforward_layernorm_2", layer);
    hir_id scale = require_vector(b, width, from_text(b, "hidden size = %u", width),
                                  "model.layers.%u.mlp.gate.scale", layer);
    hir_id scored = hir_add2(g, HIR_mul, layer_norm_plain(b, parts, sum),
                             layer_scale(b, scale, 1 / sqrt(width)));
    hir_id routed = layer_experts_by(b, parts, layer, in, scored);
    routed =
        layer_norm(b, parts, routed, width, "model.layers.%u.post_feedforward_layernorm_2", layer);
    return hir_add2(g, HIR_add, y, routed);
}

void family_gemma4(struct layers *b)
{
    const struct decoder_parts parts = {
        .attention_norm = "input_layernorm",
        .after_attention_norm = "post_attention_layernorm",
        .mlp_norm = "pre_feedforward_layernorm",
        .after_mlp_norm = "post_feedforward_layernorm",
        .qk_norm = QK_NORM_head,
        .may_lack_v = true,
        .feed = feed,
    };
    hir_id x = layer_embed(b, &parts);
    hir_id inputs = layer_inputs(b, &parts, x);

    for (uint32_t layer = 0; layer < b->hyper->layers; layer++) {
        x = layer_whole(b, &parts, layer, x);
        if (inputs != 0)
            x = hir_add2(b->graph, HIR_add, x, layer_own_term(b, &parts, layer, x, inputs));
        x = scale_layer(b, layer, x);
    }
    layer_lm_head(b, &parts, x);
}
