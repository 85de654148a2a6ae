/* Positions of a KV cache moved from one state to another, as bytes: for tests that compare states
 * of different classes and sizes. In: states in the order of kernel_kinds.def.
 */
#ifndef RLX_TESTS_KERNEL_PLACES_H
#define RLX_TESTS_KERNEL_PLACES_H

#include "tests/unit/kernel_states.h"

struct kv_place { /* a position of one state */
    uint8_t *state;
    uint32_t context, position;
};

static inline uint64_t place_bytes(const struct shape *s, uint32_t context, bool is_value)
{
    return kv_state_bytes(s->kv, s->kv_heads, s->head_dim, context, is_value);
}

/* Byte offset of an element: K [head][position / 16][d][16], of q8_0 [d / 4][16][4]; V
 * [head][position][d]. */
static inline size_t place_element(const struct shape *s, const struct kv_place *p, bool is_value,
                                   uint32_t head, uint32_t d)
{
    const size_t width = kv_width(s->kv, s->head_dim, is_value), row = p->position;
    size_t index;

    if (is_value)
        index = ((size_t)head * p->context + row) * width + d;
    else if (s->kv == DTYPE_q8_0)
        index =
            ((size_t)head * p->context + row / 16 * 16) * width + d / 4 * 64 + row % 16 * 4 + d % 4;
    else
        index = ((size_t)head * p->context + row / 16 * 16) * width + d * 16 + row % 16;
    return index * kv_element_bytes(s->kv);
}

static inline size_t place_scale(const struct shape *s, const struct kv_place *p, bool is_value,
                                 uint32_t head)
{
    const size_t width = kv_width(s->kv, s->head_dim, is_value);

    return s->kv_heads * p->context * width + 2 * ((size_t)head * p->context + p->position);
}

/* A whole position with what pads it; true: both had the same. */
static inline bool place_copy(const struct shape *s, const struct kv_place *from,
                              const struct kv_place *to, bool is_value)
{
    const size_t element = kv_element_bytes(s->kv);
    bool same = true;

    for (uint32_t h = 0; h < s->kv_heads; h++) {
        for (uint32_t d = 0; d < kv_width(s->kv, s->head_dim, is_value); d++) {
            uint8_t *source = from->state + place_element(s, from, is_value, h, d),
                    *target = to->state + place_element(s, to, is_value, h, d);
            same = same && memcmp(source, target, element) == 0;
            memcpy(target, source, element);
        }
        if (s->kv == DTYPE_q8_0) {
            uint8_t *source = from->state + place_scale(s, from, is_value, h),
                    *target = to->state + place_scale(s, to, is_value, h);
            same = same && memcmp(source, target, 2) == 0;
            memcpy(target, source, 2);
        }
    }
    return same;
}

/* Numbers that a KV cache may hold, at every position. */
static inline void place_fill(const struct shape *s, uint8_t *state, uint32_t context,
                              bool is_value)
{
    const uint64_t bytes = place_bytes(s, context, is_value),
                   scales = s->kv == DTYPE_q8_0 ? 2 * (uint64_t)s->kv_heads * context : 0;

    for (uint64_t i = 0; i < bytes;) {
        float x = random_number() * 2;
        uint16_t half = f32_to_f16(x);
        if (i >= bytes - scales)
            half = f32_to_f16((x * 0.4f + 1.25f) / 127);
        if (s->kv == DTYPE_q8_0 && i < bytes - scales)
            state[i++] = (uint8_t)(int8_t)(random_number() * 127);
        else if (s->kv == DTYPE_f32)
            memcpy(state + i, &x, 4), i += 4;
        else
            memcpy(state + i, &half, 2), i += 2;
    }
}

#endif
