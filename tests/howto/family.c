/* A Qwen 3 whose stream is reversed twice before the first layer. tests/command_line/howto.sh adds
 * this family to a copy of the compiler. */
#include "compiler/family/layers.h"

void family_reversed(struct layers *b)
{
    static const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                               .mlp_norm = "post_attention_layernorm",
                                               .qk_norm = QK_NORM_head};
    hir_id x = layer_embed(b, &parts);

    x = hir_add1(b->graph, HIR_reverse, hir_add1(b->graph, HIR_reverse, x));
    for (uint32_t layer = 0; layer < b->hyper->layers; layer++)
        x = layer_whole(b, &parts, layer, x);
    layer_lm_head(b, &parts, x);
}
