/* Embeddings of layers: what every layer has of each token by itself. In: tokens and their embedding e;
 * out: p, P elements for each layer, and what a layer adds to its stream x because of them.
 *
 *     p = (norm(project(e) / sqrt(H)) + embed_per_layer(tokens) * sqrt(P)) / sqrt(2)    [T, L * P]
 *     term = norm(project(activation(gate(x)) * p[layer]))                              [T, H]
 *
 * Source: the definitions of Gemma3nForCausalLM and Gemma4ForCausalLM in Hugging Face transformers.
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
