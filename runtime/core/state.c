/* Named state. In and out: rows of K and V. Layouts (rlx/artifact.h): K is [kv_head][position /
 * 16][head_dim][16], so that 16 positions are one vector per dimension; V is
 * [kv_head][position][round_up(head_dim, 16)]. Elements are f32 or IEEE f16. RLX_Q8 has int8
 * elements: K is [kv_head][position / 16][head_dim / 4][16][4] (with zeros if the last four are
 * incomplete), V as before; after the data of each comes an f16 scale for every
 * [kv_head][position]. Other states are [row][heads * width]. The integers of K are
 * Hadamard-rotated; reading f32 undoes the rotation. */
#include "runtime/core/state.h"

#include <math.h>
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

/* The reverse, to nearest with ties to even. Values beyond the largest number become that number,
 * as in compiled code, and NaN stays NaN. */
static uint16_t float_to_half(float value)
{
    uint32_t bits, rounded;
    memcpy(&bits, &value, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    bits &= 0x7FFFFFFF;
    if (bits > 0x7F800000)
        return (uint16_t)(sign | 0x7E00 | (bits >> 13 & 0x3FF));
    if (bits >= 0x477FE000) /* 65504 */
        return sign | 0x7BFF;
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

/* The bytes of one head's values at one position: where they begin, and the distance between them.
 * In RLX_Q8, a unit is four values of K, or all of V. */
struct head {
    uint64_t at, stride;
};

static struct head find_head(const struct rlx_state_entry *s, uint64_t head, uint64_t position)
{
    uint64_t width = state_width(s), bytes = state_element_bytes(s->element);
    uint64_t together = s->element == RLX_Q8 ? 4 : 1;
    if (s->layout == RLX_LAYOUT_PLAIN)
        return (struct head){s->offset + (position * width + head * s->width) * bytes, bytes};
    if (s->layout == RLX_LAYOUT_VALUES)
        return (struct head){s->offset + (head * s->capacity + position) * width * bytes,
                             bytes * together};
    uint64_t block = head * (s->capacity / 16) + position / 16;
    return (struct head){s->offset + (block * width * 16 + position % 16 * together) * bytes,
                         16 * bytes * together};
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

/* ---- integers with a scale per head and position ---- */

static uint64_t scale_at(const struct rlx_state_entry *s, uint64_t head, uint64_t position)
{
    uint64_t heads = (uint64_t)s->heads * s->capacity;
    return s->offset + heads * state_width(s) + 2 * (head * s->capacity + position);
}

/* Number of elements in one rotation of K; V is not rotated. */
static uint32_t run_of(const struct rlx_state_entry *s)
{
    return s->layout == RLX_LAYOUT_VALUES ? 1 : hadamard_width(s->width);
}

/* The Hadamard matrix divided by the root of `count`, which is its own inverse: the same steps, and
 * so the same bits, as in compiled code. */
static void hadamard_rotate(float *run, uint32_t count)
{
    for (uint32_t half = 1; half < count; half *= 2)
        for (uint32_t i = 0; i < count; i++)
            if ((i & half) == 0) {
                float sum = run[i] + run[i + half];
                run[i + half] = run[i] - run[i + half];
                run[i] = sum;
            }
    float factor = (float)(1 / sqrt(count));
    for (uint32_t i = 0; i < count && count != 1; i++)
        run[i] *= factor;
}

/* Rotates the f32 elements of a head that begin at `first`; returns their number. */
static uint32_t load_run(const struct rlx_state_entry *s, const uint8_t *in, uint32_t first,
                         float *run)
{
    const uint32_t count = run_of(s);
    memcpy(run, in + 4 * (size_t)first, count * sizeof *run);
    hadamard_rotate(run, count);
    return count;
}

/* The scale of a head's values: absmax / 127 as f16. */
static uint16_t scale_of(const struct rlx_state_entry *s, const uint8_t *in)
{
    float max = 0, run[HADAMARD_MAX];
    for (uint32_t first = 0; first < s->width; first += run_of(s))
        for (uint32_t i = load_run(s, in, first, run); i-- > 0;)
            max = isnan(run[i]) || fabsf(run[i]) > max ? fabsf(run[i]) : max;
    return float_to_half(max / 127);
}

static uint8_t *integer_at(uint8_t *home, const struct head *h, uint32_t d)
{
    return home + h->at + d / 4 * h->stride + d % 4;
}

/* Rounds value / scale to the nearest integer, ties to even. */
static uint16_t quantize(uint8_t *home, const struct rlx_state_entry *s, const struct head *h,
                         const uint8_t *in)
{
    uint16_t half = scale_of(s, in);
    float scale = half_to_float(half), factor = scale == 0 ? 0 : 1 / scale, run[HADAMARD_MAX];
    for (uint32_t first = 0; first < s->width; first += run_of(s))
        for (uint32_t i = load_run(s, in, first, run); i-- > 0;) {
            float q = fminf(fmaxf(run[i] * factor, -127), 127);
            *integer_at(home, h, first + i) = (uint8_t)(int8_t)lrintf(q);
        }
    return half;
}

/* `in` NULL: zeros. */
static void write_integers(uint8_t *home, const struct rlx_state_entry *s, uint32_t as,
                           uint64_t head, uint64_t position, const uint8_t *in)
{
    struct head h = find_head(s, head, position);
    uint16_t half = 0;
    for (uint32_t d = 0; d < state_width(s); d++)
        *integer_at(home, &h, d) = in != NULL && as == RLX_Q8 && d < s->width ? in[d] : 0;
    if (in != NULL && as == RLX_Q8)
        memcpy(&half, in + s->width, sizeof half);
    else if (in != NULL)
        half = quantize(home, s, &h, in);
    memcpy(home + scale_at(s, head, position), &half, sizeof half);
}

static void read_raw(const uint8_t *home, const struct rlx_state_entry *s, uint64_t head,
                     uint64_t position, uint8_t *out)
{
    struct head h = find_head(s, head, position);
    for (uint32_t d = 0; d < s->width; d++)
        out[d] = home[h.at + d / 4 * h.stride + d % 4];
    memcpy(out + s->width, home + scale_at(s, head, position), 2);
}

static void read_floats(const uint8_t *home, const struct rlx_state_entry *s, uint64_t head,
                        uint64_t position, uint8_t *out)
{
    struct head h = find_head(s, head, position);
    uint16_t half;
    memcpy(&half, home + scale_at(s, head, position), sizeof half);
    const float scale = half_to_float(half);
    const uint32_t count = run_of(s);
    for (uint32_t first = 0; first < s->width; first += count) {
        float run[HADAMARD_MAX];
        for (uint32_t i = 0; i < count; i++) {
            uint32_t d = first + i;
            run[i] = (float)(int8_t)home[h.at + d / 4 * h.stride + d % 4] * scale;
        }
        hadamard_rotate(run, count);
        memcpy(out + 4 * (size_t)first, run, count * sizeof *run);
    }
}

/* ---- all elements ---- */

static void read_head(const uint8_t *home, const struct rlx_state_entry *s, uint32_t as,
                      uint64_t head, uint64_t position, uint8_t *out)
{
    size_t bytes = state_element_bytes(as);
    if (s->element == RLX_Q8) {
        (as == RLX_Q8 ? read_raw : read_floats)(home, s, head, position, out);
        return;
    }
    struct head h = find_head(s, head, position);
    for (uint32_t d = 0; d < s->width; d++)
        read_value(home + h.at + d * h.stride, s->element, as, out + d * bytes);
}

static void write_head(uint8_t *home, const struct rlx_state_entry *s, uint32_t as, uint64_t head,
                       uint64_t position, const uint8_t *in)
{
    static const uint8_t zero[4];
    size_t bytes = in == NULL ? 0 : state_element_bytes(as);
    if (s->element == RLX_Q8) {
        write_integers(home, s, as, head, position, in);
        return;
    }
    struct head h = find_head(s, head, position);
    for (uint32_t d = 0; d < s->width; d++)
        write_value(home + h.at + d * h.stride, s->element, as, in == NULL ? zero : in + d * bytes);
}

void state_read(const uint8_t *home, const struct rlx_state_entry *state, uint32_t as, size_t first,
                size_t count, void *rows)
{
    size_t bytes = state_row_bytes(state, as) / state->heads;
    uint8_t *out = rows;
    for (size_t row = first; row < first + count; row++)
        for (uint32_t i = 0; i < state->heads; i++, out += bytes)
            read_head(home, state, as, i, row, out);
}

void state_write(uint8_t *home, const struct rlx_state_entry *state, uint32_t as, size_t first,
                 size_t count, const void *rows)
{
    size_t bytes = state_row_bytes(state, as) / state->heads, at = 0;
    const uint8_t *in = rows;
    for (size_t row = first; row < first + count; row++)
        for (uint32_t i = 0; i < state->heads; i++, at += bytes)
            write_head(home, state, as, i, row, in == NULL ? NULL : in + at);
}

/* Keys stand in groups of 16 rows, of which a copy takes whole ones. */
void state_copy(uint8_t *to, const uint8_t *from, const struct rlx_state_entry *s, size_t rows)
{
    const uint64_t bytes = state_element_bytes(s->element), width = state_width(s);
    const uint32_t heads = s->layout == RLX_LAYOUT_PLAIN ? 1 : s->heads;
    const uint64_t whole = s->layout == RLX_LAYOUT_KEYS ? (rows + 15) / 16 * 16 : rows;
    for (uint32_t i = 0; i < heads && rows != 0; i++) {
        uint64_t at = find_head(s, i, 0).at;
        memcpy(to + at, from + at, whole * width * bytes);
        if (s->element == RLX_Q8)
            memcpy(to + scale_at(s, i, 0), from + scale_at(s, i, 0), rows * sizeof(uint16_t));
    }
}
