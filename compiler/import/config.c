/* config.json of a Hugging Face directory, in the spelling of transformers 4 and 5. In: the file;
 * out: hyper-parameters.
 *
 * One rule for all keys: a value that has a meaning must be understood, and a value that would
 * change the results in a way that rlx does not compute is an error. A key without a meaning for
 * the model may have any value. Sources: configuration_*.py and modeling_*.py of transformers
 * (Llama, Mistral, Ministral, Qwen2, Qwen3).
 */
#include "compiler/import/config.h"

#include "compiler/import/config_keys.h"

#include <math.h>
#include <string.h>

struct place config_place(const struct config *c, const char *key)
{
    return (struct place){.file = c->path, .object = key};
}

const json_t *config_get(const json_t *from, const char *key)
{
    const json_t *value = json_object_get(from, key);

    return json_is_null(value) ? NULL : value;
}

bool config_u32(const struct config *c, const json_t *from, const char *key, uint32_t min,
                uint32_t max, enum need need, uint32_t *out)
{
    const json_t *value = config_get(from, key);
    double number = json_number_value(value);

    if (value == NULL && need == OPTIONAL)
        return false;
    if (!json_is_number(value) || !(number >= min && number <= max) || number != floor(number))
        return diag_error(c->diags, config_place(c, key),
                          "expected an integer from %u to %u, found %s", min, max,
                          json_found(c->diags->arena, value));
    *out = (uint32_t)number;
    return true;
}

bool config_f64(const struct config *c, const json_t *from, const char *key, double min, double max,
                enum need need, double *out)
{
    const json_t *value = config_get(from, key);
    double number = json_number_value(value);

    if (value == NULL && need == OPTIONAL)
        return false;
    if (!json_is_number(value) || !(number >= min && number <= max))
        return diag_error(c->diags, config_place(c, key),
                          "expected a number from %g to %g, found %s", min, max,
                          json_found(c->diags->arena, value));
    *out = number;
    return true;
}

bool config_bool(const struct config *c, const json_t *from, const char *key, bool *out)
{
    const json_t *value = config_get(from, key);

    if (value == NULL)
        return false;
    if (!json_is_boolean(value))
        return diag_error(c->diags, config_place(c, key), "expected true or false, found %s",
                          json_found(c->diags->arena, value));
    *out = json_is_true(value);
    return true;
}

const char *config_string(const struct config *c, const json_t *from, const char *key)
{
    const json_t *value = config_get(from, key);
    const char *text = json_string_value(value);

    if (value == NULL || (text != NULL && strlen(text) == json_string_length(value)))
        return text;
    diag_error(c->diags, config_place(c, key), "expected a string, found %s%s",
               json_found(c->diags->arena, value), text != NULL ? " with a zero byte in it" : "");
    return NULL;
}

void config_warn_unused(const struct config *c, const char *key)
{
    diag_warning(c->diags, config_place(c, key),
                 "has no meaning for model_type '%s': ignored, as transformers does",
                 c->architecture->spelling);
}

/* ---- token ids ---- */

static void check_id(const struct config *c, const char *key, const json_t *id, uint32_t vocabulary)
{
    double number = json_number_value(id);
    bool ends = strcmp(key, "pad_token_id") != 0; /* for padding, -1 means that there is none */

    if (!json_is_number(id) || number != floor(number))
        diag_error(c->diags, config_place(c, key),
                   "expected a token id, an integer, or a list of them, found %s",
                   json_found(c->diags->arena, id));
    else if (ends && vocabulary != 0 && !(number >= 0 && number < vocabulary))
        diag_warning(c->diags, config_place(c, key),
                     "expected a token of the vocabulary (0 to %u), found %s, which is ignored",
                     vocabulary - 1, json_found(c->diags->arena, id));
}

void config_check_ids(const struct config *c, uint32_t vocabulary)
{
    static const char *const keys[] = {"bos_token_id", "eos_token_id", "pad_token_id"};
    const json_t *id;
    size_t at;

    for (size_t i = 0; i < countof(keys); i++) {
        const json_t *value = config_get(c->root, keys[i]);
        if (value != NULL && !json_is_array(value))
            check_id(c, keys[i], value, vocabulary);
        json_array_foreach(value, at, id) check_id(c, keys[i], id, vocabulary);
    }
}

