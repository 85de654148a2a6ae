/* Known architectures, and the checks of hyper-parameters from any format. In: hyper-parameters as
 * read. Out: complete and consistent ones, or errors. */
#include "compiler/import/import.h"

#include "compiler/base/out.h"

#include <string.h>

static const struct architecture architectures[] = {
#define GGUF_CONFIG (SOURCE_gguf | SOURCE_config)
#define CONFIG SOURCE_config
#define ARCHITECTURE(name, family_name, class, from, rows, window_rule, bias, mlp, norm, head, kv, \
                     tokens, wide, positions)                                                      \
    {.spelling = name,                                                                             \
     .family = family_name,                                                                        \
     .class_name = class,                                                                          \
     .sources = from,                                                                              \
     .interleaved_in_gguf = rows,                                                                  \
     .window = window_rule,                                                                        \
     .biases = bias,                                                                               \
     .has_mlp_bias = mlp,                                                                          \
     .has_qk_norm = norm,                                                                          \
     .defaults = {.hidden = 4096,                                                                  \
                  .layers = 32,                                                                    \
                  .heads = 32,                                                                     \
                  .kv_heads = kv,                                                                  \
                  .head_dim = head,                                                                \
                  .vocabulary = tokens,                                                            \
                  .feed_forward = wide,                                                            \
                  .context = positions}},
#include "compiler/import/architectures.def"
#undef ARCHITECTURE
#undef CONFIG
#undef GGUF_CONFIG
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
    diag_error(d, at,
               "expected a known architecture (%s), found '%.*s'; --tokenizer-only compiles the "
               "tokenizer alone",
               known.data, (int)min_u64(bytes, 64), spelling);
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
    return d->error_count == before;
}
