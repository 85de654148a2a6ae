/* Reads keys of config.json, for config.c, config_layers.c, config_rope.c and sampling.c. Absent
 * and null mean the same. A wrong type or a number out of range is an error that names the key,
 * what was expected and what was found. */
#ifndef RLXC_CONFIG_H
#define RLXC_CONFIG_H

#include "compiler/import/import.h"

struct config {
    const json_t *root;
    const char *path;
    struct strings *strings;
    struct diags *diags;
    const struct architecture *architecture; /* NULL: not yet known */
};

enum need { OPTIONAL, REQUIRED };

struct place config_place(const struct config *c, const char *key);
/* The value of a key of `from` (the root or an object in it); NULL if absent or null. */
const json_t *config_get(const json_t *from, const char *key);
/* True if the key has a valid value. */
bool config_u32(const struct config *c, const json_t *from, const char *key, uint32_t min,
                uint32_t max, enum need need, uint32_t *out);
bool config_f64(const struct config *c, const json_t *from, const char *key, double min, double max,
                enum need need, double *out);
bool config_bool(const struct config *c, const json_t *from, const char *key, bool *out);
/* The text of a key of `from`; NULL if it is absent, null, or not a string (an error). */
const char *config_string(const struct config *c, const json_t *from, const char *key);
/* Warns that rlx ignores this key, because transformers does so for this architecture. */
void config_warn_unused(const struct config *c, const char *key);
/* bos_token_id, eos_token_id and pad_token_id: integers or lists of integers. `vocabulary` is its
 * size, 0 if unknown. */
void config_check_ids(const struct config *c, uint32_t vocabulary);

struct size_key;

/* config_sizes.c: one integer per layer, to layer[]; NULL: the largest of them alone. */
bool config_read_size_list(const struct config *c, const struct size_key *key, const char *name,
                           uint32_t layers, struct layer_parameters *layer, uint32_t *largest);
/* The sizes that differ between layers, which have their windows. */
void config_read_layer_sizes(const struct config *c, const struct hyper_parameters *h,
                             struct layer_parameters *layer);
/* config_layers.c: sliding_window and the layers that have it, what turns each, and their sizes. */
void config_read_layers(const struct config *c, struct hyper_parameters *h);
/* config_quantization.c: what `root`, the whole file, says about coded tensors. */
void config_read_quantization(const struct config *c, const json_t *root, struct quantization *out);
/* config_rope.c: theta, scaling and the part of a head that turns; tensors of divisors, if the
 * frequencies are in the file. Needs the context and the layers. */
void config_read_rope(const struct config *c, struct model *m);

#endif
