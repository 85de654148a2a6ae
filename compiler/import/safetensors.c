/* Safetensors: one file, or shards named by an index. In: a directory; out: files mapped and
 * tensors in the model.
 *
 * A file is the length of a JSON header (u64), the header, then the data: {"name": {"dtype",
 * "shape", "data_offsets"}, …}. Source: the format description of huggingface/safetensors.
 */
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

static bool read_shape(const json_t *shape, struct tensor *t, struct place at, struct diags *d)
{
    if (!json_is_array(shape) || json_array_size(shape) > MODEL_MAX_RANK)
        return diag_error(d, at, "expected a shape of at most %d sizes, found %s", MODEL_MAX_RANK,
                          json_found(d->arena, shape));
    t->rank = (uint8_t)json_array_size(shape);
    for (uint32_t i = 0; i < t->rank; i++) {
        const json_t *size = json_array_get(shape, i);
        if (!json_is_integer(size) || json_integer_value(size) < 0)
            return diag_error(d, at, "expected sizes that are integers of at least 0, found %s",
                              json_found(d->arena, size));
        t->shape[i] = (uint64_t)json_integer_value(size);
    }
    return true;
}

/* [begin, end) from the start of the data. */
static bool read_extent(const json_t *offsets, uint64_t data_bytes, uint64_t *begin, uint64_t *end,
                        struct place at, struct diags *d)
{
    const json_t *first = json_array_get(offsets, 0), *last = json_array_get(offsets, 1);

    if (json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(last))
        return diag_error(d, at, "expected data_offsets of two integers, found %s",
                          json_found(d->arena, offsets));
    if (json_integer_value(first) < 0 || json_integer_value(last) < json_integer_value(first) ||
        (uint64_t)json_integer_value(last) > data_bytes)
        return diag_error(d, at,
                          "expected data_offsets inside the %" PRIu64
                          " bytes of data, found [%" JSON_INTEGER_FORMAT ", %" JSON_INTEGER_FORMAT
                          "]",
                          data_bytes, json_integer_value(first), json_integer_value(last));
    *begin = (uint64_t)json_integer_value(first);
    *end = (uint64_t)json_integer_value(last);
    return true;
}

static void read_tensor(struct model *m, uint32_t file, uint64_t data_at, const char *name,
                        const json_t *entry, struct unread_types *unread, struct diags *d)
{
    const struct file *f = &m->files[file];
    struct place at = {.file = f->path, .object = name};
    const json_t *dtype = json_object_get(entry, "dtype");
    struct tensor t = {.file = file};
    uint64_t begin = 0, end = 0;
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
    if (t.dtype == DTYPE_none) {
        unread_types_add(unread, json_string_value(dtype));
        return;
    }
    if (!read_shape(json_object_get(entry, "shape"), &t, at, d) ||
        !read_extent(json_object_get(entry, "data_offsets"), f->bytes - data_at, &begin, &end, at,
                     d))
        return;
    t.name = str_of(m->strings, name);
    t.offset = data_at + begin;
    if (!model_add_tensor(m, t, name, d))
        return;
    uint64_t bytes = m->tensors[m->tensor_count - 1].bytes;
    if (end - begin != bytes)
        diag_error(d, at,
                   "expected %" PRIu64
                   " bytes for its shape and type, found data_offsets of %" PRIu64,
                   bytes, end - begin);
}

bool safetensors_read_file(struct model *m, const char *path, uint32_t *file, struct diags *d)
{
    uint64_t header_bytes;
    uint32_t before = d->error_count;
    struct unread_types unread = {.count = 0};
    const char *name;
    json_t *entry;

    if (!model_map_file(m, path, file, d))
        return false;
    const struct file *f = &m->files[*file];
    if (f->bytes < 8)
        return diag_error(d, (struct place){.file = path},
                          "expected a safetensors file, found %" PRIu64 " bytes", f->bytes);
    memcpy(&header_bytes, f->data, 8);
    if (header_bytes > f->bytes - 8)
        return diag_error(d, (struct place){.file = path},
                          "expected a header inside the file of %" PRIu64
                          " bytes, found a header of %" PRIu64
                          " (is the file truncated, or no safetensors file?)",
                          f->bytes, header_bytes);
    json_t *header = json_read_header(f, 8, header_bytes, d);
    if (header == NULL)
        return false;
    json_object_foreach(header, name, entry) if (strcmp(name, "__metadata__") != 0)
        read_tensor(m, *file, 8 + header_bytes, name, entry, &unread, d);
    unread_types_check(&unread, path, SOURCE_config, d);
    json_decref(header);
    return d->error_count == before;
}

