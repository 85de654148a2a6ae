/* Gemma 1, 2 and 3. The skeleton is Llama's (llama.c draws it), with GeGLU; Gemma 2 and 3 have norms before
 * and after each part:
 *
 *     x = embed(tokens) * sqrt(H)
 *     each layer:  x = x + norm(o(attention(...norm(x)...)))
 *                  x = x + norm(down(gelu(gate(norm(x))) * up(norm(x))))
 *     logits = cap * tanh(lm_head(norm(x)) / cap)
 *
 * Source: the definitions of GemmaForCausalLM, Gemma2ForCausalLM and Gemma3ForCausalLM in Hugging Face
 * transformers, whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - Checkpoints store the weights of norms minus 1; in GGUF files the 1 is added.
 * - Gelu is the approximation by tanh, also where a file says "gelu".
 * - In Gemma 2, post_attention_layernorm comes after attention; in Gemma 1 it comes before the
 *   feed-forward network, as in Llama.
 * - Gemma 3 norms q and k, each head; its layers with a window rotate by a base of their own.
 * - Gemma 2 scales scores by query_pre_attn_scalar, which need not be head_dim.
 */
#include "compiler/family/layers.h"

void family_gemma(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm"};
    family_decoder(b, &parts);
}

static struct decoder_parts sandwich(enum qk_norm qk_norm)
{
    return (struct decoder_parts){
        .attention_norm = "input_layernorm",
        .after_attention_norm = "post_attention_layernorm",
        .mlp_norm = "pre_feedforward_layernorm",
        .after_mlp_norm = "post_feedforward_layernorm",
        .qk_norm = qk_norm,
    };
}

void family_gemma2(struct layers *b)
{
    const struct decoder_parts parts = sandwich(QK_NORM_none);

    family_decoder(b, &parts);
}

void family_gemma3(struct layers *b)
{
    const struct decoder_parts parts = sandwich(QK_NORM_head);

    family_decoder(b, &parts);
}
