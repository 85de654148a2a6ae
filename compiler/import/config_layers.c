/* What differs between layers. In: config.json. Out: the window, the layers that have it, and those
 * that turn.
 *
 * Source: the configuration classes of transformers. In a Mistral, the window applies to all
 * layers, unless layer_types says otherwise (transformers then treats the model as a Ministral). In
 * a Qwen, it counts only with use_sliding_window, from layer max_window_layers on or as layer_types
 * says.
 */
#include "compiler/import/config.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_FIRST_LAYER = 28 };

static const char *windowed_word(const struct config *c)
{
    return c->architecture->anchored ? "chunked_attention" : "sliding_attention";
}

static const char *width_key(const struct config *c)
{
    return c->architecture->anchored ? "attention_chunk_size" : "sliding_window";
}

/* One word per layer. */
static void read_layer_types(const struct config *c, const json_t *types, uint32_t layers,
                             bool *window)
{
    struct place at = config_place(c, "layer_types");

    if (json_array_size(types) != layers) {
        diag_error(c->diags, at, "expected an array of %u words, found %s", layers,
                   json_found(c->diags->arena, types));
        return;
    }
    for (uint32_t i = 0; i < layers; i++) {
        const json_t *word = json_array_get(types, i);
        const char *text = json_is_string(word) ? json_string_value(word) : "";
        window[i] = strcmp(text, windowed_word(c)) == 0;
        if (!window[i] && strcmp(text, "full_attention") != 0 && strcmp(text, "attention") != 0) {
            diag_error(c->diags, at, "expected full_attention or %s for layer %u, found %s",
                       windowed_word(c), i, json_found(c->diags->arena, word));
            return;
        }
    }
}

/* The window; 0: none. */
static uint32_t read_width(const struct config *c)
{
    uint32_t width = c->architecture->defaults.sliding_window;
    bool used = true;

    if (c->architecture->window == WINDOW_upper || c->architecture->window == WINDOW_unturned) {
        used = false;
        config_bool(c, c->root, "use_sliding_window", &used);
    }
    if (!used || json_is_null(json_object_get(c->root, width_key(c))))
        return 0;
    config_u32(c, c->root, width_key(c), 1, MAX_CONTEXT, OPTIONAL, &width);
    return width;
}

/* If the window has no meaning, transformers uses full attention everywhere. */
static void leave_out(const struct config *c, bool *window, uint32_t layers)
{
    const json_t *width = config_get(c->root, "sliding_window");
    bool any = false;

    for (uint32_t i = 0; i < layers; i++)
        any = any || window[i];
    if (any)
        config_warn_unused(c, "layer_types");
    if (width != NULL && json_number_value(width) != 0)
        config_warn_unused(c, "sliding_window");
    memset(window, 0, layers * sizeof *window);
}

/* Of each `key` layers, the last is another; false, after an error, if it is no such number. An
 * absent one is `otherwise`. EXAONE writes the pattern as a word, "LLLG". */
static uint32_t read_pattern(const struct config *c, const char *key, uint32_t otherwise)
{
    const json_t *value = config_get(c->root, key);

    if (json_is_string(value))
        return (uint32_t)min_u64(json_string_length(value), MAX_LAYERS);
    config_u32(c, c->root, key, 1, MAX_LAYERS, OPTIONAL, &otherwise);
    return otherwise;
}

/* The part p of a normal distribution that lies below mean + x standard deviations gives x. Newton's
 * method on p = erfc(-x / sqrt(2)) / 2. */
static double standard_deviations(double part)
{
    const double two_pi = 6.283185307179586;
    double x = 0;

    for (uint32_t i = 0; i < 100; i++)
        x -= (0.5 * erfc(-x / sqrt(2)) - part) * sqrt(two_pi) * exp(0.5 * x * x);
    return x;
}

/* How much of the gates is cut off, a list or one number. Without the key, the first layers of a deep
 * model have it. */
static void read_sparsity(const struct config *c, uint32_t layers, struct layer_parameters *layer)
{
    enum { SPARSE_LAYERS = 10 };
    const char *key = "activation_sparsity_pattern";
    const json_t *list = config_get(c->root, key);

    if (list != NULL && !json_is_number(list) && json_array_size(list) != layers) {
        diag_error(c->diags, config_place(c, key),
                   "expected a number, or one for each of the %u layers, found %s", layers,
                   json_found(c->diags->arena, list));
        return;
    }
    for (uint32_t i = 0; i < layers; i++) {
        const json_t *value = json_is_array(list) ? json_array_get(list, i) : list;
        bool by_default = list == NULL && layers > SPARSE_LAYERS && i < SPARSE_LAYERS;
        double part = by_default ? 0.95 : json_number_value(value);
        if ((list != NULL && !json_is_number(value)) || !(part >= 0 && part <= 0.9999)) {
            diag_error(c->diags, config_place(c, key),
                       "expected numbers from 0 to 0.9999, found %s for layer %u",
                       json_found(c->diags->arena, value), i);
            return;
        }
        layer[i].sparse = part > 0;
        layer[i].cut = part > 0 ? standard_deviations(part) : 0;
    }
}

