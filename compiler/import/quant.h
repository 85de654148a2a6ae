/* Block formats: reference decoders and quantizers, written for readability and tested bit for bit
 * against independent vectors. In: blocks; out: f32, and back. */
#ifndef RLXC_QUANT_H
#define RLXC_QUANT_H

#include "compiler/base/dtype.h"

/* Decodes `count` elements (a multiple of the block size) that begin at a block. */
void quant_decode(enum dtype dtype, const uint8_t *blocks, uint64_t count, float *out);

/* Encodes `count` elements (a multiple of the block size; of i8_row, whose scale is that of a row, all
 * of the row). False if the type has no encoder. The bytes of the types from q8_0 to q5_1 equal those
 * of ggml's reference quantizers; for K formats, iq4_nl, iq4_xs and mxfp4 a search makes the squared error
 * small. Equal on every machine. */
bool quant_encode(enum dtype dtype, const float *values, uint64_t count, uint8_t *out);
/* The same for values that are not equally important: the error of each counts `importance` times,
 * a number that is not negative. Of q8_0, f16 and bf16 it changes nothing. NULL: as quant_encode. */
bool quant_encode_weighted(enum dtype dtype, const float *values, const float *importance,
                           uint64_t count, uint8_t *out);

/* A block of q4_0, q5_0, q8_0 or i8_row of these integers, which are inside the type's range. The scale
 * is one that the type holds: an f16, of i8_row an f32. */
enum { QUANT_BLOCK = 32 };
void quant_put_block(enum dtype dtype, float scale, const int32_t values[QUANT_BLOCK],
                     uint8_t *block);

/* Writes `count` elements (a multiple of the block size) as blocks of dtype_packed(dtype), which is
 * another type. The values stay the same. */
void quant_recode(enum dtype dtype, const uint8_t *blocks, uint64_t count, uint8_t *out);

bool quant_has_encoder(enum dtype dtype);

/* Whether the scales of blocks, and elements of f8_e4m3, are finite. False if quant_encode met values
 * that are NaN, infinite or too large for the type. */
bool quant_is_finite(enum dtype dtype, const uint8_t *blocks, uint64_t count);

#endif
