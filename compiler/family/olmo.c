/* OLMo 2 and 3. The norms stand after the parts, and q and k are normed over their whole width:
 *
 *     each layer:  x = x + norm(o(attention(rope(norm(Wq x)), rope(norm(Wk x)), Wv x)))
 *                  x = x + norm(down(silu(gate(x)) * up(x)))
 *
 * Source: the definitions of Olmo2ForCausalLM and Olmo3ForCausalLM in Hugging Face transformers,
 * whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - The weights of the norms of q and k have heads * D and kv_heads * D numbers.
 * - In OLMo 3, only layers without a window have scaled frequencies.
 */
#include "compiler/family/layers.h"

void family_olmo2(struct layers *b)
{
    static const struct decoder_parts parts = {.after_attention_norm = "post_attention_layernorm",
                                               .after_mlp_norm = "post_feedforward_layernorm",
                                               .qk_norm = QK_NORM_width};
    family_decoder(b, &parts);
}
