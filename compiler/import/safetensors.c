/* Safetensors: one file, or shards named by an index. In: a directory; out: files mapped and
 * tensors in the model.
 *
 * A file is the length of a JSON header (u64), the header, then the data: {"name": {"dtype",
 * "shape", "data_offsets"}, …}. Source: the format description of huggingface/safetensors.
 */
#include "compiler/import/coded.h"
#include "compiler/import/import.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_SHARDS = 1000, MAX_NAME_BYTES = 255 };

static enum dtype dtype_of(const char *name)
{
    for (uint32_t i = 1; i < DTYPE_COUNT; i++)
        if (dtype_info[i].safetensors[0] != 0 && strcmp(dtype_info[i].safetensors, name) == 0)
            return (enum dtype)i;
    return DTYPE_none;
}

/* Sets `odd` to what rlx does not read about it. */
static bool read_shape(const json_t *shape, struct tensor *t, const char **odd, struct place at,
                       struct diags *d)
{
    size_t rank = json_array_size(shape);

    if (!json_is_array(shape))
        return diag_error(d, at, "expected a shape, an array of sizes, found %s",
                          json_found(d->arena, shape));
    for (size_t i = 0; i < rank; i++) {
        const json_t *size = json_array_get(shape, i);
        if (!json_is_integer(size) || json_integer_value(size) < 0)
            return diag_error(d, at, "expected sizes that are integers of at least 0, found %s",
                              json_found(d->arena, size));
        if (json_integer_value(size) == 0)
            *odd = "no elements";
        if (i < MODEL_MAX_RANK)
            t->shape[i] = (uint64_t)json_integer_value(size);
    }
    if (rank > MODEL_MAX_RANK)
        *odd = arena_printf(d->arena, "%zu dimensions", rank);
    t->rank = (uint8_t)min_u64(rank, MODEL_MAX_RANK);
    return true;
}

/* [begin, end) from the start of the data. */
static bool read_extent(const json_t *offsets, uint64_t *begin, uint64_t *end, struct place at,
                        struct diags *d)
{
    const json_t *first = json_array_get(offsets, 0), *last = json_array_get(offsets, 1);

    if (json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(last))
        return diag_error(d, at, "expected data_offsets of two integers, found %s",
                          json_found(d->arena, offsets));
    if (json_integer_value(first) < 0 || json_integer_value(last) < json_integer_value(first))
        return diag_error(d, at,
                          "expected data_offsets that rise from 0, found [%" JSON_INTEGER_FORMAT
                          ", %" JSON_INTEGER_FORMAT "]",
                          json_integer_value(first), json_integer_value(last));
    *begin = (uint64_t)json_integer_value(first);
    *end = (uint64_t)json_integer_value(last);
    return true;
}

/* Notes a tensor that may be a part of another. False: its shape and its bytes do not agree. */
static bool add_part(struct model *m, const struct tensor *t, enum part_type type, const char *name,
                     uint64_t bytes)
{
    struct part p = {.name = t->name,
                     .source_name = str_of(m->strings, name),
                     .type = type,
                     .rank = t->rank,
                     .file = t->file,
                     .offset = t->offset,
                     .bytes = bytes};
    uint64_t expected = part_type_bytes(type);

    for (uint32_t i = 0; i < t->rank; i++)
        if (!checked_mul(expected, t->shape[i], &expected))
            return false;
    memcpy(p.shape, t->shape, sizeof p.shape);
    if (expected == bytes)
        ARENA_PUSH(m->arena, m->parts, m->part_count, m->part_capacity) = p;
    return expected == bytes;
}

