/* Rotary parameters of config.json. transformers 5 has one object `rope_parameters`; transformers 4
 * has `rope_theta` and, for scaled frequencies, an object `rope_scaling` whose kind stands under
 * `rope_type` or, older, `type`.
 *
 * Source: modeling_rope_utils.py of transformers (defaults, and what YaRN derives where keys are
 * absent).
 */
#include "compiler/import/config.h"

#include <math.h>
#include <string.h>

enum { MAX_FACTOR = 1000000 };

static const struct {
    const char *name;
    enum rope_scaling scaling;
} kinds[] = {
    {"default", ROPE_default},
    {"linear", ROPE_linear},
    {"llama3", ROPE_llama3},
    {"yarn", ROPE_yarn},
};

/* A value that stands under two spellings or in two places: once, or twice the same. */
static bool agree(const struct config *c, const char *key, const json_t *one, const char *where,
                  const json_t *other)
{
    bool numbers = json_is_number(one) && json_is_number(other);

    if (one == NULL || other == NULL || json_equal(one, other) ||
        (numbers && json_number_value(one) == json_number_value(other)))
        return true;
    return diag_error(c->diags, config_place(c, key), "expected what %s says too, %s, found %s",
                      where, json_found(c->diags->arena, other), json_found(c->diags->arena, one));
}

static bool check_spellings(const struct config *c, const json_t *object)
{
    static const char *const both[] = {"rope_theta", "partial_rotary_factor",
                                       "original_max_position_embeddings"};
    bool good =
        agree(c, "rope_parameters", config_get(c->root, "rope_parameters"), "rope_scaling",
              config_get(c->root, "rope_scaling")) &&
        agree(c, "rope_type", config_get(object, "rope_type"), "type", config_get(object, "type"));

    for (size_t i = 0; i < countof(both); i++)
        good = agree(c, both[i], config_get(object, both[i]), "the same key beside the object",
                     config_get(c->root, both[i])) &&
               good;
    return good;
}

static bool read_kind(const struct config *c, const json_t *from, enum rope_scaling *scaling)
{
    const char *key = config_get(from, "rope_type") != NULL ? "rope_type" : "type";
    uint32_t before = c->diags->error_count;
    const char *kind = config_string(c, from, key);

    *scaling = ROPE_default;
    if (kind == NULL && c->diags->error_count != before)
        return false;
    for (size_t i = 0; kind != NULL && i < countof(kinds); i++)
        if (strcmp(kinds[i].name, kind) == 0) {
            *scaling = kinds[i].scaling;
            return true;
        }
    return kind == NULL ||
           diag_error(c->diags, config_place(c, key),
                      "expected default, linear, llama3 or yarn, found '%.60s'", kind);
}

/* Positions before scaling: in the object, beside it, or else all that the model has. */
static void read_original_context(const struct config *c, const json_t *from,
                                  struct hyper_parameters *h)
{
    const char *key = "original_max_position_embeddings";

    h->rope.original_context = h->context;
    if (!config_u32(c, from, key, 1, MAX_CONTEXT, OPTIONAL, &h->rope.original_context))
        config_u32(c, c->root, key, 1, MAX_CONTEXT, OPTIONAL, &h->rope.original_context);
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

    read_original_context(c, from, h);
    if (!config_f64(c, from, "factor", 1, MAX_FACTOR, OPTIONAL, &rope->factor) &&
        h->context > rope->original_context)
        rope->factor = (double)h->context / rope->original_context;
    rope->beta_fast = 32;
    rope->beta_slow = 1;
    config_f64(c, from, "beta_fast", 1e-3, MAX_FACTOR, OPTIONAL, &rope->beta_fast);
    config_f64(c, from, "beta_slow", 1e-3, MAX_FACTOR, OPTIONAL, &rope->beta_slow);
    config_f64(c, from, "mscale", 0, MAX_FACTOR, OPTIONAL, &scale);
    config_f64(c, from, "mscale_all_dim", 0, MAX_FACTOR, OPTIONAL, &scale_all);
    if (!config_f64(c, from, "attention_factor", 1e-6, MAX_FACTOR, OPTIONAL,
                    &rope->attention_factor) &&
        scale != 0 && scale_all != 0)
        rope->attention_factor =
            yarn_magnitude(rope->factor, scale) / yarn_magnitude(rope->factor, scale_all);
    if (json_is_false(json_object_get(from, "truncate")))
        diag_error(c->diags, config_place(c, "truncate"), "expected true, found false");
}

/* In `from`, or beside it in the root. */
static void read_rotary_part(const struct config *c, const json_t *from, struct hyper_parameters *h)
{
    const char *key = "partial_rotary_factor";
    double part = 1;

    if (!config_f64(c, from, key, 0, 1, OPTIONAL, &part) && from != c->root)
        config_f64(c, c->root, key, 0, 1, OPTIONAL, &part);
    if (part == 1)
        return;
    h->rotary_dim = (uint32_t)(h->head_dim * part);
    if (h->rotary_dim < 2 || h->rotary_dim % 2 != 0)
        diag_error(c->diags, config_place(c, key),
                   "expected a part of the head size %u that is an even number, found %u values",
                   h->head_dim, h->rotary_dim);
}

void config_read_rope(const struct config *c, struct hyper_parameters *h)
{
    bool new_spelling = config_get(c->root, "rope_parameters") != NULL;
    const char *key = new_spelling ? "rope_parameters" : "rope_scaling";
    const json_t *object = config_get(c->root, key);
    struct rope_parameters *rope = &h->rope;

    rope->theta = 10000;
    rope->factor = 1;
    if (object != NULL && !json_is_object(object)) {
        diag_error(c->diags, config_place(c, key), "expected an object, found %s",
                   json_found(c->diags->arena, object));
        return;
    }
    if (config_get(object, "full_attention") != NULL ||
        config_get(object, "sliding_attention") != NULL) {
        diag_error(
            c->diags, config_place(c, key),
            "expected one set of parameters for all layers, found one for each type of layer");
        return;
    }
    if (!check_spellings(c, object))
        return;
    if (!config_f64(c, object, "rope_theta", 1, 1e12, OPTIONAL, &rope->theta))
        config_f64(c, c->root, "rope_theta", 1, 1e12, OPTIONAL, &rope->theta);
    read_rotary_part(c, object != NULL ? object : c->root, h);
    if (object == NULL || !read_kind(c, object, &rope->scaling))
        return;
    if (rope->scaling == ROPE_linear)
        config_f64(c, object, "factor", 1, MAX_FACTOR, REQUIRED, &rope->factor);
    else if (rope->scaling == ROPE_llama3)
        read_llama3(c, object, h);
    else if (rope->scaling == ROPE_yarn)
        read_yarn(c, object, h);
}
