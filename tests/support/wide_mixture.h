/* A GGUF file of a small Qwen3 mixture with random weights, whose experts are many pages each. In: a path.
 * Out: 7 MB there. */
#ifndef TESTS_WIDE_MIXTURE_H
#define TESTS_WIDE_MIXTURE_H

#include "tests/support/gguf_writer.h"

#include <stdbool.h>
#include <stdio.h>

enum { WIDE_HIDDEN = 128, WIDE_EXPERTS = 8, WIDE_LAYERS = 4, WIDE_IDS = 64, WIDE_HEAD = 64 };

struct wide_mixture {
    struct gguf_writer head;
    uint64_t bytes; /* of tensors */
    FILE *to;       /* NULL: tensors are listed, and not written yet */
    uint32_t random;
};

/* Of f32; sizes that are 1 at the end are left out. */
static inline void wide_tensor(struct wide_mixture *m, int layer, const char *name,
                               uint64_t columns, uint64_t rows, uint64_t matrices)
{
    const uint64_t sizes[] = {columns, rows, matrices}, count = columns * rows * matrices;
    const uint32_t rank = matrices != 1 ? 3 : rows != 1 ? 2 : 1;
    char whole[64];

    for (uint64_t i = 0; i < count && m->to != NULL; i++) {
        m->random = m->random * 1664525u + 1013904223u;
        const float value = rank == 1 ? 1 : (float)((int32_t)m->random >> 8) / (1 << 27);
        fwrite(&value, sizeof value, 1, m->to);
    }
    if (m->to != NULL)
        return;
    if (layer < 0)
        snprintf(whole, sizeof whole, "%s.weight", name);
    else
        snprintf(whole, sizeof whole, "blk.%d.%s.weight", layer, name);
    gguf_put_text(&m->head, whole);
    gguf_put_u32(&m->head, rank);
    for (uint32_t i = 0; i < rank; i++)
        gguf_put_u64(&m->head, sizes[i]);
    gguf_put_u32(&m->head, 0);
    gguf_put_u64(&m->head, m->bytes);
    m->bytes += count * sizeof(float); /* a multiple of the alignment */
}

static inline void wide_tensors(struct wide_mixture *m)
{
    const uint64_t h = WIDE_HIDDEN;

    wide_tensor(m, -1, "token_embd", h, WIDE_IDS, 1);
    wide_tensor(m, -1, "output_norm", h, 1, 1);
    for (int i = 0; i < WIDE_LAYERS; i++) {
        wide_tensor(m, i, "attn_norm", h, 1, 1);
        wide_tensor(m, i, "attn_q", h, h, 1);
        wide_tensor(m, i, "attn_k", h, WIDE_HEAD, 1);
        wide_tensor(m, i, "attn_v", h, WIDE_HEAD, 1);
        wide_tensor(m, i, "attn_output", h, h, 1);
        wide_tensor(m, i, "attn_q_norm", WIDE_HEAD, 1, 1);
        wide_tensor(m, i, "attn_k_norm", WIDE_HEAD, 1, 1);
        wide_tensor(m, i, "ffn_norm", h, 1, 1);
        wide_tensor(m, i, "ffn_gate_inp", h, WIDE_EXPERTS, 1);
        wide_tensor(m, i, "ffn_gate_exps", h, h, WIDE_EXPERTS);
        wide_tensor(m, i, "ffn_up_exps", h, h, WIDE_EXPERTS);
        wide_tensor(m, i, "ffn_down_exps", h, h, WIDE_EXPERTS);
    }
}

static inline bool wide_mixture_write(const char *path)
{
    static const struct {
        const char *key;
        uint32_t value;
    } numbers[] = {{"block_count", WIDE_LAYERS},
                   {"context_length", 256},
                   {"embedding_length", WIDE_HIDDEN},
                   {"feed_forward_length", WIDE_HIDDEN},
                   {"attention.head_count", WIDE_HIDDEN / WIDE_HEAD},
                   {"attention.head_count_kv", 1},
                   {"attention.key_length", WIDE_HEAD},
                   {"attention.value_length", WIDE_HEAD},
                   {"expert_count", WIDE_EXPERTS},
                   {"expert_used_count", 2},
                   {"expert_feed_forward_length", WIDE_HIDDEN}};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0] };
    static struct wide_mixture m;
    char key[64];

    m = (struct wide_mixture){.random = 1};
    gguf_begin(&m.head, 2 + 12 * WIDE_LAYERS, NUMBERS + 3);
    gguf_value_text(&m.head, "general.architecture", "qwen3moe");
    for (size_t i = 0; i < NUMBERS; i++) {
        snprintf(key, sizeof key, "qwen3moe.%s", numbers[i].key);
        gguf_value_u32(&m.head, key, numbers[i].value);
    }
    gguf_value_f32(&m.head, "qwen3moe.rope.freq_base", 1e6f);
    gguf_value_f32(&m.head, "qwen3moe.attention.layer_norm_rms_epsilon", 1e-6f);
    wide_tensors(&m);
    gguf_data(&m.head, 0);
    m.to = fopen(path, "wb");
    if (m.to == NULL)
        return false;
    fwrite(m.head.data, 1, m.head.bytes, m.to);
    wide_tensors(&m);
    const bool is_whole = ferror(m.to) == 0;
    return fclose(m.to) == 0 && is_whole;
}

#endif
