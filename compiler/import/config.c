/* config.json of a Hugging Face directory, in the spelling of transformers 4 and 5. In: the file;
 * out: hyper-parameters.
 *
 * Sources: the configuration classes of transformers for the meaning and defaults of keys (Llama,
 * Mistral, Qwen2, Qwen3). What would change the numbers and is not computed here is an error, so
 * that no model runs wrongly in silence.
 */
#include "compiler/import/config.h"

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

bool config_u32(const struct config *c, const json_t *from, const char *key, uint32_t least,
                uint32_t most, enum need need, uint32_t *out)
{
    const json_t *value = config_get(from, key);
    double number = json_number_value(value);

    if (value == NULL && need == OPTIONAL)
        return false;
    if (!json_is_number(value) || !(number >= least && number <= most) || number != floor(number))
        return diag_error(c->diags, config_place(c, key),
                          "expected an integer from %u to %u, found %s", least, most,
                          json_found(c->diags->arena, value));
    *out = (uint32_t)number;
    return true;
}

bool config_f64(const struct config *c, const json_t *from, const char *key, double least,
                double most, enum need need, double *out)
{
    const json_t *value = config_get(from, key);
    double number = json_number_value(value);

    if (value == NULL && need == OPTIONAL)
        return false;
    if (!json_is_number(value) || !(number >= least && number <= most))
        return diag_error(c->diags, config_place(c, key),
                          "expected a number from %g to %g, found %s", least, most,
                          json_found(c->diags->arena, value));
    *out = number;
    return true;
}

bool config_bool(const struct config *c, const char *key, bool *out)
{
    const json_t *value = config_get(c->root, key);

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

    if (value != NULL && !json_is_string(value))
        diag_error(c->diags, config_place(c, key), "expected a string, found %s",
                   json_found(c->diags->arena, value));
    return json_string_value(value);
}

/* Which layers have the window, from one word a layer. Only "all from layer N on" can be said
 * further on. */
static void read_layer_types(const struct config *c, const json_t *types,
                             struct hyper_parameters *h)
{
    struct place at = config_place(c, "layer_types");
    uint32_t first = h->layers;

    if (json_array_size(types) != h->layers) {
        diag_error(c->diags, at, "expected an array of %u words, found %s", h->layers,
                   json_found(c->diags->arena, types));
        return;
    }
    for (uint32_t i = 0; i < h->layers; i++) {
        const json_t *word = json_array_get(types, i);
        const char *text = json_is_string(word) ? json_string_value(word) : "";
        bool sliding = strcmp(text, "sliding_attention") == 0;
        if (!sliding && strcmp(text, "full_attention") != 0) {
            diag_error(c->diags, at,
                       "expected full_attention or sliding_attention for layer %u, found %s", i,
                       json_found(c->diags->arena, word));
            return;
        }
        if (sliding && first == h->layers)
            first = i;
        if (!sliding && first != h->layers) {
            diag_error(
                c->diags, at,
                "expected sliding_attention from layer %u on, found full_attention for layer %u",
                first, i);
            return;
        }
    }
    if (first != h->layers && h->sliding_window == 0)
        diag_error(c->diags, at,
                   "expected sliding_window and use_sliding_window for layer %u "
                   "(sliding_attention), found none",
                   first);
    h->first_window_layer = first;
}

static void read_window(const struct config *c, enum window_rule rule, struct hyper_parameters *h)
{
    const json_t *types = config_get(c->root, "layer_types");
    bool used = false;

    if (rule == WINDOW_none)
        return;
    if (rule == WINDOW_always) {
        if (json_object_get(c->root, "sliding_window") == NULL)
            h->sliding_window = 4096;
        config_u32(c, c->root, "sliding_window", 1, MAX_CONTEXT, OPTIONAL, &h->sliding_window);
        return;
    }
    config_bool(c, "use_sliding_window", &used);
    if (used) {
        h->sliding_window = 4096;
        h->first_window_layer = 28;
        if (json_is_null(json_object_get(c->root, "sliding_window")))
            h->sliding_window = 0;
        config_u32(c, c->root, "sliding_window", 1, MAX_CONTEXT, OPTIONAL, &h->sliding_window);
        config_u32(c, c->root, "max_window_layers", 0, MAX_LAYERS, OPTIONAL,
                   &h->first_window_layer);
    }
    if (types != NULL)
        read_layer_types(c, types, h);
}

static void read_sizes(const struct config *c, const struct architecture *a,
                       struct hyper_parameters *h)
{
    const json_t *root = c->root;

    config_u32(c, root, "vocab_size", 1, MAX_VOCABULARY, REQUIRED, &h->vocabulary);
    config_u32(c, root, "hidden_size", 1, MAX_HIDDEN, REQUIRED, &h->hidden);
    config_u32(c, root, "num_hidden_layers", 1, MAX_LAYERS, REQUIRED, &h->layers);
    config_u32(c, root, "num_attention_heads", 1, MAX_HEADS, REQUIRED, &h->heads);
    config_u32(c, root, "num_key_value_heads", 1, MAX_HEADS, OPTIONAL, &h->kv_heads);
    config_u32(c, root, "intermediate_size", 1, MAX_FEED_FORWARD, REQUIRED, &h->feed_forward);
    config_u32(c, root, "max_position_embeddings", 1, MAX_CONTEXT, REQUIRED, &h->context);
    if (json_object_get(root, "head_dim") == NULL)
        h->head_dim = a->head_dim;
    config_u32(c, root, "head_dim", 1, MAX_HEAD_DIM, OPTIONAL, &h->head_dim);
    h->norm_epsilon = 1e-6;
    config_f64(c, root, "rms_norm_eps", 1e-30, 1, OPTIONAL, &h->norm_epsilon);
    config_bool(c, "tie_word_embeddings", &h->tied);
}

static void refuse_unknown_meaning(const struct config *c)
{
    const char *activation = config_string(c, c->root, "hidden_act");

    if (activation != NULL && strcmp(activation, "silu") != 0 && strcmp(activation, "swish") != 0)
        diag_error(c->diags, config_place(c, "hidden_act"), "expected silu, found '%.60s'",
                   activation);
    if (config_get(c->root, "quantization_config") != NULL)
        diag_error(c->diags, config_place(c, "quantization_config"),
                   "expected plain weights (F32, F16 or BF16), found a quantized checkpoint");
}

bool config_read(const char *path, struct model *m, struct diags *d)
{
    struct hyper_parameters *h = &m->hyper;
    uint32_t before = d->error_count;
    json_t *root = json_read_file(path, d);
    struct config c = {root, path, m->strings, d};

    if (root == NULL)
        return false;
    const char *type = config_string(&c, root, "model_type");
    const struct architecture *a = NULL;
    if (type != NULL)
        a = architecture_find(type, strlen(type), SOURCE_config, config_place(&c, "model_type"), d);
    else if (d->error_count == before)
        diag_error(d, config_place(&c, "model_type"),
                   "expected the name of an architecture, found nothing");
    if (a != NULL) {
        h->architecture = str_of(m->strings, a->family);
        read_sizes(&c, a, h);
        refuse_unknown_meaning(&c);
        if (d->error_count == before) {
            read_window(&c, a->window, h);
            if (hyper_complete(h, path, d))
                config_read_rope(&c, h);
        }
    }
    json_decref(root);
    return d->error_count == before;
}
