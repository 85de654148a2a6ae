/* The CPU target: struct target over the machines of isa.def. In: questions about a level; out: the
 * answers for its machine: accept.c, tiles.c, speed.c, emit.c. README.md explains levels and tiles.
 */
#include "targets/cpu/cpu.h"

#include "runtime/base/cpu.h"

#include <rlx/artifact.h>

#include <elf.h>

#define ELF_OF_x86_64 EM_X86_64
#define HAS_BF16_none false
#define HAS_BF16_avx512 true
#define HAS_MATRICES_none false
#define HAS_MATRICES_amx true

static const struct target_level levels[ISA_COUNT] = {
#define ISA(id, level, modules_, family, cpu, extra, registers, lanes, dot, bf16, f16, fma, \
            matrices, tiles, needs)                                                         \
    {.name = level,                                                                         \
     .machine = ELF_OF_##family,                                                            \
     .features = needs,                                                                     \
     .traits = {.replicates = true,                                                         \
                .owns_tiles = true,                                                         \
                .bf16_dot = HAS_BF16_##bf16,                                                \
                .integer_products = true,                                                   \
                .bf16_prompts = HAS_MATRICES_##matrices,                                    \
                .row_products = true,                                                       \
                .splits_keys = true,                                                        \
                .modules = modules_}},
#include "targets/cpu/isa.def"
#undef ISA
};

static int native_level(void)
{
    const uint64_t has = cpu_features();

    for (int i = ISA_COUNT; i-- > 0;)
        if ((levels[i].features & ~has) == 0 && cpu_permit(levels[i].features))
            return i;
    return -1;
}

static bool accepts(uint32_t level, const struct lir_kernel *k, struct diags *d)
{
    return cpu_accepts(&isas[level], k, d);
}

static struct tile_choice choose_tile(uint32_t level, const struct tile_request *request)
{
    return cpu_choose_tile(&isas[level], request);
}

static struct target_speed speed(uint32_t level, const struct lir_kernel *k)
{
    return cpu_speed(&isas[level], k);
}

/* Of the levels with the same code the last one knows all kernels. */
static const struct isa *code_of(uint32_t level)
{
    uint32_t last = level;

    for (uint32_t i = level; i < ISA_COUNT; i++)
        if (strcmp(levels[i].traits.modules, levels[level].traits.modules) == 0)
            last = i;
    return &isas[last];
}

static bool emit(uint32_t level, const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
                 const struct target_dump *dump, struct arena *a, struct target_code *out,
                 struct diags *d)
{
    return cpu_emit(code_of(level), kernels, count, threads, dump, a, out, d);
}

extern const struct target target_cpu;

const struct target target_cpu = {
    .name = "cpu",
    .code_kind = RLX_SECTION_CODE,
    .levels = levels,
    .level_count = ISA_COUNT,
    .native_level = native_level,
    .accepts = accepts,
    .choose_tile = choose_tile,
    .speed = speed,
    .emit = emit,
};
