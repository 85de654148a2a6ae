/* Named state. Layouts (rlx/artifact.h): K is [kv_head][position / 16][head_dim][16], so that a
 * block of 16 positions is one vector a dimension; V is [kv_head][position][round_up(head_dim,
 * 16)]. Elements are f32 or IEEE f16.
 */
#include "runtime/state.h"

#include <string.h>
#include <sys/mman.h>

void *memory_reserve(uint64_t bytes)
{
    void *at = mmap(NULL, bytes == 0 ? 1 : bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

void memory_release(void *at, uint64_t bytes)
{
    if (at != NULL)
        munmap(at, bytes == 0 ? 1 : bytes);
}

/* IEEE 754 binary16 to binary32: a shift for normal numbers, a product for subnormal ones; exact
 * for every input. */
static float half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & 0x1F, mantissa = half & 0x3FF;
    uint32_t bits;
    if (exponent == 0) {
        float small = (float)mantissa * 0x1p-24F;
        memcpy(&bits, &small, sizeof bits);
    } else if (exponent == 0x1F) {
        bits = 0x7F800000 | mantissa << 13;
    } else {
        bits = (exponent + 112) << 23 | mantissa << 13;
    }
    bits |= sign;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t element_index(const struct rlx_state_entry *s, uint64_t head, uint64_t position,
                              uint64_t dimension)
{
    uint64_t width = s->head_dim;
    if (s->kind == RLX_STATE_VALUE) {
        width = (width + 15) / 16 * 16;
        return (head * s->context + position) * width + dimension;
    }
    return ((head * (s->context / 16) + position / 16) * width + dimension) * 16 + position % 16;
}

void state_export(const uint8_t *home, const struct rlx_state_entry *state, float *rows,
                  size_t row_count)
{
    const uint8_t *base = home + state->offset;
    for (size_t row = 0; row < row_count; row++) {
        for (uint32_t head = 0; head < state->kv_heads; head++) {
            for (uint32_t i = 0; i < state->head_dim; i++) {
                uint64_t at = element_index(state, head, row, i);
                if (state->element == RLX_F16)
                    *rows++ = half_to_float(((const uint16_t *)base)[at]);
                else
                    *rows++ = ((const float *)base)[at];
            }
        }
    }
}
