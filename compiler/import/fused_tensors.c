/* Tensors that hold several: q, k and v, or gate and up, or matrices of streams. In: a model with all
 * its tensors. Out: the parts as tensors of their own, which share the bytes of the whole, so that
 * families and passes see one form. Vectors, which have one row, are copied.
 *
 * Rows of self_attn.qkv_proj: those of all heads of q, then of k, then of v; or, by head, for each
 * KV head those of its heads of q, then its k, then its v (GPT-NeoX, Falcon). Rows of
 * mlp.gate_up_proj: gate, then up. GGUF files call the latter ffn_up; it has twice as many rows. Rows
 * of mlp.experts.gate_up_proj, [experts, out, in]: for each expert its gate, then its up. */
#include "compiler/import/import.h"

#include <stdio.h>
#include <string.h>

/* One part: in each of `groups` groups of rows, `rows` rows from `first` on. */
struct part {
    const char *name;
    uint64_t first, rows;
};

static const struct tensor *find(const struct model *m, uint32_t layer, const char *name,
                                 const char *what)
{
    return model_find_tensor(m, "model.layers.%u.%s.%s", layer, name, what);
}

/* Rows of a matrix, of all matrices of a stack, elements of a vector. */
static uint64_t rows_of(const struct tensor *t)
{
    return t->rank == 1 ? t->shape[0] : tensor_rows(t);
}

static bool add_matrix(struct model *m, const struct tensor *whole, struct tensor part,
                       const struct part *p, uint64_t group, uint64_t groups, struct diags *d)
{
    struct tensor_slice *slices = arena_new(m->arena, struct tensor_slice, groups);

    for (uint64_t i = 0; i < groups; i++)
        slices[i] = (struct tensor_slice){*whole, i * group + p->first, p->rows};
    return model_add_slices(m, part, slices, (uint32_t)groups, d);
}

static void add_vector(struct model *m, const struct tensor *whole, struct tensor part,
                       const struct part *p, uint64_t group, uint64_t groups)
{
    const uint64_t size = dtype_info[whole->dtype].bytes;
    uint8_t *bytes = arena_alloc(m->arena, part.shape[0] * size, 64);

    for (uint64_t i = 0; i < groups; i++)
        memcpy(bytes + i * p->rows * size,
               model_row(m, whole, 0, NULL) + (i * group + p->first) * size, p->rows * size);
    model_add_memory(m, part, bytes);
}

/* Splits NAME.weight or NAME.bias of a layer, unless there is none or it has another number of rows,
 * which the family reports. */
static bool split(struct model *m, uint32_t layer, const char *name, const char *what,
                  const struct part *parts, uint32_t count, uint64_t groups, struct diags *d)
{
    const struct tensor *found = find(m, layer, name, what);
    uint64_t group = parts[count - 1].first + parts[count - 1].rows;

    if (found == NULL || rows_of(found) != group * groups || found->rank > 3 ||
        (found->rank == 3 && found->shape[0] != groups) ||
        (found->rank == 1 && dtype_info[found->dtype].block != 1))
        return true;
    const struct tensor whole = *found; /* the list of tensors may move */
    for (uint32_t i = 0; i < count; i++) {
        struct tensor part = {
            .name = str_printf(m->strings, "model.layers.%u.%s.%s", layer, parts[i].name, what),
            .source_name = whole.source_name,
            .dtype = whole.dtype,
            .rank = whole.rank,
            .shape = {parts[i].rows * groups, whole.shape[1]}};
        if (whole.rank == 3) {
            part.shape[0] = whole.shape[0];
            part.shape[1] = parts[i].rows;
            part.shape[2] = whole.shape[2];
        }
        if (model_tensor(m, part.name) != NULL)
            continue;
        if (whole.rank == 1)
            add_vector(m, &whole, part, &parts[i], group, groups);
        else if (!add_matrix(m, &whole, part, &parts[i], group, groups, d))
            return false;
    }
    model_drop_tensor(m, whole.name);
    return true;
}

/* A type that rlx does not read is that of all parts. */
static void split_unread(struct model *m, uint32_t layer, const char *name,
                         const struct part *parts, uint32_t count)
{
    const str_id whole = str_printf(m->strings, "model.layers.%u.%s.weight", layer, name);
    const struct unread_tensor *found = model_unread(m, whole);

    if (found == NULL)
        return;
    uint32_t index = (uint32_t)(found - m->unread);
    const struct unread_tensor copy = *found;
    for (uint32_t i = 0; i < count; i++) {
        str_id part = str_printf(m->strings, "model.layers.%u.%s.weight", layer, parts[i].name);
        if (i == 0)
            m->unread[index].name = part;
        else
            model_add_unread(m, part, str_text(m->strings, copy.source_name), copy.type,
                             copy.shape);
    }
}

