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

/* The reverse, to nearest with ties to even; a NaN stays one. */
static uint16_t float_to_half(float value)
{
    uint32_t bits, rounded;
    memcpy(&bits, &value, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    bits &= 0x7FFFFFFF;
    if (bits > 0x7F800000)
        return (uint16_t)(sign | 0x7E00 | (bits >> 13 & 0x3FF));
    if (bits >= 0x47800000) /* 2^16 */
        return sign | 0x7C00;
    if (bits < 0x38800000) { /* 2^-14: at 0.5, the addition rounds to multiples of 2^-24 */
        float moved;
        memcpy(&moved, &bits, sizeof moved);
        moved += 0.5F;
        memcpy(&rounded, &moved, sizeof rounded);
        return (uint16_t)(sign | (rounded - 0x3F000000));
    }
    rounded = bits + 0xFFF + (bits >> 13 & 1);
    return (uint16_t)(sign | ((rounded >> 13) - (112 << 10)));
}

/* The bytes of one head's values at one position: where they begin, how far apart they are. */
struct head {
    uint64_t at, stride;
};

static struct head find_head(const struct rlx_state_entry *s, uint64_t head, uint64_t position)
{
    uint64_t width = s->head_dim, bytes = state_element_bytes(s->element);
    if (s->kind == RLX_STATE_VALUE) {
        width = (width + 15) / 16 * 16;
        return (struct head){s->offset + (head * s->context + position) * width * bytes, bytes};
    }
    uint64_t block = head * (s->context / 16) + position / 16;
    return (struct head){s->offset + (block * width * 16 + position % 16) * bytes, 16 * bytes};
}

static void read_value(const uint8_t *from, uint32_t element, uint32_t as, uint8_t *out)
{
    if (element == RLX_F32) {
        memcpy(out, from, 4);
    } else if (as == RLX_F16) {
        memcpy(out, from, 2);
    } else {
        uint16_t half;
        memcpy(&half, from, sizeof half);
        float value = half_to_float(half);
        memcpy(out, &value, sizeof value);
    }
}

static void write_value(uint8_t *to, uint32_t element, uint32_t as, const uint8_t *in)
{
    if (element == RLX_F32) {
        memcpy(to, in, 4);
    } else if (as == RLX_F16) {
        memcpy(to, in, 2);
    } else {
        float value;
        memcpy(&value, in, sizeof value);
        uint16_t half = float_to_half(value);
        memcpy(to, &half, sizeof half);
    }
}

void state_read(const uint8_t *home, const struct rlx_state_entry *state, uint32_t as, size_t first,
                size_t count, void *rows)
{
    size_t bytes = state_element_bytes(as);
    uint8_t *out = rows;
    for (size_t row = first; row < first + count; row++) {
        for (uint32_t i = 0; i < state->kv_heads; i++) {
            struct head head = find_head(state, i, row);
            for (uint32_t d = 0; d < state->head_dim; d++, out += bytes)
                read_value(home + head.at + d * head.stride, state->element, as, out);
        }
    }
}

void state_write(uint8_t *home, const struct rlx_state_entry *state, uint32_t as, size_t first,
                 size_t count, const void *rows)
{
    static const uint8_t zero[4];
    size_t bytes = rows == NULL ? 0 : state_element_bytes(as);
    const uint8_t *in = rows == NULL ? zero : rows;
    for (size_t row = first; row < first + count; row++) {
        for (uint32_t i = 0; i < state->kv_heads; i++) {
            struct head head = find_head(state, i, row);
            for (uint32_t d = 0; d < state->head_dim; d++, in += bytes)
                write_value(home + head.at + d * head.stride, state->element, as, in);
        }
    }
}