static void read_tensor(struct model *m, uint32_t file, uint64_t data_at, const char *name,
                        const json_t *entry, struct diags *d)
{
    const struct file *f = &m->files[file];
    struct place at = {.file = f->path, .object = name};
    const json_t *dtype = json_object_get(entry, "dtype");
    struct tensor t = {.file = file};
    uint64_t begin = 0, end = 0;
    const char *odd = NULL;
    size_t name_bytes = strlen(name);

    if (name_bytes == 0 || name_bytes > MAX_NAME_BYTES) {
        diag_error(d, at, "expected a name of 1 to %d bytes, found %zu", MAX_NAME_BYTES,
                   name_bytes);
        return;
    }
    if (!json_is_string(dtype)) {
        diag_error(d, at,
                   "expected an object with dtype, shape and data_offsets, found %s as dtype",
                   json_found(d->arena, dtype));
        return;
    }
    t.dtype = dtype_of(json_string_value(dtype));
    if (!read_shape(json_object_get(entry, "shape"), &t, &odd, at, d) ||
        !read_extent(json_object_get(entry, "data_offsets"), &begin, &end, at, d))
        return;
    if (end > f->bytes - data_at) {
        if (model_first_outside(m, file))
            diag_error(d, at,
                       "expected data_offsets inside the %" PRIu64 " bytes of data, found [%" PRIu64
                       ", %" PRIu64 "] (is the file truncated?)",
                       f->bytes - data_at, begin, end);
        return;
    }
    t.name = tensor_name_from_file(m, name);
    t.offset = data_at + begin;
    enum part_type type = part_type_of(json_string_value(dtype));
    if (odd == NULL && type != PART_none && !add_part(m, &t, type, name, end - begin) &&
        t.dtype == DTYPE_none) {
        diag_error(d, at, "expected as many bytes as its shape and type say, found %" PRIu64,
                   end - begin);
        return;
    }
    if (t.dtype == DTYPE_none || odd != NULL) {
        model_add_unread(m, t.name, name, t.dtype == DTYPE_none ? json_string_value(dtype) : NULL,
                         odd);
        return;
    }
    if (!model_add_tensor(m, t, name, d))
        return;
    uint64_t bytes = m->tensors[m->tensor_count - 1].bytes;
    if (end - begin != bytes)
        diag_error(d, at,
                   "expected %" PRIu64
                   " bytes for its shape and type, found data_offsets of %" PRIu64,
                   bytes, end - begin);
}

bool safetensors_read_mapped(struct model *m, uint32_t file, struct diags *d)
{
    uint64_t header_bytes;
    uint32_t before = d->error_count;
    const struct file *f = &m->files[file];
    const char *name;
    json_t *entry;

    if (f->bytes < 8)
        return diag_error(d, (struct place){.file = f->path},
                          "expected a safetensors file, found %" PRIu64 " bytes", f->bytes);
    memcpy(&header_bytes, f->data, 8);
    if (header_bytes > f->bytes - 8)
        return diag_error(d, (struct place){.file = f->path},
                          "expected a header inside the file of %" PRIu64
                          " bytes, found a header of %" PRIu64
                          " (is the file truncated, or not a safetensors file?)",
                          f->bytes, header_bytes);
    json_t *header = json_read_header(f, 8, header_bytes, d);
    if (header == NULL)
        return false;
    json_object_foreach(header, name, entry) if (strcmp(name, "__metadata__") != 0)
        read_tensor(m, file, 8 + header_bytes, name, entry, d);
    json_decref(header);
    return d->error_count == before;
}

bool safetensors_read_file(struct model *m, const char *path, uint32_t *file, struct diags *d)
{
    return model_map_file(m, path, file, d) && safetensors_read_mapped(m, *file, d);
}

/* The shard's path; NULL and an error if its name leads out of the directory. Symbolic links are
 * followed anywhere, because the cache of huggingface_hub uses them. */
static const char *shard_path(const char *directory, const char *index, const char *shard,
                              struct diags *d)
{
    struct place at = {.file = index, .object = "weight_map"};
    const char *path = arena_printf(d->arena, "%s/%s", directory, shard);
    struct stat status;

    if (shard[0] == 0 || strchr(shard, '/') != NULL || strcmp(shard, ".") == 0 ||
        strcmp(shard, "..") == 0) {
        diag_error(d, at, "expected the name of a file in the same directory, found '%.100s'",
                   shard);
        return NULL;
    }
    if (stat(path, &status) == 0)
        return path;
    diag_error(d, at, "expected the shard '%.200s' next to the index, found no such file%s", shard,
               lstat(path, &status) == 0 ? " where its symbolic link leads" : "");
    return NULL;
}

/* The names of the shards, each once and sorted. */
static bool list_shards(const json_t *map, const char *index, const char **shards, uint32_t *count,
                        struct diags *d)
{
    struct place at = {.file = index, .object = "weight_map"};
    const char *name;
    json_t *value;

    *count = 0;
    if (!json_is_object(map) || json_object_size(map) == 0)
        return diag_error(d, at, "expected an object that names each tensor's shard, found %s",
                          json_found(d->arena, map));
    json_object_foreach((json_t *)(uintptr_t)map, name, value)
    {
        const char *shard = json_string_value(value);
        uint32_t i = 0;
        at.object = name;
        if (shard == NULL)
            return diag_error(d, at, "expected the name of a shard, found %s",
                              json_found(d->arena, value));
        while (i < *count && strcmp(shards[i], shard) < 0)
            i++;
        if (i < *count && strcmp(shards[i], shard) == 0)
            continue;
        if (*count == MAX_SHARDS)
            return diag_error(d, at, "expected at most %d shards, found more", MAX_SHARDS);
        memmove(shards + i + 1, shards + i, (*count - i) * sizeof *shards);
        shards[i] = shard;
        ++*count;
    }
    return true;
}

/* All tensors of all shards count, as in transformers; where the index places each tensor does not
 * matter. */
