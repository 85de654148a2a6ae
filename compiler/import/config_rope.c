/* Rotary parameters of config.json. transformers 5 has one object `rope_parameters`; transformers 4
 * has `rope_theta` and, for scaled frequencies, an object `rope_scaling` whose kind stands under
 * `rope_type` or, older, `type`.
 *
 * Source: modeling_rope_utils.py of transformers (defaults, what YaRN derives where keys are
 * absent, and which of two spellings counts).
 */
#include "compiler/import/config.h"

#include <math.h>
#include <string.h>

enum { MAX_FACTOR = 1000000 };

/* Kinds of scaling, and for each what it is here. Dynamic scaling begins behind
 * max_position_embeddings, and rlx compiles for no more positions. */
enum kind { KIND_default = 1, KIND_linear = 2, KIND_dynamic = 4, KIND_llama3 = 8, KIND_yarn = 16 };

static const struct {
    const char *name;
    enum kind kind;
    enum rope_scaling scaling;
} kinds[] = {
    {"default", KIND_default, ROPE_default}, {"linear", KIND_linear, ROPE_linear},
    {"dynamic", KIND_dynamic, ROPE_default}, {"llama3", KIND_llama3, ROPE_llama3},
    {"yarn", KIND_yarn, ROPE_yarn},
};

/* Keys of the object, and the kinds that read them. */
static const struct {
    const char *name;
    unsigned kinds;
} object_keys[] = {
    {"rope_type", ~0u},
    {"type", ~0u},
    {"rope_theta", ~0u},
    {"partial_rotary_factor", ~0u},
    {"finetuned", ~0u},     /* for people */
    {"mrope_section", ~0u}, /* of pictures and films; for text all positions are equal */
    {"factor", KIND_linear | KIND_dynamic | KIND_llama3 | KIND_yarn},
    {"original_max_position_embeddings", KIND_dynamic | KIND_llama3 | KIND_yarn},
    {"low_freq_factor", KIND_llama3},
    {"high_freq_factor", KIND_llama3},
    {"attention_factor", KIND_yarn},
    {"beta_fast", KIND_yarn},
    {"beta_slow", KIND_yarn},
    {"mscale", KIND_yarn},
    {"mscale_all_dim", KIND_yarn},
    {"truncate", KIND_yarn},
};

/* Two places may say the same thing; where they differ, a warning says which one counts. */
static void compare(const struct config *c, const json_t *counts, const char *where,
                    const json_t *other, const char *other_where)
{
    bool numbers = json_is_number(counts) && json_is_number(other);

    if (counts != NULL && other != NULL && !json_equal(counts, other) &&
        !(numbers && json_number_value(counts) == json_number_value(other)))
        diag_warning(c->diags, config_place(c, where),
                     "%s counts, and %s of %s does not, as in transformers",
                     json_found(c->diags->arena, counts), json_found(c->diags->arena, other),
                     other_where);
}

/* Theta and the rotary part stand in the object or beside it. */
static const json_t *inner_or_beside(const struct config *c, const json_t *object, const char *key)
{
    const json_t *inner = config_get(object, key);

    compare(c, inner, key, config_get(c->root, key), "the same key beside the object");
    return inner != NULL ? object : c->root;
}

/* 0: none that is known; reported. */
static enum kind read_kind(const struct config *c, const json_t *object, enum rope_scaling *scaling)
{
    const char *key = config_get(object, "rope_type") != NULL ? "rope_type" : "type";
    uint32_t before = c->diags->error_count;
    const char *kind = config_string(c, object, key);

    *scaling = ROPE_default;
    compare(c, config_get(object, "rope_type"), "rope_type", config_get(object, "type"), "type");
    if (kind == NULL)
        return c->diags->error_count == before ? KIND_default : 0;
    for (size_t i = 0; i < countof(kinds); i++)
        if (strcmp(kinds[i].name, kind) == 0) {
            *scaling = kinds[i].scaling;
            return kinds[i].kind;
        }
    diag_error(c->diags, config_place(c, key),
               "expected default, linear, dynamic, llama3 or yarn, found '%.60s'", kind);
    return 0;
}

static void warn_of_unused(const struct config *c, const json_t *object, enum kind kind)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        bool used = json_is_null(value);
        for (size_t i = 0; i < countof(object_keys) && !used; i++)
            used = (object_keys[i].kinds & kind) != 0 && strcmp(object_keys[i].name, name) == 0;
        if (!used)
            diag_warning(c->diags, config_place(c, name),
                         "has no meaning for this rope_type: left out, as transformers does");
    }
}

/* Positions before scaling: beside the object (which counts in transformers), in it, or else all
 * that the model has. */
static void read_original_context(const struct config *c, const json_t *from,
                                  struct hyper_parameters *h)
{
    const char *key = "original_max_position_embeddings";
    uint32_t *out = &h->rope.original_context;

    *out = h->context;
    compare(c, config_get(c->root, key), key, config_get(from, key), "the same key in the object");
    if (!config_u32(c, c->root, key, 1, MAX_CONTEXT, OPTIONAL, out))
        config_u32(c, from, key, 1, MAX_CONTEXT, OPTIONAL, out);
}

