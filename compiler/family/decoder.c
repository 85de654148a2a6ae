/* Whole decoders. In: the parts that their layers consist of; out: from the embedding to the logits, layer by
 * layer. */
#include "compiler/family/layers.h"

#include <stdio.h>

hir_id layer_embed(struct layers *b, const struct decoder_parts *parts)
{
    const struct hyper_parameters *h = b->hyper;
    hir_id operands[2] = {
        require_matrix(
            b, h->vocabulary, h->hidden,
            from_text(b, "vocabulary = %u and hidden size = %u", h->vocabulary, h->hidden),
            "model.embed_tokens.weight"),
        b->tokens,
    };
    hir_id x = layer_scale(b, hir_add(b->graph, HIR_embed, NULL, operands, 2), h->embedding_scale);

    if (parts->positions != POSITIONS_learned)
        return x;
    operands[0] =
        require_matrix(b, h->context, h->hidden,
                       from_text(b, "context = %u and hidden size = %u", h->context, h->hidden),
                       "model.embed_positions.weight");
    operands[1] = b->positions;
    return hir_add2(b->graph, HIR_add, x, hir_add(b->graph, HIR_embed, NULL, operands, 2));
}

/* A norm of a layer over the width; NULL: there is none. */
static hir_id norm_of_layer(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                            hir_id x, const char *name, const char *node)
{
    if (name == NULL)
        return x;
    x = layer_norm(b, parts, x, b->hyper->hidden, "model.layers.%u.%s", layer, name);
    hir_name(b->graph, x, "layers.%u.%s", layer, node);
    return x;
}

hir_id layer_body(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x)
{
    struct hir_graph *g = b->graph;
    const struct hyper_parameters *h = b->hyper;
    hir_id first = norm_of_layer(b, parts, layer, x, parts->attention_norm, "attention_norm");
    hir_id mixed = layer_attention(b, parts, layer, first);
    mixed =
        norm_of_layer(b, parts, layer, mixed, parts->after_attention_norm, "attention_post_norm");
    hir_id sum = hir_add2(g, HIR_add, x, layer_scale(b, mixed, h->residual_scale));
    if (parts->has_laurel)
        sum = layer_laurel(b, parts, layer, sum, first);
    hir_name(g, sum, "layers.%u.attention_sum", layer);
    hir_id second =
        h->parallel && parts->mlp_norm == NULL
            ? first
            : norm_of_layer(b, parts, layer, h->parallel ? x : sum, parts->mlp_norm, "mlp_norm");
    hir_id raised = parts->feed != NULL           ? parts->feed(b, parts, layer, second, sum)
                    : layer_has_experts(b, layer) ? layer_experts(b, parts, layer, second)
                                                  : layer_mlp(b, parts, layer, second);
    raised = norm_of_layer(b, parts, layer, raised, parts->after_mlp_norm, "mlp_post_norm");
    return hir_add2(g, HIR_add, sum, layer_scale(b, raised, h->residual_scale));
}

hir_id layer_whole(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x)
{
    hir_name(b->graph, x, "hidden.%u", layer);
    return layer_body(b, parts, layer, x);
}

/* logits * scale, then cap * tanh(logits / cap) */
static hir_id finish_logits(struct layers *b, hir_id logits)
{
    const struct hyper_parameters *h = b->hyper;

    logits = layer_scale(b, logits, h->logit_scale);
    if (h->logit_softcap == 0)
        return logits;
    logits = hir_add1(b->graph, HIR_tanh, layer_scale(b, logits, 1 / h->logit_softcap));
    return layer_scale(b, logits, h->logit_softcap);
}

void layer_lm_head(struct layers *b, const struct decoder_parts *parts, hir_id x)
{
    hir_name(b->graph, x, "hidden.%u", b->hyper->layers);
    layer_logits(b, parts, x);
}

void layer_logits(struct layers *b, const struct decoder_parts *parts, hir_id x)
{
    const struct hyper_parameters *h = b->hyper;
    struct hir_graph *g = b->graph;

    x = layer_norm(b, parts, x, h->hidden, "model.norm");
    hir_name(g, x, "hidden.final");
    const char *from =
        from_text(b, "vocabulary = %u and hidden size = %u%s", h->vocabulary, h->hidden,
                  h->tied ? "" : "; the lm_head is not tied to the embedding");
    hir_id weight = require_matrix(b, h->vocabulary, h->hidden, from, "%s",
                                   h->tied ? "model.embed_tokens.weight" : "lm_head.weight");
    hir_id logits = layer_product(b, x, weight, from, "lm_head");
    if (parts->has_head_bias && use_bias(b, BIAS_expected, "lm_head.bias"))
        logits =
            hir_add2(g, HIR_add, logits, require_vector(b, h->vocabulary, from, "lm_head.bias"));
    logits = finish_logits(b, logits);
    hir_name(g, logits, "logits");
    hir_output(g, "logits", logits, OUTPUT_logits);
    for (uint32_t i = 0; i < h->layers; i++) {
        char name[32];
        if (h->layer[i].shares_kv)
            continue;
        snprintf(name, sizeof name, "past_k_%u", i);
        hir_output(g, name, b->keys[i], OUTPUT_state);
        snprintf(name, sizeof name, "past_v_%u", i);
        hir_output(g, name, b->values[i], OUTPUT_state);
    }
}

void family_decoder(struct layers *b, const struct decoder_parts *parts)
{
    hir_id x = layer_embed(b, parts);

    for (uint32_t layer = 0; layer < b->hyper->layers; layer++)
        x = layer_whole(b, parts, layer, x);
    layer_lm_head(b, parts, x);
}
