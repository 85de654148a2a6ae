/* Scales that blocks keep in 6 bits, in parts. In: a block's bytes; out: scales, less their bias of
 * 32. Source: block_q3_K and block_iq4_xs in ggml (ggml-common.h). */
#ifndef RLXC_BLOCK_SCALES_H
#define RLXC_BLOCK_SCALES_H

#include <stdint.h>
#include <string.h>

/* q3_k: the low four bits of scales 0..7 are in the low nibbles of eight bytes, those of 8..15 in the
 * high nibbles; byte j of the last four has the high two bits of scale 4i + j at bit 2i. */
static inline void block_scales_q3_k(const uint8_t bytes[12], int8_t out[16])
{
    uint32_t words[3];

    memcpy(words, bytes, sizeof words);
    for (int i = 0; i < 4; i++) {
        uint32_t four = (words[i % 2] >> i / 2 * 4 & 0x0f0f0f0f) | (words[2] >> 2 * i & 0x03030303)
                                                                       << 4;
        four = ((four | 0x80808080) - 0x20202020) ^ 0x80808080; /* no byte borrows */
        memcpy(out + 4 * i, &four, sizeof four);
    }
}

/* iq4_xs: after d 16 bits with the high two of scale i at bit 2i, then nibbles with the low four. */
static inline void block_scales_iq4_xs(const uint8_t *block, int8_t out[8])
{
    for (int i = 0; i < 8; i++) {
        int low = block[4 + i / 2] >> i % 2 * 4 & 15, high = block[2 + i / 4] >> i % 4 * 2 & 3;
        out[i] = (int8_t)((low | high << 4) - 32);
    }
}

#endif
