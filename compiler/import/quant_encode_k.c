/* Encoders of the formats of 256. In: values and their importance; out: blocks.
 *
 * Each block of 32 or 16 has integers for its scale (and minimum), in units of d (and dmin), which are
 * f16. First each block finds the scale and minimum that suit it. The largest of each give d and dmin.
 * Then integers next to the rounded ones are tried, because a rounded scale may want another
 * minimum; then d and dmin are fitted to all integers by least squares, and the integers tried
 * again, as long as the error becomes smaller.
 *
 * Sources: the layouts of block_q2_K to block_q6_K and block_iq4_xs in ggml (ggml-common.h).
 */
#include "compiler/import/quant_encoders.h"

#include "compiler/base/float16.h"
#include "compiler/import/quant_search.h"

#include <float.h>
#include <string.h>

enum { SUPER_BLOCK = 256, GROUPS_MAX = 4, BLOCKS_MAX = GROUPS_MAX * LANES, ROUNDS = 3 };

/* A block of 256 while it is encoded: its blocks in groups of four. */
struct super_block {
    struct lane_blocks b[GROUPS_MAX];
    uint32_t groups;
    float top;                                    /* with minimums: the largest integer */
    struct rounding to;                           /* without */
    float least, most;                            /* integers of scales, and of minimums */
    lanes scale[GROUPS_MAX], minimum[GROUPS_MAX]; /* such integers */
    float d, dmin;                                /* what an f16 holds */
};

static float sum_of(lanes v)
{
    return (v[0] + v[1]) + (v[2] + v[3]);
}

static float as_half(float value)
{
    return f16_to_f32(f32_to_f16(value));
}

static float inverse_of(float value)
{
    return value != 0 ? 1.0f / value : 0.0f;
}

static void load(struct super_block *s, const float *values, const float *importance,
                 uint32_t length)
{
    const uint32_t group = LANES * length;

    s->groups = SUPER_BLOCK / group;
    for (uint32_t g = 0; g < s->groups; g++)
        lane_blocks_load(&s->b[g], values + g * group,
                         importance == NULL ? NULL : importance + g * group, length, LANES);
}

static lanes near_integer(const struct super_block *s, lanes from, int step)
{
    return lanes_round(from + (float)step, s->least, s->most);
}

/* ---- with minimums ---- */

/* Takes the integers next to those given that cost least. The error of all. */
static float settle_pairs(const struct super_block *s, float d, float dmin, lanes *scale,
                          lanes *minimum)
{
    lanes total = lanes_of(0);

    for (uint32_t g = 0; g < s->groups; g++) {
        const lanes scale_from = scale[g], minimum_from = minimum[g];
        lanes best = lanes_of(FLT_MAX);
        for (int step = 0; step < 9; step++) {
            lanes one = near_integer(s, scale_from, step / 3 - 1);
            lanes other = near_integer(s, minimum_from, step % 3 - 1);
            lanes error = quant_affine_error(&s->b[g], s->top, one * d, other * dmin);
            lane_mask better = error < best;
            best = lanes_pick(better, error, best);
            scale[g] = lanes_pick(better, one, scale[g]);
            minimum[g] = lanes_pick(better, other, minimum[g]);
        }
        total += best;
    }
    return sum_of(total);
}

/* What d and dmin should be for the integers that there are. */
static void fit_pairs(const struct super_block *s, float *d, float *dmin)
{
    lanes aa = lanes_of(0), ab = aa, bb = aa, ax = aa, bx = aa; /* x = d a - dmin b */

    for (uint32_t g = 0; g < s->groups; g++) {
        const struct lane_blocks *blocks = &s->b[g];
        const lanes inverse = lanes_inverse(s->scale[g] * s->d), b = s->minimum[g];
        for (uint32_t i = 0; i < blocks->length; i++) {
            lanes q = lanes_round((blocks->x[i] + b * s->dmin) * inverse, 0, s->top);
            lanes a = q * s->scale[g], wa = blocks->w[i] * a, wb = blocks->w[i] * b;
            aa += wa * a;
            ab += wa * b;
            bb += wb * b;
            ax += wa * blocks->x[i];
            bx += wb * blocks->x[i];
        }
    }
    const float saa = sum_of(aa), sab = sum_of(ab), sbb = sum_of(bb), sax = sum_of(ax),
                sbx = sum_of(bx);
    const float whole = saa * sbb, part = sab * sab, determinant = whole - part;
    if (determinant > 1e-6f * whole) {
        const float to_d = sax * sbb, to_dmin = sax * sab;
        *d = (to_d - sab * sbx) / determinant;
        *dmin = (to_dmin - saa * sbx) / determinant;
    } else {
        *d = sax * inverse_of(saa);
    }
}

