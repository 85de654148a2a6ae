/* Encoders of the formats of 32 that search for their scales. In: blocks of values and their
 * importance; out: blocks of iq4_nl and mxfp4, and where there is importance of q4_0, q4_1, q5_0 and
 * q5_1, which quant_encode.c encodes without.
 *
 * The scale that a search finds is rounded to what a block can hold before integers are chosen.
 * Scales of mxfp4 are powers of two: that of the largest value and its neighbours are tried.
 */
#include "compiler/import/quant_encoders.h"

#include "compiler/base/float16.h"
#include "compiler/import/quant_search.h"

#include <float.h>
#include <string.h>

enum { BLOCK = 32, E8M0_NAN = 255 };

/* A group of blocks while it is encoded. */
struct group {
    struct lane_blocks b;
    uint8_t q[LANES][BLOCK];
    lanes scale, minimum;
};

static lanes as_halves(lanes v)
{
    for (uint32_t lane = 0; lane < LANES; lane++)
        v[lane] = f16_to_f32(f32_to_f16(v[lane]));
    return v;
}

/* A value that is not finite makes the scale NaN. */
static void refuse_infinite(struct group *g)
{
    for (uint32_t i = 0; i < BLOCK; i++)
        g->scale += g->b.x[i] * 0.0f;
}

static void put_half(uint8_t *at, float value)
{
    const uint16_t bits = f32_to_f16(value);

    memcpy(at, &bits, sizeof bits);
}

/* Integers of 4 or 5 bits: element i is in the low nibble of byte i, element 16 + i in the high
 * one. Fifth bits come before them. */
static void put_integers(const uint8_t q[BLOCK], bool has_fifth, uint8_t *out)
{
    uint32_t fifth = 0;

    for (uint32_t i = 0; i < BLOCK; i++)
        fifth |= (uint32_t)(q[i] >> 4) << i;
    if (has_fifth) {
        memcpy(out, &fifth, sizeof fifth);
        out += sizeof fifth;
    }
    for (uint32_t i = 0; i < BLOCK / 2; i++)
        out[i] = (uint8_t)((q[i] & 15) | (q[BLOCK / 2 + i] & 15) << 4);
}

static void find_rounded(struct group *g, float low, float high, lanes shift)
{
    const lanes inverse = lanes_inverse(g->scale);

    for (uint32_t i = 0; i < BLOCK; i++) {
        lanes integer = lanes_round((g->b.x[i] + shift) * inverse, low, high) - low;
        for (uint32_t lane = 0; lane < LANES; lane++)
            g->q[lane][i] = (uint8_t)(int32_t)integer[lane];
    }
}

static void find_nearest(struct group *g, const struct nearest_table *t)
{
    const lanes inverse = lanes_inverse(g->scale);

    for (uint32_t i = 0; i < BLOCK; i++) {
        int32_t cell[LANES];
        nearest_cells(g->b.x[i] * inverse, cell);
        for (uint32_t lane = 0; lane < LANES; lane++)
            g->q[lane][i] = t->place[cell[lane]];
    }
}

/* q4_0, q5_0: value = scale * q, q from -half on. */
static void encode_scaled(struct group *g, float half)
{
    g->scale = as_halves(quant_search_scale(&g->b, &(struct rounding){.half = half}));
    find_rounded(g, -half, half - 1, lanes_of(0));
}

/* q4_1, q5_1. */
static void encode_with_minimum(struct group *g, float top)
{
    quant_search_affine(&g->b, top, false, &g->scale, &g->minimum);
    g->scale = as_halves(g->scale);
    g->minimum = as_halves(g->minimum);
    find_rounded(g, 0, top, g->minimum);
}

static void encode_iq4_nl(struct group *g, const struct nearest_table *t)
{
    g->scale = as_halves(quant_search_scale(&g->b, &(struct rounding){.table = t}));
    find_nearest(g, t);
}

/* The exponent in E8M0 whose number is the largest power of two that is not above the value, times
 * 2^-2: E2M1 ends at 6, between 2^2 and 2^3. */
static int32_t exponent_of(float value)
{
    int32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return ((bits & 0x7fffffff) >> 23) - 2;
}

