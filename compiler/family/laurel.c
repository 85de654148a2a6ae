/* LAuReL: a product of low rank beside attention. In: the sum s of the stream and attention, and the
 * normed stream n that attention reads; out: [T, H].
 *
 *     (s + n + norm(right(left(n)))) / sqrt(2)
 *
 * Source: the definition of Gemma3nTextLaurelBlock in Hugging Face transformers.
 */
#include "compiler/family/layers.h"

#include <math.h>
#include <stdio.h>

hir_id layer_laurel(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id sum,
                    hir_id normed)
{
    const uint32_t width = b->hyper->hidden, rank = b->hyper->laurel_rank;
    const char *from = from_text(b, "laurel_rank = %u and hidden size = %u", rank, width);
    char left[64], right[64];

    if (rank == 0) {
        if (layer == 0)
            diag_error(b->diags, (struct place){.file = b->model->path, .object = "laurel_rank"},
                       "expected at least 1, found 0");
        return sum;
    }
    snprintf(left, sizeof left, "model.layers.%u.laurel.linear_left", layer);
    snprintf(right, sizeof right, "model.layers.%u.laurel.linear_right", layer);
    hir_id y = layer_linear(b, normed, rank, width, BIAS_never, from, left);
    y = layer_linear(b, y, width, rank, BIAS_never, from, right);
    y = layer_norm(b, parts, y, width, "model.layers.%u.laurel.post_laurel_norm", layer);
    y = hir_add2(b->graph, HIR_add, normed, y);
    return layer_scale(b, hir_add2(b->graph, HIR_add, sum, y), 1 / sqrt(2));
}
