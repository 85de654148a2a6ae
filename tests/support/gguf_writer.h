/* Writes small GGUF files for tests: values, tensor entries and data in a fixed buffer, and patches
 * of what was written. */
#ifndef TESTS_GGUF_WRITER_H
#define TESTS_GGUF_WRITER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct gguf_writer {
    uint8_t data[1 << 16];
    size_t bytes;
};

static inline void gguf_put(struct gguf_writer *w, const void *data, size_t bytes)
{
    if (bytes > sizeof w->data - w->bytes)
        abort();
    memcpy(w->data + w->bytes, data, bytes);
    w->bytes += bytes;
}

static inline void gguf_put_u32(struct gguf_writer *w, uint32_t value)
{
    gguf_put(w, &value, 4);
}

static inline void gguf_put_u64(struct gguf_writer *w, uint64_t value)
{
    gguf_put(w, &value, 8);
}

static inline void gguf_put_text(struct gguf_writer *w, const char *text)
{
    gguf_put_u64(w, strlen(text));
    gguf_put(w, text, strlen(text));
}

static inline void gguf_begin(struct gguf_writer *w, uint64_t tensors, uint64_t values)
{
    w->bytes = 0;
    gguf_put(w, "GGUF", 4);
    gguf_put_u32(w, 3);
    gguf_put_u64(w, tensors);
    gguf_put_u64(w, values);
}

static inline void gguf_value_u32(struct gguf_writer *w, const char *key, uint32_t value)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, 4);
    gguf_put_u32(w, value);
}

static inline void gguf_value_f32(struct gguf_writer *w, const char *key, float value)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, 6);
    gguf_put(w, &value, 4);
}

static inline void gguf_value_text(struct gguf_writer *w, const char *key, const char *value)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, 8);
    gguf_put_text(w, value);
}

/* Sizes innermost first, as in the file; `columns` alone where `rows` is 0. */
static inline void gguf_tensor(struct gguf_writer *w, const char *name, uint64_t columns,
                               uint64_t rows, uint32_t type, uint64_t offset)
{
    gguf_put_text(w, name);
    gguf_put_u32(w, rows == 0 ? 1 : 2);
    gguf_put_u64(w, columns);
    if (rows != 0)
        gguf_put_u64(w, rows);
    gguf_put_u32(w, type);
    gguf_put_u64(w, offset);
}

/* Zeros to the alignment, then `bytes` of data. */
static inline void gguf_data(struct gguf_writer *w, size_t bytes)
{
    static const uint8_t zeros[4096];

    gguf_put(w, zeros, (32 - w->bytes % 32) % 32);
    gguf_put(w, zeros, bytes);
}

/* Overwrites `bytes` of `value`, `behind` bytes after the first place where `text` ends ("": after
 * the file's start). */
static inline void gguf_patch(struct gguf_writer *w, const char *text, size_t behind,
                              uint64_t value, size_t bytes)
{
    size_t length = strlen(text);

    for (size_t at = 0; at + length + behind + bytes <= w->bytes; at++)
        if (memcmp(w->data + at, text, length) == 0) {
            memcpy(w->data + at + length + behind, &value, bytes);
            return;
        }
    abort();
}

/* Eleven keys of a llama of two layers. */
static inline void gguf_small_values(struct gguf_writer *w)
{
    gguf_value_text(w, "general.architecture", "llama");
    gguf_value_text(w, "general.name", "small");
    gguf_value_u32(w, "general.alignment", 32);
    gguf_value_u32(w, "llama.embedding_length", 32);
    gguf_value_u32(w, "llama.block_count", 2);
    gguf_value_u32(w, "llama.attention.head_count", 4);
    gguf_value_u32(w, "llama.attention.head_count_kv", 2);
    gguf_value_u32(w, "llama.feed_forward_length", 64);
    gguf_value_u32(w, "llama.context_length", 128);
    gguf_value_f32(w, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
    gguf_value_text(w, "llama.rope.scaling.type", "none");
}

/* Three tensors: enough for the importer, not for a family. */
static inline void gguf_small_tensors(struct gguf_writer *w)
{
    gguf_tensor(w, "token_embd.weight", 32, 4, 0, 0);     /* f32: 512 bytes */
    gguf_tensor(w, "output_norm.weight", 32, 0, 0, 512);  /* 128 bytes */
    gguf_tensor(w, "blk.1.attn_q.weight", 32, 2, 8, 640); /* q8_0: 68 bytes */
    gguf_data(w, 708);
}

static inline void gguf_small_model(struct gguf_writer *w)
{
    gguf_begin(w, 3, 11);
    gguf_small_values(w);
    gguf_small_tensors(w);
}

#endif
