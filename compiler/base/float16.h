/* The two 16-bit float formats. Rounding is to nearest, ties to even. */
#ifndef RLXC_FLOAT16_H
#define RLXC_FLOAT16_H

#include <stdint.h>

float f16_to_f32(uint16_t bits);
uint16_t f32_to_f16(float value);
float bf16_to_f32(uint16_t bits);
uint16_t f32_to_bf16(float value);

#endif
