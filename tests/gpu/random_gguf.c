/* A GGUF file of random weights with the shape of a published model, for speed: without a tokenizer,
 * so that prompts are ids. In: the shape (qwen3-0.6b where none is given) and the format of the
 * matrices; for slow devices fewer layers and ids. Out: a file that rlxc builds.
 *
 *     random_gguf [--shape=NAME] FORMAT OUT.gguf [LAYERS [IDS]]
 */
#include "compiler/base/dtype.h"
#include "compiler/base/float16.h"
#include "tests/support/gguf_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct shape {
    const char *name, *architecture;
    uint32_t hidden, feed, heads, kv_heads, head_dim, layers, ids, context;
    uint32_t window; /* of five layers in six; 0: all see everything */
    bool has_norms_after;
    float theta;
} shapes[] = {
    {"qwen3-0.6b", "qwen3", 1024, 3072, 16, 8, 128, 28, 151936, 40960, 0, false, 1e6f},
    {"gemma3-1b", "gemma3", 1152, 6912, 4, 1, 256, 26, 262144, 32768, 512, true, 1e6f},
};

/* A random stretch of rows, which fills every matrix again and again. */
enum { STRETCH = 1 << 18 };

struct file {
    FILE *to;
    const struct shape *shape;
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
    const struct shape *s = f->shape;
    const uint32_t q = s->heads * s->head_dim, kv = s->kv_heads * s->head_dim;

    tensor(f, -1, "token_embd", s->hidden, ids);
    tensor(f, -1, "output_norm", s->hidden, 0);
    for (int32_t i = 0; i < (int32_t)layers; i++) {
        tensor(f, i, "attn_norm", s->hidden, 0);
        tensor(f, i, "attn_q", s->hidden, q);
        tensor(f, i, "attn_k", s->hidden, kv);
        tensor(f, i, "attn_v", s->hidden, kv);
        tensor(f, i, "attn_output", q, s->hidden);
        tensor(f, i, "attn_q_norm", s->head_dim, 0);
        tensor(f, i, "attn_k_norm", s->head_dim, 0);
        tensor(f, i, "ffn_norm", s->hidden, 0);
        tensor(f, i, "ffn_gate", s->hidden, s->feed);
        tensor(f, i, "ffn_up", s->hidden, s->feed);
        tensor(f, i, "ffn_down", s->feed, s->hidden);
        if (s->has_norms_after) {
            tensor(f, i, "post_attention_norm", s->hidden, 0);
            tensor(f, i, "post_ffw_norm", s->hidden, 0);
        }
    }
}

static void number(struct file *f, const char *key, uint32_t value)
{
    char whole[96];

    snprintf(whole, sizeof whole, "%s.%s", f->shape->architecture, key);
    gguf_value_u32(&f->head, whole, value);
}

static void begin(struct file *f, uint32_t layers)
{
    const struct shape *s = f->shape;
    const uint32_t in_layer = s->has_norms_after ? 13 : 11;
    char theta[96], epsilon[96];

    snprintf(theta, sizeof theta, "%s.rope.freq_base", s->architecture);
    snprintf(epsilon, sizeof epsilon, "%s.attention.layer_norm_rms_epsilon", s->architecture);
    gguf_begin(&f->head, 2 + in_layer * (uint64_t)layers, s->window != 0 ? 12 : 11);
    gguf_value_text(&f->head, "general.architecture", s->architecture);
    number(f, "block_count", layers);
    number(f, "context_length", s->context);
    number(f, "embedding_length", s->hidden);
    number(f, "feed_forward_length", s->feed);
    number(f, "attention.head_count", s->heads);
    number(f, "attention.head_count_kv", s->kv_heads);
    number(f, "attention.key_length", s->head_dim);
    number(f, "attention.value_length", s->head_dim);
    if (s->window != 0)
        number(f, "attention.sliding_window", s->window);
    gguf_value_f32(&f->head, theta, s->theta);
    gguf_value_f32(&f->head, epsilon, 1e-6f);
}

static const struct shape *find_shape(const char *name)
{
    for (size_t i = 0; i < countof(shapes); i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

int main(int argc, char **argv)
{
    static const char option[] = "--shape=";
    static struct file f;

    f.shape = &shapes[0];
    if (argc > 1 && strncmp(argv[1], option, strlen(option)) == 0) {
        f.shape = find_shape(argv[1] + strlen(option));
        argc--;
        argv++;
    }
    if (f.shape == NULL || argc < 3 || argc > 5) {
        fputs("usage: random_gguf [--shape=qwen3-0.6b|gemma3-1b] FORMAT OUT.gguf [LAYERS [IDS]]\n",
              stderr);
        return 2;
    }
    const uint32_t layers = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : f.shape->layers,
                   ids = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : f.shape->ids;
    if (layers == 0 || layers > f.shape->layers || ids == 0) {
        fprintf(stderr, "random_gguf: expected 1 to %u layers, and ids\n", f.shape->layers);
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
    begin(&f, layers);
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
