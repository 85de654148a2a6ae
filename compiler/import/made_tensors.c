/* Tensors that files leave out or have in a shorter form, so that families and kernels need one form
 * alone. In: a model with all its tensors. Out:
 *
 *   self_attn.v_norm.weight       ones, where v is normed without a weight; likewise q_norm and k_norm
 *   layer_scalar.weight           [hidden] of the one number of a layer
 *   embed_tokens_per_layer        as many rows as the vocabulary: tokens beyond those of the file have
 *                                 the row of token 0, as in transformers
 */
#include "compiler/import/import.h"
#include "compiler/import/quant.h"

#include <stdio.h>
#include <string.h>

/* A vector whose elements are all `value`. */
static void add_vector(struct model *m, const char *name, str_id source_name, uint32_t width,
                       float value)
{
    float *values = arena_new(m->arena, float, width);

    for (uint32_t i = 0; i < width; i++)
        values[i] = value;
    model_add_memory(m,
                     (struct tensor){.name = str_of(m->strings, name),
                                     .source_name = source_name,
                                     .dtype = DTYPE_f32,
                                     .rank = 1,
                                     .shape = {width}},
                     (const uint8_t *)values);
}

static void add_norm(struct model *m, uint32_t layer, const char *what)
{
    char name[64];

    snprintf(name, sizeof name, "model.layers.%u.self_attn.%s_norm.weight", layer, what);
    if (!m->hyper.layer[layer].shares_kv && model_find_tensor(m, "%s", name) == NULL)
        add_vector(m, name, 0, m->hyper.layer[layer].head_dim, 1);
}

/* Files call it layer_scalar, with or without a suffix. */
static bool widen_scalar(struct model *m, uint32_t layer, struct diags *d)
{
    char name[64];
    float value;

    snprintf(name, sizeof name, "model.layers.%u.layer_scalar.weight", layer);
    const struct tensor *found = model_find_tensor(m, "%s", name);
    found = found != NULL ? found : model_find_tensor(m, "model.layers.%u.layer_scalar", layer);
    if (found == NULL)
        return true;
    const struct tensor t = *found; /* the list of tensors may move */
    if (tensor_rows(&t) * tensor_width(&t) != 1 || dtype_info[t.dtype].block != 1)
        return diag_error(
            d,
            (struct place){.file = m->path,
                           .object = arena_printf(d->arena, "tensor '%s'",
                                                  str_text(m->strings, t.source_name))},
            "expected one number");
    quant_decode(t.dtype, model_row(m, &t, 0, NULL), 1, &value);
    model_drop_tensor(m, t.name);
    add_vector(m, name, t.source_name, m->hyper.hidden, value);
    return true;
}

static bool fit_vocabulary(struct model *m, struct diags *d)
{
    const struct hyper_parameters *h = &m->hyper;
    const struct tensor *found = model_find_tensor(m, "model.embed_tokens_per_layer.weight");
    const uint32_t given = h->layer_vocabulary, all = h->vocabulary;

    if (given == 0 || given == all || found == NULL || found->rank != 2 || found->shape[0] != given)
        return true;
    struct tensor whole = *found, made = whole;
    uint32_t count = given < all ? 1 + all - given : 1;
    struct tensor_slice *slices = arena_new(m->arena, struct tensor_slice, count);
    slices[0] = (struct tensor_slice){whole, 0, min_u64(given, all)};
    for (uint32_t i = 1; i < count; i++)
        slices[i] = (struct tensor_slice){whole, 0, 1};
    made.shape[0] = all;
    model_drop_tensor(m, whole.name);
    return model_add_slices(m, made, slices, count, d);
}

bool import_make_tensors(struct model *m, struct diags *d)
{
    bool good = true;

    for (uint32_t i = 0; i < m->hyper.layers && good; i++) {
        const enum layer_rope rope = m->hyper.layer[i].rope;
        if (m->hyper.has_v_norm)
            add_norm(m, i, "v");
        if (m->hyper.plain_qk_norm && (rope == LAYER_ROPE_global || rope == LAYER_ROPE_local)) {
            add_norm(m, i, "q");
            add_norm(m, i, "k");
        }
        good = widen_scalar(m, i, d);
    }
    return good && (m->hyper.layer_width == 0 || fit_vocabulary(m, d));
}
