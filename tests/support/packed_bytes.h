/* Random bytes of a packed weight that are numbers: what the pictures in layout.def show as f16,
 * bf16 or f32 is finite. */
#ifndef RLX_TESTS_PACKED_BYTES_H
#define RLX_TESTS_PACKED_BYTES_H

#include "compiler/base/float16.h"
#include "compiler/hir/layout.h"

#include <math.h>
#include <string.h>

/* Bytes at the start of a unit that are f16. */
static inline uint32_t halves_bytes(enum layout layout)
{
    switch (layout_info[layout].form) {
    case SCALE_e8m0:
    case SCALE_ue4m3:
    case SCALE_zeros:
    case SCALE_row:
        return 0;
    case SCALE_i8:
    case SCALE_unit:
        return 32;
    default:
        return layout == LAYOUT_q4_1_r16 || layout == LAYOUT_q5_1_r16 ? 128 : 64;
    }
}

/* Fills `bytes` of row groups of k columns from a source of random bits. Floating point numbers,
 * and scales of integers, are below `magnitude`. */
static inline void fill_packed(enum layout layout, uint64_t k, uint8_t *w, uint64_t bytes,
                               float magnitude, uint32_t (*random)(void))
{
    const bool integers = layout_is_quantized(layout);
    const uint64_t group = layout_group_bytes(layout, k);

    for (uint64_t i = 0; i < bytes; i++)
        w[i] = (uint8_t)(random() >> 9);
    for (uint64_t i = 0; i < bytes; i += integers ? 2 : 4) {
        uint64_t in_unit = i % group % layout_info[layout].bytes;
        float f = (float)((double)random() / 2147483648.0 - 1) * magnitude,
              second = (float)((double)random() / 2147483648.0 - 1) * magnitude;
        uint16_t half[2] = {f32_to_f16(f), f32_to_f16(second)};
        uint16_t pair[2] = {f32_to_bf16(f), f32_to_bf16(second)};
        if (i % group < layout_head_bytes(layout)) { /* scales of rows, f32 */
            memcpy(w + i, &f, 4);
            i += 2;
        } else if (layout_info[layout].form == SCALE_zeros &&
                   in_unit < layout_integers_at(layout, 0)) { /* and zero points up to 16 */
            memcpy(w + i, &f, 4);
            w[i] = (uint8_t)((random() >> 9) % 17);
            i += 2;
        } else if (integers && in_unit < halves_bytes(layout))
            memcpy(w + i, half, 2);
        else if (layout == LAYOUT_mxfp4_r16 && in_unit < 64) /* exponents */
            w[i] = w[i + 1] = (uint8_t)(127 + ilogbf(magnitude) - (int)(random() >> 9) % 8);
        else if (layout == LAYOUT_q3_k_r16 && in_unit >= 64 && in_unit < 320) { /* -32..31 */
            w[i] = (uint8_t)(w[i] % 64 - 32);
            w[i + 1] = (uint8_t)(w[i + 1] % 64 - 32);
        } else if (layout == LAYOUT_nvfp4_r16 && in_unit < 64) { /* without greatest numbers */
            w[i] &= 0x3f;
            w[i + 1] &= 0x3f;
        } else if (layout == LAYOUT_f16_r32)
            memcpy(w + i, half, 4);
        else if (layout == LAYOUT_f8_e4m3_r16 && in_unit >= 64) /* below 2; no NaN */
            for (uint32_t j = 0; j < 4; j++)
                w[i + j] &= 0xbf;
        else if (layout_byte_words(layout) == 2) {
            const float zero = (float)((random() >> 9) % 256);
            if (in_unit < 128)
                memcpy(w + i, in_unit < 64 ? &f : &zero, 4);
        } else if (layout == LAYOUT_f32_r16 || layout == LAYOUT_f8_e4m3_r16 ||
                   (layout_floats(layout) != NULL && in_unit < 64))
            memcpy(w + i, &f, 4);
        else if (layout == LAYOUT_bf16_r32) {
            if (k % 2 != 0 && i % (2 * group) / 128 == k / 2)
                pair[1] = 0; /* the second of a pair that K cuts */
            memcpy(w + i, pair, 4);
        }
    }
}

#endif
