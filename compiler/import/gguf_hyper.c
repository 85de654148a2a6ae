/* Hyper-parameters of a GGUF file. In: the keys that begin with the architecture's name. Out:
 * struct hyper_parameters.
 *
 * Sources: the GGUF specification for keys; src/llama-model.cpp and src/models of
 * ggml-org/llama.cpp for defaults, and for the meaning of the rope.scaling keys.
 */
#include "compiler/import/gguf_keys.h"

#include "compiler/base/out.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { MAX_LISTED_BYTES = 400 };

const char *gguf_key(const struct gguf_keys *k, const char *name)
{
    return arena_printf(k->d->arena, "%s.%s", k->architecture->gguf, name);
}

struct place gguf_key_place(const struct gguf_keys *k, const char *key)
{
    return (struct place){.file = k->g->file->path, .object = key};
}

const struct gguf_value *gguf_key_list(const struct gguf_keys *k, const char *key)
{
    const struct gguf_value *v = gguf_find(k->g, key);

    return v == NULL || v->type != GGUF_array || v->element == GGUF_array ||
                   v->element == GGUF_string
               ? NULL
               : v;
}

struct plain_value gguf_key_value(const struct gguf_keys *k, const char *key)
{
    return plain_by_layer(plain_gguf(k->g, gguf_find(k->g, key)), k->layers);
}

bool gguf_key_u32(const struct gguf_keys *k, const char *name, uint32_t min, uint32_t max,
                  bool required, uint32_t *out)
{
    const char *key = gguf_key(k, name);
    const struct plain_value v = gguf_key_value(k, key);
    const char *by_layer =
        k->layers == 0
            ? ""
            : arena_printf(k->d->arena, ", or one for each of the %u layers, all the same",
                           k->layers);

    if (v.kind == VALUE_nothing && !required)
        return false;
    if (v.kind != VALUE_number || v.boolean || !(v.number >= min && v.number <= max) ||
        v.number != floor(v.number))
        return diag_error(k->d, gguf_key_place(k, key),
                          "expected an integer from %u to %u%s, found %s", min, max,
                          v.kind == VALUE_list ? by_layer : "",
                          v.kind == VALUE_nothing ? "no such key" : plain_found(k->d->arena, &v));
    *out = (uint32_t)v.number;
    return true;
}

bool gguf_key_sizes(const struct gguf_keys *k, const struct size_key *key, uint32_t layers,
                    struct layer_parameters *layer, uint32_t *largest)
{
    const char *name = gguf_key(k, key->gguf);
    const struct gguf_value *list = gguf_key_list(k, name);

    if (list == NULL || plain_gguf(k->g, list).alike)
        return false;
    if (list->count != k->layers)
        return diag_error(k->d, gguf_key_place(k, name),
                          "expected an integer, or one for each of the %u layers, found %" PRIu64
                          " values",
                          k->layers, list->count);
    for (uint32_t i = 0; i < layers; i++) {
        double number = gguf_array_number(k->g, list, i);
        if (!(number >= key->min && number <= key->max) || number != floor(number))
            return diag_error(k->d, gguf_key_place(k, name),
                              "expected integers from %u to %u, found %g for layer %u", key->min,
                              key->max, number, i);
        if (number > *largest)
            *largest = (uint32_t)number;
        if (layer != NULL)
            *hyper_layer_size(&layer[i], key->offset) = (uint32_t)number;
    }
    return true;
}

/* How many elements a list by layer has; 0: no list is one. */
static uint32_t layers_of(const struct gguf_keys *k)
{
    const struct plain_value v = plain_gguf(k->g, gguf_find(k->g, gguf_key(k, "block_count")));

    return v.kind == VALUE_number && v.number >= 1 && v.number <= MAX_LAYERS ? (uint32_t)v.number
                                                                             : 0;
}

static void read_sizes(const struct gguf_keys *k, struct hyper_parameters *h)
{
    struct layer_parameters any;

    for (size_t i = 0; i < SIZE_KEY_COUNT; i++) {
        const struct size_key *key = &size_keys[i];
        uint32_t *out = (uint32_t *)(void *)((char *)h + key->offset), before = k->d->error_count;
        bool derived = out == &h->kv_heads || out == &h->head_dim;
        if (key->gguf[0] == 0 ||
            (hyper_layer_size(&any, key->offset) != NULL &&
             (gguf_key_sizes(k, key, h->layers, NULL, out) || k->d->error_count != before)))
            continue;
        gguf_key_u32(k, key->gguf, key->min, key->max, !derived, out);
    }
}

