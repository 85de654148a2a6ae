/* Writes importance matrices. In: sums and counts; out: a GGUF file of general.type "imatrix", tensors
 * in the order of their names. The form: the specification of GGUF (ggml-org/ggml, docs/gguf.md) and
 * what llama-imatrix writes: numbers of this machine, which is little-endian as all files are. A tensor
 * begins at a multiple of 32 bytes; its first size is the width of a row.
 */
#include "runtime/tool/imatrix.h"

#include "runtime/base/atomic_file.h"
#include "runtime/base/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    GGUF_VERSION = 3,
    GGUF_U32 = 4,
    GGUF_STRING = 8,
    GGUF_ARRAY = 9,
    TENSOR_F32 = 0,
    ALIGNMENT = 32
};

/* A weight, which gives two tensors. */
struct entry {
    const char *name;
    size_t bytes; /* of the name */
    const struct imatrix_value *value;
};

/* A stream that may not tell its place. */
struct out {
    FILE *file;
    uint64_t bytes;
    int failure; /* an errno, of the first write that failed */
};

static void put(struct out *f, const void *data, size_t bytes)
{
    if (fwrite(data, 1, bytes, f->file) != bytes && f->failure == 0)
        f->failure = errno;
    f->bytes += bytes;
}

static void put_u32(struct out *f, uint32_t value)
{
    put(f, &value, sizeof value);
}

static void put_u64(struct out *f, uint64_t value)
{
    put(f, &value, sizeof value);
}

static void put_text(struct out *f, const char *text, size_t bytes, const char *end)
{
    put_u64(f, bytes + strlen(end));
    put(f, text, bytes);
    put(f, end, strlen(end));
}

static void put_key(struct out *f, const char *key, uint32_t type)
{
    put_text(f, key, strlen(key), "");
    put_u32(f, type);
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = memcmp(x->name, y->name, x->bytes < y->bytes ? x->bytes : y->bytes);

    return order != 0 ? order : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* The weights of all values, sorted; malloc'd. */
static struct entry *list_weights(const struct imatrix *m, size_t *count)
{
    struct entry *all = NULL;

    *count = 0;
    for (size_t i = 0; i < m->count; i++) {
        for (const char *at = m->values[i].names; *at != 0;) {
            const size_t bytes = strcspn(at, " ");
            all = command_memory(realloc(all, (*count + 1) * sizeof *all));
            all[(*count)++] = (struct entry){at, bytes, &m->values[i]};
            at += bytes + (at[bytes] == ' ');
        }
    }
    if (*count != 0)
        qsort(all, *count, sizeof *all, by_name);
    return all;
}

static uint64_t aligned(uint64_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void put_tensor(struct out *f, const struct entry *e, const char *suffix, uint64_t width,
                       uint64_t *offset)
{
    put_text(f, e->name, e->bytes, suffix);
    put_u32(f, 2); /* sizes */
    put_u64(f, width);
    put_u64(f, e->value->experts);
    put_u32(f, TENSOR_F32);
    put_u64(f, *offset);
    *offset += aligned(width * e->value->experts * sizeof(float));
}

static void put_header(struct out *f, const struct imatrix *m, const struct entry *all,
                       size_t count)
{
    uint64_t offset = 0;

    put(f, "GGUF", 4);
    put_u32(f, GGUF_VERSION);
    put_u64(f, 2 * count);
    put_u64(f, 4); /* keys */
    put_key(f, "general.type", GGUF_STRING);
    put_text(f, "imatrix", strlen("imatrix"), "");
    put_key(f, "imatrix.datasets", GGUF_ARRAY);
    put_u32(f, GGUF_STRING);
    put_u64(f, 1);
    put_text(f, m->text, strlen(m->text), "");
    put_key(f, "imatrix.chunk_count", GGUF_U32);
    put_u32(f, (uint32_t)m->windows);
    put_key(f, "imatrix.chunk_size", GGUF_U32);
    put_u32(f, m->window_tokens);
    for (size_t i = 0; i < count; i++) {
        put_tensor(f, &all[i], ".in_sum2", all[i].value->width, &offset);
        put_tensor(f, &all[i], ".counts", 1, &offset);
    }
}

/* Up to where the next tensor begins. */
static void pad(struct out *f)
{
    static const uint8_t zeros[ALIGNMENT];

    put(f, zeros, (size_t)(aligned(f->bytes) - f->bytes));
}

static void put_data(struct out *f, const struct imatrix_value *v)
{
    const size_t numbers = v->experts * v->width;

    for (size_t i = 0; i < numbers; i++) {
        float sum = (float)v->sums[i];
        put(f, &sum, sizeof sum);
    }
    pad(f);
    for (uint32_t e = 0; e < v->experts; e++) {
        float count = (float)v->counts[e];
        put(f, &count, sizeof count);
    }
    pad(f);
}

int imatrix_write(const struct imatrix *m, const char *path)
{
    struct atomic_file file;
    size_t count;

    program_remove_at_end();
    int failure = atomic_file_open(&file, path, ATOMIC_FILE_STREAMS);
    if (failure == 0) {
        struct out out = {.file = file.file};
        struct entry *all = list_weights(m, &count);
        put_header(&out, m, all, count);
        pad(&out);
        for (size_t i = 0; i < count; i++)
            put_data(&out, all[i].value);
        free(all);
        failure = atomic_file_close(&file, out.failure, 0666, false);
    }
    return failure == 0 ? 0 : command_cannot_write(path, failure);
}
