/* Keys of a GGUF file that begin with the architecture's name. For gguf_hyper.c and gguf_layers.c. */
#ifndef RLXC_GGUF_KEYS_H
#define RLXC_GGUF_KEYS_H

#include "compiler/import/config_keys.h"

struct gguf_keys {
    const struct gguf *g;
    const struct architecture *architecture;
    struct diags *d;
    uint32_t layers; /* elements of a list by layer: also those of layers that are left out */
};

/* "llama.block_count" of "block_count", and the place of such a whole key. */
const char *gguf_key(const struct gguf_keys *k, const char *name);
struct place gguf_key_place(const struct gguf_keys *k, const char *key);
/* One number where a list has it for each layer. */
struct plain_value gguf_key_value(const struct gguf_keys *k, const char *key);
/* True if the key exists and its value is in range. */
bool gguf_key_u32(const struct gguf_keys *k, const char *name, uint32_t min, uint32_t max,
                  bool required, uint32_t *out);
bool gguf_key_f64(const struct gguf_keys *k, const char *name, double min, double max, double *out);
/* An array of numbers, or NULL: the whole key has none. */
const struct gguf_value *gguf_key_list(const struct gguf_keys *k, const char *key);
/* One integer per layer, to layer[]; NULL: the largest of them alone. False: the key has no list of
 * different ones, or, after an error, a wrong one. */
bool gguf_key_sizes(const struct gguf_keys *k, const struct size_key *key, uint32_t layers,
                    struct layer_parameters *layer, uint32_t *largest);

/* gguf_layers.c */
void gguf_read_layers(const struct gguf_keys *k, struct hyper_parameters *h);

#endif
