/* Block formats: quantizing. In: f32; out: blocks. Where no search is made (quant_encoders.h) bytes are
 * those of ggml's reference quantizers, which fix three choices: a scale is rounded to f16 only when
 * it is stored (its inverse is taken before), ties round away from zero in q8_0, and of several values
 * of largest magnitude the first one gives q4_0 and q5_0 their sign.
 *
 * Values that a format cannot hold (infinities, NaN) give unspecified bytes, the same on every
 * machine, and no undefined behaviour. The loops have fixed lengths and no branches, so that
 * compilers vectorize them.
 *
 * Source: the README of the golden vectors.
 */
#include "compiler/import/quant.h"

#include "compiler/import/quant_blocks.h"
#include "compiler/import/quant_encoders.h"

#include <float.h>
#include <math.h>

enum { BLOCK = QUANT_BLOCK, LANES = 8 };

static void put_half(uint8_t *at, uint16_t bits)
{
    memcpy(at, &bits, sizeof bits);
}

/* The largest magnitude. The bits of magnitudes have the order of integers, and a maximum of
 * integers needs no special case for NaN. */
static float largest_magnitude(const float *values)
{
    int32_t bits[BLOCK], largest = 0;
    float magnitude;

    memcpy(bits, values, sizeof bits);
    for (int i = 0; i < BLOCK; i++) {
        int32_t one = bits[i] & 0x7fffffff;
        largest = one > largest ? one : largest;
    }
    memcpy(&magnitude, &largest, sizeof magnitude);
    return magnitude;
}

/* 0 for 0, so that blocks of zeros stay zero. */
static float inverse_of(float scale)
{
    return scale != 0 ? 1.0f / scale : 0.0f;
}

/* Rounds towards zero and clamps to the range of the integer; NaN becomes `min`. */
static int32_t truncated(float value, float min, float max)
{
    value = value > min ? value : min;
    value = value < max ? value : max;
    return (int32_t)value;
}

/* A block of int8: values times `inverse`, ties away from zero. */
static void put_bytes(const float *values, float inverse, uint8_t *out)
{
    const float below_half = 0x1.fffffep-2f; /* added with the value's sign before truncation it
                                                rounds ties away from zero */
    int32_t quants[BLOCK];

    for (int i = 0; i < BLOCK; i++) {
        float scaled = values[i] * inverse;
        quants[i] = truncated(scaled + (scaled < 0 ? -below_half : below_half), -128.0f, 127.0f);
    }
    for (int i = 0; i < BLOCK; i++)
        out[i] = (uint8_t)quants[i];
}

static void encode_q8_0(const float *values, uint8_t *block)
{
    float scale = largest_magnitude(values) / 127.0f;

    put_half(block, f32_to_f16(scale));
    put_bytes(values, inverse_of(scale), block + 2);
}

/* `count` elements are the row, whose blocks all begin with its scale. Values so small that the
 * inverse of the scale would overflow are taken as zeros. */
static void encode_i8_row(const float *values, uint64_t count, uint8_t *out)
{
    const uint32_t bytes = dtype_info[DTYPE_i8_row].bytes;
    float largest = 0;

    for (uint64_t i = 0; i < count; i += BLOCK) {
        float magnitude = largest_magnitude(values + i);
        if (isnan(magnitude) || magnitude > largest) /* NaN stays: nothing is greater */
            largest = magnitude;
    }
    float scale = largest < 0x1p-100f ? 0.0f : largest / 127.0f, inverse = inverse_of(scale);
    for (uint64_t i = 0; i < count; i += BLOCK, out += bytes) {
        memcpy(out, &scale, sizeof scale);
        put_bytes(values + i, inverse, out + sizeof scale);
    }
}

/* The first value of largest magnitude, with its sign. */
static float signed_largest(const float *values)
{
    float magnitude = largest_magnitude(values);

    for (int i = 0; i < BLOCK; i++)
        if (values[i] == magnitude || values[i] == -magnitude)
            return values[i];
    return magnitude; /* NaN */
}

/* Integers of 4 or 5 bits: element i is in the low nibble of byte i, element 16 + i in the high
 * one. Fifth bits come before them, as in read_five_bits. */