/* The shard's path where its name stays in the directory, also through symbolic links; NULL and an
 * error where not. */
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
    if (stat(path, &status) != 0) {
        diag_error(d, at, "expected the shard '%.200s' beside the index, found no such file",
                   shard);
        return NULL;
    }
    char *real_directory = realpath(directory, NULL), *real_path = realpath(path, NULL);
    size_t bytes = real_directory == NULL ? 0 : strlen(real_directory);
    bool inside = real_directory != NULL && real_path != NULL &&
                  strncmp(real_path, real_directory, bytes) == 0 &&
                  (real_path[bytes] == '/' || strcmp(real_directory, "/") == 0);
    if (!inside)
        diag_error(d, at,
                   "expected the shard '%.200s' inside the directory, found a symbolic link to %s "
                   "(copy the files themselves)",
                   shard, real_path == NULL ? "nothing" : arena_printf(d->arena, "%s", real_path));
    free(real_directory);
    free(real_path);
    return inside ? path : NULL;
}

/* The shards by name, each with its number in model->files once read. */
struct shard {
    const char *name;
    uint32_t file;
    bool read;
};

static const struct shard *shard_of(const struct shard *shards, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(shards[i].name, name) == 0)
            return &shards[i];
    return NULL;
}

static bool list_shards(const json_t *map, const char *index, struct shard *shards, uint32_t *count,
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
        at.object = name;
        if (!json_is_string(value))
            return diag_error(d, at, "expected the name of a shard, found %s",
                              json_found(d->arena, value));
        if (shard_of(shards, *count, json_string_value(value)) != NULL)
            continue;
        if (*count == MAX_SHARDS)
            return diag_error(d, at, "expected at most %d shards, found more", MAX_SHARDS);
        shards[(*count)++] = (struct shard){.name = json_string_value(value)};
    }
    return true;
}

/* What the index promises must stand in the shard that it names. */
static void check_map(const struct model *m, const json_t *map, const char *index,
                      const struct shard *shards, uint32_t count, struct diags *d)
{
    const char *name;
    json_t *value;
    uint32_t most = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++)
        most = m->tensors[i].name > most ? m->tensors[i].name : most;
    uint32_t *file_of = arena_new(m->arena, uint32_t, (size_t)most + 1); /* by name: file + 1 */
    for (uint32_t i = 0; i < m->tensor_count; i++)
        file_of[m->tensors[i].name] = m->tensors[i].file + 1;
    json_object_foreach((json_t *)(uintptr_t)map, name, value)
    {
        const struct shard *shard = shard_of(shards, count, json_string_value(value));
        str_id id = str_find(m->strings, name, strlen(name));
        if (shard->read && (id > most || file_of[id] != shard->file + 1))
            diag_error(d, (struct place){.file = index, .object = name},
                       "expected this tensor in '%.200s', found no such tensor there", shard->name);
    }
}

static bool read_shards(const char *directory, const char *index, struct model *m, struct diags *d)
{
    uint32_t count, before = d->error_count;
    json_t *root = json_read_file(index, d);

    if (root == NULL)
        return false;
    const json_t *map = json_object_get(root, "weight_map");
    struct shard *shards = arena_new(m->arena, struct shard, MAX_SHARDS);
    if (list_shards(map, index, shards, &count, d)) {
        for (uint32_t i = 0; i < count; i++) {
            const char *path = shard_path(directory, index, shards[i].name, d);
            shards[i].read = path != NULL && safetensors_read_file(m, path, &shards[i].file, d);
        }
        check_map(m, map, index, shards, count, d);
    }
    json_decref(root);
    return d->error_count == before && model_check_tensors(m, d);
}

bool import_safetensors(const char *directory, struct model *m, struct diags *d)
{
    const char *single = arena_printf(m->arena, "%s/model.safetensors", directory);
    const char *index = arena_printf(m->arena, "%s/model.safetensors.index.json", directory);
    struct stat status;
    uint32_t file;

    if (stat(single, &status) == 0)
        return safetensors_read_file(m, single, &file, d) && model_check_tensors(m, d);
    if (stat(index, &status) == 0)
        return read_shards(directory, index, m, d);
    diag_error(d, (struct place){.file = directory},
               "expected model.safetensors or model.safetensors.index.json, found neither");
    if (stat(arena_printf(m->arena, "%s/pytorch_model.bin", directory), &status) == 0)
        diag_note(d, "pytorch_model.bin is not read: publish or convert the model as safetensors");
    return false;
}
