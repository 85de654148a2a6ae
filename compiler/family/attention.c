/* The attention of decoder models: [T, H] -> [T, H]. q, k and v are three matmuls, then norms and
 * rotary embedding, cached attention, and the output projection. */
#include "compiler/family/layers.h"

#include <math.h>
#include <stdio.h>

/* [T, count * D] -> [T, count, D] */
static hir_id split_heads(struct layers *b, hir_id x, uint32_t count, uint32_t head_dim)
{
    struct hir_graph *g = b->graph;
    dim_id dims[3] = {b->rows, dim_const(&g->dims, count), dim_const(&g->dims, head_dim)};

    return hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 3, dims), "", NULL, &x, 1);
}

/* One of q, k, v: projection, [T, count * D]. */
static hir_id project(struct layers *b, uint32_t layer, hir_id x, uint32_t count, const char *what)
{
    const struct hyper_parameters *h = b->hyper;
    uint32_t head_dim = h->layer[layer].head_dim;
    char prefix[96];

    snprintf(prefix, sizeof prefix, "model.layers.%u.self_attn.%s_proj", layer, what);
    const char *from = from_text(b, "%s = %u, head_dim = %u and hidden size = %u",
                                 what[0] == 'q' ? "heads" : "kv_heads", count, head_dim, h->hidden);
    hir_id y = layer_linear(b, x, (uint64_t)count * head_dim, h->hidden, h->qkv_bias, from, prefix);
    hir_name(b->graph, y, "layers.%u.%s", layer, what);
    return layer_clip(b, y, h->clip_qkv);
}

static hir_id rotate(struct layers *b, uint32_t layer, hir_id x, const char *what)
{
    enum layer_rope by = b->hyper->layer[layer].rope;
    bool local = by == LAYER_ROPE_local, still = by == LAYER_ROPE_still;
    const struct rope_parameters *rope = local   ? &b->hyper->local_rope
                                         : still ? &b->hyper->still_rope
                                                 : &b->hyper->rope;
    struct hir_attr attr = {.rope = {.n_rot = rope->rotary_dim, .interleaved = rope->interleaved}};
    hir_id table = local                                   ? b->local_table
                   : still                                 ? b->still_table
                   : what[0] == 'q' && b->query_table != 0 ? b->query_table
                                                           : b->rope_table;
    hir_id operands[3] = {x, table, b->positions};

    return by == LAYER_ROPE_none || (still && what[0] == 'k')
               ? x
               : hir_add(b->graph, HIR_rope, &attr, operands, 3);
}

/* Over each head of x, [T, count, D]. Where each head has a weight of its own, that is one of all
 * columns. */
static hir_id norm_heads(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                         hir_id x, uint32_t count, const char *what)
{
    struct hir_graph *g = b->graph;
    uint32_t head_dim = b->hyper->layer[layer].head_dim;
    dim_id wide[2] = {b->rows, dim_const(&g->dims, (int64_t)count * head_dim)};
    char name[96];

    snprintf(name, sizeof name, "model.layers.%u.self_attn.%s_norm", layer, what);
    if (parts->qk_norm == QK_NORM_head)
        return layer_norm(b, parts, x, head_dim, "%s", name);
    hir_id weight =
        require_matrix(b, count, head_dim, from_text(b, "%u heads of %u elements", count, head_dim),
                       "%s.weight", name);
    weight = hir_declare(g, HIR_reshape, (enum dtype)hir_at(g, weight)->dtype,
                         hir_shape(g, 1, wide + 1), NULL, NULL, &weight, 1);
    x = layer_norm_plain(b, parts, x);
    x = hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 2, wide), NULL, NULL, &x, 1);
    return split_heads(b, hir_add2(g, HIR_mul, x, weight), count, head_dim);
}

/* From a projection of q or k, [T, count * D], to heads that are normed and turned. */
static hir_id make_heads(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                         hir_id x, uint32_t count, const char *what)
{
    const struct layer_parameters *l = &b->hyper->layer[layer];
    uint32_t head_dim = l->head_dim;
    bool turns = l->rope == LAYER_ROPE_global || l->rope == LAYER_ROPE_local;
    bool by_head = (parts->qk_norm == QK_NORM_head || parts->qk_norm == QK_NORM_heads) &&
                   (turns || !b->hyper->plain_qk_norm);

    if (parts->qk_norm == QK_NORM_width)
        x = layer_norm(b, parts, x, count * head_dim, "model.layers.%u.self_attn.%s_norm", layer,
                       what);
    x = split_heads(b, x, count, head_dim);
    if (parts->qk_norm_after_rope)
        x = rotate(b, layer, x, what);
    if (by_head)
        x = norm_heads(b, parts, layer, x, count, what);
    if (by_head || parts->qk_norm == QK_NORM_width)
        hir_name(b->graph, x, "layers.%u.%s_norm", layer, what);
    return parts->qk_norm_after_rope ? x : rotate(b, layer, x, what);
}

