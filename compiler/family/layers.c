/* What all parts of layers are built from: linear layers and their products, norms, slices, scales. In:
 * rows; out: plain nodes, as in a textbook. Norms consist of primitives, which passes recognize and
 * fuse. */
#include "compiler/family/layers.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

hir_id layer_slice(struct layers *b, hir_id x, uint32_t axis, uint64_t start, uint64_t size,
                   uint32_t step)
{
    struct hir_graph *g = b->graph;
    struct hir_shape shape = *hir_shape_of(g, x);
    struct hir_attr attr = {.slice = {.axis = axis,
                                      .start = dim_const(&g->dims, (int64_t)start),
                                      .step = step == 1 ? 0 : step}};

    shape.dims[axis] = dim_const(&g->dims, (int64_t)size);
    return hir_declare(g, HIR_slice, (enum dtype)hir_at(g, x)->dtype,
                       hir_shape(g, shape.rank, shape.dims), NULL, &attr, &x, 1);
}

/* The weight [out, in] of a layer. Where layers have [in, out], it is turned; their q, k and v are
 * columns of one weight, in this order, each of `out`. */
static hir_id linear_weight(struct layers *b, uint64_t out, uint64_t in, const char *from,
                            const char *prefix)
{
    struct hir_graph *g = b->graph;
    const char *part = strstr(prefix, ".self_attn."), *fused = "self_attn.qkv_proj";

    if (!b->hyper->transposed || strncmp(prefix, "model.layers.", 13) != 0)
        return require_matrix(b, out, in, from, "%s.weight", prefix);
    if (part == NULL || strchr("qkv", part[11]) == NULL)
        return hir_add1(g, HIR_transpose, require_matrix(b, in, out, from, "%s.weight", prefix));
    hir_id whole =
        require_matrix(b, in, 3 * out, from, "%.*s.%s.weight", (int)(part - prefix), prefix, fused);
    const uint64_t index = part[11] == 'q' ? 0 : part[11] == 'k' ? 1 : 2;
    return hir_add1(g, HIR_transpose, layer_slice(b, whole, 1, index * out, out, 1));
}

/* A matrix in nvfp4 may have a scale beside it, which its scales of 8 bits lack: one number, by which
 * its products are multiplied. */
hir_id layer_product(struct layers *b, hir_id x, hir_id weight, const char *from,
                     const char *prefix)
{
    hir_id y = hir_add2(b->graph, HIR_matmul, x, weight);

    if (hir_at(b->graph, weight)->dtype != DTYPE_nvfp4 || !has_tensor(b, "%s.scale", prefix))
        return y;
    return layer_scale(b, y, require_number(b, from, "%s.scale", prefix));
}

hir_id layer_linear(struct layers *b, hir_id x, uint64_t out, uint64_t in, enum bias_rule bias,
                    const char *from, const char *prefix)
{
    hir_id y = layer_product(b, x, linear_weight(b, out, in, from, prefix), from, prefix);

    if (!use_bias(b, bias, "%s.bias", prefix))
        return y;
    return hir_add2(b->graph, HIR_add, y, require_vector(b, out, from, "%s.bias", prefix));
}

hir_id layer_scale(struct layers *b, hir_id x, double scale)
{
    return scale == 0 || scale == 1 ? x
                                    : hir_add2(b->graph, HIR_mul, x, hir_number(b->graph, scale));
}

hir_id layer_clip(struct layers *b, hir_id x, double limit)
{
    if (limit == 0)
        return x;
    x = hir_add2(b->graph, HIR_max, x, hir_number(b->graph, -limit));
    return hir_add2(b->graph, HIR_min, x, hir_number(b->graph, limit));
}

/* A norm's weight. Checkpoints of some families store it minus 1. */
static hir_id norm_weight(struct layers *b, uint32_t width, const char *from, const char *name)
{
    hir_id weight = require_vector(b, width, from, "%s.weight", name);

    return b->hyper->norms_lack_one ? hir_add2(b->graph, HIR_add, weight, hir_number(b->graph, 1))
                                    : weight;
}

hir_id layer_norm_plain(struct layers *b, const struct decoder_parts *parts, hir_id x)
{
    struct hir_graph *g = b->graph;

    if (parts->norm == NORM_layer)
        x = hir_add2(g, HIR_sub, x, hir_add1(g, HIR_mean, x));
    hir_id mean = hir_add1(g, HIR_mean, hir_add1(g, HIR_square, x));
    hir_id scale =
        hir_add1(g, HIR_rsqrt, hir_add2(g, HIR_add, mean, hir_number(g, b->hyper->norm_epsilon)));
    return hir_add2(g, HIR_mul, x, scale);
}

hir_id layer_norm(struct layers *b, const struct decoder_parts *parts, hir_id x, uint32_t width,
                  const char *format, ...)
{
    const char *from = from_text(b, "the normalized width = %u", width);
    char name[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    hir_id weight = norm_weight(b, width, from, name);
    hir_id y = hir_add2(b->graph, HIR_mul, layer_norm_plain(b, parts, x), weight);
    if (parts->norm != NORM_layer || !use_bias(b, parts->norm_bias, "%s.bias", name))
        return y;
    return hir_add2(b->graph, HIR_add, y, require_vector(b, width, from, "%s.bias", name));
}
