/* The layers of decoder models. In: a stream of rows; out: plain nodes, as in a textbook. RMS norm
 * consists of primitives, SwiGLU is two matmuls, silu and a product, q, k and v are three matmuls.
 * Passes recognize and fuse these. */
#include "compiler/family/layers.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* x W', plus the bias if the model has one. `prefix` is the layer's name in the model. */
static hir_id linear(struct layers *b, hir_id x, uint64_t out, uint64_t in, enum bias_rule bias,
                     const char *from, const char *prefix)
{
    hir_id y =
        hir_add2(b->graph, HIR_matmul, x, require_matrix(b, out, in, from, "%s.weight", prefix));

    if (!use_bias(b, bias, "%s.bias", prefix))
        return y;
    return hir_add2(b->graph, HIR_add, y, require_vector(b, out, from, "%s.bias", prefix));
}

hir_id layer_embed(struct layers *b)
{
    const struct hyper_parameters *h = b->hyper;
    hir_id operands[2] = {
        require_matrix(
            b, h->vocabulary, h->hidden,
            from_text(b, "vocabulary = %u and hidden size = %u", h->vocabulary, h->hidden),
            "model.embed_tokens.weight"),
        b->tokens,
    };

    return hir_add(b->graph, HIR_embed, NULL, operands, 2);
}

hir_id layer_norm_rms(struct layers *b, hir_id x, uint32_t width, const char *format, ...)
{
    struct hir_graph *g = b->graph;
    char name[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    hir_id weight =
        require_vector(b, width, from_text(b, "the normalized width = %u", width), "%s", name);
    hir_id mean = hir_add1(g, HIR_mean, hir_add1(g, HIR_square, x));
    hir_id scale =
        hir_add1(g, HIR_rsqrt, hir_add2(g, HIR_add, mean, hir_number(g, b->hyper->norm_epsilon)));

    return hir_add2(g, HIR_mul, hir_add2(g, HIR_mul, x, scale), weight);
}

/* [T, count * D] -> [T, count, D] */
static hir_id split_heads(struct layers *b, hir_id x, uint32_t count)
{
    struct hir_graph *g = b->graph;
    dim_id dims[3] = {b->rows, dim_const(&g->dims, count), dim_const(&g->dims, b->hyper->head_dim)};

    return hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 3, dims), "", NULL, &x, 1);
}

/* One of q, k, v: projection, then heads. */
static hir_id project_heads(struct layers *b, uint32_t layer, hir_id x, uint32_t count,
                            const char *what)
{
    const struct hyper_parameters *h = b->hyper;
    char prefix[96];

    snprintf(prefix, sizeof prefix, "model.layers.%u.self_attn.%s_proj", layer, what);
    const char *from =
        from_text(b, "%s = %u, head_dim = %u and hidden size = %u",
                  what[0] == 'q' ? "heads" : "kv_heads", count, h->head_dim, h->hidden);
    hir_id y = linear(b, x, (uint64_t)count * h->head_dim, h->hidden, h->qkv_bias, from, prefix);
    hir_name(b->graph, y, "layers.%u.%s", layer, what);
    return split_heads(b, y, count);
}

static hir_id rotate(struct layers *b, hir_id x)
{
    struct hir_attr attr = {
        .rope = {.n_rot = b->hyper->rotary_dim, .interleaved = b->hyper->rope.interleaved}};
    hir_id operands[3] = {x, b->rope_table, b->positions};

    return hir_add(b->graph, HIR_rope, &attr, operands, 3);
}

/* Writes x, [T, kv_heads, D], to its own state; returns the state after the write. */
static hir_id kv_append(struct layers *b, uint32_t layer, hir_id x, const char *what)
{
    struct hir_graph *g = b->graph;
    dim_id dims[4] = {dim_symbol(&g->dims, SYMBOL_BATCH), b->context,
                      dim_const(&g->dims, b->hyper->kv_heads),
                      dim_const(&g->dims, b->hyper->head_dim)};
    const struct hir_attr attr = {
        .state = {.layer = layer, .role = what[0] == 'k' ? STATE_ROLE_key : STATE_ROLE_value}};
    char name[32];

    snprintf(name, sizeof name, "past_%s_%u", what, layer);
    hir_id state =
        hir_declare(g, HIR_state, DTYPE_f32, hir_shape(g, 4, dims), name, &attr, NULL, 0);
    hir_id operands[3] = {state, x, b->positions};
    hir_id written = hir_add(g, HIR_kv_append, NULL, operands, 3);
    hir_name(g, written, "layers.%u.%s_cache", layer, what);
    return written;
}

