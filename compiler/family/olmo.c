/* OLMo 2 and 3, OLMoE, MiniMax-M2 and EXAONE 4. The norms stand after the parts, in OLMoE and MiniMax
 * before them. OLMo norms q and k over their whole width, EXAONE each head:
 *
 *     each layer:  x = x + norm(o(attention(rope(norm(Wq x)), rope(norm(Wk x)), Wv x)))
 *                  x = x + norm(down(silu(gate(x)) * up(x)))
 *
 * Source: the definitions of Olmo2ForCausalLM, Olmo3ForCausalLM and Exaone4ForCausalLM in Hugging
 * Face transformers, whose results the golden tests hold.
 *
 * Easy to get wrong:
 * - The weights of the norms of q and k have heads * D and kv_heads * D numbers.
 * - In OLMo 3, only layers without a window have scaled frequencies. In an EXAONE that has layers
 *   with a window, only these have rotary positions.
 */
#include "compiler/family/layers.h"

void family_olmo2(struct layers *b)
{
    static const struct decoder_parts parts = {.after_attention_norm = "post_attention_layernorm",
                                               .after_mlp_norm = "post_feedforward_layernorm",
                                               .qk_norm = QK_NORM_width};
    family_decoder(b, &parts);
}

void family_olmoe(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .qk_norm = QK_NORM_width};
    family_decoder(b, &parts);
}

void family_exaone4(struct layers *b)
{
    static const struct decoder_parts parts = {.after_attention_norm = "post_attention_layernorm",
                                               .after_mlp_norm = "post_feedforward_layernorm",
                                               .qk_norm = QK_NORM_head};
    family_decoder(b, &parts);
}
