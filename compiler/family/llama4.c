/* Llama 4, text. The skeleton is Llama's (llama.c draws it), with mixtures in some layers or in all
 * (experts.c), and two kinds of attention:
 *
 *     most layers:  chunks of positions, of which each sees itself alone; q = norm(rope(q)), k likewise
 *     the others:   all positions; q = (1 + scale log(1 + floor((position + 1) / length))) q
 *
 * Source: the definition of Llama4ForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold; for what GGUF files leave out, src/models of ggml-org/llama.cpp.
 *
 * Easy to get wrong:
 * - The norm has no weight and comes after the rotation. A rotation keeps the mean of squares, so the
 *   norm comes first here, as kernels have it, unless cos and sin are scaled.
 * - The weight of the one expert of a token multiplies what this expert reads, not what it gives.
 * - intermediate_size is the width of experts; other layers have intermediate_size_mlp.
 */
#include "compiler/family/layers.h"

void family_llama4(struct layers *b)
{
    const struct hyper_parameters *h = b->hyper;
    const bool is_scaled = h->rope.scaling == ROPE_yarn || h->rope.attention_factor != 0;
    const struct decoder_parts parts = {.attention_norm = "input_layernorm",
                                        .mlp_norm = "post_attention_layernorm",
                                        .qk_norm = h->has_qk_norm ? QK_NORM_head : QK_NORM_none,
                                        .qk_norm_after_rope = is_scaled,
                                        .weighs_gates = h->expert_slots == 1};

    if (h->experts != 0 && h->expert_slots != 1)
        diag_error(b->diags, (struct place){.file = b->model->path, .object = "experts of a token"},
                   "expected 1, found %u: rlx does not compile weights of what several read",
                   h->expert_slots);
    family_decoder(b, &parts);
}
