/* The golden Gemma 3n as the GGUF file that llama.cpp's converter makes of such a directory: its keys and
 * names, one tensor of the matrices of all streams but the first, vectors in f32. In: the path of
 * golden/gemma3n-text-bf16; out: a file in test_folder.
 *
 * Source: conversion/gemma.py and gguf-py of ggml-org/llama.cpp.
 */
#ifndef TESTS_GEMMA3N_GGUF_H
#define TESTS_GEMMA3N_GGUF_H

#include "tests/support/gguf_writer.h"
#include "tests/support/safetensors_reader.h"
#include "tests/support/temporary_files.h"

#include <math.h>

enum { GEMMA3N_LAYERS = 4, GEMMA3N_SHARED = 2, GEMMA3N_BYTES = 1 << 19 };

struct gemma3n_names {
    const char *gguf, *ours;
};

static const struct gemma3n_names gemma3n_tops[] = {
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"output_norm.weight", "model.norm.weight"},
    {"per_layer_token_embd.weight", "model.embed_tokens_per_layer.weight"},
    {"per_layer_model_proj.weight", "model.per_layer_model_projection.weight"},
    {"per_layer_proj_norm.weight", "model.per_layer_projection_norm.weight"},
};

static const struct gemma3n_names gemma3n_streams[] = {
    {"altup_proj.weight", "model.altup_projections"},
    {"altup_unembd_proj.weight", "model.altup_unembed_projections"},
};

static const struct gemma3n_names gemma3n_layers[] = {
    {"attn_norm.weight", "input_layernorm.weight"},
    {"attn_q.weight", "self_attn.q_proj.weight"},
    {"attn_output.weight", "self_attn.o_proj.weight"},
    {"attn_q_norm.weight", "self_attn.q_norm.weight"},
    {"post_attention_norm.weight", "post_attention_layernorm.weight"},
    {"ffn_norm.weight", "pre_feedforward_layernorm.weight"},
    {"ffn_gate.weight", "mlp.gate_proj.weight"},
    {"ffn_up.weight", "mlp.up_proj.weight"},
    {"ffn_down.weight", "mlp.down_proj.weight"},
    {"post_ffw_norm.weight", "post_feedforward_layernorm.weight"},
    {"inp_gate.weight", "per_layer_input_gate.weight"},
    {"proj.weight", "per_layer_projection.weight"},
    {"post_norm.weight", "post_per_layer_input_norm.weight"},
    {"altup_correct_coef.weight", "altup.correction_coefs.weight"},
    {"altup_correct_scale.weight", "altup.correct_output_scale"},
    {"altup_predict_coef.weight", "altup.prediction_coefs.weight"},
    {"altup_router.weight", "altup.modality_router.weight"},
    {"altup_router_norm.weight", "altup.router_norm.weight"},
    {"laurel_l.weight", "laurel.linear_left.weight"},
    {"laurel_r.weight", "laurel.linear_right.weight"},
    {"laurel_post_norm.weight", "laurel.post_laurel_norm.weight"},
    /* of layers that share none; in published files all layers have them */
    {"attn_k.weight", "self_attn.k_proj.weight"},
    {"attn_v.weight", "self_attn.v_proj.weight"},
    {"attn_k_norm.weight", "self_attn.k_norm.weight"},
};
enum { GEMMA3N_KV = 3, GEMMA3N_NAMES = sizeof gemma3n_layers / sizeof *gemma3n_layers };

struct gemma3n_file {
    struct safetensors_reader from;
    struct gguf_writer head;
    uint8_t data[GEMMA3N_BYTES];
    size_t bytes; /* of data */
};

static inline void gemma3n_append(struct gemma3n_file *f, const void *data, size_t bytes)
{
    if (bytes > sizeof f->data - f->bytes)
        abort();
    memcpy(f->data + f->bytes, data, bytes);
    f->bytes += bytes;
}

/* The entry of a tensor of `count` such matrices; 0: of one, or of a vector. */
static inline void gemma3n_entry(struct gemma3n_file *f, const char *name,
                                 const struct test_tensor *t, uint32_t count)
{
    enum { TYPE_F32 = 0, TYPE_BF16 = 30 };

    f->bytes = (f->bytes + 31) / 32 * 32;
    gguf_put_text(&f->head, name);
    gguf_put_u32(&f->head, t->rank + (count != 0));
    for (uint32_t i = t->rank; i-- > 0;)
        gguf_put_u64(&f->head, t->shape[i]);
    if (count != 0)
        gguf_put_u64(&f->head, count);
    gguf_put_u32(&f->head, t->rank == 1 ? TYPE_F32 : TYPE_BF16);
    gguf_put_u64(&f->head, f->bytes);
}

static inline void gemma3n_tensor(struct gemma3n_file *f, const char *name, const char *ours)
{
    const struct test_tensor t = safetensors_get(&f->from, ours);
    const uint16_t *elements = t.data;

    gemma3n_entry(f, name, &t, 0);
    if (t.rank != 1)
        gemma3n_append(f, t.data, t.bytes);
    for (uint64_t i = 0; t.rank == 1 && i < t.count; i++)
        gemma3n_append(f, &(uint32_t){(uint32_t)elements[i] << 16}, 4);
}

