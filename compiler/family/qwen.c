/* Qwen 2 and 3, dense. The skeleton is Llama's (llama.c draws it); q and k differ:
 *
 *     Qwen 2:  q = Wq x + bq, k = Wk x + bk, v = Wv x + bv
 *     Qwen 3:  q = norm(heads(Wq x)), k = norm(heads(Wk x)), then rotary;
 *              all heads share one weight of head_dim numbers
 *
 * Source: the definitions of Qwen2ForCausalLM and Qwen3ForCausalLM in Hugging Face transformers,
 * whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - The norm of q and k applies to each head separately and comes before rotary.
 * - Qwen 2 always has biases of q, k and v, and none of o. Its config does not say so.
 * - All files of these families, also GGUF, rotate pairs (i, i + D/2); no rows are permuted.
 * - A window in the config counts only with use_sliding_window, and only for some layers
 *   (hyper.layer).
 * - head_dim of Qwen 3 is not H / heads.
 */
#include "compiler/family/layers.h"

void family_qwen3(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .qk_norm = QK_NORM_head};
    family_decoder(b, &parts);
}