static void find_pairs(struct super_block *s)
{
    float largest_scale = 0, largest_minimum = 0;
    lanes scale[GROUPS_MAX], minimum[GROUPS_MAX];

    for (uint32_t g = 0; g < s->groups; g++) {
        quant_search_affine(&s->b[g], s->top, true, &scale[g], &minimum[g]);
        for (uint32_t i = 0; i < LANES; i++) {
            largest_scale = scale[g][i] > largest_scale ? scale[g][i] : largest_scale;
            largest_minimum = minimum[g][i] > largest_minimum ? minimum[g][i] : largest_minimum;
        }
    }
    float d = largest_scale / s->most, dmin = largest_minimum / s->most, error = FLT_MAX;
    for (uint32_t g = 0; g < s->groups; g++) {
        scale[g] = near_integer(s, scale[g] * inverse_of(d), 0);
        minimum[g] = near_integer(s, minimum[g] * inverse_of(dmin), 0);
    }
    for (int round = 0; round < ROUNDS; round++) {
        d = as_half(d);
        dmin = as_half(dmin);
        float found = settle_pairs(s, d, dmin, scale, minimum);
        if (round != 0 && !(found < error))
            return;
        error = found;
        s->d = d;
        s->dmin = dmin;
        memcpy(s->scale, scale, sizeof scale);
        memcpy(s->minimum, minimum, sizeof minimum);
        fit_pairs(s, &d, &dmin);
    }
}

/* ---- without ---- */

static float settle_scales(const struct super_block *s, float d, lanes *scale)
{
    lanes total = lanes_of(0);

    for (uint32_t g = 0; g < s->groups; g++) {
        const lanes from = scale[g];
        lanes best = lanes_of(FLT_MAX);
        for (int step = -1; step <= 1; step++) {
            lanes one = near_integer(s, from, step);
            lanes error = quant_scale_error(&s->b[g], &s->to, one * d);
            lane_mask better = error < best;
            best = lanes_pick(better, error, best);
            scale[g] = lanes_pick(better, one, scale[g]);
        }
        total += best;
    }
    return sum_of(total);
}

static float fit_scales(const struct super_block *s)
{
    lanes aa = lanes_of(0), ax = lanes_of(0); /* x = d a */

    for (uint32_t g = 0; g < s->groups; g++) {
        const struct lane_blocks *b = &s->b[g];
        const lanes inverse = lanes_inverse(s->scale[g] * s->d);
        for (uint32_t i = 0; i < b->length; i++) {
            lanes a = lanes_rounded(&s->to, b->x[i] * inverse) * s->scale[g];
            lanes wa = b->w[i] * a;
            aa += wa * a;
            ax += wa * b->x[i];
        }
    }
    return sum_of(ax) * inverse_of(sum_of(aa));
}

static void find_scales(struct super_block *s)
{
    lanes scale[GROUPS_MAX];
    float extreme = 0, error = FLT_MAX;

    for (uint32_t g = 0; g < s->groups; g++) {
        scale[g] = quant_search_scale(&s->b[g], &s->to);
        for (uint32_t i = 0; i < LANES; i++) {
            float one = scale[g][i], size = one < 0 ? -one : one;
            extreme = size > (extreme < 0 ? -extreme : extreme) ? one : extreme;
        }
    }
    float d = extreme / s->least;
    for (uint32_t g = 0; g < s->groups; g++)
        scale[g] = near_integer(s, scale[g] * inverse_of(d), 0);
    for (int round = 0; round < ROUNDS; round++) {
        d = as_half(d);
        float found = settle_scales(s, d, scale);
        if (round != 0 && !(found < error))
            return;
        error = found;
        s->d = d;
        memcpy(s->scale, scale, sizeof scale);
        d = fit_scales(s);
    }
}

/* ---- bytes ---- */

static void put_half(uint8_t *at, float value)
{
    const uint16_t bits = f32_to_f16(value);

    memcpy(at, &bits, sizeof bits);
}

