/* Products with the experts of a route. In: rows and a route; out: rows of each slot, or their weighted
 * sum. The weights of one kind, [experts, out, in], stand in files in several ways:
 *
 *     gate_proj, up_proj, down_proj       each by itself
 *     gate_up_proj                        rows of gate, then those of up
 *     alternating_proj                    gate, up, gate, ...: even and odd rows
 *
 * and likewise biases, [experts, out]. Where experts are turned, weights are [experts, in, out].
 */
#include "compiler/family/layers.h"

static const char *from_experts(struct layers *b)
{
    const struct hyper_parameters *h = b->hyper;

    return from_text(b, "experts = %u, expert width = %u and hidden size = %u", h->experts,
                     h->expert_width, h->hidden);
}

static hir_id stored_stack(struct layers *b, uint32_t layer, const char *name, uint64_t out,
                           uint64_t in)
{
    const bool turned = b->hyper->experts_turned;
    hir_id stack =
        require_stack(b, b->hyper->experts, turned ? in : out, turned ? out : in, from_experts(b),
                      "model.layers.%u.mlp.experts.%s_proj.weight", layer, name);

    return turned ? hir_add1(b->graph, HIR_transpose, stack) : stack;
}

static hir_id stored_biases(struct layers *b, uint32_t layer, const char *name, uint64_t out)
{
    return require_matrix(b, b->hyper->experts, out, from_experts(b),
                          "model.layers.%u.mlp.experts.%s_proj.bias", layer, name);
}

static bool alternates(const struct layers *b, uint32_t layer)
{
    return has_tensor(b, "model.layers.%u.mlp.experts.alternating_proj.weight", layer);
}

static hir_id stack_of(struct layers *b, uint32_t layer, const char *kind, uint64_t out,
                       uint64_t in)
{
    const bool is_up = kind[0] == 'u';

    if (kind[0] == 'd')
        return stored_stack(b, layer, kind, out, in);
    if (alternates(b, layer))
        return layer_slice(b, stored_stack(b, layer, "alternating", 2 * out, in), 1, is_up, out, 2);
    if (b->hyper->experts_turned)
        return layer_slice(b, stored_stack(b, layer, "gate_up", 2 * out, in), 1, is_up ? out : 0,
                           out, 1);
    return stored_stack(b, layer, kind, out, in);
}

static hir_id biases_of(struct layers *b, uint32_t layer, const char *kind, uint64_t out)
{
    return kind[0] != 'd' && alternates(b, layer)
               ? layer_slice(b, stored_biases(b, layer, "alternating", 2 * out), 1, kind[0] == 'u',
                             out, 2)
               : stored_biases(b, layer, kind, out);
}

hir_id layer_expert_product(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                            hir_id x, hir_id route, const char *kind)
{
    const bool is_down = kind[0] == 'd';
    const uint32_t wide = b->hyper->expert_width, hidden = b->hyper->hidden;
    const uint64_t out = is_down ? hidden : wide, in = is_down ? wide : hidden;
    hir_id operands[4] = {x, stack_of(b, layer, kind, out, in), route};

    if (parts->has_expert_biases)
        operands[3] = biases_of(b, layer, kind, out);
    return hir_add(b->graph, is_down ? HIR_expert_mix : HIR_expert_matmul, NULL, operands,
                   parts->has_expert_biases ? 4 : 3);
}
