/* Files and tensors of a model. In: descriptions of tensors from a file; out: fully checked
 * entries, so that nobody who reads a tensor later must check again. */
#include "compiler/import/import.h"

#include "compiler/base/out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The types that a source may have. */
static const char *dtypes_text(struct arena *a, enum model_source source)
{
    struct text names = {.arena = a};

    for (uint32_t i = 1; i < DTYPE_COUNT; i++)
        if (source == SOURCE_gguf ? dtype_info[i].gguf >= 0 : dtype_info[i].safetensors[0] != 0)
            text_add(&names, "%s%s", names.bytes == 0 ? "" : ", ", dtype_info[i].name);
    return names.data;
}

bool model_is_gguf(const struct model *m)
{
    return m->format != NULL && strncmp(m->format, "GGUF", 4) == 0;
}

void model_add_unread(struct model *m, str_id name, const char *source_name, const char *type,
                      const char *shape)
{
    ARENA_PUSH(m->arena, m->unread, m->unread_count, m->unread_capacity) = (struct unread_tensor){
        .name = name,
        .source_name = str_of(m->strings, source_name),
        .type = type == NULL ? NULL : arena_printf(m->arena, "%.40s", type),
        .shape = shape == NULL ? NULL : arena_printf(m->arena, "%s", shape),
    };
}

const struct unread_tensor *model_unread(const struct model *m, str_id name)
{
    for (uint32_t i = 0; i < m->unread_count; i++)
        if (m->unread[i].name == name)
            return &m->unread[i];
    return NULL;
}

/* Types by name, each with its number of tensors. */
struct type_counts {
    struct {
        const char *name;
        uint64_t tensors;
    } types[16];
    uint32_t count;
    uint64_t others; /* tensors whose type does not fit in `types` */
};

static void count_type(struct type_counts *counts, const char *name)
{
    for (uint32_t i = 0; i < counts->count; i++)
        if (strcmp(counts->types[i].name, name) == 0) {
            counts->types[i].tensors++;
            return;
        }
    if (counts->count == countof(counts->types)) {
        counts->others++;
        return;
    }
    counts->types[counts->count].name = name;
    counts->types[counts->count++].tensors = 1;
}

static void add_count(struct text *text, const char *name, uint64_t tensors)
{
    text_add(text, "%s%s (%" PRIu64 " tensor%s)", text->bytes == 0 ? "" : ", ", name, tensors,
             tensors == 1 ? "" : "s");
}

bool model_refuse_types(const struct model *m, const bool *needed, struct diags *d)
{
    struct type_counts counts = {.count = 0};
    struct text found = {.arena = d->arena};

    for (uint32_t i = 0; i < m->unread_count; i++)
        if (m->unread[i].type != NULL && (needed == NULL || needed[i]))
            count_type(&counts, m->unread[i].type);
    for (uint32_t i = 0; i < counts.count; i++)
        add_count(&found, counts.types[i].name, counts.types[i].tensors);
    if (counts.others != 0)
        add_count(&found, "others", counts.others);
    return counts.count == 0 ||
           diag_error(d, (struct place){.file = m->path},
                      "found types that rlx does not read: %s; expected only %s", found.data,
                      dtypes_text(d->arena, model_is_gguf(m) ? SOURCE_gguf : SOURCE_config));
}

bool model_map_file(struct model *m, const char *path, uint32_t *index, struct diags *d)
{
    struct file file;

    if (!file_map(path, &file, d))
        return false;
    *index = m->file_count;
    ARENA_PUSH(m->arena, m->files, m->file_count, m->file_capacity) = file;
    return true;
}

void model_add_special_token(struct model *m, const char *name, const char *text, size_t bytes)
{
    for (uint32_t i = 0; i < m->special_token_count; i++)
        if (strcmp(m->special_tokens[i].name, name) == 0)
            return;
    if (m->special_token_count < MODEL_MAX_SPECIAL_TOKENS)
        m->special_tokens[m->special_token_count++] = (struct special_token){
            arena_text(m->arena, name, strlen(name)), arena_text(m->arena, text, bytes)};
}

void model_close(struct model *m)
{
    for (uint32_t i = 0; i < m->file_count; i++)
        file_unmap(&m->files[i]);
}

void model_index_tensors(struct model *m)
{
    if (m->place_count < m->strings->count) {
        m->place_count = m->strings->count;
        m->places = arena_new(m->arena, uint32_t, m->place_count);
    }
    for (uint32_t i = m->tensor_count; i-- > 0;)
        m->places[m->tensors[i].name] = i;
}

const struct tensor *model_tensor(const struct model *m, str_id name)
{
    const uint32_t place = name < m->place_count ? m->places[name] : UINT32_MAX;

    if (place < m->tensor_count && m->tensors[place].name == name)
        return &m->tensors[place];
    for (uint32_t i = 0; i < m->tensor_count; i++)
        if (m->tensors[i].name == name)
            return &m->tensors[i];
    return NULL;
}

const struct tensor *model_find_tensor(const struct model *m, const char *format, ...)
{
    char name[128];
    va_list arguments;

    va_start(arguments, format);
    int bytes = vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    str_id id = bytes < (int)sizeof name ? str_find(m->strings, name, (size_t)bytes) : 0;
    return id == 0 ? NULL : model_tensor(m, id);
}

void model_drop_tensor(struct model *m, str_id name)
{
    const struct tensor *t = model_tensor(m, name);
    size_t index = (size_t)(t - m->tensors);

    m->tensor_count--;
    memmove(&m->tensors[index], &m->tensors[index + 1],
            (m->tensor_count - index) * sizeof *m->tensors);
}