static void put_integers(const int32_t quants[BLOCK], uint32_t bits, uint8_t *out)
{
    uint32_t fifth = 0;

    if (bits == 5) {
        for (int i = 0; i < BLOCK; i++)
            fifth |= (uint32_t)(quants[i] >> 4) << i;
        memcpy(out, &fifth, sizeof fifth);
        out += sizeof fifth;
    }
    for (int i = 0; i < BLOCK / 2; i++)
        out[i] = (uint8_t)((quants[i] & 15) | (quants[BLOCK / 2 + i] & 15) << 4);
}

void quant_put_block(enum dtype dtype, float scale, const int32_t values[QUANT_BLOCK],
                     uint8_t *block)
{
    const bool is_bytes = dtype == DTYPE_q8_0 || dtype == DTYPE_i8_row;
    const uint32_t bits = dtype == DTYPE_q4_0 ? 4 : 5;
    int32_t quants[BLOCK];

    assert(dtype == DTYPE_q4_0 || dtype == DTYPE_q5_0 || is_bytes);
    if (dtype_scales_rows(dtype))
        memcpy(block, &scale, sizeof scale);
    else
        put_half(block, f32_to_f16(scale));
    block += dtype_scales_rows(dtype) ? sizeof scale : sizeof(uint16_t);
    for (int i = 0; i < BLOCK; i++) {
        quants[i] = values[i] + (1 << (bits - 1));
        if (is_bytes)
            block[i] = (uint8_t)values[i];
    }
    if (!is_bytes)
        put_integers(quants, bits, block);
}

/* q4_0 and q5_0: the value of largest magnitude becomes the lowest integer, minus half the
 * range. */
static void encode_scaled(const float *values, uint32_t bits, uint8_t *block)
{
    const float half = (float)(1u << (bits - 1)), max = 2 * half - 1;
    float scale = signed_largest(values) / -half, inverse = inverse_of(scale);
    int32_t quants[BLOCK];

    put_half(block, f32_to_f16(scale));
    for (int i = 0; i < BLOCK; i++) {
        float scaled = values[i] * inverse;
        quants[i] = truncated(scaled + (half + 0.5f), 0.0f, max);
    }
    put_integers(quants, bits, block + 2);
}

/* Of zeros of both signs the first one counts, as when comparing in order. */
static float first_zero(const float *values)
{
    for (int i = 0; i < BLOCK; i++)
        if (values[i] == 0)
            return values[i];
    return 0;
}

/* q4_1 and q5_1. */
static void encode_with_minimum(const float *values, uint32_t bits, uint8_t *block)
{
    const float top = (float)((1u << bits) - 1);
    float min[LANES], max[LANES], minimum = FLT_MAX, maximum = -FLT_MAX;
    int32_t quants[BLOCK];

    for (int i = 0; i < LANES; i++) {
        min[i] = FLT_MAX;
        max[i] = -FLT_MAX;
    }
    for (int i = 0; i < BLOCK; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            float value = values[i + lane];
            min[lane] = value < min[lane] ? value : min[lane];
            max[lane] = value > max[lane] ? value : max[lane];
        }
    for (int i = 0; i < LANES; i++) {
        minimum = min[i] < minimum ? min[i] : minimum;
        maximum = max[i] > maximum ? max[i] : maximum;
    }
    if (minimum == 0)
        minimum = first_zero(values);
    float scale = (maximum - minimum) / top, inverse = inverse_of(scale);
    put_half(block, f32_to_f16(scale));
    put_half(block + 2, f32_to_f16(minimum));
    for (int i = 0; i < BLOCK; i++) {
        float scaled = (values[i] - minimum) * inverse;
        quants[i] = truncated(scaled + 0.5f, 0.0f, top);
    }
    put_integers(quants, bits, block + 4);
}

