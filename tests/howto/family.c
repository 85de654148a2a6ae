/* A Qwen 3 whose stream is reversed twice before the first layer. tests/command_line/howto.sh adds
 * this family to a copy of the compiler. */
#include "compiler/family/layers.h"

void family_reversed(struct layers *b)
{
    static const struct attention_options attention = {.has_qk_norm = true};
    hir_id x = layer_embed(b);

    x = hir_add1(b->graph, HIR_reverse, hir_add1(b->graph, HIR_reverse, x));
    for (uint32_t layer = 0; layer < b->hyper->layers; layer++)
        x = layer_whole(b, layer, x, &attention);
    layer_lm_head(b, x);
}