struct tensor *model_source_tensor(const struct model *m, str_id source_name)
{
    for (uint32_t i = 0; i < m->tensor_count; i++)
        if (m->tensors[i].source_name == source_name)
            return &m->tensors[i];
    return NULL;
}

const char *model_source_name(const struct model *m, str_id name)
{
    const struct tensor *t = model_tensor(m, name);
    const struct unread_tensor *unread = model_unread(m, name);

    if (t != NULL && t->source_name != 0)
        return str_text(m->strings, t->source_name);
    if (unread != NULL)
        return str_text(m->strings, unread->source_name);
    return tensor_name_in_file(m, str_text(m->strings, name));
}

/* Bytes of a tensor; false and an error if its shape is not possible. */
static bool tensor_bytes(const struct tensor *t, struct place at, uint64_t *bytes, struct diags *d)
{
    const struct dtype_info *info = &dtype_info[t->dtype];
    uint64_t elements = 1;

    for (uint32_t i = 0; i < t->rank; i++) {
        assert(t->shape[i] != 0);
        if (!checked_mul(elements, t->shape[i], &elements))
            return diag_error(d, at, "expected a number of elements below 2^64, found more");
    }
    uint64_t row = t->rank == 0 ? 1 : t->shape[t->rank - 1];
    if (row % info->block != 0)
        return diag_error(
            d, at, "expected rows that are a multiple of %u elements (type %s), found %" PRIu64,
            info->block, info->name, row);
    if (!checked_mul(elements / info->block, info->bytes, bytes))
        return diag_error(d, at,
                          "expected fewer than 2^64 bytes, found %" PRIu64 " elements of type %s",
                          elements, info->name);
    return true;
}

bool model_first_outside(struct model *m, uint32_t file)
{
    bool first = m->cut_file != file + 1;

    m->cut_file = file + 1;
    return first;
}

bool model_add_tensor(struct model *m, struct tensor t, const char *source_name, struct diags *d)
{
    const struct file *file = &m->files[t.file];
    struct place at = {.file = file->path, .object = source_name};

    assert(t.dtype != DTYPE_none && t.rank <= MODEL_MAX_RANK);
    t.source_name = str_of(m->strings, source_name);
    if (!tensor_bytes(&t, at, &t.bytes, d))
        return false;
    if (!range_inside(t.offset, t.bytes, file->bytes))
        return model_first_outside(m, t.file) &&
               diag_error(d, at,
                          "expected data inside the file of %" PRIu64 " bytes, found %" PRIu64
                          " bytes at %" PRIu64 " (is the file truncated?)",
                          file->bytes, t.bytes, t.offset);
    ARENA_PUSH(m->arena, m->tensors, m->tensor_count, m->tensor_capacity) = t;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;

    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

static int by_name(const void *a, const void *b)
{
    const struct tensor *x = *(const struct tensor *const *)a,
                        *y = *(const struct tensor *const *)b;

    return x->name < y->name ? -1 : x->name > y->name;
}

void model_drop_repeated(struct model *m, struct diags *d)
{
    const struct tensor *first = NULL;
    uint32_t max = 0, kept = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++)
        max = m->tensors[i].name > max ? m->tensors[i].name : max;
    uint32_t *last = arena_new(m->arena, uint32_t, (size_t)max + 1); /* by name: file + 1 */
    for (uint32_t i = 0; i < m->tensor_count; i++)
        if (last[m->tensors[i].name] < m->tensors[i].file + 1)
            last[m->tensors[i].name] = m->tensors[i].file + 1;
    struct tensor *all = arena_new(m->arena, struct tensor, m->tensor_count);
    for (uint32_t i = 0; i < m->tensor_count; i++) {
        if (last[m->tensors[i].name] == m->tensors[i].file + 1)
            all[kept++] = m->tensors[i];
        else if (first == NULL)
            first = &m->tensors[i];
    }
    if (first != NULL)
        diag_warning(d,
                     (struct place){.file = m->files[first->file].path,
                                    .object = str_text(m->strings, first->source_name)},
                     "%u tensors occur in several shards (this is the first): the last shard "
                     "counts, as in transformers",
                     m->tensor_count - kept);
    m->tensors = all;
    m->tensor_count = m->tensor_capacity = kept;
}

static void check_names(const struct model *m, struct diags *d)
{
    const struct tensor **sorted = arena_new(m->arena, const struct tensor *, m->tensor_count);

    for (uint32_t i = 0; i < m->tensor_count; i++)
        sorted[i] = &m->tensors[i];
    qsort(sorted, m->tensor_count, sizeof *sorted, by_name);
    for (uint32_t i = 1; i < m->tensor_count; i++)
        if (sorted[i]->name == sorted[i - 1]->name)
            diag_error(d,
                       (struct place){.file = m->files[sorted[i]->file].path,
                                      .object = str_text(m->strings, sorted[i]->source_name)},
                       "expected each tensor once, found a second one of this name");
}

bool model_check_tensors(struct model *m, struct diags *d)
{
    uint32_t before = d->error_count;

    if (m->tensor_count < 2)
        return true;
    qsort(m->tensors, m->tensor_count, sizeof *m->tensors, by_place);
    check_names(m, d);
    model_index_tensors(m);
    for (uint32_t i = 1; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i], *last = t - 1;
        if (t->file == last->file && t->offset < last->offset + last->bytes)
            diag_error(d,
                       (struct place){.file = m->files[t->file].path,
                                      .object = str_text(m->strings, t->source_name)},
                       "expected separate bytes, found bytes from %" PRIu64
                       " on, which belong to '%s' up to %" PRIu64,
                       t->offset, str_text(m->strings, last->source_name),
                       last->offset + last->bytes);
    }
    return d->error_count == before;
}