/* The layers that turn; NULL: all. In `no_rope_layers`, 1 means that a layer does. */
static const bool *read_turning(const struct config *c, uint32_t layers)
{
    const struct architecture *a = c->architecture;
    const json_t *list = config_get(c->root, "no_rope_layers");
    bool *turns;

    if (a->turning != TURNING_interval)
        return NULL;
    turns = hyper_all_but_last(c->strings->arena, layers,
                               read_pattern(c, "no_rope_layer_interval", a->turning_pattern));
    if (list == NULL || json_array_size(list) == 0)
        return turns;
    bool good = json_array_size(list) == layers;
    for (uint32_t i = 0; i < layers && good; i++) {
        double number = json_number_value(json_array_get(list, i));
        good = json_is_number(json_array_get(list, i)) && (number == 0 || number == 1);
        turns[i] = number == 1;
    }
    if (!good)
        diag_error(c->diags, config_place(c, "no_rope_layers"),
                   "expected an array of %u numbers, 0 or 1, found %s", layers,
                   json_found(c->diags->arena, list));
    return turns;
}

/* The layers that have a window, where no `layer_types` says so. */
static void apply_rule(const struct config *c, const struct hyper_parameters *h, const bool *turns,
                       bool *windowed)
{
    const struct architecture *a = c->architecture;
    uint32_t first = a->window == WINDOW_upper ? DEFAULT_FIRST_LAYER : 0, pattern = 0;

    if (h->sliding_window == 0 && a->window != WINDOW_turned)
        return;
    if (a->window == WINDOW_upper)
        config_u32(c, c->root, "max_window_layers", 0, INT32_MAX, OPTIONAL, &first);
    if (a->window == WINDOW_pattern)
        pattern = (a->reads & READS(window_pattern)) == 0
                      ? a->window_pattern
                      : read_pattern(c, "sliding_window_pattern", a->window_pattern);
    for (uint32_t i = 0; i < h->layers; i++)
        windowed[i] = i >= first && (pattern == 0 || (i + 1) % pattern != 0) &&
                      (a->window != WINDOW_unturned || (turns != NULL && !turns[i])) &&
                      (a->window != WINDOW_turned || turns == NULL || turns[i]);
}

/* How q grows with the position where layers do not turn. The key is true, or the number of some
 * files, which counts as true. */
static void read_still_growth(const struct config *c, struct hyper_parameters *h)
{
    const char *key = "attn_temperature_tuning";
    const json_t *value = config_get(c->root, key);
    uint32_t context = 8192;
    double growth = 0.1;

    if (value != NULL && !json_is_boolean(value) && !json_is_number(value))
        diag_error(c->diags, config_place(c, key), "expected true or false, found %s",
                   json_found(c->diags->arena, value));
    config_u32(c, c->root, "floor_scale", 1, MAX_CONTEXT, OPTIONAL, &context);
    config_f64(c, c->root, "attn_scale", 0, 1e3, OPTIONAL, &growth);
    if (value == NULL || json_is_true(value) || json_number_value(value) != 0)
        hyper_grow_still(h, growth, context);
}

/* A layer of sliding attention needs a width. */
static void want_width(const struct config *c, const struct hyper_parameters *h,
                       const bool *windowed)
{
    bool optional =
        c->architecture->window == WINDOW_upper || c->architecture->window == WINDOW_unturned;

    for (uint32_t i = 0; i < h->layers && h->sliding_window == 0; i++)
        if (windowed[i]) {
            diag_error(c->diags, config_place(c, "layer_types"),
                       "expected %s for layer %u (%s), found no window",
                       optional ? "sliding_window and use_sliding_window" : width_key(c), i,
                       windowed_word(c));
            return;
        }
}

void config_read_layers(const struct config *c, struct hyper_parameters *h)
{
    const json_t *types = config_get(c->root, "layer_types");
    bool *windowed = arena_new(c->strings->arena, bool, h->layers);
    const bool *turns = read_turning(c, h->layers);
    const uint32_t before = c->diags->error_count;

    if (c->architecture->window != WINDOW_none)
        h->sliding_window = read_width(c);
    if ((c->architecture->reads & READS(still_growth)) != 0)
        read_still_growth(c, h);
    if (types != NULL)
        read_layer_types(c, types, h->layers, windowed);
    else
        apply_rule(c, h, turns, windowed);
    if (c->architecture->window == WINDOW_none)
        leave_out(c, windowed, h->layers);
    if (c->architecture->ends_full && windowed[h->layers - 1]) {
        windowed[h->layers - 1] = false;
        diag_warning(
            c->diags, config_place(c, "layer_types"),
            "sliding_attention is ignored for the last layer, as transformers does: it sees "
            "all tokens");
    }
    want_width(c, h, windowed);
    struct layer_parameters *layer =
        hyper_set_layers(h, c->architecture, windowed, turns, c->strings->arena);
    config_read_layer_sizes(c, h, layer);
    if ((c->architecture->reads & READS(sparsity)) != 0)
        read_sparsity(c, h->layers, layer);
    if (c->diags->error_count == before)
        hyper_finish_layers(h, layer, c->path, c->diags);
}
