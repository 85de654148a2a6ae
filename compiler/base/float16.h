/* The two 16-bit float formats. Rounding is to nearest, ties to even. */
#ifndef RLXC_FLOAT16_H
#define RLXC_FLOAT16_H

#include <stdint.h>

#define F16_MAX 65504.0f

uint32_t f32_bits(float value); /* as they stand in memory */
float f16_to_f32(uint16_t bits);
uint16_t f32_to_f16(float value);
/* A magnitude that f16 cannot hold becomes its greatest number, F16_MAX; NaN stays NaN. */
uint16_t f32_to_f16_saturated(float value);
float bf16_to_f32(uint16_t bits);
uint16_t f32_to_bf16(float value);
/* E4M3 of the OCP 8-bit Floating Point Specification 1.0: no infinities, NaN is 0x7f and 0xff. */
float e4m3_to_f32(uint8_t bits);
/* Half of 2^(bits - 127), which E8M0 means: blocks of mxfp4 keep doubled values. */
float half_of_e8m0(uint8_t bits);
/* Half of what UE4M3 means, for blocks of nvfp4: four bits of exponent less 7 and three of fraction, as f16
 * has them with other widths; the top bit counts for nothing, and 0x7f, which is no number, is 0. */
float half_of_ue4m3(uint8_t bits);

#endif