hir_id layer_attention(struct layers *b, uint32_t layer, hir_id x,
                       const struct attention_options *options)
{
    const struct hyper_parameters *h = b->hyper;
    hir_id q = project_heads(b, layer, x, h->heads, "q");
    hir_id k = project_heads(b, layer, x, h->kv_heads, "k");
    hir_id v = project_heads(b, layer, x, h->kv_heads, "v");

    if (options->has_qk_norm) {
        q = layer_norm_rms(b, q, h->head_dim, "model.layers.%u.self_attn.q_norm.weight", layer);
        k = layer_norm_rms(b, k, h->head_dim, "model.layers.%u.self_attn.k_norm.weight", layer);
        hir_name(b->graph, q, "layers.%u.q_norm", layer);
        hir_name(b->graph, k, "layers.%u.k_norm", layer);
    }
    q = rotate(b, q);
    hir_id keys = b->keys[layer] = kv_append(b, layer, rotate(b, k), "k");
    hir_id values = b->values[layer] = kv_append(b, layer, v, "v");

    struct hir_attr attr = {
        .attention = {
            .scale = 1 / sqrt(h->head_dim),
            .heads = h->heads,
            .kv_heads = h->kv_heads,
            .head_dim = h->head_dim,
            .mask = MASK_causal,
            .window = h->window_layers == NULL || h->window_layers[layer] ? h->sliding_window : 0}};
    hir_id operands[4] = {q, keys, values, b->positions};
    hir_id mixed = hir_add(b->graph, HIR_attention, &attr, operands, 4);
    hir_name(b->graph, mixed, "layers.%u.attention", layer);

    uint64_t width = (uint64_t)h->heads * h->head_dim;
    char prefix[96];
    snprintf(prefix, sizeof prefix, "model.layers.%u.self_attn.o_proj", layer);
    return linear(b, mixed, h->hidden, width, h->output_bias,
                  from_text(b, "hidden size = %u, heads = %u and head_dim = %u", h->hidden,
                            h->heads, h->head_dim),
                  prefix);
}

hir_id layer_mlp(struct layers *b, uint32_t layer, hir_id x)
{
    const struct hyper_parameters *h = b->hyper;
    const char *from =
        from_text(b, "feed_forward = %u and hidden size = %u", h->feed_forward, h->hidden);
    char gate[96], up[96], down[96];

    snprintf(gate, sizeof gate, "model.layers.%u.mlp.gate_proj", layer);
    snprintf(up, sizeof up, "model.layers.%u.mlp.up_proj", layer);
    snprintf(down, sizeof down, "model.layers.%u.mlp.down_proj", layer);
    hir_id activated = hir_add1(b->graph, HIR_silu,
                                linear(b, x, h->feed_forward, h->hidden, h->mlp_bias, from, gate));
    hir_id raised = linear(b, x, h->feed_forward, h->hidden, h->mlp_bias, from, up);
    hir_id product = hir_add2(b->graph, HIR_mul, activated, raised);
    hir_name(b->graph, product, "layers.%u.mlp", layer);
    return linear(b, product, h->hidden, h->feed_forward, h->mlp_bias, from, down);
}

hir_id layer_whole(struct layers *b, uint32_t layer, hir_id x,
                   const struct attention_options *options)
{
    struct hir_graph *g = b->graph;
    uint32_t hidden = b->hyper->hidden;

    hir_name(g, x, "hidden.%u", layer);
    hir_id normalized =
        layer_norm_rms(b, x, hidden, "model.layers.%u.input_layernorm.weight", layer);
    hir_name(g, normalized, "layers.%u.attention_norm", layer);
    x = hir_add2(g, HIR_add, x, layer_attention(b, layer, normalized, options));
    hir_name(g, x, "layers.%u.attention_sum", layer);
    normalized =
        layer_norm_rms(b, x, hidden, "model.layers.%u.post_attention_layernorm.weight", layer);
    hir_name(g, normalized, "layers.%u.mlp_norm", layer);
    return hir_add2(g, HIR_add, x, layer_mlp(b, layer, normalized));
}

void layer_lm_head(struct layers *b, hir_id x)
{
    const struct hyper_parameters *h = b->hyper;
    struct hir_graph *g = b->graph;

    hir_name(g, x, "hidden.%u", h->layers);
    x = layer_norm_rms(b, x, h->hidden, "model.norm.weight");
    hir_name(g, x, "hidden.final");
    hir_id weight = require_matrix(
        b, h->vocabulary, h->hidden,
        from_text(b, "vocabulary = %u and hidden size = %u%s", h->vocabulary, h->hidden,
                  h->tied ? "" : "; the lm_head is not tied to the embedding"),
        "%s", h->tied ? "model.embed_tokens.weight" : "lm_head.weight");
    hir_id logits = hir_add2(g, HIR_matmul, x, weight);
    hir_name(g, logits, "logits");
    hir_output(g, "logits", logits, OUTPUT_logits);
    for (uint32_t i = 0; i < h->layers; i++) {
        char name[32];
        snprintf(name, sizeof name, "past_k_%u", i);
        hir_output(g, name, b->keys[i], OUTPUT_state);
        snprintf(name, sizeof name, "past_v_%u", i);
        hir_output(g, name, b->values[i], OUTPUT_state);
    }
}
