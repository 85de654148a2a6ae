/* Names of tensors. In: a name in a file, or the compiler's; out: the other, by tensor_names.def and
 * the scheme of the model's architecture. */
#include "compiler/import/import.h"

#include <string.h>

static const struct scheme {
    const char *prefix, *layer_prefix;
} schemes[] = {
#define SCHEME(name, before, before_layer) {before, before_layer},
#define TOP(scheme, in_file, our_name)
#define LAYER(scheme, in_file, our_name)
#include "compiler/import/tensor_names.def"
#undef SCHEME
#undef TOP
#undef LAYER
};

static const struct name_pair {
    enum name_scheme scheme;
    bool layer;
    const char *file, *ours;
} name_pairs[] = {
#define SCHEME(name, before, before_layer)
#define TOP(scheme, in_file, our_name) {NAMES_##scheme, false, in_file, our_name},
#define LAYER(scheme, in_file, our_name) {NAMES_##scheme, true, in_file, our_name},
#include "compiler/import/tensor_names.def"
#undef SCHEME
#undef TOP
#undef LAYER
};

static const char our_prefix[] = "model.layers.";

/* The schemes of a model: that of its architecture, then the common one of its format. */
static void schemes_of(const struct model *m, enum name_scheme out[2])
{
    bool gguf = model_is_gguf(m);

    out[1] = gguf ? NAMES_gguf : NAMES_same;
    out[0] = m->kind == NULL ? out[1] : gguf ? m->kind->gguf_names : m->kind->names;
}

/* What follows "PREFIX<N>.", and N, a number without leading zeros; NULL if the name does not begin
 * so. */
static const char *after_layer(const char *name, const char *prefix, uint32_t *layer)
{
    const char *at = name + strlen(prefix);

    if (strncmp(name, prefix, strlen(prefix)) != 0 || at[0] < '0' || at[0] > '9' ||
        (at[0] == '0' && at[1] != '.'))
        return NULL;
    for (*layer = 0; *at >= '0' && *at <= '9'; at++) {
        if (*layer >= MAX_LAYERS)
            return NULL;
        *layer = *layer * 10 + (uint32_t)(*at - '0');
    }
    return *at == '.' ? at + 1 : NULL;
}

/* What follows `whole`, if `name` begins with it and then a dot or nothing; else NULL. */
static const char *after_name(const char *name, const char *whole)
{
    size_t bytes = strlen(whole);

    return strncmp(name, whole, bytes) == 0 && (name[bytes] == '.' || name[bytes] == 0)
               ? name + bytes
               : NULL;
}

/* The pair whose name in the file, or else ours, `base` begins with; NULL: none. */
static const struct name_pair *find_pair(enum name_scheme scheme, bool layer, bool by_file,
                                         const char *base, const char **rest)
{
    for (size_t i = 0; i < countof(name_pairs); i++) {
        const struct name_pair *pair = &name_pairs[i];
        if (pair->scheme != scheme || pair->layer != layer)
            continue;
        *rest = after_name(base, by_file ? pair->file : pair->ours);
        if (*rest != NULL)
            return pair;
    }
    return NULL;
}

/* Directories of models of texts and images have a prefix before what belongs to the text. */
static const char *without_text_prefix(const struct model *m, const char *name)
{
    static const char *const prefixes[][2] = {{"model.language_model.", "model."},
                                              {"language_model.model.", "model."},
                                              {"language_model.", ""}};

    for (size_t i = 0; i < countof(prefixes) && !model_is_gguf(m); i++) {
        size_t bytes = strlen(prefixes[i][0]);
        if (strncmp(name, prefixes[i][0], bytes) == 0)
            return arena_printf(m->arena, "%s%s", prefixes[i][1], name + bytes);
    }
    return name;
}

str_id tensor_name_from_file(const struct model *m, const char *name)
{
    enum name_scheme order[2];

    name = without_text_prefix(m, name);
    schemes_of(m, order);
    for (size_t i = 0; i < countof(order); i++) {
        const struct scheme *scheme = &schemes[order[i]];
        size_t before = strlen(scheme->prefix);
        const char *base = strncmp(name, scheme->prefix, before) == 0 ? name + before : name, *rest;
        uint32_t layer = 0;
        const char *in_layer = after_layer(base, scheme->layer_prefix, &layer);
        base = in_layer != NULL ? in_layer : base;
        const struct name_pair *pair = find_pair(order[i], in_layer != NULL, true, base, &rest);
        if (pair != NULL && in_layer != NULL)
            return str_printf(m->strings, "%s%u.%s%s", our_prefix, layer, pair->ours, rest);
        if (pair != NULL)
            return str_printf(m->strings, "%s%s", pair->ours, rest);
        if (in_layer != NULL && !model_is_gguf(m))
            return str_printf(m->strings, "%s%u.%s", our_prefix, layer, base);
    }
    return str_of(m->strings, name);
}

/* By two schemes, of which the first counts. */
static const char *name_by(const enum name_scheme order[2], const char *name, struct arena *a)
{
    uint32_t layer = 0;
    const char *in_layer = after_layer(name, our_prefix, &layer);
    const char *base = in_layer != NULL ? in_layer : name, *rest;

    for (size_t i = 0; i < 2; i++) {
        const struct scheme *scheme = &schemes[order[i]];
        const struct name_pair *pair = find_pair(order[i], in_layer != NULL, false, base, &rest);
        if (pair != NULL && in_layer != NULL)
            return arena_printf(a, "%s%s%u.%s%s", scheme->prefix, scheme->layer_prefix, layer,
                                pair->file, rest);
        if (pair != NULL)
            return arena_printf(a, "%s%s%s", scheme->prefix, pair->file, rest);
    }
    return name;
}

const char *tensor_name_in_file(const struct model *m, const char *name)
{
    enum name_scheme order[2];

    schemes_of(m, order);
    return name_by(order, name, m->arena);
}

const char *tensor_name_in_gguf(const struct architecture *kind, const char *name, struct arena *a)
{
    const enum name_scheme order[2] = {kind == NULL ? NAMES_gguf : kind->gguf_names, NAMES_gguf};

    return name_by(order, name, a);
}
