/* A GGUF model. In: the first file; out: a model with all parts mapped, tensors, hyper-parameters
 * and vocabulary.
 *
 * Source: the GGUF specification.
 */
#include "compiler/import/config_keys.h"

#include "compiler/import/vocabulary.h"
#include "runtime/base/used_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PARTS = 1000 };

/* The path of part `part` (from 1) of `count`, given the path of part `own`; NULL if the name does
 * not match that. */
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

/* Checks that a part is the one that its name states, and adds its tensors. */
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

/* The number of parts (1: not split) and of tensors in all of them; refuses any part but the
 * first. */
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

/* Parts that are not read (the vocabulary is in the first one) still belong to the model. */
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
    if (d->error_count == before && m->tensor_count + m->unread_count != tensors)
        diag_error(d, at, "expected %" PRIu64 " tensors in all parts, found %u", tensors,
                   m->tensor_count + m->unread_count);
    return d->error_count == before;
}

/* llama.cpp refuses a file that contradicts itself here, but the meaning is clear. */
static void compare_vocabulary_size(const struct gguf *g, const struct model *m, struct diags *d)
{
    const char *key =
        arena_printf(d->arena, "%s.vocab_size", str_text(m->strings, m->hyper.architecture));
    struct plain_value size = plain_gguf(g, gguf_find(g, key));

    if (size.kind == VALUE_number && size.number != m->hyper.vocabulary)
        diag_warning(d, (struct place){.file = g->file->path, .object = key},
                     "%.0f tokens, but the embedding has %u rows, which count", size.number,
                     m->hyper.vocabulary);
}

/* The embedding gives the size of the vocabulary; a model without an lm_head uses the embedding as
 * its head. */
static bool read_vocabulary_size(const struct gguf *g, struct model *m, struct diags *d)
{
    const str_id name = str_of(m->strings, "model.embed_tokens.weight");
    const struct tensor *embedding = model_tensor(m, name);
    const struct unread_tensor *unread = model_unread(m, name);
    struct place at = {.file = m->files[0].path, .object = "token_embd.weight"};

    if (embedding == NULL && unread != NULL && unread->type != NULL)
        return model_refuse_types(m, NULL, d);
    if (embedding == NULL)
        return diag_error(d, at, "expected the embedding, found %s",
                          unread != NULL         ? unread->shape
                          : m->tensor_count == 0 ? "no such tensor (the file has a vocabulary only)"
                                                 : "no such tensor");
    if (embedding->rank != 2 || embedding->shape[0] > MAX_VOCABULARY)
        return diag_error(
            d, at, "expected a matrix of at most %d rows, found %u dimensions and %" PRIu64 " rows",
            MAX_VOCABULARY, embedding->rank, embedding->shape[0]);
    m->hyper.vocabulary = (uint32_t)embedding->shape[0];
    const str_id lm_head = str_of(m->strings, "lm_head.weight");
    m->hyper.tied = !m->kind->has_lm_head && model_tensor(m, lm_head) == NULL &&
                    model_unread(m, lm_head) == NULL;
    compare_vocabulary_size(g, m, d);
    return true;
}

/* No key says it. */
static void read_laurel_rank(struct model *m)
{
    const struct tensor *left = model_find_tensor(m, "model.layers.0.laurel.linear_left.weight");

    if ((m->kind->reads & READS(laurel_rank)) != 0 && left != NULL && left->rank == 2)
        m->hyper.laurel_rank = (uint32_t)min_u64(left->shape[0], MAX_HIDDEN);
}

/* No key says which pairs of a head turn: all would turn without the tensor. */
static bool check_divisors(const struct gguf *g, const struct model *m, struct diags *d)
{
    const struct place at = {.file = g->file->path, .object = "rope_freqs.weight"};

    if (m->kind->proportional == 0 || model_find_tensor(m, "rope.divisors.weight") != NULL)
        return true;
    return diag_error(d, at,
                      "expected divisors of frequencies, which say what part of a head turns, "
                      "found no such tensor");
}

/* GGUF files that accompany a model but are not models. */
static bool refuse_companion(const struct gguf *g, struct diags *d)
{
    static const struct {
        const char *key, *value, *what;
    } known[] = {
        {"general.type", "adapter", "a LoRA adapter, which changes a model: merge it into that"},
        {"general.type", "mmproj", "the image or sound part of a model: name the text model"},
        {"general.architecture", "clip", "the image or sound part of a model: name the text model"},
        {"general.type", "imatrix", "an importance matrix, which serves to quantize a model"},
        {"general.architecture", "controlvector", "a control vector, which steers a model"},
    };

    for (size_t i = 0; i < countof(known); i++) {
        struct place at = {.file = g->file->path, .object = known[i].key};
        struct plain_value v = plain_gguf(g, gguf_find(g, known[i].key));
        if (v.kind == VALUE_text && v.bytes == strlen(known[i].value) &&
            memcmp(v.text, known[i].value, v.bytes) == 0)
            return diag_error(d, at, "expected a model, found %s", known[i].what);
    }
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
    if (!options->vocabulary_only && refuse_companion(g, d) && gguf_read_hyper(g, m, d) &&
        gguf_read_tensors(g, d) && read_other_parts(g, (uint32_t)parts, tensors, m, d) &&
        model_check_tensors(m, d) && read_vocabulary_size(g, m, d) && import_stack_experts(m, d) &&
        import_split_fused(m, d) && check_divisors(g, m, d)) {
        read_laurel_rank(m);
        import_make_tensors(m, d);
    }
    sampling_from_gguf(g, m, d);
    return (options->no_vocabulary || vocabulary_from_gguf(g, options, m, d)) &&
           d->error_count == before;
}

bool import_gguf_tensors(uint32_t file, struct model *m, struct diags *d)
{
    struct gguf *g = arena_new(m->arena, struct gguf, 1);
    uint64_t parts, tensors = 0;

    if (!gguf_open(g, m, file, d) || !read_split(g, &parts, &tensors, d))
        return false;
    m->format = arena_printf(m->arena, "GGUF v%u", g->version);
    protect_parts(g, (uint32_t)parts, m);
    return gguf_read_tensors(g, d) && read_other_parts(g, (uint32_t)parts, tensors, m, d) &&
           model_check_tensors(m, d);
}