/* The integers of all values, in their order. A value that is not finite makes d NaN. */
static void find_integers(struct super_block *s, bool has_minimums, uint8_t q[SUPER_BLOCK])
{
    const float low = has_minimums ? 0 : -s->to.half, high = has_minimums ? s->top : s->to.half - 1;
    lanes nothing = lanes_of(0);

    for (uint32_t g = 0; g < s->groups; g++) {
        const struct lane_blocks *b = &s->b[g];
        const lanes inverse = lanes_inverse(s->scale[g] * s->d);
        const lanes minimum = has_minimums ? s->minimum[g] * s->dmin : lanes_of(0);
        for (uint32_t i = 0; i < b->length; i++) {
            lanes integer = lanes_round((b->x[i] + minimum) * inverse, low, high) - low;
            nothing += b->x[i] * 0.0f;
            for (uint32_t lane = 0; lane < LANES; lane++)
                q[(g * LANES + lane) * b->length + i] = (uint8_t)(int32_t)integer[lane];
        }
    }
    s->d += sum_of(nothing);
}

/* The same of places in the table. */
static void find_places(struct super_block *s, uint8_t q[SUPER_BLOCK])
{
    lanes nothing = lanes_of(0);

    for (uint32_t g = 0; g < s->groups; g++) {
        const struct lane_blocks *b = &s->b[g];
        const lanes inverse = lanes_inverse(s->scale[g] * s->d);
        for (uint32_t i = 0; i < b->length; i++) {
            int32_t cell[LANES];
            nearest_cells(b->x[i] * inverse, cell);
            nothing += b->x[i] * 0.0f;
            for (uint32_t lane = 0; lane < LANES; lane++)
                q[(g * LANES + lane) * b->length + i] = s->to.table->place[cell[lane]];
        }
    }
    s->d += sum_of(nothing);
}

static int32_t integer_of(const lanes v[GROUPS_MAX], uint32_t block)
{
    return (int32_t)v[block / LANES][block % LANES];
}

/* Eight pairs of 6 bits in 12 bytes (read_pair of quant_decode_k.c). */
static void put_pairs(const struct super_block *s, uint8_t bytes[12])
{
    for (uint32_t b = 0; b < 4; b++) {
        int32_t scale = integer_of(s->scale, b), minimum = integer_of(s->minimum, b);
        int32_t late_scale = integer_of(s->scale, 4 + b);
        int32_t late_minimum = integer_of(s->minimum, 4 + b);
        bytes[b] = (uint8_t)(scale | late_scale >> 4 << 6);
        bytes[4 + b] = (uint8_t)(minimum | late_minimum >> 4 << 6);
        bytes[8 + b] = (uint8_t)((late_scale & 15) | (late_minimum & 15) << 4);
    }
}

static void encode_q45_k(struct super_block *s, bool has_fifth, uint8_t *block)
{
    uint8_t q[SUPER_BLOCK], *fifth = block + 16, *nibbles = has_fifth ? block + 48 : block + 16;

    s->top = has_fifth ? 31 : 15;
    s->least = 0;
    s->most = 63;
    find_pairs(s);
    find_integers(s, true, q);
    put_half(block, s->d);
    put_half(block + 2, s->dmin);
    put_pairs(s, block + 4);
    for (uint32_t i = 0; i < SUPER_BLOCK / 2; i++) {
        uint32_t first = i / 32 * 64 + i % 32;
        nibbles[i] = (uint8_t)((q[first] & 15) | (q[first + 32] & 15) << 4);
    }
    for (uint32_t i = 0; has_fifth && i < 32; i++) {
        uint32_t bits = 0;
        for (uint32_t b = 0; b < 8; b++)
            bits |= (uint32_t)(q[b * 32 + i] >> 4) << b;
        fifth[i] = (uint8_t)bits;
    }
}

static void encode_q6_k(struct super_block *s, uint8_t *block)
{
    uint8_t q[SUPER_BLOCK];

    s->to.half = 32;
    s->least = -128;
    s->most = 127;
    find_scales(s);
    find_integers(s, false, q);
    for (uint32_t half = 0; half < 2; half++) {
        const uint8_t *from = q + half * 128;
        for (uint32_t i = 0; i < 64; i++)
            block[half * 64 + i] = (uint8_t)((from[i] & 15) | (from[64 + i] & 15) << 4);
        for (uint32_t i = 0; i < 32; i++)
            block[128 + half * 32 + i] = (uint8_t)(from[i] >> 4 | from[32 + i] >> 4 << 2 |
                                                   from[64 + i] >> 4 << 4 | from[96 + i] >> 4 << 6);
    }
    for (uint32_t b = 0; b < 16; b++)
        block[192 + b] = (uint8_t)integer_of(s->scale, b);
    put_half(block + 208, s->d);
}

