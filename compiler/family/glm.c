/* GLM-4 of 2025, and mixtures. The skeleton is Llama's (llama.c draws it), with a norm before and
 * after each part:
 *
 *     each layer:  x = x + norm(o(attention(... norm(x) ...)))
 *                  x = x + norm(down(silu(gate(norm(x))) * up(norm(x))))
 *
 * The mixtures have Llama's norms; some norm each head of q and k.
 *
 * Source: the definitions of Glm4ForCausalLM and Glm4MoeForCausalLM in Hugging Face transformers,
 * whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - post_attention_layernorm comes before the feed-forward network; the norm after attention is
 *   post_self_attn_layernorm.
 * - Half of each head turns, in pairs (2i, 2i + 1), in the mixtures in pairs (i, i + D/4).
 */
#include "compiler/family/layers.h"

void family_glm4(struct layers *b)
{
    static const struct decoder_parts parts = {
        .attention_norm = "input_layernorm",
        .after_attention_norm = "post_self_attn_layernorm",
        .mlp_norm = "post_attention_layernorm",
        .after_mlp_norm = "post_mlp_layernorm",
    };
    family_decoder(b, &parts);
}

/* A GGUF file says by its tensors whether q and k have norms. */
void family_glm4_moe(struct layers *b)
{
    const bool has_norm = model_is_gguf(b->model) ? any_layer_has(b, "self_attn.q_norm.weight") ||
                                                        any_layer_has(b, "self_attn.k_norm.weight")
                                                  : b->hyper->has_qk_norm;
    const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                        .mlp_norm = "post_attention_layernorm",
                                        .qk_norm = has_norm ? QK_NORM_head : QK_NORM_none};
    family_decoder(b, &parts);
}