static bool read_shards(const char *directory, const char *index, struct model *m, struct diags *d)
{
    uint32_t count, file, before = d->error_count;
    json_t *root = json_read_file(index, d);

    if (root == NULL)
        return false;
    const char **shards = arena_new(m->arena, const char *, MAX_SHARDS);
    if (list_shards(json_object_get(root, "weight_map"), index, shards, &count, d))
        for (uint32_t i = 0; i < count; i++) {
            const char *path = shard_path(directory, index, shards[i], d);
            if (path != NULL)
                safetensors_read_file(m, path, &file, d);
        }
    json_decref(root);
    model_drop_repeated(m, d);
    return d->error_count == before;
}

/* A decoder saved without its lm_head has names without "model."; other writers add a second
 * "model.". transformers reads both, and recognizes them by what is absent. */
static void settle_name(struct model *m, bool add, str_id *name)
{
    const char *text = str_text(m->strings, *name);
    bool begins = strncmp(text, "model.", 6) == 0;

    if (!add && begins)
        *name = str_of(m->strings, text + 6);
    else if (add && !begins && strncmp(text, "lm_head.", 8) != 0)
        *name = str_printf(m->strings, "model.%s", text);
}

static void settle_names(struct model *m)
{
    bool add = model_tensor(m, str_of(m->strings, "norm.weight")) != NULL;

    if (model_tensor(m, str_of(m->strings, "model.norm.weight")) != NULL ||
        (!add && model_tensor(m, str_of(m->strings, "model.model.norm.weight")) == NULL))
        return;
    for (uint32_t i = 0; i < m->tensor_count; i++)
        settle_name(m, add, &m->tensors[i].name);
    for (uint32_t i = 0; i < m->unread_count; i++)
        settle_name(m, add, &m->unread[i].name);
    for (uint32_t i = 0; i < m->part_count; i++)
        settle_name(m, add, &m->parts[i].name);
}

/* If the configuration ties the lm_head to the embedding and the file has both, transformers ties
 * them only if they are equal. If the file has the lm_head alone, it is the embedding too. */
static void settle_lm_head(struct model *m, struct diags *d)
{
    const str_id embedding_name = str_of(m->strings, "model.embed_tokens.weight");
    const struct tensor *embedding = model_tensor(m, embedding_name);
    const struct tensor *lm_head = model_tensor(m, str_of(m->strings, "lm_head.weight"));

    if (!m->hyper.tied || lm_head == NULL)
        return;
    if (embedding == NULL) {
        m->tensors[lm_head - m->tensors].name = embedding_name;
        return;
    }
    m->hyper.tied = lm_head->coded == NULL && embedding->coded == NULL &&
                    lm_head->dtype == embedding->dtype && lm_head->rank == embedding->rank &&
                    memcmp(lm_head->shape, embedding->shape, sizeof lm_head->shape) == 0 &&
                    memcmp(model_data(m, lm_head), model_data(m, embedding), lm_head->bytes) == 0;
    if (!m->hyper.tied)
        diag_warning(
            d, (struct place){.file = m->files[lm_head->file].path, .object = "lm_head.weight"},
            "tie_word_embeddings says that the embedding is the lm_head, but this tensor differs "
            "from it: it is read, as in transformers");
}

static bool no_weights(const char *directory, struct diags *d)
{
    struct stat status;

    diag_error(d, (struct place){.file = directory},
               "expected model.safetensors or model.safetensors.index.json, found neither");
    if (stat(arena_printf(d->arena, "%s/pytorch_model.bin", directory), &status) == 0)
        diag_note(d, "pytorch_model.bin is not read: publish or convert the model as safetensors");
    if (stat(arena_printf(d->arena, "%s/model-00001-of-00001.safetensors", directory), &status) ==
        0)
        diag_note(d, "model-00001-of-00001.safetensors is the whole model: name it "
                     "model.safetensors");
    return false;
}

bool safetensors_read_directory(const char *directory, struct model *m, struct diags *d)
{
    const char *single = arena_printf(m->arena, "%s/model.safetensors", directory);
    const char *index = arena_printf(m->arena, "%s/model.safetensors.index.json", directory);
    uint32_t file;

    if (file_is_named(single))
        return safetensors_read_file(m, single, &file, d);
    return file_is_named(index) ? read_shards(directory, index, m, d) : no_weights(directory, d);
}

bool import_safetensors(const char *directory, struct model *m, struct diags *d)
{
    bool good = safetensors_read_directory(directory, m, d);

    if (m->file_count == 0)
        return false;
    settle_names(m);
    good = good && model_check_tensors(m, d) && import_join_coded(m, d);
    if (good)
        settle_lm_head(m, d);
    return good && import_stack_experts(m, d) && import_split_fused(m, d) &&
           import_make_tensors(m, d);
}
