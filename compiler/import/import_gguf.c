/* A GGUF model. In: the first file; out: all parts mapped, tensors, hyper-parameters and vocabulary
 * in the model.
 *
 * Sources: the GGUF specification for keys; src/llama-model.cpp of ggml-org/llama.cpp for defaults
 * and for the meaning of the rope.scaling keys there.
 */
#include "compiler/import/import.h"

#include "compiler/import/vocabulary.h"
#include "runtime/base/used_files.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PARTS = 1000 };

/* Reads keys that begin with the architecture's name. */
struct keys {
    const struct gguf *g;
    const struct architecture *architecture;
    struct diags *d;
};

static const char *key_of(const struct keys *k, const char *name)
{
    return arena_printf(k->d->arena, "%s.%s", k->architecture->spelling, name);
}

static struct place key_place(const struct keys *k, const char *key)
{
    return (struct place){.file = k->g->file->path, .object = key};
}

/* True where the key is there and its value in range. */
static bool read_u32(const struct keys *k, const char *name, uint32_t least, uint32_t most,
                     bool required, uint32_t *out)
{
    const char *key = key_of(k, name);
    uint64_t value;
    uint32_t before = k->d->error_count;

    if (!gguf_get_u64(k->g, key, &value, k->d)) {
        if (required && k->d->error_count == before)
            diag_error(k->d, key_place(k, key),
                       "expected an integer from %u to %u, found no such key", least, most);
        return false;
    }
    if (value < least || value > most)
        return diag_error(k->d, key_place(k, key),
                          "expected an integer from %u to %u, found %" PRIu64, least, most, value);
    *out = (uint32_t)value;
    return true;
}

static bool read_f64(const struct keys *k, const char *name, double least, double most, double *out)
{
    const char *key = key_of(k, name);
    double value;

    if (!gguf_get_f64(k->g, key, &value, k->d))
        return false;
    if (!(value >= least && value <= most))
        return diag_error(k->d, key_place(k, key), "expected a number from %g to %g, found %g",
                          least, most, value);
    *out = value;
    return true;
}

/* What would change the numbers and is not computed here. */
static void refuse_unknown_meaning(const struct keys *k, const struct hyper_parameters *h)
{
    uint32_t value_length = h->head_dim, experts = 0;
    bool causal = true;

    if (read_u32(k, "attention.value_length", 1, MAX_HEAD_DIM, false, &value_length) &&
        value_length != h->head_dim)
        diag_error(k->d, key_place(k, key_of(k, "attention.value_length")),
                   "expected the size of a key head, %u, found %u", h->head_dim, value_length);
    if (read_u32(k, "expert_count", 0, UINT32_MAX, false, &experts) && experts != 0)
        diag_error(k->d, key_place(k, key_of(k, "expert_count")),
                   "expected a model without experts (0), found %u", experts);
    if (gguf_get_bool(k->g, key_of(k, "attention.causal"), &causal, k->d) && !causal)
        diag_error(k->d, key_place(k, key_of(k, "attention.causal")),
                   "expected causal attention (true), found false");
}

static void read_yarn(const struct keys *k, struct rope_parameters *rope)
{
    double extrapolation = 1, first = 1, second = 1;

    rope->beta_fast = 32;
    rope->beta_slow = 1;
    read_f64(k, "rope.scaling.yarn_beta_fast", 1e-3, 1e6, &rope->beta_fast);
    read_f64(k, "rope.scaling.yarn_beta_slow", 1e-3, 1e6, &rope->beta_slow);
    if (read_f64(k, "rope.scaling.yarn_ext_factor", -1, 1e6, &extrapolation) &&
        extrapolation >= 0 && extrapolation != 1)
        diag_error(k->d, key_place(k, key_of(k, "rope.scaling.yarn_ext_factor")),
                   "expected 1, found %g", extrapolation);
    /* There these multiply the factor that is derived from the scale; here attention_factor is the
     * product. */
    read_f64(k, "rope.scaling.attn_factor", 1e-6, 1e6, &first);
    read_f64(k, "rope.scaling.yarn_attn_factor", 1e-6, 1e6, &second);
    if (first * second != 1)
        rope->attention_factor = first * second * (0.1 * log(rope->factor) + 1);
    if (!read_u32(k, "rope.scaling.original_context_length", 1, MAX_CONTEXT, false,
                  &rope->original_context))
        rope->original_context = k->g->model->hyper.context;
}

