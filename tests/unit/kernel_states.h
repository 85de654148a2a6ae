/* What tests of kernels with state (kv_write, attention) share: the shapes of heads that they try,
 * and states of the KV cache read element by element, as kernel_kinds.def places them. */
#ifndef RLX_TESTS_KERNEL_STATES_H
#define RLX_TESTS_KERNEL_STATES_H

#include "tests/unit/kernel_code.h"

enum { CONTEXT = 200, ROOM = 256 /* rounded up to 64 */, ROWS = 17 };

struct shape {
    uint32_t heads, kv_heads, head_dim, n_rot;
    enum dtype kv;
    bool interleaved, qk_norm;
    uint32_t window;
    float softcap;
    uint32_t mask;
};

static const struct shape shapes[] = {
    {4, 2, 20, 20, DTYPE_f32, false, false, 0, 0, MASK_causal},
    {3, 1, 24, 8, DTYPE_f16, false, true, 70, 0, MASK_causal},
    {2, 2, 64, 64, DTYPE_f16, true, false, 0, 0, MASK_causal},
    {8, 2, 64, 32, DTYPE_f32, false, true, 5, 15.0f, MASK_causal},
    {6, 1, 128, 128, DTYPE_f16, false, true, 0, 0, MASK_causal},
    {9, 3, 40, 36, DTYPE_f32, true, true, 130, 0, MASK_causal},
    {2, 1, 8, 0, DTYPE_f16, false, false, 0, 0, MASK_none},
    {4, 2, 20, 20, DTYPE_q8_0, false, false, 0, 0, MASK_causal},
    {3, 1, 22, 8, DTYPE_q8_0, false, true, 70, 0, MASK_causal},
    {2, 2, 64, 64, DTYPE_q8_0, true, false, 130, 15.0f, MASK_causal},
    {6, 1, 128, 128, DTYPE_q8_0, false, true, 0, 0, MASK_causal},
    {2, 1, 8, 0, DTYPE_q8_0, false, false, 0, 0, MASK_none},
    {2, 1, 256, 64, DTYPE_q8_0, false, true, 0, 0, MASK_causal},
};

static inline float *state_new(const struct shape *s, bool is_value)
{
    return buffer_new(kv_state_bytes(s->kv, s->kv_heads, s->head_dim, CONTEXT, is_value) / 4);
}

static inline size_t key_at(const struct shape *s, uint32_t head, uint32_t position, uint32_t d)
{
    size_t block = (size_t)head * (ROOM / 16) + position / 16;

    if (s->kv == DTYPE_q8_0)
        return (block * round_up(s->head_dim, 4) + d / 4 * 4) * 16 + position % 16 * 4 + d % 4;
    return (block * s->head_dim + d) * 16 + position % 16;
}

static inline size_t value_at(const struct shape *s, uint32_t head, uint32_t position, uint32_t d)
{
    return ((size_t)head * ROOM + position) * round_up(s->head_dim, 16) + d;
}

/* The f16 scale of a position where the state is q8_0. */
static inline float scale_at(const struct shape *s, const float *state, uint32_t head,
                             uint32_t position, bool is_value)
{
    size_t width = round_up(s->head_dim, is_value ? 16 : 4);
    uint16_t half;

    memcpy(&half,
           (const char *)state + s->kv_heads * ROOM * width + 2 * (head * (size_t)ROOM + position),
           sizeof half);
    return f16_to_f32(half);
}

/* An element; of q8_0 without its scale. */
static inline float state_at(const struct shape *s, const float *state, size_t index)
{
    uint16_t half;

    if (s->kv == DTYPE_f32)
        return state[index];
    if (s->kv == DTYPE_q8_0)
        return (float)((const int8_t *)state)[index];
    memcpy(&half, (const char *)state + 2 * index, sizeof half);
    return f16_to_f32(half);
}

static inline float key_of(const struct shape *s, const float *state, uint32_t head,
                           uint32_t position, uint32_t d)
{
    float x = state_at(s, state, key_at(s, head, position, d));

    return s->kv == DTYPE_q8_0 ? x * scale_at(s, state, head, position, false) : x;
}

static inline float value_of(const struct shape *s, const float *state, uint32_t head,
                             uint32_t position, uint32_t d)
{
    float x = state_at(s, state, value_at(s, head, position, d));

    return s->kv == DTYPE_q8_0 ? x * scale_at(s, state, head, position, true) : x;
}

#endif