/* Two bits of each value: element i of block of 32 `b` has them in byte i of its half, at 2 (b % 4). */
static void put_two_bits(const uint8_t q[SUPER_BLOCK], uint8_t *out)
{
    for (uint32_t i = 0; i < SUPER_BLOCK / 4; i++) {
        const uint8_t *from = q + i / 32 * 128 + i % 32;
        out[i] = (uint8_t)((from[0] & 3) | (from[32] & 3) << 2 | (from[64] & 3) << 4 |
                           (from[96] & 3) << 6);
    }
}

/* Sixteen blocks of 16, whose scales and minimums have four bits. */
static void encode_q2_k(struct super_block *s, uint8_t *block)
{
    uint8_t q[SUPER_BLOCK];

    s->top = 3;
    s->least = 0;
    s->most = 15;
    find_pairs(s);
    find_integers(s, true, q);
    for (uint32_t b = 0; b < 16; b++)
        block[b] = (uint8_t)(integer_of(s->scale, b) | integer_of(s->minimum, b) << 4);
    put_two_bits(q, block + 16);
    put_half(block + 80, s->d);
    put_half(block + 82, s->dmin);
}

/* Sixteen blocks of 16, whose scales have six bits: the low four of scales b and 8 + b share byte b;
 * the high two stand in four more bytes, those of scale b in byte b % 4. The third bit of values comes
 * first, that of element i of block of 32 `b` in bit b of byte i. */
static void encode_q3_k(struct super_block *s, uint8_t *block)
{
    uint8_t q[SUPER_BLOCK], *scales = block + 96;

    s->to.half = 4;
    s->least = -32;
    s->most = 31;
    find_scales(s);
    find_integers(s, false, q);
    memset(block, 0, 32);
    for (uint32_t i = 0; i < SUPER_BLOCK; i++)
        block[i % 32] |= (uint8_t)(q[i] >> 2 << i / 32);
    put_two_bits(q, block + 32);
    memset(scales, 0, 12);
    for (uint32_t b = 0; b < 16; b++) {
        const uint32_t scale = (uint32_t)(integer_of(s->scale, b) + 32);
        scales[b % 8] |= (uint8_t)((scale & 15) << b / 8 * 4);
        scales[8 + b % 4] |= (uint8_t)(scale >> 4 << b / 4 * 2);
    }
    put_half(block + 108, s->d);
}

/* Eight blocks of 32. Scale b has its low four bits in a nibble and the high two at bit 2b of 16. */
static void encode_iq4_xs(struct super_block *s, uint8_t *block)
{
    uint8_t q[SUPER_BLOCK];

    s->least = -32;
    s->most = 31;
    find_scales(s);
    find_places(s, q);
    put_half(block, s->d);
    memset(block + 2, 0, 6);
    for (uint32_t b = 0; b < 8; b++) {
        const uint32_t scale = (uint32_t)(integer_of(s->scale, b) + 32);
        block[2 + b / 4] |= (uint8_t)(scale >> 4 << b % 4 * 2);
        block[4 + b / 2] |= (uint8_t)((scale & 15) << b % 2 * 4);
    }
    for (uint32_t i = 0; i < SUPER_BLOCK / 2; i++) {
        const uint8_t *from = q + i / 16 * 32 + i % 16;
        block[8 + i] = (uint8_t)(from[0] | from[16] << 4);
    }
}

static void encode_block(enum dtype dtype, struct super_block *s, uint8_t *block)
{
    if (dtype == DTYPE_q4_k || dtype == DTYPE_q5_k)
        encode_q45_k(s, dtype == DTYPE_q5_k, block);
    else if (dtype == DTYPE_iq4_xs)
        encode_iq4_xs(s, block);
    else if (dtype == DTYPE_q2_k)
        encode_q2_k(s, block);
    else if (dtype == DTYPE_q3_k)
        encode_q3_k(s, block);
    else
        encode_q6_k(s, block);
}

void quant_encode_k(enum dtype dtype, const float *values, const float *importance, uint64_t count,
                    uint8_t *out)
{
    const bool has_table = dtype == DTYPE_iq4_xs;
    const bool large = dtype == DTYPE_q4_k || dtype == DTYPE_q5_k || has_table;
    struct nearest_table table;
    struct super_block s = {.to.table = has_table ? &table : NULL};

    if (has_table)
        nearest_table_of_iq4(&table);
    for (uint64_t i = 0; i < count; i += SUPER_BLOCK, out += dtype_info[dtype].bytes) {
        load(&s, values + i, importance == NULL ? NULL : importance + i, large ? 32 : 16);
        encode_block(dtype, &s, out);
    }
}
