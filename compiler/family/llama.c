/* Llama and those that differ from it by hyper-parameters alone. A decoder: tokens become rows of the embedding; each layer adds to the stream
 * the attention of the normalized stream, then the feed-forward network of the normalized stream; a
 * last norm and the lm_head give the logits.
 *
 *     x = embed(tokens)
 *     each layer:  x = x + o(attention(rope(q(norm(x))), rope(k(norm(x))), v(norm(x))))
 *                  x = x + down(silu(gate(norm(x))) * up(norm(x)))
 *     logits = lm_head(norm(x))
 *
 * Source: the definitions of LlamaForCausalLM and MistralForCausalLM in Hugging Face transformers,
 * whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - Hugging Face checkpoints rotate pairs (i, i + D/2). GGUF files of this architecture have the
 *   rows of q and k permuted within each head, for pairs (2i, 2i + 1). The importer says which
 *   (hyper.rope.interleaved); the weights stay where they are.
 * - Llama 3 changes the frequencies of all positions, also below the original context. A checkpoint
 *   says so by parameters, a GGUF file by a tensor of divisors, rope_freqs.weight.
 * - head_dim need not be H / heads; the output projection is [H, heads * D].
 * - The sliding window is a number of keys, including the query's own.
 * - The lm_head may be the embedding (tied); lm_head.weight is then missing.
 * - A few models have biases (attention_bias, mlp_bias), which count wherever the model has them.
 * - Granite scales the embedding, the residual sums, scores and logits; SmolLM3 has layers without
 *   rotary positions; Phi-3 has q, k and v in one tensor, and gate and up, which the importer splits.
 */
#include "compiler/family/layers.h"

void family_llama(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm"};
    family_decoder(b, &parts);
}

/* Arcee: without a gate. */
void family_arcee(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .plain_mlp = true};
    family_decoder(b, &parts);
}

/* Hunyuan: q and k are normed after rotary. */
void family_hunyuan(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .qk_norm = QK_NORM_head,
                                               .qk_norm_after_rope = true};
    family_decoder(b, &parts);
}
