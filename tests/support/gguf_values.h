/* Adds values to a GGUF file. In: the bytes of one; out: the same model with more metadata in
 * front. A last value fills up to the alignment, so that the tensors stay where the file says. */
#ifndef TESTS_GGUF_VALUES_H
#define TESTS_GGUF_VALUES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { GGUF_VALUES_F32 = 6, GGUF_VALUES_I32 = 5, GGUF_VALUES_TEXT = 8, GGUF_VALUES_HEAD = 24 };

struct gguf_values {
    uint8_t data[4096];
    size_t bytes, count;
};

static inline void gguf_values_put(struct gguf_values *v, const void *data, size_t bytes)
{
    if (bytes > sizeof v->data - v->bytes)
        abort();
    memcpy(v->data + v->bytes, data, bytes);
    v->bytes += bytes;
}

static inline void gguf_values_key(struct gguf_values *v, const char *key, uint32_t type)
{
    uint64_t length = strlen(key);
    gguf_values_put(v, &length, 8);
    gguf_values_put(v, key, length);
    gguf_values_put(v, &type, 4);
    v->count++;
}

/* A whole number as i32 (as converters write them), another one as f32. */
static inline void gguf_values_number(struct gguf_values *v, const char *key, double value)
{
    int32_t whole = value >= -1e9 && value <= 1e9 ? (int32_t)value : 0;
    float real = (float)value;
    gguf_values_key(v, key, value == whole ? GGUF_VALUES_I32 : GGUF_VALUES_F32);
    gguf_values_put(v, value == whole ? (void *)&whole : (void *)&real, 4);
}

/* malloc'd; `bytes` becomes the new number. */
static inline uint8_t *gguf_values_insert(struct gguf_values *v, const uint8_t *file, size_t *bytes)
{
    static const char spaces[] = "                                ";
    uint64_t count, length;
    gguf_values_key(v, "test.padding", GGUF_VALUES_TEXT);
    length = (32 - (v->bytes + 8) % 32) % 32;
    gguf_values_put(v, &length, 8);
    gguf_values_put(v, spaces, length);
    uint8_t *out = malloc(*bytes + v->bytes);
    if (out == NULL || *bytes < GGUF_VALUES_HEAD)
        abort();
    memcpy(out, file, GGUF_VALUES_HEAD);
    memcpy(&count, out + 16, 8);
    count += v->count;
    memcpy(out + 16, &count, 8);
    memcpy(out + GGUF_VALUES_HEAD, v->data, v->bytes);
    memcpy(out + GGUF_VALUES_HEAD + v->bytes, file + GGUF_VALUES_HEAD, *bytes - GGUF_VALUES_HEAD);
    *bytes += v->bytes;
    return out;
}

#endif
