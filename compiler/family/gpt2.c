/* GPT-2. Positions are learned, norms are LayerNorm, the feed-forward network has no gate:
 *
 *     x = embed(tokens) + embed(positions)
 *     each layer:  x = x + o(attention(q(norm(x)), k(norm(x)), v(norm(x))))
 *                  x = x + down(gelu(up(norm(x))))
 *     logits = lm_head(norm(x))
 *
 * Source: the definition of GPT2LMHeadModel in Hugging Face transformers, whose results the golden
 * tests hold.
 *
 * Easy to get wrong:
 * - Checkpoints store the weights of layers as [in, out], and q, k and v as columns of one weight;
 *   GGUF files have [out, in], and rows.
 * - Gelu is the approximation by tanh.
 */
#include "compiler/family/layers.h"

void family_gpt2(struct layers *b)
{
    static const struct decoder_parts parts = {.norm = NORM_layer,
                                               .norm_bias = BIAS_expected,
                                               .attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .plain_mlp = true,
                                               .positions = POSITIONS_learned};
    family_decoder(b, &parts);
}
