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

enum dtype dtype_from_name(const char *name, size_t bytes)
{
    for (uint32_t i = 1; i < DTYPE_COUNT; i++)
        if (strlen(dtype_info[i].name) == bytes && memcmp(dtype_info[i].name, name, bytes) == 0)
            return (enum dtype)i;
    return DTYPE_none;
}
