/* The sampling that the publisher of a model recommends. In: generation_config.json of a directory,
 * or general.sampling.* of a GGUF file, which is the same file converted. Out: m->sampling.
 *
 * transformers uses these values only with do_sample; vLLM and llama.cpp take them as
 * recommendations in any case, and so does rlx. do_sample counts in one case: false without a
 * temperature means greedy. A recommendation that rlx does not support gives a warning, since the
 * model computes the same; a value that makes no sense is an error.
 */
#include "compiler/import/config.h"

#include <math.h>

/* A minimum above 0 excludes 0 where it would mean "off" in rlx and something else in the file. */
static const struct option {
    const char *json, *gguf;
    double min, max;
    bool whole;
} options[SAMPLING_COUNT] = {
    [SAMPLING_temperature] = {"temperature", "general.sampling.temp", 0, 100, false},
    [SAMPLING_top_k] = {"top_k", "general.sampling.top_k", -1, 1 << 30, true},
    [SAMPLING_top_p] = {"top_p", "general.sampling.top_p", 1e-6, 1, false},
    [SAMPLING_min_p] = {"min_p", "general.sampling.min_p", 0, 1, false},
    [SAMPLING_repetition_penalty] = {"repetition_penalty", "general.sampling.penalty_repeat", 0.01,
                                     100, false},
    [SAMPLING_penalty_window] = {NULL, "general.sampling.penalty_last_n", -1, 1 << 30, true},
};

/* Sampling methods that rlx does not have, and the value with which they have no effect. */
static const struct {
    const char *json, *gguf;
    double off;
} others[] = {
    {"num_beams", NULL, 1},
    {"typical_p", NULL, 1},
    {"no_repeat_ngram_size", NULL, 0},
    {"penalty_alpha", NULL, 0},
    {NULL, "general.sampling.xtc_probability", 0},
    {NULL, "general.sampling.mirostat", 0},
};

static void take(enum sampling_option which, double value, struct place at,
                 struct recommended_sampling *out, struct diags *d)
{
    const struct option *o = &options[which];

    if (!(value >= o->min && value <= o->max) || (o->whole && value != floor(value))) {
        diag_error(d, at, "expected %s from %g to %g, found %g",
                   o->whole ? "an integer" : "a number", o->min, o->max, value);
        return;
    }
    out->given[which] = true;
    out->value[which] = value;
}

static void warn_of(double value, double off, struct place at, struct diags *d)
{
    if (value != off)
        diag_warning(d, at, "the publisher recommends %g; rlx does not support this and ignores it",
                     value);
}

/* ---- generation_config.json ---- */

/* A number; false if the key is absent or null, or not a number (an error). */
static bool json_number(const json_t *root, const char *key, struct place at, double *out,
                        struct diags *d)
{
    const json_t *value = json_object_get(root, key);

    if (value == NULL || json_is_null(value))
        return false;
    *out = json_number_value(value);
    return json_is_number(value) ||
           diag_error(d, at, "expected a number, found %s", json_found(d->arena, value));
}

static void read_json(const json_t *root, const char *path, struct recommended_sampling *out,
                      struct diags *d)
{
    const json_t *sample = json_object_get(root, "do_sample");
    struct place at = {.file = path, .object = "do_sample"};
    double value;

    if (sample != NULL && !json_is_null(sample) && !json_is_boolean(sample))
        diag_error(d, at, "expected true or false, found %s", json_found(d->arena, sample));
    for (uint32_t i = 0; i < SAMPLING_COUNT; i++) {
        at.object = options[i].json;
        if (at.object != NULL && json_number(root, at.object, at, &value, d))
            take((enum sampling_option)i, value, at, out, d);
    }
    if (json_is_false(sample) && !out->given[SAMPLING_temperature])
        out->given[SAMPLING_temperature] = true; /* 0: greedy */
    for (size_t i = 0; i < countof(others); i++) {
        at.object = others[i].json;
        if (at.object != NULL && json_is_number(json_object_get(root, at.object)))
            warn_of(json_number_value(json_object_get(root, at.object)), others[i].off, at, d);
    }
}

bool sampling_from_json(const char *path, struct model *m, struct diags *d)
{
    uint32_t before = d->error_count;
    json_t *root = json_read_file(path, d);

    if (root != NULL) {
        const struct config c = {.root = root, .path = path, .diags = d};
        read_json(root, path, &m->sampling, d);
        config_check_ids(&c, m->hyper.vocabulary);
    }
    json_decref(root);
    return d->error_count == before;
}

bool sampling_from_directory(const char *directory, struct model *m, struct diags *d)
{
    const char *path = arena_printf(m->arena, "%s/generation_config.json", directory);

    return !file_is_named(path) || sampling_from_json(path, m, d);
}

/* ---- general.sampling.* ---- */

bool sampling_from_gguf(const struct gguf *g, struct model *m, struct diags *d)
{
    static const char sequence[] = "general.sampling.sequence";
    struct place at = {.file = g->file->path};
    uint32_t before = d->error_count;
    double value;

    for (uint32_t i = 0; i < SAMPLING_COUNT; i++) {
        at.object = options[i].gguf;
        if (gguf_get_f64(g, at.object, &value, d))
            take((enum sampling_option)i, value, at, &m->sampling, d);
    }
    for (size_t i = 0; i < countof(others); i++) {
        at.object = others[i].gguf;
        if (at.object != NULL && gguf_get_f64(g, at.object, &value, d))
            warn_of(value, others[i].off, at, d);
    }
    at.object = sequence;
    if (gguf_find(g, sequence) != NULL)
        diag_warning(d, at,
                     "the publisher recommends an order of sampling; rlx uses its own fixed order");
    return d->error_count == before;
}