/* ffn_up of a GGUF file without ffn_gate may be both. */
static void name_gate_up(struct model *m, uint32_t layer, uint64_t feed_forward)
{
    const struct tensor *up = find(m, layer, "mlp.up_proj", "weight");

    if (up != NULL && rows_of(up) == 2 * feed_forward &&
        find(m, layer, "mlp.gate_proj", "weight") == NULL)
        m->tensors[up - m->tensors].name =
            str_printf(m->strings, "model.layers.%u.mlp.gate_up_proj.weight", layer);
}

static bool split_layer(struct model *m, uint32_t layer, bool by_head, struct diags *d)
{
    static const char *const what[] = {"weight", "bias"};
    const struct layer_parameters *l = &m->hyper.layer[layer];
    uint64_t groups = by_head ? l->kv_heads : 1, f = l->feed_forward;
    uint64_t q = (uint64_t)l->heads * l->head_dim / groups;
    uint64_t k = (uint64_t)l->kv_heads * l->head_dim / groups;
    const struct part qkv[] = {
        {"self_attn.q_proj", 0, q}, {"self_attn.k_proj", q, k}, {"self_attn.v_proj", q + k, k}};
    const struct part gate_up[] = {{"mlp.gate_proj", 0, f}, {"mlp.up_proj", f, f}};
    const uint64_t w = m->hyper.expert_width;
    const struct part experts[] = {{"mlp.experts.gate_proj", 0, w}, {"mlp.experts.up_proj", w, w}};
    bool good = true;

    name_gate_up(m, layer, f);
    split_unread(m, layer, "self_attn.qkv_proj", qkv, countof(qkv));
    split_unread(m, layer, "mlp.gate_up_proj", gate_up, countof(gate_up));
    for (size_t i = m->hyper.transposed; i < countof(what) && good; i++) /* columns: by families */
        good = split(m, layer, "self_attn.qkv_proj", what[i], qkv, countof(qkv), groups, d) &&
               split(m, layer, "mlp.gate_up_proj", what[i], gate_up, countof(gate_up), 1, d);
    return good && (m->hyper.experts_turned || /* likewise */
                    split(m, layer, "mlp.experts.gate_up_proj", "weight", experts, countof(experts),
                          m->hyper.experts, d));
}

/* model.NAME.weight, [streams - 1, H, H], is the matrices model.NAME.0.weight and so on. */
static bool split_streams(struct model *m, const char *name, struct diags *d)
{
    const uint32_t count = m->hyper.streams - 1;
    const struct tensor *found = model_find_tensor(m, "model.%s.weight", name);
    const struct unread_tensor *unread =
        model_unread(m, str_printf(m->strings, "model.%s.weight", name));

    if (unread != NULL)
        m->unread[unread - m->unread].name = str_printf(m->strings, "model.%s.0.weight", name);
    if (found == NULL || found->rank != 3 || found->shape[0] != count)
        return true;
    const struct tensor whole = *found; /* the list of tensors may move */
    for (uint32_t i = 0; i < count; i++) {
        const struct tensor_slice slice = {whole, i * whole.shape[1], whole.shape[1]};
        const struct tensor part = {.name = str_printf(m->strings, "model.%s.%u.weight", name, i),
                                    .source_name = whole.source_name,
                                    .dtype = whole.dtype,
                                    .rank = 2,
                                    .shape = {whole.shape[1], whole.shape[2]}};
        if (!model_add_slices(m, part, &slice, 1, d))
            return false;
    }
    model_drop_tensor(m, whole.name);
    return true;
}

bool import_split_fused(struct model *m, struct diags *d)
{
    bool by_head = !model_is_gguf(m) && m->kind->qkv_by_head, good = true;

    for (uint32_t i = 0; i < m->hyper.layers && good; i++)
        good = split_layer(m, i, by_head, d);
    if (m->hyper.streams > 1)
        good = good && split_streams(m, "altup_projections", d) &&
               split_streams(m, "altup_unembed_projections", d);
    return good;
}