/* Whether a layer without a window has a projection to v. */
static bool stores_values(const struct layers *b)
{
    for (uint32_t i = 0; i < b->hyper->layers; i++)
        if (b->hyper->layer[i].window == 0 &&
            has_tensor(b, "model.layers.%u.self_attn.v_proj.weight", i))
            return true;
    return false;
}

/* v, [T, kv_heads, D]: a projection of its own, or what k is before its norm. */
static hir_id make_values(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                          hir_id x, hir_id k)
{
    const struct layer_parameters *l = &b->hyper->layer[layer];
    bool may = model_is_gguf(b->model) ? parts->may_lack_v && !stores_values(b)
                                       : b->hyper->keys_are_values;
    bool is_k = may && l->window == 0;
    hir_id v = is_k ? k : project(b, layer, x, l->kv_heads, "v");

    v = split_heads(b, v, l->kv_heads, l->head_dim);
    return b->hyper->has_v_norm ? norm_heads(b, parts, layer, v, l->kv_heads, "v") : v;
}

/* Writes x, [T, kv_heads, D], to its own state; returns the state after the write. */
static hir_id kv_append(struct layers *b, uint32_t layer, hir_id x, const char *what)
{
    struct hir_graph *g = b->graph;
    const struct layer_parameters *l = &b->hyper->layer[layer];
    dim_id dims[4] = {dim_symbol(&g->dims, SYMBOL_BATCH), b->context,
                      dim_const(&g->dims, l->kv_heads), dim_const(&g->dims, l->head_dim)};
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

/* Attention over the states: [T, heads, D] -> [T, heads * D]. */
static hir_id attend(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id q)
{
    const struct hyper_parameters *h = b->hyper;
    const struct layer_parameters *l = &h->layer[layer];
    struct hir_attr attr = {
        .attention = {.scale = h->attention_scale != 0 ? h->attention_scale : 1 / sqrt(l->head_dim),
                      .heads = l->heads,
                      .kv_heads = l->kv_heads,
                      .head_dim = l->head_dim,
                      .mask = MASK_causal,
                      .window = l->window,
                      .anchored = l->anchored,
                      .softcap = h->attention_softcap}};
    hir_id operands[5] = {q, b->keys[layer], b->values[layer], b->positions};

    if (parts->has_sinks)
        operands[4] = require_vector(b, l->heads, from_text(b, "heads = %u", l->heads),
                                     "model.layers.%u.self_attn.sinks", layer);
    hir_id mixed = hir_add(b->graph, HIR_attention, &attr, operands, parts->has_sinks ? 5 : 4);

    hir_name(b->graph, mixed, "layers.%u.attention", layer);
    return mixed;
}

hir_id layer_attention(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                       hir_id x)
{
    const struct hyper_parameters *h = b->hyper;
    const struct layer_parameters *l = &h->layer[layer];
    hir_id q = project(b, layer, x, l->heads, "q");
    char prefix[96];

    if (!l->shares_kv) {
        hir_id k = project(b, layer, x, l->kv_heads, "k");
        hir_id v = make_values(b, parts, layer, x, k);
        q = make_heads(b, parts, layer, q, l->heads, "q");
        k = make_heads(b, parts, layer, k, l->kv_heads, "k");
        b->keys[layer] = kv_append(b, layer, k, "k");
        b->values[layer] = kv_append(b, layer, v, "v");
    } else {
        q = make_heads(b, parts, layer, q, l->heads, "q");
        b->keys[layer] = b->keys[l->source];
        b->values[layer] = b->values[l->source];
    }
    hir_id mixed = attend(b, parts, layer, q);
    snprintf(prefix, sizeof prefix, "model.layers.%u.self_attn.o_proj", layer);
    return layer_linear(b, mixed, h->hidden, (uint64_t)l->heads * l->head_dim, h->output_bias,
                        from_text(b, "hidden size = %u, heads = %u and head_dim = %u", h->hidden,
                                  l->heads, l->head_dim),
                        prefix);
}
