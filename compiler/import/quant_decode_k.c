/* Block formats of 256: decoding. In: a block as model files hold it; out: f32, exactly what the format
 * means.
 *
 * Sources: the layouts of block_q2_K to block_q6_K, block_iq4_xs and block_tq2_0 in ggml
 * (ggml-common.h).
 */
#include "compiler/import/quant_blocks.h"

#include "compiler/base/block_scales.h"

enum { BLOCK = 32, BLOCKS = 8 };

/* The low two bits of element i of block of 32 `b`: four blocks share 32 bytes. */
static int two_bits(const uint8_t *from, int b, int i)
{
    return from[b / 4 * BLOCK + i] >> b % 4 * 2 & 3;
}

/* A scale (low nibble) and a minimum for each 16, the integers, d and dmin. */
void quant_decode_q2_k(const uint8_t *block, float *out)
{
    float d = f16_to_f32(quant_half(block + 80)), dmin = f16_to_f32(quant_half(block + 82));

    for (int b = 0; b < BLOCKS; b++)
        for (int i = 0; i < BLOCK; i++) {
            uint8_t both = block[b * 2 + i / 16];
            float minimum = dmin * (float)(both >> 4),
                  product = d * (float)(both & 15) * (float)two_bits(block + 16, b, i);
            out[b * BLOCK + i] = product - minimum;
        }
}

/* The third bits (that of block b in bit b of 32 bytes), the others, scales and d. */
void quant_decode_q3_k(const uint8_t *block, float *out)
{
    float d = f16_to_f32(quant_half(block + 108));
    int8_t scale[16];

    block_scales_q3_k(block + 96, scale);
    for (int b = 0; b < BLOCKS; b++)
        for (int i = 0; i < BLOCK; i++) {
            int q = two_bits(block + 32, b, i) | (block[i] >> b & 1) << 2;
            out[b * BLOCK + i] = d * (float)scale[b * 2 + i / 16] * (float)(q - 4);
        }
}

/* Integers 0 to 2 less 1, and d. */
void quant_decode_tq2_0(const uint8_t *block, float *out)
{
    float d = f16_to_f32(quant_half(block + 64));

    for (int b = 0; b < BLOCKS; b++)
        for (int i = 0; i < BLOCK; i++)
            out[b * BLOCK + i] = (float)(two_bits(block, b, i) - 1) * d;
}

/* q4_k and q5_k: eight blocks of 32, each with a scale and a minimum of 6 bits. Twelve bytes
 * hold the eight pairs: the low 6 bits of the first eight bytes are scales 0..3, then minimums
 * 0..3; the last four bytes have the low 4 bits of the other pairs, and the high 2 bits of the
 * first eight bytes complete them. */
static void read_pair(const uint8_t bytes[12], int b, float *scale, float *minimum)
{
    if (b < 4) {
        *scale = (float)(bytes[b] & 63);
        *minimum = (float)(bytes[4 + b] & 63);
    } else {
        *scale = (float)((bytes[4 + b] & 15) | bytes[b - 4] >> 6 << 4);
        *minimum = (float)(bytes[4 + b] >> 4 | bytes[b] >> 6 << 4);
    }
}

/* Two blocks of 32 share 32 bytes of nibbles, low ones first; q5_k has the fifth bit of block b in
 * bit b of 32 bytes. */
static void decode_q45_k(const uint8_t *block, bool has_fifth, float *out)
{
    float d = f16_to_f32(quant_half(block)), dmin = f16_to_f32(quant_half(block + 2));
    const uint8_t *fifth = block + 16, *nibbles = has_fifth ? block + 48 : block + 16;

    for (int b = 0; b < BLOCKS; b++) {
        float scale, minimum;
        read_pair(block + 4, b, &scale, &minimum);
        scale *= d;
        minimum *= dmin;
        for (int i = 0; i < BLOCK; i++) {
            int q = nibbles[b / 2 * BLOCK + i] >> b % 2 * 4 & 15;
            if (has_fifth)
                q |= (fifth[i] >> b & 1) << 4;
            float product = scale * (float)q;
            out[b * BLOCK + i] = product - minimum;
        }
    }
}

void quant_decode_q4_k(const uint8_t *block, float *out)
{
    decode_q45_k(block, false, out);
}

void quant_decode_q5_k(const uint8_t *block, float *out)
{
    decode_q45_k(block, true, out);
}

/* Low nibbles, then pairs of high bits, then a signed scale for each 16, then d. In each half of
 * 128 elements, 64 bytes hold the nibbles of blocks 0 and 1 (low) and 2 and 3 (high), and 32 bytes
 * the high bits of block b at bit 2b. */
void quant_decode_q6_k(const uint8_t *block, float *out)
{
    float d = f16_to_f32(quant_half(block + 208));

    for (int b = 0; b < BLOCKS; b++) {
        const uint8_t *low = block + b / 4 * 64 + b % 2 * BLOCK, *high = block + 128 + b / 4 * 32;
        for (int i = 0; i < BLOCK; i++) {
            int q = (low[i] >> b % 4 / 2 * 4 & 15) | (high[i] >> b % 4 * 2 & 3) << 4;
            float scale = d * (float)(int8_t)block[192 + b * 2 + i / 16];
            out[b * BLOCK + i] = scale * (float)(q - 32);
        }
    }
}

/* d, the scales of the eight blocks of 32, and nibbles as in iq4_nl. */
void quant_decode_iq4_xs(const uint8_t *block, float *out)
{
    float d = f16_to_f32(quant_half(block));
    int8_t scales[BLOCKS];

    block_scales_iq4_xs(block, scales);
    for (int b = 0; b < BLOCKS; b++) {
        float scale = d * (float)scales[b];
        for (int i = 0; i < BLOCK; i++) {
            uint8_t byte = block[8 + b * 16 + i % 16];
            out[b * BLOCK + i] = scale * (float)iq4_nl_values[i < 16 ? byte & 15 : byte >> 4];
        }
    }
}
