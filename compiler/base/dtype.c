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
