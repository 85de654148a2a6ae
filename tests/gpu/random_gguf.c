/* A GGUF file of random weights with the shape of Qwen3-0.6B, for speed: without a tokenizer, so that
 * prompts are ids. In: the format of the matrices; for slow devices fewer layers and ids. Out: a file
 * that rlxc builds.
 *
 *     random_gguf FORMAT OUT.gguf [LAYERS [IDS]]
 */
#include "compiler/base/dtype.h"
#include "compiler/base/float16.h"
#include "tests/support/gguf_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HIDDEN = 1024,
    FEED = 3072,
    HEADS = 16,
    KV_HEADS = 8,
    HEAD_DIM = 128,
    LAYERS = 28,
    IDS = 151936
};

/* A random stretch of rows, which fills every matrix again and again. */
enum { STRETCH = 1 << 18 };

struct file {
    FILE *to;
    enum dtype format;
    uint8_t *stretch; /* STRETCH elements */
    struct gguf_writer head;
    uint64_t bytes; /* of tensors so far */
    bool is_data;   /* the second walk over all tensors, which writes what the first one listed */
};

static uint64_t padded(uint64_t bytes)
{
    return (bytes + 31) / 32 * 32;
}

/* The numbers of f16 in a block of a format: where they stand, how many, and about how large an
 * element is in units of them. */
static const struct scale {
    enum dtype format;
    uint32_t at, count;
    float unit;
} scales[] = {{DTYPE_f16, 0, 1, 1},    {DTYPE_q8_0, 0, 1, 73},  {DTYPE_q4_0, 0, 1, 5},
              {DTYPE_q4_1, 0, 2, 9},   {DTYPE_q5_0, 0, 1, 9},   {DTYPE_q5_1, 0, 2, 18},
              {DTYPE_q4_k, 0, 2, 280}, {DTYPE_q5_k, 0, 2, 580}, {DTYPE_q6_k, 208, 1, 1300}};

static bool fill_stretch(struct file *f)
{
    const struct dtype_info *d = &dtype_info[f->format];
    const struct scale *scale = NULL;

    for (size_t i = 0; i < countof(scales); i++)
        scale = scales[i].format == f->format ? &scales[i] : scale;
    f->stretch = malloc(STRETCH / d->block * d->bytes);
    if (scale == NULL || f->stretch == NULL)
        return false;
    for (uint32_t b = 0; b < STRETCH / d->block; b++) {
        uint8_t *block = f->stretch + (size_t)b * d->bytes;
        for (uint32_t i = 0; i < d->bytes; i++)
            block[i] = (uint8_t)(rand() >> 7);
        for (uint32_t i = 0; i < scale->count; i++) {
            const float value = 0.02f * (float)(rand() % 2001 - 1000) / 500 / scale->unit;
            const uint16_t half = f32_to_f16(value);
            memcpy(block + scale->at + 2 * i, &half, 2);
        }
    }
    return true;
}

static void write_data(struct file *f, uint64_t elements, bool is_matrix)
{
    static const uint8_t zeros[32];
    const struct dtype_info *d = &dtype_info[f->format];
    const uint64_t bytes = is_matrix ? elements / d->block * d->bytes : elements * 4,
                   stretch = STRETCH / d->block * d->bytes;
    const float one = 1;

    for (uint64_t at = 0; is_matrix && at < bytes; at += stretch)
        fwrite(f->stretch, 1, bytes - at < stretch ? bytes - at : stretch, f->to);
    for (uint64_t i = 0; !is_matrix && i < elements; i++)
        fwrite(&one, 4, 1, f->to);
    fwrite(zeros, 1, padded(bytes) - bytes, f->to);
}

