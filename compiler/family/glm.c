/* GLM-4 of 2025. The skeleton is Llama's (llama.c draws it), with a norm before and after each part:
 *
 *     each layer:  x = x + norm(o(attention(... norm(x) ...)))
 *                  x = x + norm(down(silu(gate(norm(x))) * up(norm(x))))
 *
 * Source: the definition of Glm4ForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold.
 *
 * Easy to get wrong:
 * - post_attention_layernorm comes before the feed-forward network; the norm after attention is
 *   post_self_attn_layernorm.
 * - Half of each head turns, in pairs (2i, 2i + 1).
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
