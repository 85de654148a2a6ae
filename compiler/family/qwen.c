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
 *   (hyper.window_layers).
 * - head_dim of Qwen 3 is not H / heads.
 */
#include "compiler/family/layers.h"

void family_qwen2(struct layers *b)
{
    static const struct attention_options attention = {0};
    hir_id x = layer_embed(b);

    for (uint32_t layer = 0; layer < b->hyper->layers; layer++)
        x = layer_whole(b, layer, x, &attention);
    layer_lm_head(b, x);
}

void family_qwen3(struct layers *b)
{
    static const struct attention_options attention = {.has_qk_norm = true};
    hir_id x = layer_embed(b);

    for (uint32_t layer = 0; layer < b->hyper->layers; layer++)
        x = layer_whole(b, layer, x, &attention);
    layer_lm_head(b, x);
}