static void read_rope(const struct keys *k, struct hyper_parameters *h)
{
    struct rope_parameters *rope = &h->rope;
    const char *kind = "linear",
               *key = key_of(
                   k, "rope.scaling.type"); /* its default, which without a factor does nothing */
    uint64_t bytes = strlen(kind);

    rope->theta = 10000;
    rope->factor = 1;
    rope->interleaved = k->architecture->interleaved_in_gguf;
    read_f64(k, "rope.freq_base", 1, 1e12, &rope->theta);
    read_u32(k, "rope.dimension_count", 2, MAX_HEAD_DIM, false, &h->rotary_dim);
    if (!read_f64(k, "rope.scaling.factor", 0, 1e6, &rope->factor) || rope->factor == 0)
        read_f64(k, "rope.scale_linear", 0, 1e6, &rope->factor);
    if (rope->factor == 0)
        rope->factor = 1; /* so writers say "none" */
    if (rope->factor < 1)
        diag_error(k->d, key_place(k, key_of(k, "rope.scaling.factor")),
                   "expected a number of at least 1, found %g", rope->factor);
    gguf_get_string(k->g, key, &kind, &bytes, k->d);
    if (bytes == 4 && memcmp(kind, "none", 4) == 0) {
        rope->factor = 1;
    } else if (bytes == 6 && memcmp(kind, "linear", 6) == 0) {
        rope->scaling = rope->factor == 1 ? ROPE_default : ROPE_linear;
    } else if (bytes == 4 && memcmp(kind, "yarn", 4) == 0) {
        rope->scaling = ROPE_yarn;
        read_yarn(k, rope);
    } else {
        diag_error(k->d, key_place(k, key), "expected none, linear or yarn, found '%.*s'",
                   (int)min_u64(bytes, 64), kind);
    }
}

static bool read_hyper_parameters(const struct gguf *g, struct model *m, struct diags *d)
{
    const char *key = "general.architecture", *text;
    struct hyper_parameters *h = &m->hyper;
    uint64_t bytes;
    uint32_t before = d->error_count;

    if (!gguf_get_string(g, key, &text, &bytes, d))
        return d->error_count != before ||
               diag_error(d, (struct place){.file = g->file->path, .object = key},
                          "expected the name of an architecture, found no such key");
    struct keys k = {g,
                     architecture_find(text, bytes, SOURCE_gguf,
                                       (struct place){.file = g->file->path, .object = key}, d),
                     d};
    if (k.architecture == NULL)
        return false;
    h->architecture = str_of(m->strings, k.architecture->family);
    read_u32(&k, "embedding_length", 1, MAX_HIDDEN, true, &h->hidden);
    read_u32(&k, "block_count", 1, MAX_LAYERS, true, &h->layers);
    read_u32(&k, "attention.head_count", 1, MAX_HEADS, true, &h->heads);
    read_u32(&k, "attention.head_count_kv", 1, MAX_HEADS, false, &h->kv_heads);
    read_u32(&k, "attention.key_length", 1, MAX_HEAD_DIM, false, &h->head_dim);
    read_u32(&k, "feed_forward_length", 1, MAX_FEED_FORWARD, true, &h->feed_forward);
    read_u32(&k, "context_length", 1, MAX_CONTEXT, true, &h->context);
    read_u32(&k, "attention.sliding_window", 0, MAX_CONTEXT, false, &h->sliding_window);
    if (!read_f64(&k, "attention.layer_norm_rms_epsilon", 1e-30, 1, &h->norm_epsilon) &&
        d->error_count == before)
        diag_error(d, key_place(&k, key_of(&k, "attention.layer_norm_rms_epsilon")),
                   "expected a number, found no such key");
    read_rope(&k, h);
    if (d->error_count != before || !hyper_complete(h, g->file->path, d))
        return false;
    refuse_unknown_meaning(&k, h);
    return d->error_count == before;
}

/* The path of part `part` (from 1) of `count`, where `path` is that of part `own`; NULL where the
 * name does not say so. */
static const char *part_path(struct arena *a, const char *path, uint32_t own, uint32_t part,
                             uint32_t count)
{
    char suffix[40];
    size_t path_bytes = strlen(path);
    int bytes = snprintf(suffix, sizeof suffix, "-%05u-of-%05u.gguf", own, count);

    if (path_bytes < (size_t)bytes || strcmp(path + path_bytes - (size_t)bytes, suffix) != 0)
        return NULL;
    return arena_printf(a, "%.*s-%05u-of-%05u.gguf", (int)(path_bytes - (size_t)bytes), path, part,
                        count);
}

static bool read_split_value(const struct gguf *g, const char *key, uint64_t *out, struct diags *d)
{
    uint32_t before = d->error_count;

    if (gguf_get_u64(g, key, out, d))
        return true;
    return d->error_count != before
               ? false
               : diag_error(d, (struct place){.file = g->file->path, .object = key},
                            "expected an integer, found no such key");
}

/* Checks that a part is the one its name promises, and adds its tensors. */
static bool read_part(struct model *m, const char *path, uint32_t number, uint32_t count,
                      struct diags *d)
{
    struct gguf part;
    struct stat status;
    uint32_t file, before = d->error_count;
    uint64_t found_number = 0, found_count = 0;

