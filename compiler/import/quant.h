/* Block formats: reference decoders and quantizers, written for readability and tested bit for bit
 * against independent vectors. In: blocks; out: f32, and back. */
#ifndef RLXC_QUANT_H
#define RLXC_QUANT_H

#include "compiler/base/dtype.h"

/* Decodes `count` elements (a multiple of the block size) that begin at a block. */
void quant_decode(enum dtype dtype, const uint8_t *blocks, uint64_t count, float *out);

/* Encodes `count` elements (a multiple of the block size). False if the type has no encoder: f32,
 * f16, bf16 and the formats of 32 have one. The bytes equal those of ggml's reference
 * quantizers. */
bool quant_encode(enum dtype dtype, const float *values, uint64_t count, uint8_t *out);

/* A block of q4_0, q5_0 or q8_0 of these integers, which are inside the type's range. f16 holds the
 * scale. */
enum { QUANT_BLOCK = 32 };
void quant_put_block(enum dtype dtype, float scale, const int32_t values[QUANT_BLOCK],
                     uint8_t *block);

bool quant_has_encoder(enum dtype dtype);

/* Whether the scales of blocks of 32 are finite (other types have none). False if quant_encode met
 * values that are NaN, infinite or too large for the type. */
bool quant_is_finite(enum dtype dtype, const uint8_t *blocks, uint64_t count);

#endif
