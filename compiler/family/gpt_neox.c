/* GPT-NeoX, Phi-1 and 2, StarCoder 2 and Falcon: LayerNorm, rotary positions of a part of each head
 * or all of it, and a feed-forward network without a gate. In most of them, both parts of a layer
 * read the same stream:
 *
 *     each layer:  x = x + o(attention(... norm(x) ...)) + down(gelu(up(norm(x))))
 *
 * GPT-NeoX has a norm for each part, Phi one for both, Falcon one for both or two. StarCoder 2, and
 * the others where the configuration says so, have layers like Llama's.
 *
 * Source: the definitions of GPTNeoXForCausalLM, PhiForCausalLM, Starcoder2ForCausalLM and
 * FalconForCausalLM in Hugging Face transformers, whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - Checkpoints of GPT-NeoX and Falcon have q, k and v in one tensor, whose rows alternate for each
 *   KV head; in GGUF files, all rows of q come first.
 * - Gelu is exact in GPT-NeoX and Falcon, an approximation by tanh in Phi and StarCoder 2.
 * - The lm_head of Phi has a bias.
 * - Of Falcon's two norms, GGUF files call that of the feed-forward network attn_norm, and that of
 *   attention attn_norm_2.
 */
#include "compiler/family/layers.h"

void family_gpt_neox(struct layers *b)
{
    static const struct decoder_parts parts = {.norm = NORM_layer,
                                               .norm_bias = BIAS_expected,
                                               .attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .plain_mlp = true};
    family_decoder(b, &parts);
}

void family_phi(struct layers *b)
{
    static const struct decoder_parts parts = {.norm = NORM_layer,
                                               .norm_bias = BIAS_expected,
                                               .attention_norm = "input_layernorm",
                                               .plain_mlp = true,
                                               .has_head_bias = true};
    family_decoder(b, &parts);
}

void family_falcon(struct layers *b)
{
    struct decoder_parts parts = {.norm = NORM_layer,
                                  .norm_bias = BIAS_expected,
                                  .attention_norm = "input_layernorm",
                                  .plain_mlp = true};

    if (any_layer_has(b, "input_layernorm_2.weight")) {
        parts.attention_norm = "input_layernorm_2";
        parts.mlp_norm = "input_layernorm";
    } else if (!b->hyper->parallel) {
        parts.mlp_norm = "post_attention_layernorm";
    }
    family_decoder(b, &parts);
}