/* ---- the file ---- */

/* The first spelling that has a value; the first that is there if none has; NULL: none is. */
static const char *find_spelling(const struct config *c, const char *spellings)
{
    const char *name, *found = NULL;

    for (uint32_t i = 0; (name = config_spelling(c->diags->arena, spellings, i)) != NULL; i++) {
        if (config_get(c->root, name) != NULL)
            return name;
        if (found == NULL && json_object_get(c->root, name) != NULL)
            found = name;
    }
    return found;
}

/* Absent: the default of transformers, with a warning unless it follows from other sizes. Null:
 * what follows from other sizes, for those that do. */
static void read_size(const struct config *c, const struct size_key *key,
                      struct hyper_parameters *h)
{
    const struct architecture *a = c->architecture;
    const char *name = find_spelling(c, key->json);
    struct layer_parameters any;
    uint32_t *out = (uint32_t *)(void *)((char *)h + key->offset);
    bool derived = out == &h->kv_heads || out == &h->head_dim ||
                   (out == &h->feed_forward && a->feed_forward_factor != 0);

    *out = 0;
    if (name != NULL && config_get(c->root, name) == NULL && derived)
        return;
    if (name != NULL && json_is_array(config_get(c->root, name)) &&
        hyper_layer_size(&any, key->offset) != NULL) {
        config_read_size_list(c, key, name, h->layers, NULL, out);
        return;
    }
    if (name != NULL) {
        config_u32(c, c->root, name, key->min, key->max, REQUIRED, out);
        return;
    }
    *out = *(const uint32_t *)(const void *)((const char *)&a->defaults + key->offset);
    if (*out != 0)
        diag_warning(c->diags, config_place(c, config_spelling(c->diags->arena, key->json, 0)),
                     "is absent: %u, as in transformers for model_type '%s'", *out, a->spelling);
}

static void read_sizes(const struct config *c, struct hyper_parameters *h)
{
    static const char epsilon[] = "rms_norm_eps|layer_norm_eps|layer_norm_epsilon|norm_epsilon";
    const char *name = find_spelling(c, epsilon);

    for (size_t i = 0; i < SIZE_KEY_COUNT; i++)
        read_size(c, &size_keys[i], h);
    h->norm_epsilon = c->architecture->defaults.norm_epsilon;
    if (name != NULL)
        config_f64(c, c->root, name, 1e-30, 1, OPTIONAL, &h->norm_epsilon);
    h->tied = c->architecture->defaults.tied;
    config_bool(c, c->root, "tie_word_embeddings", &h->tied);
}

static void read_facts(const struct config *c, struct hyper_parameters *h)
{
    const uint64_t reads = c->architecture->reads;

    config_default_facts(c->architecture, h);
    for (size_t i = 0; i < FACT_COUNT; i++)
        if ((reads & facts[i].bit) != 0)
            config_default_fact(&facts[i], c->architecture, h);
    for (size_t i = 0; i < FACT_COUNT; i++) {
        const char *name = find_spelling(c, facts[i].json);
        if ((reads & facts[i].bit) == 0 || name == NULL)
            continue;
        struct plain_value plain = plain_by_layer(plain_json(config_get(c->root, name)), h->layers);
        config_read_fact(&facts[i], &plain, SOURCE_config, h, config_place(c, name), c->diags);
    }
}

static enum bias_rule read_bias(const struct config *c, const struct bias_source *source)
{
    bool biases = source->otherwise;

    if (source->key != NULL)
        config_bool(c, c->root, source->key, &biases);
    return biases ? BIAS_expected : BIAS_never;
}

static void read_biases(const struct config *c, struct hyper_parameters *h)
{
    static const char *const keys[] = {"attention_bias", "mlp_bias"};
    const struct architecture *a = c->architecture;
    const char *const read[] = {a->qkv_bias.key, a->output_bias.key, a->mlp_bias.key};

    h->qkv_bias = read_bias(c, &a->qkv_bias);
    h->output_bias = read_bias(c, &a->output_bias);
    h->mlp_bias = read_bias(c, &a->mlp_bias);
    for (size_t i = 0; i < countof(keys); i++) {
        bool known = false, given = false;
        for (size_t j = 0; j < countof(read); j++)
            known = known || (read[j] != NULL && strcmp(read[j], keys[i]) == 0);
        if (!known && config_bool(c, c->root, keys[i], &given) && given)
            config_warn_unused(c, keys[i]);
    }
}

