/* The sliding window. In: config.json. Out: the window, and the layers that have it.
 *
 * Source: the configuration classes of transformers. In a Mistral, the window applies to all
 * layers, unless layer_types says otherwise (transformers then treats the model as a Ministral). In
 * a Qwen, it counts only with use_sliding_window, from layer max_window_layers on or as layer_types
 * says.
 */
#include "compiler/import/config.h"

#include <string.h>

enum { DEFAULT_WINDOW = 4096, DEFAULT_FIRST_LAYER = 28 };

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
        window[i] = strcmp(text, "sliding_attention") == 0;
        if (!window[i] && strcmp(text, "full_attention") != 0 && strcmp(text, "attention") != 0) {
            diag_error(c->diags, at,
                       "expected full_attention or sliding_attention for layer %u, found %s", i,
                       json_found(c->diags->arena, word));
            return;
        }
    }
}

/* The window; 0: none. */
static uint32_t read_width(const struct config *c)
{
    uint32_t width = DEFAULT_WINDOW;
    bool used = true;

    if (c->architecture->window == WINDOW_upper) {
        used = false;
        config_bool(c, c->root, "use_sliding_window", &used);
    }
    if (!used || json_is_null(json_object_get(c->root, "sliding_window")))
        return 0;
    config_u32(c, c->root, "sliding_window", 1, MAX_CONTEXT, OPTIONAL, &width);
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

void config_read_window(const struct config *c, struct hyper_parameters *h)
{
    const json_t *types = config_get(c->root, "layer_types");
    bool *window = arena_new(c->strings->arena, bool, h->layers);
    uint32_t first = c->architecture->window == WINDOW_upper ? DEFAULT_FIRST_LAYER : 0, with = 0;

    if (c->architecture->window != WINDOW_none)
        h->sliding_window = read_width(c);
    if (types != NULL) {
        read_layer_types(c, types, h->layers, window);
    } else {
        if (c->architecture->window == WINDOW_upper && h->sliding_window != 0)
            config_u32(c, c->root, "max_window_layers", 0, INT32_MAX, OPTIONAL, &first);
        for (uint32_t i = 0; i < h->layers; i++)
            window[i] = h->sliding_window != 0 && i >= first;
    }
    if (c->architecture->window == WINDOW_none)
        leave_out(c, window, h->layers);
    for (uint32_t i = 0; i < h->layers; i++) {
        if (window[i] && with++ == 0 && h->sliding_window == 0)
            diag_error(c->diags, config_place(c, "layer_types"),
                       "expected %s for layer %u (sliding_attention), found no window",
                       c->architecture->window == WINDOW_upper
                           ? "sliding_window and use_sliding_window"
                           : "sliding_window",
                       i);
    }
    if (with == 0)
        h->sliding_window = 0;
    h->window_layers = with == 0 || with == h->layers ? NULL : window;
}