static inline void gemma3n_list(struct gguf_writer *w, const char *key, uint32_t type)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, 9);
    gguf_put_u32(w, type);
    gguf_put_u64(w, GEMMA3N_LAYERS);
}

/* Those of config.json. The deviations are those above the mean that 0.9 of a normal distribution is
 * below, and none. */
static inline void gemma3n_values(struct gguf_writer *w)
{
    static const uint8_t windows[GEMMA3N_LAYERS] = {1, 0, 1, 0};
    const float cuts[GEMMA3N_LAYERS] = {1.2815515655446004f, -INFINITY, -INFINITY, -INFINITY};

    gguf_value_text(w, "general.architecture", "gemma3n");
    gguf_value_u32(w, "gemma3n.context_length", 512);
    gguf_value_u32(w, "gemma3n.embedding_length", 36);
    gguf_value_u32(w, "gemma3n.block_count", GEMMA3N_LAYERS);
    gemma3n_list(w, "gemma3n.feed_forward_length", 4);
    for (uint32_t i = 0; i < GEMMA3N_LAYERS; i++)
        gguf_put_u32(w, 36);
    gguf_value_u32(w, "gemma3n.attention.head_count", 3);
    gguf_value_u32(w, "gemma3n.attention.head_count_kv", 1);
    gguf_value_u32(w, "gemma3n.attention.key_length", 20);
    gguf_value_u32(w, "gemma3n.attention.value_length", 20);
    gguf_value_f32(w, "gemma3n.attention.layer_norm_rms_epsilon", 1e-6f);
    gguf_value_f32(w, "gemma3n.rope.freq_base", 1e6f);
    gguf_value_f32(w, "gemma3n.final_logit_softcapping", 9);
    gguf_value_u32(w, "gemma3n.attention.sliding_window", 11);
    gguf_value_u32(w, "gemma3n.altup.active_idx", 0);
    gguf_value_u32(w, "gemma3n.altup.num_inputs", 3);
    gguf_value_u32(w, "gemma3n.embedding_length_per_layer_input", 12);
    gguf_value_u32(w, "gemma3n.attention.shared_kv_layers", GEMMA3N_SHARED);
    gemma3n_list(w, "gemma3n.activation_sparsity_scale", 6);
    gguf_put(w, cuts, sizeof cuts);
    gemma3n_list(w, "gemma3n.attention.sliding_window_pattern", 7);
    gguf_put(w, windows, sizeof windows);
}

static inline void gemma3n_layer(struct gemma3n_file *f, uint32_t layer)
{
    const bool shares = layer >= GEMMA3N_LAYERS - GEMMA3N_SHARED;
    char name[96], ours[96];

    for (uint32_t i = 0; i < GEMMA3N_NAMES; i++) {
        const bool of_other = shares && i >= GEMMA3N_NAMES - GEMMA3N_KV;
        snprintf(name, sizeof name, "blk.%u.%s", layer, gemma3n_layers[i].gguf);
        snprintf(ours, sizeof ours, "model.layers.%u.%s", of_other ? 0 : layer,
                 gemma3n_layers[i].ours);
        gemma3n_tensor(f, name, ours);
    }
}

/* Matrix by matrix, after the entry of all. */
static inline void gemma3n_stream(struct gemma3n_file *f, const struct gemma3n_names *names)
{
    char ours[96];

    for (uint32_t i = 0; i < 2; i++) {
        snprintf(ours, sizeof ours, "%s.%u.weight", names->ours, i);
        const struct test_tensor t = safetensors_get(&f->from, ours);
        if (i == 0)
            gemma3n_entry(f, names->gguf, &t, 2);
        gemma3n_append(f, t.data, t.bytes);
    }
}

static inline const char *gemma3n_gguf(const char *directory)
{
    enum { TOPS = sizeof gemma3n_tops / sizeof *gemma3n_tops, STREAMS = 2, VALUES = 19 };
    struct gemma3n_file *f = calloc(1, sizeof *f);
    char path[512];

    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    if (f == NULL || !safetensors_read(&f->from, path))
        abort();
    gguf_begin(&f->head, TOPS + STREAMS + (uint64_t)GEMMA3N_LAYERS * GEMMA3N_NAMES, VALUES);
    gemma3n_values(&f->head);
    for (uint32_t i = 0; i < TOPS; i++)
        gemma3n_tensor(f, gemma3n_tops[i].gguf, gemma3n_tops[i].ours);
    for (uint32_t i = 0; i < STREAMS; i++)
        gemma3n_stream(f, &gemma3n_streams[i]);
    for (uint32_t layer = 0; layer < GEMMA3N_LAYERS; layer++)
        gemma3n_layer(f, layer);
    gguf_data(&f->head, 0);
    const size_t head = f->head.bytes;
    uint8_t *whole = malloc(head + f->bytes);
    if (whole == NULL)
        abort();
    memcpy(whole, f->head.data, head);
    memcpy(whole + head, f->data, f->bytes);
    const char *made = temporary_write(&test_folder, "gemma3n.gguf", whole, head + f->bytes);
    free(whole);
    safetensors_close(&f->from);
    free(f);
    return made;
}

#endif
