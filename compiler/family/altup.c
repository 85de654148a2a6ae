/* AltUp: N streams, of which a layer computes the first, guesses and corrects the others. In: the
 * embedding e; out: one stream for the lm_head.
 *
 *     h_0 = e,   h_i = as_large(W_i e, e)                                 begin
 *     each layer, with m(x) = tanh(router(norm(x)) / H):
 *         g_i = h_i + sum over j of (P m(h_0))[i N + j] h_j               guess
 *         y   = what the layer makes of g_0
 *         h_i = g_i + ((C m(y))[i] + 1) (y - g_0)                         correct
 *     x = (h_0 + sum over i > 0 of as_large(U_i h_i, h_0)) / N            join
 *     as_large(x, y) = x rms(y) / sqrt(max(mean(x^2), 1e-5))
 *
 * Source: the definition of Gemma3nTextAltUp in Hugging Face transformers.
 */
#include "compiler/family/layers.h"

#include <stdio.h>

#define LEAST_SQUARE 1e-5 /* of x in as_large */

static hir_id mean_square(struct layers *b, hir_id x)
{
    return hir_add1(b->graph, HIR_mean, hir_add1(b->graph, HIR_square, x));
}

static hir_id as_large(struct layers *b, hir_id x, hir_id like)
{
    struct hir_graph *g = b->graph;
    hir_id least = hir_add2(g, HIR_max, mean_square(b, x), hir_number(g, LEAST_SQUARE));
    hir_id ratio = hir_add1(g, HIR_sqrt, hir_add2(g, HIR_div, mean_square(b, like), least));

    return hir_add2(g, HIR_mul, x, ratio);
}

/* The streams at the beginning or the end: number i is x_i by a matrix of its own, as large as x_0. */
static hir_id change_stream(struct layers *b, hir_id x, hir_id like, uint32_t i, const char *name)
{
    const uint32_t width = b->hyper->hidden;
    const char *from = from_text(b, "hidden size = %u and %u streams", width, b->hyper->streams);
    char prefix[64];

    snprintf(prefix, sizeof prefix, "model.%s.%u", name, i - 1);
    return as_large(b, layer_linear(b, x, width, width, BIAS_never, from, prefix), like);
}

/* A product of m(x) with a small matrix. */
static hir_id mix_of(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                     hir_id weight)
{
    const struct hyper_parameters *h = b->hyper;
    const char *from = from_text(b, "%u streams and hidden size = %u", h->streams, h->hidden);
    char prefix[64];

    snprintf(prefix, sizeof prefix, "model.layers.%u.altup.modality_router", layer);
    x = layer_norm(b, parts, x, h->hidden, "model.layers.%u.altup.router_norm", layer);
    x = layer_linear(b, x, h->streams, h->hidden, BIAS_never, from, prefix);
    x = layer_scale(b, x, 1.0 / h->hidden);
    return hir_add2(b->graph, HIR_matmul, hir_add1(b->graph, HIR_tanh, x), weight);
}

static hir_id mix_weight(struct layers *b, uint32_t layer, const char *name, uint32_t out)
{
    return require_matrix(b, out, b->hyper->streams, from_text(b, "%u streams", b->hyper->streams),
                          "model.layers.%u.altup.%s.weight", layer, name);
}

bool streams_begin(struct layers *b, hir_id embedding, hir_id *streams)
{
    const uint32_t n = b->hyper->streams;

    if (n == 0 || n > STREAMS_MAX)
        return diag_error(b->diags, (struct place){.file = b->model->path, .object = "streams"},
                          "expected 1 to %d, found %u", STREAMS_MAX, n);
    streams[0] = embedding;
    for (uint32_t i = 1; i < n; i++)
        streams[i] = change_stream(b, embedding, embedding, i, "altup_projections");
    return true;
}

void streams_guess(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                   const hir_id *h, hir_id *g)
{
    const uint32_t n = b->hyper->streams;
    hir_id weight = mix_weight(b, layer, "prediction_coefs", n * n);
    hir_id mix = mix_of(b, parts, layer, h[0], weight);

    for (uint32_t i = 0; i < n; i++) {
        g[i] = h[i];
        for (uint32_t j = 0; j < n; j++)
            g[i] = hir_add2(
                b->graph, HIR_add, g[i],
                hir_add2(b->graph, HIR_mul, layer_slice(b, mix, 1, i * n + j, 1, 1), h[j]));
    }
}

void streams_correct(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id y,
                     const hir_id *g, hir_id *h)
{
    const uint32_t n = b->hyper->streams;
    hir_id weight = mix_weight(b, layer, "correction_coefs", n);
    hir_id mix = mix_of(b, parts, layer, y, layer_clip(b, weight, b->hyper->correction_limit));

    mix = hir_add2(b->graph, HIR_add, mix, hir_number(b->graph, 1));
    hir_id news = hir_add2(b->graph, HIR_sub, y, g[0]);
    for (uint32_t i = 0; i < n; i++)
        h[i] = hir_add2(b->graph, HIR_add, g[i],
                        hir_add2(b->graph, HIR_mul, layer_slice(b, mix, 1, i, 1, 1), news));
}

hir_id streams_join(struct layers *b, const hir_id *streams)
{
    const uint32_t n = b->hyper->streams;
    hir_id x = streams[0];

    for (uint32_t i = 1; i < n; i++)
        x = hir_add2(b->graph, HIR_add, x,
                     change_stream(b, streams[i], streams[0], i, "altup_unembed_projections"));
    return layer_scale(b, x, 1.0 / n);
}