static void encode_mxfp4(struct group *g, const struct nearest_table *t, uint8_t exponent[LANES])
{
    static const int nearby[] = {0, 1, -1}, least = 2, most = 254; /* the inverse is finite, too */
    const lanes extreme = quant_extreme(&g->b);
    lanes best = lanes_of(FLT_MAX);

    for (size_t step = 0; step < countof(nearby); step++) {
        uint8_t tried[LANES];
        lanes scale;
        for (uint32_t lane = 0; lane < LANES; lane++) {
            int32_t e = exponent_of(extreme[lane]) + nearby[step];
            tried[lane] = (uint8_t)(e < least ? least : e > most ? most : e);
            scale[lane] = half_of_e8m0(tried[lane]);
        }
        lanes error = quant_scale_error(&g->b, &(struct rounding){.table = t}, scale);
        for (uint32_t lane = 0; lane < LANES; lane++)
            if (step == 0 || error[lane] < best[lane]) {
                best[lane] = error[lane];
                exponent[lane] = tried[lane];
                g->scale[lane] = scale[lane];
            }
    }
    find_nearest(g, t);
}

static void make_table(enum dtype dtype, struct nearest_table *t)
{
    static const uint8_t of_e2m1[] = {15, 14, 13, 12, 11, 10, 9, 0, 1, 2, 3, 4, 5, 6, 7};

    if (dtype == DTYPE_mxfp4)
        nearest_table_make(t, doubled_e2m1, of_e2m1, countof(of_e2m1));
    if (dtype == DTYPE_iq4_nl)
        nearest_table_of_iq4(t);
}

static void encode_group(enum dtype dtype, struct group *g, const struct nearest_table *t,
                         uint32_t count, uint8_t *block)
{
    const bool has_minimum = dtype == DTYPE_q4_1 || dtype == DTYPE_q5_1;
    const bool has_fifth = dtype == DTYPE_q5_0 || dtype == DTYPE_q5_1;
    const uint32_t bytes = dtype_info[dtype].bytes;
    uint8_t exponent[LANES];

    if (dtype == DTYPE_mxfp4)
        encode_mxfp4(g, t, exponent);
    else if (dtype == DTYPE_iq4_nl)
        encode_iq4_nl(g, t);
    else if (has_minimum)
        encode_with_minimum(g, has_fifth ? 31 : 15);
    else
        encode_scaled(g, has_fifth ? 16 : 8);
    refuse_infinite(g);
    for (uint32_t i = 0; i < count; i++, block += bytes) {
        if (dtype == DTYPE_mxfp4)
            block[0] = g->scale[i] == g->scale[i] ? exponent[i] : E8M0_NAN;
        else
            put_half(block, g->scale[i]);
        if (has_minimum)
            put_half(block + 2, -g->minimum[i]);
        put_integers(g->q[i], has_fifth, block + (dtype == DTYPE_mxfp4 ? 1 : has_minimum ? 4 : 2));
    }
}

static void encode_blocks(enum dtype dtype, const float *values, const float *importance,
                          uint64_t count, uint8_t *out)
{
    struct nearest_table t;
    struct group g;

    make_table(dtype, &t);
    for (uint64_t i = 0; i < count; i += LANES) {
        uint32_t here = (uint32_t)min_u64(LANES, count - i);
        lane_blocks_load(&g.b, values + i * BLOCK,
                         importance == NULL ? NULL : importance + i * BLOCK, BLOCK, here);
        encode_group(dtype, &g, &t, here, out + i * dtype_info[dtype].bytes);
    }
}

bool quant_encode_searched(enum dtype dtype, const float *values, const float *importance,
                           uint64_t count, uint8_t *out)
{
    assert(count % dtype_info[dtype].block == 0);
    switch (dtype) {
    case DTYPE_q4_0:
    case DTYPE_q4_1:
    case DTYPE_q5_0:
    case DTYPE_q5_1:
    case DTYPE_iq4_nl:
    case DTYPE_mxfp4:
        encode_blocks(dtype, values, importance, count / BLOCK, out);
        return true;
    case DTYPE_q2_k:
    case DTYPE_q3_k:
    case DTYPE_q4_k:
    case DTYPE_q5_k:
    case DTYPE_q6_k:
    case DTYPE_iq4_xs:
        quant_encode_k(dtype, values, importance, count, out);
        return true;
    default:
        return false;
    }
}
