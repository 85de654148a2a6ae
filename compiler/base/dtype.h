/* The element and block formats that tensors come in; the table is dtype.def. */
#ifndef RLXC_DTYPE_H
#define RLXC_DTYPE_H

#include "compiler/base/base.h"

enum dtype {
    DTYPE_none,
#define DTYPE(name, ...) DTYPE_##name,
#include "compiler/base/dtype.def"
#undef DTYPE
    DTYPE_COUNT
};

struct dtype_info {
    const char *name;
    uint32_t block;          /* elements per block */
    uint32_t bytes;          /* bytes per block */
    int32_t gguf;            /* type number in GGUF; -1: none */
    const char *safetensors; /* name in safetensors; "": none */
};

extern const struct dtype_info dtype_info[DTYPE_COUNT];

/* The numbers of E2M1, doubled so that they are integers. */
extern const int8_t doubled_e2m1[16];
/* The 16 values of iq4_nl, whose steps grow with the magnitude. */
extern const int8_t iq4_nl_values[16];
/* The values of IQ1 (eighths: -1, 0 or 1, and an eighth more or less), IQ2 (eighths), IQ3_XXS
 * (quarters) and IQ3_S blocks by their places in the containers of dtype.def. Those of 3 bits have
 * eight. Place 0 is not negative, so that rows of zero bytes are zeros. */
extern const int8_t iq1_values[16], iq2_values[16], iq3_xxs_values[16], iq3_s_values[16];

/* The 16 values of nf4 and fp4, as bitsandbytes has them; NULL: of other types. */
const float *dtype_floats(enum dtype dtype);

/* The type that a format is packed as, which holds the same values: itself for all but those that no
 * kernel reads. Blocks of both have equally many elements. */
enum dtype dtype_packed(enum dtype dtype);

/* One scale for all of a row: only whole rows can be encoded, and blocks of different rows do not make
 * one. */
static inline bool dtype_scales_rows(enum dtype dtype)
{
    return dtype == DTYPE_i8_row;
}

/* A word in front of each block is a scale and a zero point. */
static inline bool dtype_has_zeros(enum dtype dtype)
{
    return dtype == DTYPE_i4_g32 || dtype == DTYPE_i4_g64 || dtype == DTYPE_i4_g128;
}

/* That word: an f32, whose low bits are the zero point instead. */
enum { ZERO_MASK = 255 };
struct scale_and_zero {
    float scale, zero;
};
struct scale_and_zero dtype_scale_and_zero(const uint8_t *word);

/* Words of f32 in front of each block of bytes: of f8_e4m3 a scale, of i8_g32 and i8_g128 also a zero point.
 * 0: the type has no such blocks. */
static inline uint32_t dtype_byte_words(enum dtype dtype)
{
    return dtype == DTYPE_f8_e4m3 ? 1 : dtype == DTYPE_i8_g32 || dtype == DTYPE_i8_g128 ? 2 : 0;
}

enum dtype dtype_from_name(const char *name, size_t bytes); /* DTYPE_none where unknown */

#endif
