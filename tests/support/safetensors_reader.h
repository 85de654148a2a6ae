/* Reads a safetensors file into memory for tests: independent of the compiler's importer, trusting
 * its input (our own golden files) and failing the test loudly where that trust is wrong. Link with
 * jansson.
 *
 *     struct safetensors_reader r;
 *     if (!safetensors_read(&r, test_shared("golden/llama-f32/expected.safetensors"))) skip();
 *     struct test_tensor logits = safetensors_get(&r, "logits");
 *     ... logits.f32[i], logits.shape[0], logits.count ...
 *     safetensors_close(&r);
 */
#ifndef TESTS_SAFETENSORS_READER_H
#define TESTS_SAFETENSORS_READER_H

#include "tests/support/shared.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_MAX_RANK = 8 };

struct safetensors_reader {
    uint8_t *bytes; /* the whole file, 64-byte aligned at the data */
    uint8_t *memory;
    size_t data_at, size;
    json_t *header;
};

struct test_tensor {
    const char *dtype; /* "F32", "I32", "U8", … as in the file */
    uint32_t rank;
    uint64_t shape[TEST_MAX_RANK];
    uint64_t count, bytes; /* elements; bytes */
    const void *data;
    const float *f32; /* the same where the type is F32, else NULL */
    const int32_t *i32;
    const uint8_t *u8;
};

static inline void safetensors_fatal(const char *what, const char *name)
{
    fprintf(stderr, "safetensors_reader: %s: %s\n", name, what);
    abort();
}

/* False where the file cannot be opened. */
static inline bool safetensors_read(struct safetensors_reader *r, const char *path)
{
    uint64_t header_bytes = 0;
    FILE *file = fopen(path, "rb");

    memset(r, 0, sizeof *r);
    if (file == NULL)
        return false;
    if (fseek(file, 0, SEEK_END) != 0)
        safetensors_fatal("cannot seek", path);
    r->size = (size_t)ftell(file);
    rewind(file);
    if (r->size < 8 || fread(&header_bytes, 1, 8, file) != 8 || header_bytes > r->size - 8)
        safetensors_fatal("no header", path);
    r->data_at = 8 + (size_t)header_bytes;
    r->memory = malloc(r->size + 64);
    if (r->memory == NULL)
        safetensors_fatal("out of memory", path);
    r->bytes = r->memory + (64 - ((uintptr_t)r->memory + r->data_at) % 64) % 64;
    rewind(file);
    if (fread(r->bytes, 1, r->size, file) != r->size)
        safetensors_fatal("cannot be read", path);
    fclose(file);
    r->header = json_loadb((const char *)r->bytes + 8, header_bytes, 0, NULL);
    if (!json_is_object(r->header))
        safetensors_fatal("the header is no JSON object", path);
    return true;
}

static inline bool safetensors_has(const struct safetensors_reader *r, const char *name)
{
    return json_object_get(r->header, name) != NULL;
}

static inline struct test_tensor safetensors_get(const struct safetensors_reader *r,
                                                 const char *name)
{
    const json_t *entry = json_object_get(r->header, name),
                 *shape = json_object_get(entry, "shape"),
                 *offsets = json_object_get(entry, "data_offsets");
    struct test_tensor t = {.count = 1,
                            .dtype = json_string_value(json_object_get(entry, "dtype"))};

    if (entry == NULL || t.dtype == NULL)
        safetensors_fatal("no such tensor", name);
    t.rank = (uint32_t)json_array_size(shape);
    for (uint32_t i = 0; i < t.rank && i < TEST_MAX_RANK; i++) {
        t.shape[i] = (uint64_t)json_integer_value(json_array_get(shape, i));
        t.count *= t.shape[i];
    }
    uint64_t begin = (uint64_t)json_integer_value(json_array_get(offsets, 0)),
             end = (uint64_t)json_integer_value(json_array_get(offsets, 1));
    if (begin > end || end > r->size - r->data_at)
        safetensors_fatal("data outside the file", name);
    t.bytes = end - begin;
    t.data = r->bytes + r->data_at + begin;
    t.f32 = strcmp(t.dtype, "F32") == 0 ? t.data : NULL;
    t.i32 = strcmp(t.dtype, "I32") == 0 ? t.data : NULL;
    t.u8 = strcmp(t.dtype, "U8") == 0 ? t.data : NULL;
    return t;
}

/* A value of __metadata__ as a number; `otherwise` where it is absent. */
static inline double safetensors_metadata(const struct safetensors_reader *r, const char *key,
                                          double otherwise)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(r->header, "__metadata__"), key));

    return text == NULL ? otherwise : strtod(text, NULL);
}

static inline void safetensors_close(struct safetensors_reader *r)
{
    json_decref(r->header);
    free(r->memory);
    memset(r, 0, sizeof *r);
}

#endif