bool gguf_key_f64(const struct gguf_keys *k, const char *name, double min, double max, double *out)
{
    const char *key = gguf_key(k, name);
    const struct plain_value v = gguf_key_value(k, key);

    if (v.kind == VALUE_nothing)
        return false;
    if (v.kind != VALUE_number || v.boolean || !(v.number >= min && v.number <= max))
        return diag_error(k->d, gguf_key_place(k, key), "expected a number from %g to %g, found %s",
                          min, max, plain_found(k->d->arena, &v));
    *out = v.number;
    return true;
}

static void read_facts(const struct gguf_keys *k, struct hyper_parameters *h)
{
    config_default_facts(k->architecture, h);
    for (size_t i = 0; i < FACT_COUNT; i++) {
        const struct fact *fact = &facts[i];
        if ((k->architecture->reads & fact->bit) == 0 || fact->gguf[0] == 0)
            continue;
        const char *key = gguf_key(k, fact->gguf);
        struct plain_value plain = gguf_key_value(k, key);
        config_read_fact(fact, &plain, SOURCE_gguf, h, gguf_key_place(k, key), k->d);
    }
}

/* Refuses values that would change the results in a way that rlx does not compute. */
static void refuse_unknown_meaning(const struct gguf_keys *k, const struct hyper_parameters *h)
{
    for (size_t i = 0; i < FACT_COUNT; i++) {
        if (facts[i].gguf[0] == 0 || config_reads(k->architecture, SOURCE_gguf, facts[i].gguf))
            continue;
        const char *key = gguf_key(k, facts[i].gguf);
        struct plain_value plain = gguf_key_value(k, key);
        if (plain.kind != VALUE_nothing)
            config_check_same(&facts[i], &plain, SOURCE_gguf, h, k->architecture,
                              gguf_key_place(k, key), k->d);
    }
}

/* Unknown keys of the architecture, all in one warning. */
static void warn_of_unknown_keys(const struct gguf_keys *k)
{
    const size_t prefix = strlen(k->architecture->gguf);
    struct text names = {.arena = k->d->arena};
    uint32_t more = 0;

    for (uint32_t i = 0; i < k->g->value_count; i++) {
        const char *key = str_text(k->g->model->strings, k->g->values[i].key);
        if (strncmp(key, k->architecture->gguf, prefix) != 0 || key[prefix] != '.' ||
            config_knows_gguf_key(key + prefix + 1))
            continue;
        if (names.bytes < MAX_LISTED_BYTES)
            text_add(&names, "%s%.100s", names.bytes == 0 ? "" : ", ", key);
        else
            more++;
    }
    if (more != 0)
        text_add(&names, " and %u more", more);
    if (names.bytes != 0)
        diag_warning(k->d, (struct place){.file = k->g->file->path},
                     "unknown keys, which have no effect: %s", names.data);
}

/* The scale of the magnitude for a context `factor` times as long. */
static double yarn_magnitude(double factor, double weight)
{
    return factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1;
}

/* llama.cpp reads these keys for a few other architectures, but not for these. */
static void warn_of_yarn_keys(const struct gguf_keys *k)
{
    static const struct {
        const char *name;
        double same; /* with this value nothing is ignored */
    } keys[] = {{"rope.scaling.yarn_beta_fast", 32},
                {"rope.scaling.yarn_beta_slow", 1},
                {"rope.scaling.yarn_ext_factor", 1},
                {"rope.scaling.yarn_attn_factor", 1}};

    for (size_t i = 0; i < countof(keys); i++) {
        const char *key = gguf_key(k, keys[i].name);
        struct plain_value plain = plain_gguf(k->g, gguf_find(k->g, key));
        if (plain.kind != VALUE_nothing && plain.number != keys[i].same)
            diag_warning(k->d, gguf_key_place(k, key),
                         "%s is ignored and %g used, as llama.cpp does for this architecture",
                         plain_found(k->d->arena, &plain), keys[i].same);
    }
}

static void read_yarn(const struct gguf_keys *k, struct rope_parameters *rope)
{
    double weight;

    rope->beta_fast = 32;
    rope->beta_slow = 1;
    warn_of_yarn_keys(k);
    if ((k->architecture->reads & READS(yarn_log_multiplier)) != 0 &&
        gguf_key_f64(k, "rope.scaling.yarn_log_multiplier", 0, 1e3, &weight))
        rope->attention_factor =
            yarn_magnitude(rope->factor, 1) / yarn_magnitude(rope->factor, weight);
}