static void read_llama3(const struct config *c, const json_t *from, struct hyper_parameters *h)
{
    struct rope_parameters *rope = &h->rope;

    config_f64(c, from, "factor", 1, MAX_FACTOR, REQUIRED, &rope->factor);
    bool both = config_f64(c, from, "low_freq_factor", 1e-3, MAX_FACTOR, REQUIRED,
                           &rope->low_frequency_factor);
    both &= config_f64(c, from, "high_freq_factor", 1e-3, MAX_FACTOR, REQUIRED,
                       &rope->high_frequency_factor);
    if (both && rope->high_frequency_factor <= rope->low_frequency_factor)
        diag_error(c->diags, config_place(c, "high_freq_factor"),
                   "expected more than low_freq_factor, %g, found %g", rope->low_frequency_factor,
                   rope->high_frequency_factor);
    read_original_context(c, from, h);
}

/* YaRN's scale of the magnitude for a context that is `factor` times as long. */
static double yarn_magnitude(double factor, double weight)
{
    return factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1;
}

static void read_yarn(const struct config *c, const json_t *from, struct hyper_parameters *h)
{
    struct rope_parameters *rope = &h->rope;
    double scale = 0, scale_all = 0;
    bool truncate = true;

    read_original_context(c, from, h);
    if (!config_f64(c, from, "factor", 1, MAX_FACTOR, OPTIONAL, &rope->factor) &&
        h->context > rope->original_context)
        rope->factor = (double)h->context / rope->original_context;
    config_f64(c, from, "beta_fast", 0, MAX_FACTOR, OPTIONAL, &rope->beta_fast);
    config_f64(c, from, "beta_slow", 0, MAX_FACTOR, OPTIONAL, &rope->beta_slow);
    if (rope->beta_fast == 0) /* absent, or so that transformers takes it for absent */
        rope->beta_fast = 32;
    if (rope->beta_slow == 0)
        rope->beta_slow = 1;
    config_f64(c, from, "mscale", 0, MAX_FACTOR, OPTIONAL, &scale);
    config_f64(c, from, "mscale_all_dim", 0, MAX_FACTOR, OPTIONAL, &scale_all);
    if (!config_f64(c, from, "attention_factor", 1e-6, MAX_FACTOR, OPTIONAL,
                    &rope->attention_factor) &&
        scale != 0 && scale_all != 0)
        rope->attention_factor =
            yarn_magnitude(rope->factor, scale) / yarn_magnitude(rope->factor, scale_all);
    config_bool(c, from, "truncate", &truncate);
    rope->exact_borders = !truncate;
}

/* The classes that are known here turn whole heads by default, whatever this says; of scaled
 * frequencies they take a part and then fail. */
static void read_rotary_part(const struct config *c, const json_t *object, enum kind kind)
{
    const char *key = "partial_rotary_factor";
    double part = 1;

    if (!config_f64(c, inner_or_beside(c, object, key), key, 0, 1, OPTIONAL, &part) || part == 1)
        return;
    if (kind == KIND_default)
        config_warn_unused(c, key);
    else
        diag_error(c->diags, config_place(c, key), "expected 1 with this rope_type, found %g",
                   part);
}

/* transformers 5 writes rope_parameters, 4 rope_scaling, which counts where both stand; an empty
 * one is none. False: neither can be read. */
static bool find_object(const struct config *c, const json_t **object)
{
    static const char *const keys[] = {"rope_parameters", "rope_scaling"};
    const json_t *found[countof(keys)] = {NULL};

    *object = NULL;
    for (size_t i = 0; i < countof(keys); i++) {
        const json_t *value = config_get(c->root, keys[i]);
        if (value != NULL && !json_is_object(value))
            return diag_error(c->diags, config_place(c, keys[i]), "expected an object, found %s",
                              json_found(c->diags->arena, value));
        found[i] = json_object_size(value) == 0 ? NULL : value;
        *object = found[i] != NULL ? found[i] : *object;
        if (config_get(value, "full_attention") != NULL ||
            config_get(value, "sliding_attention") != NULL)
            return diag_error(
                c->diags, config_place(c, keys[i]),
                "expected one set of parameters for all layers, found one for each type of layer");
    }
    compare(c, found[1], keys[1], found[0], keys[0]);
    return true;
}

void config_read_rope(const struct config *c, struct hyper_parameters *h)
{
    struct rope_parameters *rope = &h->rope;
    const json_t *object;
    double unread;

    rope->theta = 10000;
    rope->factor = 1;
    if (!find_object(c, &object))
        return;
    config_f64(c, inner_or_beside(c, object, "rope_theta"), "rope_theta", 1, 1e12, OPTIONAL,
               &rope->theta);
    enum kind kind = read_kind(c, object, &rope->scaling);
    if (kind == 0)
        return;
    read_rotary_part(c, object, kind);
    warn_of_unused(c, object, kind);
    if (kind == KIND_linear)
        config_f64(c, object, "factor", 1e-6, MAX_FACTOR, REQUIRED, &rope->factor);
    else if (kind == KIND_dynamic)
        config_f64(c, object, "factor", 0, MAX_FACTOR, OPTIONAL, &unread);
    else if (kind == KIND_llama3)
        read_llama3(c, object, h);
    else if (kind == KIND_yarn)
        read_yarn(c, object, h);
}
