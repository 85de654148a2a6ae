/* Experts as stacks. In: a model whose layers have tensors of each expert. Out: one tensor [experts,
 * out, in] of each kind, which shares their bytes. GGUF files have these already; there the gate of a
 * shared expert is a vector and becomes a matrix of one row, as directories have it. A correction of
 * the router that is a matrix of one row becomes a vector. */
#include "compiler/import/import.h"

/* The kinds, and what Mixtral calls them. */
static const char *const kinds[][2] = {{"gate_proj", "w1"}, {"up_proj", "w3"}, {"down_proj", "w2"}};

static const struct tensor *find_expert(const struct model *m, uint32_t layer, uint32_t expert,
                                        const char *kind)
{
    return model_find_tensor(m, "model.layers.%u.mlp.experts.%u.%s.weight", layer, expert, kind);
}

/* Stacks a kind unless an expert is missing, which the family reports of the whole. `parts`: by
 * tensor, whether a stack has it now. */
static bool stack(struct model *m, uint32_t layer, const char *kind, const char *spelling,
                  bool *parts, struct diags *d)
{
    const uint32_t count = m->hyper.experts;
    struct tensor_slice *slices = arena_new(m->arena, struct tensor_slice, count);

    for (uint32_t i = 0; i < count; i++) {
        const struct tensor *t = find_expert(m, layer, i, spelling);
        if (t == NULL || t->rank != 2)
            return true;
        slices[i] = (struct tensor_slice){*t, 0, t->shape[0]};
    }
    const struct tensor *first = &slices[0].of;
    struct tensor whole = {
        .name = str_printf(m->strings, "model.layers.%u.mlp.experts.%s.weight", layer, kind),
        .source_name = first->source_name,
        .dtype = first->dtype,
        .rank = 3,
        .shape = {count, first->shape[0], first->shape[1]}};
    for (uint32_t i = 0; i < count; i++)
        parts[find_expert(m, layer, i, spelling) - m->tensors] = true;
    return model_add_slices(m, whole, slices, count, d);
}

static void turn_gate(struct model *m, uint32_t layer)
{
    const struct tensor *found =
        model_find_tensor(m, "model.layers.%u.mlp.shared_expert_gate.weight", layer);

    if (found == NULL || found->rank != 1)
        return;
    struct tensor *t = &m->tensors[found - m->tensors];
    t->rank = 2;
    t->shape[1] = t->shape[0];
    t->shape[0] = 1;
}

static void turn_correction(struct model *m, uint32_t layer)
{
    const struct tensor *found =
        model_find_tensor(m, "model.layers.%u.mlp.gate.correction.bias", layer);

    if (found == NULL || found->rank != 2 || found->shape[0] != 1)
        return;
    struct tensor *t = &m->tensors[found - m->tensors];
    t->rank = 1;
    t->shape[0] = t->shape[1];
}

bool import_stack_experts(struct model *m, struct diags *d)
{
    const uint32_t before = m->tensor_count;
    bool *parts = arena_new(m->arena, bool, before), good = true;
    uint32_t kept = 0;

    if (m->hyper.experts == 0)
        return true;
    for (uint32_t layer = 0; layer < m->hyper.layers && good; layer++) {
        turn_gate(m, layer);
        turn_correction(m, layer);
        for (size_t i = 0; i < countof(kinds) && good; i++)
            for (size_t spelling = 0; spelling < 2 && good; spelling++)
                good = stack(m, layer, kinds[i][0], kinds[i][spelling], parts, d);
    }
    for (uint32_t i = 0; i < m->tensor_count; i++)
        if (i >= before || !parts[i])
            m->tensors[kept++] = m->tensors[i];
    m->tensor_count = kept;
    model_index_tensors(m);
    return good;
}