/* llama.cpp multiplies cos and sin by this, and in YaRN by what that derives from its factor too. */
static void read_magnitude(const struct gguf_keys *k, struct rope_parameters *rope)
{
    double factor = 1;

    if (!gguf_key_f64(k, "rope.scaling.attn_factor", 1e-6, 1e6, &factor) || factor == 1)
        return;
    rope->attention_factor =
        rope->scaling == ROPE_yarn ? factor * yarn_magnitude(rope->factor, 1) : factor;
}

static void read_rope(const struct gguf_keys *k, struct hyper_parameters *h)
{
    struct rope_parameters *rope = &h->rope;
    const char *kind = "linear",
               *key = gguf_key(
                   k, "rope.scaling.type"); /* its default, which has no effect without a factor */
    uint64_t bytes = strlen(kind);

    rope->theta = 10000;
    rope->factor = 1;
    rope->interleaved = k->architecture->interleaved_in_gguf;
    gguf_key_f64(k, "rope.freq_base", 1, 1e12, &rope->theta);
    rope->original_context = h->context;
    gguf_key_u32(k, "rope.scaling.original_context_length", 1, MAX_CONTEXT, false,
                 &rope->original_context);
    gguf_key_u32(k, "rope.dimension_count", 2, MAX_HEAD_DIM, false, &rope->rotary_dim);
    if (!gguf_key_f64(k, "rope.scaling.factor", 0, 1e6, &rope->factor) || rope->factor == 0)
        gguf_key_f64(k, "rope.scale_linear", 0, 1e6, &rope->factor);
    if (rope->factor == 0)
        rope->factor = 1; /* some writers mean "none" by this */
    if (rope->factor < 1)
        diag_error(k->d, gguf_key_place(k, gguf_key(k, "rope.scaling.factor")),
                   "expected a number of at least 1, found %g", rope->factor);
    gguf_get_string(k->g, key, &kind, &bytes, k->d);
    if (bytes == 4 && memcmp(kind, "none", 4) == 0) {
        rope->factor = 1;
    } else if (bytes == 6 && memcmp(kind, "linear", 6) == 0) {
        rope->scaling = rope->factor == 1 ? ROPE_default : ROPE_linear;
    } else if (bytes == 4 && memcmp(kind, "yarn", 4) == 0) {
        rope->scaling = ROPE_yarn;
        read_yarn(k, rope);
    } else if (bytes == 8 && memcmp(kind, "longrope", 8) == 0) {
        rope->scaling = ROPE_longrope;
    } else {
        diag_error(k->d, gguf_key_place(k, key),
                   "expected none, linear, yarn or longrope, found '%.*s'", (int)min_u64(bytes, 64),
                   kind);
    }
    read_magnitude(k, rope);
}

bool gguf_read_hyper(const struct gguf *g, struct model *m, struct diags *d)
{
    const char *key = "general.architecture", *text;
    struct hyper_parameters *h = &m->hyper;
    uint64_t bytes;
    uint32_t before = d->error_count;

    if (!gguf_get_string(g, key, &text, &bytes, d))
        return d->error_count != before ||
               diag_error(d, (struct place){.file = g->file->path, .object = key},
                          "expected the name of an architecture, found no such key");
    struct gguf_keys k = {g,
                          architecture_find(text, bytes, SOURCE_gguf,
                                            (struct place){.file = g->file->path, .object = key},
                                            d),
                          d, 0};
    if (k.architecture == NULL)
        return false;
    m->kind = k.architecture;
    h->has_v_norm = k.architecture->has_v_norm;
    h->architecture = str_of(m->strings, k.architecture->family);
    k.layers = layers_of(&k);
    read_sizes(&k, h);
    if (k.architecture->qkv_bias.otherwise)
        h->qkv_bias = BIAS_expected;
    if (k.architecture->output_bias.otherwise)
        h->output_bias = BIAS_expected;
    if (k.architecture->mlp_bias.otherwise)
        h->mlp_bias = BIAS_expected;
    read_facts(&k, h);
    if (!gguf_key_f64(&k, "attention.layer_norm_rms_epsilon", 1e-30, 1, &h->norm_epsilon) &&
        !gguf_key_f64(&k, "attention.layer_norm_epsilon", 1e-30, 1, &h->norm_epsilon) &&
        d->error_count == before)
        diag_error(d, gguf_key_place(&k, gguf_key(&k, "attention.layer_norm_rms_epsilon")),
                   "expected a number, found no such key");
    read_rope(&k, h);
    if (d->error_count != before || !hyper_complete(h, k.architecture, NULL, g->file->path, d))
        return false;
    refuse_unknown_meaning(&k, h);
    gguf_read_layers(&k, h);
    warn_of_unknown_keys(&k);
    return d->error_count == before;
}
