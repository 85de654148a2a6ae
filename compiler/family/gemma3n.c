/* Gemma 3n. N streams: a layer computes the first, and guesses and corrects the others (AltUp);
 * a product of low rank beside attention (LAuReL); gates that are cut off (activation sparsity); and a
 * term of each layer's own, keys shared by layers, norms of v as in Gemma 4 (gemma4.c), whose p it has.
 *
 *     h_0 = e = embed(tokens) * sqrt(H),   h_i = as_large(W_i e, e)
 *     each layer, with m(x) = tanh(router(norm(x)) / H):
 *         g_i = h_i + sum over j of (P m(h_0))[i N + j] h_j               the guess
 *         n   = norm(g_0)
 *         a   = (g_0 + norm(attention(n)) + n + norm(right(left(n)))) / sqrt(2)
 *         y   = a + norm(down(gelu(cut(gate(norm(a)))) * up(norm(a))))
 *         h_i = g_i + ((C m(y))[i] + 1) (y - g_0)                         the correction
 *         h_i = h_i + norm(project(gelu(gate(h_0 * scale)) * p[layer]))   not of i = 0
 *     x = (h_0 + sum over i > 0 of as_large(U_i h_i, h_0)) / N
 *     logits = cap * tanh(lm_head(norm(x)) / cap)
 *     as_large(x, y) = x rms(y) / sqrt(max(mean(x^2), 1e-5))
 *     cut(x) = max(x - (mean(x) + c deviation(x)), 0), in some layers
 *
 * Source: the definition of Gemma3nForCausalLM in Hugging Face transformers, whose results the golden
 * tests hold.
 */
#include "compiler/family/layers.h"

#include <math.h>
#include <stdio.h>

enum { STREAMS_MAX = 16 };

static hir_id mean_square(struct layers *b, hir_id x)
{
    return hir_add1(b->graph, HIR_mean, hir_add1(b->graph, HIR_square, x));
}

hir_id layer_cut(struct layers *b, hir_id x, double cut)
{
    struct hir_graph *g = b->graph;
    hir_id rest = hir_add2(g, HIR_sub, x, hir_add1(g, HIR_mean, x));
    hir_id deviation = hir_add1(g, HIR_sqrt, mean_square(b, rest));

    return hir_add1(g, HIR_relu, hir_add2(g, HIR_sub, rest, layer_scale(b, deviation, cut)));
}

static hir_id as_large(struct layers *b, hir_id x, hir_id like)
{
    struct hir_graph *g = b->graph;
    hir_id least = hir_add2(g, HIR_max, mean_square(b, x), hir_number(g, 1e-5));
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

static void guess(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
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

static void correct(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id y,
                    const hir_id *g, hir_id *h)
{
    const double limit = b->hyper->correction_limit;
    const uint32_t n = b->hyper->streams;
    hir_id weight = mix_weight(b, layer, "correction_coefs", n);

    if (limit != 0) {
        weight = hir_add2(b->graph, HIR_max, weight, hir_number(b->graph, -limit));
        weight = hir_add2(b->graph, HIR_min, weight, hir_number(b->graph, limit));
    }
    hir_id mix = mix_of(b, parts, layer, y, weight);
    mix = hir_add2(b->graph, HIR_add, mix, hir_number(b->graph, 1));
    hir_id news = hir_add2(b->graph, HIR_sub, y, g[0]);
    for (uint32_t i = 0; i < n; i++)
        h[i] = hir_add2(b->graph, HIR_add, g[i],
                        hir_add2(b->graph, HIR_mul, layer_slice(b, mix, 1, i, 1, 1), news));
}

/* x + norm(right(left(x))) */
static hir_id laurel(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x)
{
    const uint32_t width = b->hyper->hidden, rank = b->hyper->laurel_rank;
    const char *from = from_text(b, "laurel_rank = %u and hidden size = %u", rank, width);
    char left[64], right[64];

    snprintf(left, sizeof left, "model.layers.%u.laurel.linear_left", layer);
    snprintf(right, sizeof right, "model.layers.%u.laurel.linear_right", layer);
    hir_id y = layer_linear(b, x, rank, width, BIAS_never, from, left);
    y = layer_linear(b, y, width, rank, BIAS_never, from, right);
    y = layer_norm(b, parts, y, width, "model.layers.%u.laurel.post_laurel_norm", layer);
    return hir_add2(b->graph, HIR_add, x, y);
}

/* From the guess of the first stream to y. */
static hir_id compute(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x)
{
    const uint32_t width = b->hyper->hidden;
    struct hir_graph *g = b->graph;
    hir_id n = layer_norm(b, parts, x, width, "model.layers.%u.input_layernorm", layer);
    hir_id mixed = layer_attention(b, parts, layer, n);

    mixed = layer_norm(b, parts, mixed, width, "model.layers.%u.post_attention_layernorm", layer);
    hir_id sum = hir_add2(g, HIR_add, hir_add2(g, HIR_add, x, mixed), laurel(b, parts, layer, n));
    sum = layer_scale(b, sum, 1 / sqrt(2));
    n = layer_norm(b, parts, sum, width, "model.layers.%u.pre_feedforward_layernorm", layer);
    hir_id raised = layer_mlp(b, parts, layer, n);
    raised =
        layer_norm(b, parts, raised, width, "model.layers.%u.post_feedforward_layernorm", layer);
    return hir_add2(g, HIR_add, sum, raised);
}

static void whole_layer(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                        hir_id inputs, hir_id *h)
{
    const uint32_t width = b->hyper->hidden;
    hir_id g[STREAMS_MAX];

    hir_name(b->graph, h[0], "hidden.%u", layer);
    guess(b, parts, layer, h, g);
    correct(b, parts, layer, compute(b, parts, layer, g[0]), g, h);
    if (inputs == 0)
        return;
    hir_id scale = require_vector(b, width, from_text(b, "hidden size = %u", width),
                                  "model.layers.%u.altup.correct_output_scale", layer);
    hir_id own = layer_own_term(b, parts, layer, hir_add2(b->graph, HIR_mul, h[0], scale), inputs);
    for (uint32_t i = 1; i < b->hyper->streams; i++)
        h[i] = hir_add2(b->graph, HIR_add, h[i], own);
}

void family_gemma3n(struct layers *b)
{
    const uint32_t n = b->hyper->streams, layers = b->hyper->layers;
    struct decoder_parts parts = {.qk_norm = QK_NORM_head};
    hir_id h[STREAMS_MAX], x;

    if (n == 0 || n > STREAMS_MAX) {
        diag_error(b->diags, (struct place){.file = b->model->path, .object = "streams"},
                   "expected 1 to %d, found %u", STREAMS_MAX, n);
        return;
    }
    h[0] = layer_embed(b, &parts);
    hir_id inputs = layer_inputs(b, &parts, h[0]);
    for (uint32_t i = 1; i < n; i++)
        h[i] = change_stream(b, h[0], h[0], i, "altup_projections");
    for (uint32_t layer = 0; layer < layers; layer++) {
        parts.sparse = b->hyper->layer[layer].sparse ? &b->hyper->layer[layer] : NULL;
        whole_layer(b, &parts, layer, inputs, h);
    }
    hir_name(b->graph, h[0], "hidden.%u", layers);
    x = h[0];
    for (uint32_t i = 1; i < n; i++)
        x = hir_add2(b->graph, HIR_add, x,
                     change_stream(b, h[i], h[0], i, "altup_unembed_projections"));
    layer_logits(b, &parts, layer_scale(b, x, 1.0 / n));
}
