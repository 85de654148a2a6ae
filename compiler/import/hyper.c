/* The architectures that are known, and what must hold between hyper-parameters wherever they came
 * from. */
#include "compiler/import/import.h"

#include "compiler/base/out.h"

#include <string.h>

static const struct architecture architectures[] = {
    {"llama", "llama", SOURCE_gguf | SOURCE_config, true, WINDOW_none, 0},
    {"mistral", "llama", SOURCE_config, false, WINDOW_always, 0},
    {"qwen2", "qwen2", SOURCE_gguf | SOURCE_config, false, WINDOW_upper, 0},
    {"qwen3", "qwen3", SOURCE_gguf | SOURCE_config, false, WINDOW_upper, 128},
};

const struct architecture *architecture_find(const char *spelling, size_t bytes,
                                             enum model_source source, struct place at,
                                             struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (size_t i = 0; i < countof(architectures); i++) {
        const struct architecture *a = &architectures[i];
        if ((a->sources & source) == 0)
            continue;
        if (strlen(a->spelling) == bytes && memcmp(a->spelling, spelling, bytes) == 0)
            return a;
        text_add(&known, "%s%s", known.bytes == 0 ? "" : ", ", a->spelling);
    }
    diag_error(d, at, "expected a known architecture (%s), found '%.*s'", known.data,
               (int)min_u64(bytes, 64), spelling);
    return NULL;
}

bool hyper_complete(struct hyper_parameters *h, const char *file, struct diags *d)
{
    uint32_t before = d->error_count;
    struct place at = {.file = file};

    if (h->heads == 0 || h->hidden == 0)
        return d->error_count == before; /* reported where they were read */
    if (h->kv_heads == 0)
        h->kv_heads = h->heads;
    at.object = "attention heads";
    if (h->heads % h->kv_heads != 0)
        diag_error(d, at, "expected a multiple of the %u heads of keys and values, found %u",
                   h->kv_heads, h->heads);
    if (h->head_dim == 0) {
        if (h->hidden % h->heads != 0)
            return diag_error(
                d, at, "expected a divisor of the width %u (no head size is given), found %u",
                h->hidden, h->heads);
        h->head_dim = h->hidden / h->heads;
    }
    at.object = "head size";
    if (h->head_dim > MAX_HEAD_DIM)
        diag_error(d, at, "expected at most %d, found %u", MAX_HEAD_DIM, h->head_dim);
    if (h->rotary_dim == 0)
        h->rotary_dim = h->head_dim;
    at.object = "rotary size";
    if (h->rotary_dim % 2 != 0 || h->rotary_dim > h->head_dim)
        diag_error(d, at, "expected an even number of at most the head size %u, found %u",
                   h->head_dim, h->rotary_dim);
    if (h->sliding_window == 0 || h->first_window_layer >= h->layers)
        h->sliding_window = h->first_window_layer = 0;
    return d->error_count == before;
}
