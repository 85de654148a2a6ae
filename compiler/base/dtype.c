/* The table of dtype.def as data. */
#include "compiler/base/dtype.h"

#include <string.h>

const struct dtype_info dtype_info[DTYPE_COUNT] = {
    [DTYPE_none] = {"none", 1, 0, -1, ""},
#define DTYPE(name, block, bytes, gguf, safetensors) \
    [DTYPE_##name] = {#name, block, bytes, gguf, safetensors},
#include "compiler/base/dtype.def"
#undef DTYPE
};

const int8_t doubled_e2m1[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

const int8_t iq4_nl_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                  1,    13,   25,  38,  53,  69,  89,  113};

const int8_t iq1_values[16] = {1, 9, -7, 0, -1, 7, -9, 0};
const int8_t iq2_values[16] = {8, 25, 43, 0, -8, -25, -43, 0};
const int8_t iq3_xxs_values[16] = {4,  12,  20,  28,  36,  44,  52,  62,
                                   -4, -12, -20, -28, -36, -44, -52, -62};
const int8_t iq3_s_values[16] = {1, 3, 5, 7, 9, 11, 13, 15, -1, -3, -5, -7, -9, -11, -13, -15};

const float *dtype_floats(enum dtype dtype)
{
    static const float nf4[16] = {-1,
                                  -0.6961928009986877f,
                                  -0.5250730514526367f,
                                  -0.39491748809814453f,
                                  -0.28444138169288635f,
                                  -0.18477343022823334f,
                                  -0.09105003625154495f,
                                  0,
                                  0.07958029955625534f,
                                  0.16093020141124725f,
                                  0.24611230194568634f,
                                  0.33791524171829224f,
                                  0.44070982933044434f,
                                  0.5626170039176941f,
                                  0.7229568362236023f,
                                  1};
    static const float fp4[16] = {
        0, 0.0625f / 12,  8.0f / 12,  1,  4.0f / 12,  0.5f,  2.0f / 12,  0.25f,
        0, -0.0625f / 12, -8.0f / 12, -1, -4.0f / 12, -0.5f, -2.0f / 12, -0.25f};

    return dtype == DTYPE_nf4 ? nf4 : dtype == DTYPE_fp4 ? fp4 : NULL;
}

struct scale_and_zero dtype_scale_and_zero(const uint8_t *word)
{
    struct scale_and_zero both;
    uint32_t bits;

    memcpy(&bits, word, sizeof bits);
    both.zero = (float)(bits & ZERO_MASK);
    bits &= ~(uint32_t)ZERO_MASK;
    memcpy(&both.scale, &bits, sizeof bits);
    return both;
}

enum dtype dtype_from_name(const char *name, size_t bytes)
{
    for (uint32_t i = 1; i < DTYPE_COUNT; i++)
        if (strlen(dtype_info[i].name) == bytes && memcmp(dtype_info[i].name, name, bytes) == 0)
            return (enum dtype)i;
    return DTYPE_none;
}

enum dtype dtype_packed(enum dtype dtype)
{
    static const enum dtype packed[DTYPE_COUNT] = {
        [DTYPE_iq1_s] = DTYPE_iq1_t3,   [DTYPE_iq1_m] = DTYPE_iq1_t3,
        [DTYPE_iq2_xxs] = DTYPE_iq2_t3, [DTYPE_iq2_xs] = DTYPE_iq2_t3,
        [DTYPE_iq2_s] = DTYPE_iq2_t3,   [DTYPE_iq3_xxs] = DTYPE_iq3_xxs_t4,
        [DTYPE_iq3_s] = DTYPE_iq3_s_t4, [DTYPE_tq1_0] = DTYPE_tq2_0,
    };

    return packed[dtype] != DTYPE_none ? packed[dtype] : dtype;
}