/* model_type names the class that computes the model; `architectures`, the classes that it was
 * published for. */
static void check_class(const struct config *c)
{
    const json_t *classes = config_get(c->root, "architectures"), *first;
    const char *expected = c->architecture->class_name;
    struct place at = config_place(c, "architectures");

    if (classes == NULL || (json_is_array(classes) && json_array_size(classes) == 0))
        return;
    first = json_is_string(classes) ? classes : json_array_get(classes, 0);
    if (!json_is_string(first))
        diag_error(c->diags, at, "expected a list of names of classes, found %s",
                   json_found(c->diags->arena, first == NULL ? classes : first));
    else if (strcmp(json_string_value(first), expected) != 0)
        diag_warning(c->diags, at, "%s is not %s, which model_type '%s' means: compiled as that",
                     json_found(c->diags->arena, first), expected, c->architecture->spelling);
}

/* Refuses values that would change the results in a way that rlx does not compute. */
static void refuse_unknown_meaning(const struct config *c, const struct hyper_parameters *h)
{
    for (size_t i = 0; i < FACT_COUNT; i++) {
        const char *name;
        for (uint32_t j = 0; (name = config_spelling(c->diags->arena, facts[i].json, j)) != NULL;
             j++) {
            const json_t *value = config_get(c->root, name);
            struct plain_value plain = plain_json(value);
            if (value != NULL && !config_reads(c->architecture, SOURCE_config, name))
                config_check_same(&facts[i], &plain, SOURCE_config, h, c->architecture,
                                  config_place(c, name), c->diags);
        }
    }
}

/* The configuration of the text part, where the directory is of a model with others. */
static const json_t *find_text_part(const struct config *c, struct model *m)
{
    const json_t *part = config_get(c->root, "text_config");
    const char *type = json_string_value(json_object_get(part, "model_type"));

    if (type == NULL)
        return c->root;
    m->text_part = true;
    diag_warning(c->diags, config_place(c, "model_type"),
                 "a model of texts and more: its text part, '%.60s', is compiled alone", type);
    return part;
}

static const struct architecture *read_architecture(const struct config *c)
{
    struct place at = config_place(c, "model_type");
    uint32_t before = c->diags->error_count;
    const char *type = config_string(c, c->root, "model_type");

    if (type != NULL)
        return architecture_find(type, strlen(type), SOURCE_config, at, c->diags);
    if (c->diags->error_count == before)
        diag_error(c->diags, at, "expected the name of an architecture, found nothing");
    return NULL;
}

bool config_read(const char *path, struct model *m, struct diags *d)
{
    struct hyper_parameters *h = &m->hyper;
    uint32_t before = d->error_count;
    json_t *root = json_read_file(path, d);
    struct config c = {.root = root, .path = path, .strings = m->strings, .diags = d};

    if (root == NULL)
        return false;
    c.root = find_text_part(&c, m);
    c.architecture = read_architecture(&c);
    if (c.architecture != NULL) {
        h->architecture = str_of(m->strings, c.architecture->family);
        m->kind = c.architecture;
        h->transposed = c.architecture->transposed;
        h->experts_turned = c.architecture->experts_turned;
        h->norms_lack_one = c.architecture->norms_lack_one;
        h->has_v_norm = c.architecture->has_v_norm;
        read_sizes(&c, h);
        read_facts(&c, h);
        read_biases(&c, h);
        config_read_quantization(&c, root, &m->quantization);
        check_class(&c);
        config_check_ids(&c, h->vocabulary);
        bool complete =
            d->error_count == before && hyper_complete(h, c.architecture, c.root, path, d);
        refuse_unknown_meaning(&c, h);
        if (complete) {
            config_read_layers(&c, h);
            config_read_rope(&c, m);
        }
    }
    json_decref(root);
    return d->error_count == before;
}
