/* GGUF: the tensor directory. In: an opened file; out: its tensors in the model, under the
 * compiler's names, sizes outermost first.
 *
 * Source: the GGUF specification (ggml-org/ggml, docs/gguf.md); the numbers of types are those of
 * enum ggml_type.
 */
#include "compiler/import/import.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_NAME_BYTES = 255 };

/* Types that rlx does not read; for messages only. */
static const struct {
    uint32_t number;
    const char *name;
} foreign_types[] = {
    {9, "Q8_1"}, {15, "Q8_K"}, {24, "I8"},   {25, "I16"},
    {27, "I64"}, {28, "F64"},  {41, "Q1_0"}, {42, "Q2_0"},
};

static enum dtype dtype_of(uint32_t number)
{
    for (uint32_t i = 1; i < DTYPE_COUNT; i++)
        if (dtype_info[i].gguf == (int32_t)number)
            return (enum dtype)i;
    return DTYPE_none;
}

static const char *foreign_name(uint32_t number, struct arena *a)
{
    for (size_t i = 0; i < countof(foreign_types); i++)
        if (foreign_types[i].number == number)
            return foreign_types[i].name;
    return arena_printf(a, "type %u", number);
}

/* One entry as in the file. */
struct entry {
    char name[MAX_NAME_BYTES + 1];
    uint32_t rank, type;
    uint64_t sizes[MODEL_MAX_RANK]; /* innermost first */
    uint64_t offset;                /* from the start of the data */
};

/* Reads bytes, or says what is missing. */
static bool get(const struct gguf *g, uint64_t *at, void *out, uint64_t bytes, const char *what,
                struct diags *d)
{
    if (!range_inside(*at, bytes, g->file->bytes))
        return diag_error(d, (struct place){.file = g->file->path, .offset = *at},
                          "expected %" PRIu64
                          " bytes of %s, found the end of the file after %" PRIu64,
                          bytes, what, g->file->bytes - *at);
    memcpy(out, g->file->data + *at, bytes);
    *at += bytes;
    return true;
}

/* False if nothing after it can be read. */
static bool read_entry(const struct gguf *g, uint64_t *at, struct entry *e, struct diags *d)
{
    uint64_t bytes = 0;
    struct place place = {.file = g->file->path, .offset = *at};

    if (!get(g, at, &bytes, 8, "a tensor name's length", d))
        return false;
    if (bytes == 0 || bytes > MAX_NAME_BYTES)
        return diag_error(d, place, "expected a tensor name of 1 to %d bytes, found %" PRIu64,
                          MAX_NAME_BYTES, bytes);
    if (!get(g, at, e->name, bytes, "a tensor's name", d))
        return false;
    e->name[bytes] = 0;
    if (strlen(e->name) != bytes)
        return diag_error(d, place, "expected a tensor name of text, found a zero byte in it");
    place.object = e->name;
    if (!get(g, at, &e->rank, 4, "a tensor's rank", d))
        return false;
    if (e->rank < 1 || e->rank > MODEL_MAX_RANK)
        return diag_error(d, place, "expected 1 to %d dimensions, found %u", MODEL_MAX_RANK,
                          e->rank);
    return get(g, at, e->sizes, 8 * (uint64_t)e->rank, "a tensor's sizes", d) &&
           get(g, at, &e->type, 4, "a tensor's type", d) &&
           get(g, at, &e->offset, 8, "a tensor's offset", d);
}

static void add_entry(const struct gguf *g, const struct entry *e, uint64_t data, struct diags *d)
{
    struct place at = {.file = g->file->path, .object = e->name};
    struct tensor t = {.dtype = dtype_of(e->type), .rank = (uint8_t)e->rank, .file = g->file_index};
    bool empty = false;

    if (e->offset % g->alignment != 0) {
        diag_error(d, at,
                   "expected an offset that is a multiple of the alignment %" PRIu64
                   ", found %" PRIu64,
                   g->alignment, e->offset);
        return;
    }
    if (!checked_add(data, e->offset, &t.offset)) {
        diag_error(d, at,
                   "expected data inside the file of %" PRIu64 " bytes, found offset %" PRIu64,
                   g->file->bytes, e->offset);
        return;
    }
    while (t.rank > 1 && e->sizes[t.rank - 1] == 1)
        t.rank--; /* trailing sizes of 1 mean nothing; some writers give all four */
    for (uint32_t i = 0; i < t.rank; i++) {
        t.shape[i] = e->sizes[t.rank - 1 - i];
        empty = empty || t.shape[i] == 0;
    }
    t.name = tensor_name_from_file(g->model, e->name);
    if (t.dtype == DTYPE_none || empty)
        model_add_unread(g->model, t.name, e->name,
                         t.dtype == DTYPE_none ? foreign_name(e->type, d->arena) : NULL,
                         "no elements");
    else
        model_add_tensor(g->model, t, e->name, d);
}

bool gguf_read_tensors(const struct gguf *g, struct diags *d)
{
    uint32_t before = d->error_count;
    uint64_t at = g->directory, data = g->directory;
    struct entry e;

    /* Runs twice, because the data begins after the last entry. */
    for (uint64_t i = 0; i < g->tensor_count; i++)
        if (!read_entry(g, &data, &e, d))
            return false;
    data = round_up(data, g->alignment);
    for (uint64_t i = 0; i < g->tensor_count; i++)
        if (read_entry(g, &at, &e, d))
            add_entry(g, &e, data, d);
    return d->error_count == before;
}