    if (stat(path, &status) != 0)
        return diag_error(d, (struct place){.file = path},
                          "expected part %u of %u of the model, found no such file", number + 1,
                          count);
    if (!model_map_file(m, path, &file, d) || !gguf_open(&part, m, file, d))
        return false;
    if (read_split_value(&part, "split.no", &found_number, d) && found_number != number)
        diag_error(d, (struct place){.file = path, .object = "split.no"},
                   "expected %u, found %" PRIu64, number, found_number);
    if (read_split_value(&part, "split.count", &found_count, d) && found_count != count)
        diag_error(d, (struct place){.file = path, .object = "split.count"},
                   "expected %u, found %" PRIu64, count, found_count);
    return d->error_count == before && gguf_read_tensors(&part, d);
}

/* How many parts the model has (1: it is not split) and how many tensors they promise; refuses any
 * part but the first. */
static bool read_split(const struct gguf *g, uint64_t *parts, uint64_t *tensors, struct diags *d)
{
    uint64_t number = 0;
    struct place at = {.file = g->file->path, .object = "split.count"};
    uint32_t before = d->error_count;

    *parts = 1;
    gguf_get_u64(g, at.object, parts, d);
    if (d->error_count != before)
        return false;
    if (*parts <= 1)
        return true;
    if (*parts > MAX_PARTS)
        return diag_error(d, at, "expected at most %d parts, found %" PRIu64, MAX_PARTS, *parts);
    at.object = "split.no";
    if (!read_split_value(g, at.object, &number, d) ||
        !read_split_value(g, "split.tensors.count", tensors, d))
        return false;
    if (number != 0)
        return diag_error(d, at,
                          "expected the first part (0) of %" PRIu64 ", found %" PRIu64
                          "; name the file that ends in -00001-of-%05" PRIu64 ".gguf",
                          *parts, number, *parts);
    return true;
}

/* Parts that are not read (a vocabulary stands in the first one) are the model's all the same. */
static void protect_parts(const struct gguf *g, uint32_t parts, struct model *m)
{
    const char *first = g->file->path;

    for (uint32_t i = 1; i < parts && part_path(m->arena, first, 1, 1, parts) != NULL; i++)
        used_file_add_path(part_path(m->arena, first, 1, i + 1, parts));
}

static bool read_other_parts(const struct gguf *g, uint32_t parts, uint64_t tensors,
                             struct model *m, struct diags *d)
{
    struct place at = {.file = g->file->path};
    const char *first = g->file->path;
    uint32_t before = d->error_count;

    if (parts <= 1)
        return true;
    if (part_path(m->arena, first, 1, 1, parts) == NULL)
        return diag_error(d, at,
                          "expected a file name that ends in -00001-of-%05u.gguf (the model has %u "
                          "parts), found another",
                          parts, parts);
    for (uint32_t i = 1; i < parts; i++)
        read_part(m, part_path(m->arena, first, 1, i + 1, parts), i, parts, d);
    at.object = "split.tensors.count";
    if (d->error_count == before && m->tensor_count != tensors)
        diag_error(d, at, "expected %" PRIu64 " tensors in all parts, found %u", tensors,
                   m->tensor_count);
    return d->error_count == before;
}

/* The size of the vocabulary is the embedding's, and a model without a head uses the embedding as
 * one. */
static bool read_vocabulary_size(struct model *m, struct diags *d)
{
    const struct tensor *embedding =
        model_tensor(m, str_of(m->strings, "model.embed_tokens.weight"));
    struct place at = {.file = m->files[0].path, .object = "token_embd.weight"};

    if (embedding == NULL)
        return diag_error(d, at, "expected the embedding, found no such tensor%s",
                          m->tensor_count == 0 ? " (the file has a vocabulary only)" : "");
    if (embedding->rank != 2 || embedding->shape[0] > MAX_VOCABULARY)
        return diag_error(
            d, at, "expected a matrix of at most %d rows, found %u dimensions and %" PRIu64 " rows",
            MAX_VOCABULARY, embedding->rank, embedding->shape[0]);
    m->hyper.vocabulary = (uint32_t)embedding->shape[0];
    m->hyper.tied = model_tensor(m, str_of(m->strings, "lm_head.weight")) == NULL;
    return true;
}

bool import_gguf(uint32_t file, const struct import_options *options, struct model *m,
                 struct diags *d)
{
    struct gguf *g = arena_new(m->arena, struct gguf, 1);
    const char *name;
    uint64_t bytes, parts, tensors = 0;
    uint32_t before = d->error_count;

    if (!gguf_open(g, m, file, d) || !read_split(g, &parts, &tensors, d))
        return false;
    protect_parts(g, (uint32_t)parts, m);
    m->format = arena_printf(m->arena, "GGUF v%u", g->version);
    if (gguf_get_string(g, "general.name", &name, &bytes, d) && bytes != 0)
        m->name = arena_text(m->arena, name, bytes);
    if (!options->vocabulary_only && read_hyper_parameters(g, m, d) && gguf_read_tensors(g, d) &&
        read_other_parts(g, (uint32_t)parts, tensors, m, d) && model_check_tensors(m, d))
        read_vocabulary_size(m, d);
    sampling_from_gguf(g, m, d);
    return vocabulary_from_gguf(g, m, d) && d->error_count == before;
}
