/* Gemma 3n. Layers are Gemma 3's (gemma.c), with LAuReL beside attention (laurel.c) and in some layers
 * gates that are cut off (feed_forward.c); scores, values and shared keys are Gemma 4's (gemma4.c).
 * A layer computes the first of several streams (altup.c):
 *
 *     each layer:  h = streams corrected by the layer of the first one's guess
 *                  h_i = h_i + term(h_0 * scale), not of i = 0     (layer_inputs.c)
 *     logits = cap * tanh(lm_head(norm(joined streams)) / cap)
 *
 * Source: the definition of Gemma3nForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold.
 */
#include "compiler/family/layers.h"

static void add_terms(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                      hir_id inputs, hir_id *streams)
{
    hir_id scale = require_width(b, "model.layers.%u.altup.correct_output_scale", layer);
    hir_id x = hir_add2(b->graph, HIR_mul, streams[0], scale);
    hir_id term = layer_own_term(b, parts, layer, x, inputs);

    for (uint32_t i = 1; i < b->hyper->streams; i++)
        streams[i] = hir_add2(b->graph, HIR_add, streams[i], term);
}

void family_gemma3n(struct layers *b)
{
    static const struct decoder_parts parts = {
        .attention_norm = "input_layernorm",
        .after_attention_norm = "post_attention_layernorm",
        .mlp_norm = "pre_feedforward_layernorm",
        .after_mlp_norm = "post_feedforward_layernorm",
        .qk_norm = QK_NORM_head,
        .has_laurel = true,
    };
    hir_id embedding = layer_embed(b, &parts), inputs = layer_inputs(b, &parts, embedding);
    hir_id streams[STREAMS_MAX], guesses[STREAMS_MAX];

    if (!streams_begin(b, embedding, streams))
        return;
    for (uint32_t layer = 0; layer < b->hyper->layers; layer++) {
        hir_name(b->graph, streams[0], "hidden.%u", layer);
        streams_guess(b, &parts, layer, streams, guesses);
        hir_id made = layer_body(b, &parts, layer, guesses[0]);
        streams_correct(b, &parts, layer, made, guesses, streams);
        if (inputs != 0)
            add_terms(b, &parts, layer, inputs, streams);
    }
    hir_name(b->graph, streams[0], "hidden.%u", b->hyper->layers);
    layer_logits(b, &parts, streams_join(b, streams));
}
