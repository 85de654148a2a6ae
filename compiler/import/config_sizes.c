/* Sizes that differ between layers. In: config.json and layers of equal sizes. Out: the sizes of each.
 *
 * Source: configuration_gemma3n.py and configuration_gemma4.py of transformers. A size may be a list
 * with one integer per layer. transformers 5 writes what differs under per_layer_config, by the number
 * of the layer; published files of Gemma 4 have keys of their own for layers without a window.
 */
#include "compiler/import/config.h"
#include "compiler/import/config_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_size(const struct size_key *key, const json_t *value)
{
    double number = json_number_value(value);

    return json_is_number(value) && number >= key->min && number <= key->max &&
           number == floor(number);
}

bool config_read_size_list(const struct config *c, const struct size_key *key, const char *name,
                           uint32_t layers, struct layer_parameters *layer, uint32_t *largest)
{
    const json_t *list = config_get(c->root, name), *value;
    size_t i;

    if (json_array_size(list) != layers)
        return diag_error(c->diags, config_place(c, name),
                          "expected an integer, or one for each of the %u layers, found %s", layers,
                          json_found(c->diags->arena, list));
    json_array_foreach(list, i, value)
    {
        if (!is_size(key, value))
            return diag_error(c->diags, config_place(c, name),
                              "expected integers from %u to %u, found %s for layer %zu", key->min,
                              key->max, json_found(c->diags->arena, value), i);
        uint32_t size = (uint32_t)json_number_value(value);
        if (size > *largest)
            *largest = size;
        if (layer != NULL)
            *hyper_layer_size(&layer[i], key->offset) = size;
    }
    return true;
}

/* The sizes of layers that have this spelling; NULL: none has. */
static const struct size_key *find_key(const struct config *c, const char *name)
{
    struct layer_parameters any;
    const char *spelling;

    for (size_t i = 0; i < SIZE_KEY_COUNT; i++)
        for (uint32_t j = 0;
             hyper_layer_size(&any, size_keys[i].offset) != NULL &&
             (spelling = config_spelling(c->diags->arena, size_keys[i].json, j)) != NULL;
             j++)
            if (strcmp(spelling, name) == 0)
                return &size_keys[i];
    return NULL;
}

static void read_lists(const struct config *c, const struct hyper_parameters *h,
                       struct layer_parameters *layer)
{
    struct layer_parameters any;
    const char *name;
    uint32_t largest = 0;

    for (size_t i = 0; i < SIZE_KEY_COUNT; i++)
        for (uint32_t j = 0;
             hyper_layer_size(&any, size_keys[i].offset) != NULL &&
             (name = config_spelling(c->diags->arena, size_keys[i].json, j)) != NULL;
             j++)
            if (json_is_array(config_get(c->root, name)))
                config_read_size_list(c, &size_keys[i], name, h->layers, layer, &largest);
}

/* What one layer has of its own. */
static bool read_own(const struct config *c, const char *number, const json_t *sizes,
                     const struct hyper_parameters *h, struct layer_parameters *layer)
{
    struct place at = config_place(c, "per_layer_config");
    char *end;
    unsigned long index = strtoul(number, &end, 10);
    const char *name;
    json_t *value;

    if (number[0] < '0' || number[0] > '9' || *end != 0 || index >= h->layers)
        return diag_error(c->diags, at, "expected the number of a layer, 0 to %u, found '%.60s'",
                          h->layers - 1, number);
    if (!json_is_object(sizes))
        return diag_error(c->diags, at, "expected an object for layer %lu, found %s", index,
                          json_found(c->diags->arena, sizes));
    json_object_foreach((json_t *)(uintptr_t)sizes, name, value)
    {
        const struct size_key *key = find_key(c, name);
        if (key == NULL)
            return diag_error(c->diags, at,
                              "expected sizes of heads and feed-forward networks, found '%.60s' "
                              "for layer %lu: rlx does not compile what it means",
                              name, index);
        if (!is_size(key, value))
            return diag_error(c->diags, at,
                              "expected an integer from %u to %u as the %s of layer %lu, found %s",
                              key->min, key->max, name, index, json_found(c->diags->arena, value));
        *hyper_layer_size(&layer[index], key->offset) = (uint32_t)json_number_value(value);
    }
    return true;
}

/* Without per_layer_config, layers without a window have heads of a size of their own. */
static void read_global_heads(const struct config *c, const struct hyper_parameters *h,
                              struct layer_parameters *layer)
{
    enum { DEFAULT_HEAD_DIM = 512 };
    bool is_null = json_is_null(json_object_get(c->root, "global_head_dim"));
    uint32_t head_dim = is_null ? h->head_dim : DEFAULT_HEAD_DIM, kv_heads = h->kv_heads;

    config_u32(c, c->root, "global_head_dim", 1, MAX_HEAD_DIM, OPTIONAL, &head_dim);
    if (h->keys_are_values)
        config_u32(c, c->root, "num_global_key_value_heads", 1, MAX_HEADS, OPTIONAL, &kv_heads);
    for (uint32_t i = 0; i < h->layers; i++)
        if (layer[i].window == 0) {
            layer[i].head_dim = head_dim;
            layer[i].kv_heads = kv_heads;
        }
}

static void widen_mlp(const struct config *c, const struct hyper_parameters *h,
                      struct layer_parameters *layer)
{
    bool double_wide = false;

    config_bool(c, c->root, "use_double_wide_mlp", &double_wide);
    for (uint32_t i = 0; double_wide && i < h->layers; i++)
        if (i + h->shared_kv_layers >= h->layers)
            layer[i].feed_forward *= 2;
}

/* Layers without experts have feed-forward networks of a width of their own. */
static void read_dense_width(const struct config *c, const struct hyper_parameters *h,
                             struct layer_parameters *layer)
{
    uint32_t width = 16384;

    config_u32(c, c->root, "intermediate_size_mlp", 1, MAX_FEED_FORWARD, OPTIONAL, &width);
    for (uint32_t i = 0; i < h->layers; i++)
        layer[i].feed_forward = width;
}

void config_read_layer_sizes(const struct config *c, const struct hyper_parameters *h,
                             struct layer_parameters *layer)
{
    const uint64_t reads = c->architecture->reads;
    const json_t *own = config_get(c->root, "per_layer_config");
    const char *number;
    json_t *sizes;

    read_lists(c, h, layer);
    if ((reads & READS(layer_sizes)) != 0 && own != NULL && !json_is_object(own))
        diag_error(c->diags, config_place(c, "per_layer_config"), "expected an object, found %s",
                   json_found(c->diags->arena, own));
    else if ((reads & READS(layer_sizes)) != 0 && own != NULL)
        json_object_foreach((json_t *)(uintptr_t)own, number, sizes)
        {
            if (!read_own(c, number, sizes, h, layer))
                return;
        }
    else if ((reads & READS(global_heads)) != 0)
        read_global_heads(c, h, layer);
    if ((reads & READS(double_wide)) != 0)
        widen_mlp(c, h, layer);
    if ((reads & READS(dense_width)) != 0)
        read_dense_width(c, h, layer);
}