bool quant_encode(enum dtype dtype, const float *values, uint64_t count, uint8_t *out)
{
    const struct dtype_info *info = &dtype_info[dtype];

    assert(count % info->block == 0);
    switch (dtype) {
    case DTYPE_f32:
        memcpy(out, values, count * 4);
        return true;
    case DTYPE_f16:
        for (uint64_t i = 0; i < count; i++)
            put_half(out + i * 2, f32_to_f16(values[i]));
        return true;
    case DTYPE_bf16:
        for (uint64_t i = 0; i < count; i++)
            put_half(out + i * 2, f32_to_bf16(values[i]));
        return true;
    case DTYPE_q8_0:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_q8_0(values + i * BLOCK, out + i * info->bytes);
        return true;
    case DTYPE_i8_row:
        encode_i8_row(values, count, out);
        return true;
    case DTYPE_q4_0:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_scaled(values + i * BLOCK, 4, out + i * info->bytes);
        return true;
    case DTYPE_q4_1:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_with_minimum(values + i * BLOCK, 4, out + i * info->bytes);
        return true;
    case DTYPE_q5_0:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_scaled(values + i * BLOCK, 5, out + i * info->bytes);
        return true;
    case DTYPE_q5_1:
        for (uint64_t i = 0; i < count / BLOCK; i++)
            encode_with_minimum(values + i * BLOCK, 5, out + i * info->bytes);
        return true;
    case DTYPE_mxfp4:
    case DTYPE_iq4_nl:
    case DTYPE_q2_k:
    case DTYPE_q3_k:
    case DTYPE_q4_k:
    case DTYPE_q5_k:
    case DTYPE_q6_k:
    case DTYPE_iq4_xs:
        return quant_encode_searched(dtype, values, NULL, count, out);
    default:
        break;
    }
    return false;
}

bool quant_encode_weighted(enum dtype dtype, const float *values, const float *importance,
                           uint64_t count, uint8_t *out)
{
    return (importance != NULL && quant_encode_searched(dtype, values, importance, count, out)) ||
           quant_encode(dtype, values, count, out);
}

bool quant_has_encoder(enum dtype dtype)
{
    const float value = 0;
    uint8_t byte;

    return quant_encode(dtype, &value, 0, &byte);
}

/* Where the f16 of a block are that scale everything in it. */
struct block_scales {
    uint8_t count, at[2];
};

static struct block_scales scales_of(enum dtype dtype)
{
    switch (dtype) {
    case DTYPE_q4_1:
    case DTYPE_q5_1:
    case DTYPE_q4_k:
    case DTYPE_q5_k:
        return (struct block_scales){2, {0, 2}};
    case DTYPE_q2_k:
        return (struct block_scales){2, {80, 82}};
    case DTYPE_q3_k:
        return (struct block_scales){1, {108}};
    case DTYPE_q6_k:
        return (struct block_scales){1, {208}};
    case DTYPE_tq2_0:
        return (struct block_scales){1, {64}};
    case DTYPE_iq4_xs:
        return (struct block_scales){1, {0}};
    case DTYPE_mxfp4:
    case DTYPE_i8_row:
    case DTYPE_i4_g32:
    case DTYPE_i8_g32:
        return (struct block_scales){0, {0}};
    default:
        return (struct block_scales){dtype_info[dtype].block == BLOCK, {0}};
    }
}

bool quant_is_finite(enum dtype dtype, const uint8_t *blocks, uint64_t count)
{
    const struct dtype_info *info = &dtype_info[dtype];
    const struct block_scales scales = scales_of(dtype);
    const uint32_t infinite = 0x7c00, not_a_number = 0xff; /* in f16, in E8M0 */
    bool finite = true;
    float scale = 0;

    for (uint64_t i = 0; i < count / info->block; i++, blocks += info->bytes) {
        finite &= dtype != DTYPE_mxfp4 || blocks[0] != not_a_number;
        if (dtype_scales_rows(dtype) || dtype_has_zeros(dtype) || dtype_floats(dtype) != NULL ||
            dtype_byte_words(dtype) != 0)
            memcpy(&scale, blocks, sizeof scale);
        finite &= isfinite(scale) != 0;
        for (uint32_t j = 0; j < scales.count; j++)
            finite &= (quant_half(blocks + scales.at[j]) & infinite) != infinite;
        for (uint32_t j = 4; j < info->bytes && dtype == DTYPE_f8_e4m3; j++)
            finite &= (blocks[j] & 0x7f) != 0x7f;
    }
    return finite;
}
