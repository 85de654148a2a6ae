/* The table of isa.def, and what follows from a line of it. In: a description; out: answers for
 * those who choose tiles and write code. */
#include "targets/cpu/isa.h"

#include "runtime/base/cpu.h"

#define bf16_dot_of_none NULL
#define bf16_dot_of_avx512 &bf16_dot_avx512
#define matrix_dot_of_none NULL
#define matrix_dot_of_amx &matrix_dot_amx

const struct isa isas[ISA_COUNT] = {
#define ISA(id, level, modules_, family, cpu, extra, registers, lanes, dot, bf16, f16, fma, \
            matrices, tiles, needs)                                                         \
    {level,                                                                                 \
     &machine_##family,                                                                     \
     cpu,                                                                                   \
     extra,                                                                                 \
     registers,                                                                             \
     lanes,                                                                                 \
     &integer_dot_##dot,                                                                    \
     bf16_dot_of_##bf16,                                                                    \
     f16,                                                                                   \
     fma,                                                                                   \
     matrix_dot_of_##matrices,                                                              \
     &tile_shapes_##tiles,                                                                  \
     needs},
#include "targets/cpu/isa.def"
#undef ISA
};

bool isa_takes_bytes(const struct isa *isa, const struct act_format *f)
{
    const uint32_t below_64 = 32, below_128 = 64; /* biases of weights below these */

    return isa->integers->takes_bytes || isa_takes_signs(isa, f) ||
           f->bias <= (f->act == ACT_i8 ? below_128 : below_64);
}

bool isa_takes_signs(const struct isa *isa, const struct act_format *f)
{
    return !isa->integers->takes_bytes && f->bias >= INT8_MAX &&
           (f->act == ACT_i8 || f->act == ACT_i8_row);
}

uint32_t isa_vectors(const struct isa *isa)
{
    return (uint32_t)isa->registers * isa->lanes / LANES;
}

uint32_t isa_key_vectors(const struct isa *isa)
{
    const uint32_t all = 64 / LANES; /* attention meets 64 keys at a time, in equal parts */
    uint32_t count = 1;

    while (count < all && 8 * count <= isa_vectors(isa))
        count *= 2;
    return count;
}

/* As many vectors as keys are left for keys, and as many again for queries, weights and scales. */
uint32_t isa_sums(const struct isa *isa)
{
    return isa_vectors(isa) - 2 * isa_key_vectors(isa);
}
