/* Block formats of our own, which hold the formats of fewer bits without loss: decoding. An element is a
 * place in a table of the values that its format has, so that no format needs a grid of them in
 * memory. Blocks of 256, which import never meets in a file: packing makes them, row by row.
 *
 *   t3, 114 bytes: as q3_k, with a scale i8 for each 16 in place of its 12 bytes
 *   t4, 138 bytes: d f16, a scale i8 for each 32, nibbles as iq4_xs
 *
 * In: a block; out: f32.
 */
#include "compiler/import/quant_blocks.h"

enum { BLOCK = 32, BLOCKS = 8 };

static void decode_t3(const uint8_t *block, const int8_t table[16], float power, float *out)
{
    float d = f16_to_f32(quant_half(block + 112)) * power;

    for (int b = 0; b < BLOCKS; b++)
        for (int i = 0; i < BLOCK; i++) {
            int low = block[32 + b / 4 * BLOCK + i] >> b % 4 * 2 & 3, high = block[i] >> b & 1;
            float scale = d * (float)(int8_t)block[96 + b * 2 + i / 16];
            out[b * BLOCK + i] = scale * (float)table[low | high << 2];
        }
}

static void decode_t4(const uint8_t *block, const int8_t table[16], float power, float *out)
{
    float d = f16_to_f32(quant_half(block)) * power;

    for (int b = 0; b < BLOCKS; b++)
        for (int i = 0; i < BLOCK; i++) {
            uint8_t byte = block[10 + b * 16 + i % 16];
            float scale = d * (float)(int8_t)block[2 + b];
            out[b * BLOCK + i] = scale * (float)table[i < 16 ? byte & 15 : byte >> 4];
        }
}

void quant_decode_iq1_t3(const uint8_t *block, float *out)
{
    decode_t3(block, iq1_values, 0x1p-3f, out);
}

void quant_decode_iq2_t3(const uint8_t *block, float *out)
{
    decode_t3(block, iq2_values, 0x1p-3f, out);
}

void quant_decode_iq3_xxs_t4(const uint8_t *block, float *out)
{
    decode_t4(block, iq3_xxs_values, 0x1p-2f, out);
}

void quant_decode_iq3_s_t4(const uint8_t *block, float *out)
{
    decode_t4(block, iq3_s_values, 1, out);
}
