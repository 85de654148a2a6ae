/* What differs between the layers of a GGUF file. In: keys; out: windows, what turns each layer, sizes
 * of heads and feed-forward networks, and gates that are cut off.
 *
 * Source: src/models of ggml-org/llama.cpp.
 */
#include "compiler/import/gguf_keys.h"

#include <inttypes.h>
#include <math.h>

/* llama.cpp uses no window for these architectures, whatever the key says. */
static void warn_of_window(const struct gguf_keys *k)
{
    const char *key = gguf_key(k, "attention.sliding_window");
    struct plain_value plain = gguf_key_value(k, key);

    if (plain.kind != VALUE_nothing && !(plain.kind == VALUE_number && plain.number == 0))
        diag_warning(k->d, gguf_key_place(k, key),
                     "%s is ignored, as llama.cpp does for this architecture: all layers see all "
                     "tokens",
                     plain_found(k->d->arena, &plain));
}

/* llama.cpp knows chunks of one width alone; with 0, all layers turn and see all tokens. */
static const bool *read_chunks(const struct gguf_keys *k, struct hyper_parameters *h)
{
    const char *name = "attention.sliding_window";
    const struct architecture *a = k->architecture;
    uint32_t width = a->defaults.sliding_window;

    gguf_key_u32(k, name, 0, MAX_CONTEXT, false, &width);
    if (width != 0 && width != a->defaults.sliding_window)
        diag_warning(k->d, gguf_key_place(k, gguf_key(k, name)),
                     "%u is ignored and %u used, as llama.cpp does for this architecture", width,
                     a->defaults.sliding_window);
    h->sliding_window = width == 0 ? 0 : a->defaults.sliding_window;
    return hyper_all_but_last(k->g->model->arena, h->layers, width == 0 ? 1 : a->turning_pattern);
}

/* The layers that have a window: as the file lists them, or by a pattern. llama.cpp knows them for
 * architectures of WINDOW_pattern alone. */
static const bool *read_windows(const struct gguf_keys *k, struct hyper_parameters *h)
{
    const struct architecture *a = k->architecture;
    uint32_t pattern = a->window_pattern;
    struct arena *arena = k->g->model->arena;
    const char *key = gguf_key(k, "attention.sliding_window_pattern");
    const struct gguf_value *list = gguf_find(k->g, key);
    bool *windowed = arena_new(arena, bool, h->layers);

    if (a->window == WINDOW_turned)
        return read_chunks(k, h);
    if (a->window != WINDOW_pattern) {
        warn_of_window(k);
        return windowed;
    }
    h->sliding_window = a->defaults.sliding_window;
    gguf_key_u32(k, "attention.sliding_window", 0, MAX_CONTEXT, false, &h->sliding_window);
    if (h->sliding_window == 0)
        return windowed;
    if (list == NULL || list->type != GGUF_array) {
        if ((a->reads & READS(window_pattern)) != 0)
            gguf_key_u32(k, "attention.sliding_window_pattern", 1, MAX_LAYERS, false, &pattern);
        return hyper_all_but_last(arena, h->layers, pattern);
    }
    if (list->count != k->layers || list->element == GGUF_string || list->element == GGUF_array)
        diag_error(k->d, gguf_key_place(k, key),
                   "expected %u truth values, found an array of %" PRIu64, k->layers, list->count);
    else
        for (uint32_t i = 0; i < h->layers; i++)
            windowed[i] = gguf_array_number(k->g, list, i) != 0;
    return windowed;
}

/* Layers with a window may have heads of another size. Keys and values have one size. */
static void read_local_heads(const struct gguf_keys *k, const struct hyper_parameters *h,
                             struct layer_parameters *layer)
{
    uint32_t size = h->head_dim, values = 0;

    gguf_key_u32(k, "attention.key_length_swa", 1, MAX_HEAD_DIM, false, &size);
    if (gguf_key_u32(k, "attention.value_length_swa", 1, MAX_HEAD_DIM, false, &values) &&
        values != size)
        diag_error(k->d, gguf_key_place(k, gguf_key(k, "attention.value_length_swa")),
                   "expected the size of a head, %u, found %u: rlx does not compile values of "
                   "another size than keys",
                   size, values);
    for (uint32_t i = 0; i < h->layers; i++)
        if (layer[i].window != 0)
            layer[i].head_dim = size;
}

/* How many standard deviations above the mean gates are cut off, one number for each layer; minus
 * infinity: not at all. */
static void read_sparsity(const struct gguf_keys *k, uint32_t layers,
                          struct layer_parameters *layer)
{
    const char *key = gguf_key(k, "activation_sparsity_scale");
    const struct gguf_value *list = gguf_key_list(k, key);
    const double limit = 100; /* far beyond any row's greatest element */

    if (list == NULL || list->count != k->layers) {
        const struct plain_value plain = gguf_key_value(k, key);
        diag_error(k->d, gguf_key_place(k, key),
                   "expected a number for each of the %u layers, found %s", k->layers,
                   plain_found(k->d->arena, &plain));
        return;
    }
    for (uint32_t i = 0; i < layers; i++) {
        const double number = gguf_array_number(k->g, list, i);
        if (number == -INFINITY)
            continue;
        if (!(fabs(number) <= limit)) {
            diag_error(k->d, gguf_key_place(k, key),
                       "expected numbers from -%g to %g, or minus infinity, found %g for layer %u",
                       limit, limit, number, i);
            return;
        }
        layer[i].sparse = true;
        layer[i].cut = number;
    }
}

void gguf_read_layers(const struct gguf_keys *k, struct hyper_parameters *h)
{
    const struct architecture *a = k->architecture;
    struct arena *arena = k->g->model->arena;
    uint32_t largest = 0, before = k->d->error_count;
    const bool *windowed = read_windows(k, h);
    const bool all_turn =
        a->turning != TURNING_interval || (a->window == WINDOW_turned && h->sliding_window == 0);
    const bool *turns = all_turn ? NULL : hyper_all_but_last(arena, h->layers, a->turning_pattern);

    h->local_rope = (struct rope_parameters){.theta = h->rope.theta,
                                             .factor = 1,
                                             .rotary_dim = h->rope.rotary_dim,
                                             .interleaved = h->rope.interleaved};
    if (a->defaults.local_rope.theta != 0)
        h->local_rope.theta = a->defaults.local_rope.theta;
    gguf_key_f64(k, "rope.freq_base_swa", 1, 1e12, &h->local_rope.theta);
    gguf_key_u32(k, "rope.dimension_count_swa", 2, MAX_HEAD_DIM, false, &h->local_rope.rotary_dim);
    struct layer_parameters *layer = hyper_set_layers(h, a, windowed, turns, arena);
    for (size_t i = 0; i < SIZE_KEY_COUNT; i++)
        if (size_keys[i].gguf[0] != 0 && hyper_layer_size(layer, size_keys[i].offset) != NULL)
            gguf_key_sizes(k, &size_keys[i], h->layers, layer, &largest);
    read_local_heads(k, h, layer);
    if ((a->reads & READS(sparsity)) != 0)
        read_sparsity(k, h->layers, layer);
    if (k->d->error_count == before)
        hyper_finish_layers(h, layer, k->g->file->path, k->d);
}