/* rows 0: a vector of ones. */
static void tensor(struct file *f, int32_t layer, const char *name, uint64_t columns, uint64_t rows)
{
    const bool is_matrix = rows != 0;
    const struct dtype_info *d = &dtype_info[is_matrix ? f->format : DTYPE_f32];
    const uint64_t elements = columns * (is_matrix ? rows : 1);
    char whole[64];

    if (f->is_data) {
        write_data(f, elements, is_matrix);
        return;
    }
    if (layer < 0)
        snprintf(whole, sizeof whole, "%s.weight", name);
    else
        snprintf(whole, sizeof whole, "blk.%d.%s.weight", layer, name);
    gguf_tensor(&f->head, whole, columns, rows, (uint32_t)d->gguf, f->bytes);
    f->bytes += padded(elements / d->block * d->bytes);
}

static void tensors(struct file *f, uint32_t layers, uint32_t ids)
{
    tensor(f, -1, "token_embd", HIDDEN, ids);
    tensor(f, -1, "output_norm", HIDDEN, 0);
    for (int32_t i = 0; i < (int32_t)layers; i++) {
        tensor(f, i, "attn_norm", HIDDEN, 0);
        tensor(f, i, "attn_q", HIDDEN, HEADS * HEAD_DIM);
        tensor(f, i, "attn_k", HIDDEN, KV_HEADS * HEAD_DIM);
        tensor(f, i, "attn_v", HIDDEN, KV_HEADS * HEAD_DIM);
        tensor(f, i, "attn_output", HEADS * HEAD_DIM, HIDDEN);
        tensor(f, i, "attn_q_norm", HEAD_DIM, 0);
        tensor(f, i, "attn_k_norm", HEAD_DIM, 0);
        tensor(f, i, "ffn_norm", HIDDEN, 0);
        tensor(f, i, "ffn_gate", HIDDEN, FEED);
        tensor(f, i, "ffn_up", HIDDEN, FEED);
        tensor(f, i, "ffn_down", FEED, HIDDEN);
    }
}

static void begin(struct gguf_writer *w, uint32_t layers)
{
    gguf_begin(w, 2 + 11 * (uint64_t)layers, 11);
    gguf_value_text(w, "general.architecture", "qwen3");
    gguf_value_u32(w, "qwen3.block_count", layers);
    gguf_value_u32(w, "qwen3.context_length", 40960);
    gguf_value_u32(w, "qwen3.embedding_length", HIDDEN);
    gguf_value_u32(w, "qwen3.feed_forward_length", FEED);
    gguf_value_u32(w, "qwen3.attention.head_count", HEADS);
    gguf_value_u32(w, "qwen3.attention.head_count_kv", KV_HEADS);
    gguf_value_u32(w, "qwen3.attention.key_length", HEAD_DIM);
    gguf_value_u32(w, "qwen3.attention.value_length", HEAD_DIM);
    gguf_value_f32(w, "qwen3.rope.freq_base", 1e6f);
    gguf_value_f32(w, "qwen3.attention.layer_norm_rms_epsilon", 1e-6f);
}

int main(int argc, char **argv)
{
    static struct file f;
    const uint32_t layers = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : LAYERS,
                   ids = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : IDS;

    if (argc < 3 || argc > 5 || layers == 0 || layers > LAYERS || ids == 0) {
        fputs("usage: random_gguf FORMAT OUT.gguf [LAYERS [IDS]]\n", stderr);
        return 2;
    }
    f.format = dtype_from_name(argv[1], strlen(argv[1]));
    if (!fill_stretch(&f)) {
        fprintf(stderr, "random_gguf: there is no format '%s' here\n", argv[1]);
        return 2;
    }
    f.to = fopen(argv[2], "wb");
    if (f.to == NULL) {
        perror(argv[2]);
        return 1;
    }
    begin(&f.head, layers);
    tensors(&f, layers, ids);
    while (f.head.bytes % 32 != 0)
        gguf_put(&f.head, "", 1);
    fwrite(f.head.data, 1, f.head.bytes, f.to);
    f.is_data = true;
    tensors(&f, layers, ids);
    free(f.stretch);
    if (ferror(f.to) || fclose(f.to) != 0) {
        perror(argv[2]);
        return 1;
    }
    return 0;
}
