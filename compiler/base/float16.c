/* Conversions between f32 and the 16-bit float formats, in integer arithmetic (IEEE 754-2008
 * binary16; bfloat16 is its upper half). */
#include "compiler/base/float16.h"

#include <string.h>

uint32_t f32_bits(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

float f16_to_f32(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = bits >> 10 & 31,
             fraction = bits & 0x3ff;

    if (exponent == 31)
        return float_of(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24 */
        float value = (float)fraction * 0x1p-24f;
        return sign != 0 ? -value : value;
    }
    return float_of(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t f32_to_f16(float value)
{
    uint32_t bits = f32_bits(value), magnitude = bits & 0x7fffffff;
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);

    if (magnitude > 0x7f800000)
        return sign | 0x7e00; /* quiet NaN */
    if (magnitude >= 0x47800000)
        return sign | 0x7c00;     /* 65536 and above: infinity */
    if (magnitude < 0x38800000) { /* below 2^-14: subnormal, rounded by the adder of f32 */
        float scaled = float_of(magnitude) + 0.5f;
        return sign | (uint16_t)(f32_bits(scaled) - 0x3f000000);
    }
    uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    return sign | (uint16_t)((rounded - (112u << 23)) >> 13);
}

uint16_t f32_to_f16_saturated(float value)
{
    if (value > F16_MAX)
        value = F16_MAX;
    return f32_to_f16(value < -F16_MAX ? -F16_MAX : value);
}

float bf16_to_f32(uint16_t bits)
{
    return float_of((uint32_t)bits << 16);
}

uint16_t f32_to_bf16(float value)
{
    uint32_t bits = f32_bits(value);

    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float half_of_e8m0(uint8_t bits)
{
    const uint32_t word = bits < 2 ? UINT32_C(0x00200000) << bits : (uint32_t)(bits - 1) << 23;
    float value;

    memcpy(&value, &word, sizeof value);
    return value;
}

float half_of_ue4m3(uint8_t bits)
{
    const uint8_t magnitude = bits & 0x7f;

    return magnitude == 0x7f ? 0 : f16_to_f32((uint16_t)(magnitude << 7)) * 0x1p7f;
}

/* As binary16 it would be 2^-8 of its value: there the exponent's bias is 15, here 7. */
float e4m3_to_f32(uint8_t bits)
{
    if ((bits & 0x7f) == 0x7f)
        return float_of(0x7fc00000);
    return 256 * f16_to_f32((uint16_t)((bits & 0x80) << 8 | (bits & 0x7f) << 7));
}
