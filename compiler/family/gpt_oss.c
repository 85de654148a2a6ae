/* gpt-oss. The skeleton is Llama's (llama.c draws it), with biases of all projections, a sink in each
 * head's softmax (attention.c), and in every layer experts with biases (experts.c), whose gates are
 * clipped and activated by a slope, and whose ups are clipped and raised by 1 (feed_forward.c).
 *
 * Source: the definition of GptOssForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold.
 *
 * Easy to get wrong:
 * - Directories have gate and up as even and odd rows of one tensor: [experts, in, out] where it is
 *   plain, [experts, out, in] in MXFP4. GGUF files have them apart.
 * - Where YaRN begins and ends to blend is not rounded.
 */
#include "compiler/family/layers.h"

void family_gpt_oss(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .raises_up = true,
                                               .has_expert_biases = true,
                                               .has_sinks = true};
    family_decoder(b, &parts);
}
