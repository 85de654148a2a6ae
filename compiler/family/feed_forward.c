/* Feed-forward networks: [T, H] -> [T, H]. A gated one is two matmuls, an activation and a product,
 * which passes recognize and fuse:
 *
 *     y = down(activation(cut(gate(x))) * up(x)),    or without a gate down(activation(up(x)))
 *     cut(x) = max(x - (mean(x) + c deviation(x)), 0), in some layers
 *
 * With a limit and a raised up it is that of gpt-oss:
 *
 *     g = min(gate(x), limit),  u = max(min(up(x), limit), -limit)
 *     y = down(g * sigmoid(slope * g) * (u + 1))
 */
#include "compiler/family/layers.h"

#include <stdio.h>

hir_id layer_activate(struct layers *b, hir_id x)
{
    static const enum hir_op ops[] = {
        [ACTIVATION_silu] = HIR_silu,           [ACTIVATION_gelu] = HIR_gelu,
        [ACTIVATION_gelu_tanh] = HIR_gelu_tanh, [ACTIVATION_relu] = HIR_relu,
        [ACTIVATION_relu2] = HIR_relu,
    };
    const enum activation activation = b->hyper->activation;
    const double slope = b->hyper->swiglu_slope;

    if (activation == ACTIVATION_silu && slope != 0 && slope != 1)
        return hir_add2(b->graph, HIR_mul, x,
                        hir_add1(b->graph, HIR_sigmoid, layer_scale(b, x, slope)));
    hir_id y = hir_add1(b->graph, ops[activation], x);
    return activation == ACTIVATION_relu2 ? hir_add1(b->graph, HIR_square, y) : y;
}

hir_id layer_gate(struct layers *b, hir_id gate)
{
    const double limit = b->hyper->swiglu_limit;

    if (limit != 0)
        gate = hir_add2(b->graph, HIR_min, gate, hir_number(b->graph, limit));
    return layer_activate(b, gate);
}

hir_id layer_up(struct layers *b, const struct decoder_parts *parts, hir_id up)
{
    up = layer_clip(b, up, b->hyper->swiglu_limit);
    return parts->raises_up ? hir_add2(b->graph, HIR_add, up, hir_number(b->graph, 1)) : up;
}

/* max(x - (mean + cut * standard deviation of the row), 0) */
static hir_id cut_off(struct layers *b, hir_id x, double cut)
{
    struct hir_graph *g = b->graph;
    hir_id rest = hir_add2(g, HIR_sub, x, hir_add1(g, HIR_mean, x));
    hir_id variance = hir_add1(g, HIR_mean, hir_add1(g, HIR_square, rest));
    hir_id limit = layer_scale(b, hir_add1(g, HIR_sqrt, variance), cut);

    return hir_add1(g, HIR_relu, hir_add2(g, HIR_sub, rest, limit));
}

hir_id layer_feed_forward(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                          hir_id x, uint32_t width, const char *name, const char *prefix)
{
    const struct hyper_parameters *h = b->hyper;
    const struct layer_parameters *l = &h->layer[layer];
    const char *from = from_text(b, "feed_forward = %u and hidden size = %u", width, h->hidden);
    char gate[96], up[96], down[96];
    hir_id product;

    snprintf(gate, sizeof gate, "model.layers.%u.%s.gate_proj", layer, prefix);
    snprintf(up, sizeof up, "model.layers.%u.%s.up_proj", layer, prefix);
    snprintf(down, sizeof down, "model.layers.%u.%s.down_proj", layer, prefix);
    if (parts->plain_mlp) {
        product = layer_activate(b, layer_linear(b, x, width, h->hidden, h->mlp_bias, from, up));
    } else {
        hir_id gates = layer_linear(b, x, width, h->hidden, h->mlp_bias, from, gate);
        hir_id activated = layer_gate(b, l->sparse ? cut_off(b, gates, l->cut) : gates);
        hir_id ups = layer_linear(b, x, width, h->hidden, h->mlp_bias, from, up);
        product = hir_add2(b->graph, HIR_mul, activated, layer_up(b, parts, ups));
    }
    hir_name(b->graph, product, "layers.%u.%s", layer, name);
    return layer_linear(b, product, h->hidden, width, h->mlp_bias, from, down);
}

hir_id layer_mlp(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x)
{
    return layer_feed_forward(b, parts, layer, x, b->hyper->layer[layer].feed_forward, "mlp",
                              "mlp");
}
