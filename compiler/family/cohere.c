/* Cohere's Command R, R+ and R7B, and StableLM: LayerNorm, SwiGLU, and parallel layers:
 *
 *     each layer:  n = norm(x)
 *                  x = x + o(attention(rope(q(n)), rope(k(n)), v(n))) + down(silu(gate(n)) * up(n))
 *     logits = scale * lm_head(norm(x))
 *
 * StableLM has layers like Llama's unless its configuration says otherwise.
 *
 * Source: the definitions of CohereForCausalLM, Cohere2ForCausalLM and StableLmForCausalLM in Hugging
 * Face transformers, whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - Cohere's norms have no biases, StableLM's have.
 * - Cohere rotates pairs (2i, 2i + 1) in all files; in Command R7B, only layers with a window rotate.
 * - Larger models have norms of q and k, with a weight of its own for each head.
 */
#include "compiler/family/layers.h"

static enum qk_norm qk_norm_of(const struct layers *b)
{
    bool stored =
        any_layer_has(b, "self_attn.q_norm.weight") || any_layer_has(b, "self_attn.k_norm.weight");

    return b->hyper->has_qk_norm || (stored && model_is_gguf(b->model)) ? QK_NORM_heads
                                                                        : QK_NORM_none;
}

void family_cohere(struct layers *b)
{
    const struct decoder_parts parts = {
        .norm = NORM_layer, .attention_norm = "input_layernorm", .qk_norm = qk_norm_of(b)};
    family_decoder(b, &parts);
}

void family_stablelm(struct layers *b)
{
    const struct decoder_parts parts = {.norm = NORM_layer,
                                        .norm_bias = BIAS_expected,
                                        .attention_norm = "input_layernorm",
                                        .mlp_norm =
                                            b->hyper->parallel ? NULL : "post_attention_layernorm",
                                        .qk_norm = qk_norm_of(b)};
    family_decoder(b, &parts);
}
