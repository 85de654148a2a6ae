/* The Vulkan target: struct target over the files of this folder. In: questions about its levels;
 * out: SPIR-V modules for any device with Vulkan 1.2 and the features that a level names.
 */
#include "targets/vulkan/vulkan.h"

#include <rlx/artifact.h>
#include <rlx/shader.h>

enum {
    BASE = RLX_SHADER_STORAGE_8BIT | RLX_SHADER_STORAGE_16BIT | RLX_SHADER_SUBGROUP_QUADS,
};

static const struct target_level levels[] = {
    {.name = "vulkan1.2",
     .features = BASE,
     .traits = {.norms_in_products = true,
                .norms_after_products = true,
                .norms_all_heads = true,
                .splits_keys = true,
                .takes_tail = vulkan_takes_tail,
                .modules = "vulkan",
                .tiles_max = RLX_SHADER_TILES_MAX}},
    {.name = "vulkan1.2-dot",
     .features = BASE | RLX_SHADER_INTEGER_DOT,
     .traits = {.integer_prompts = true,
                .norms_in_products = true,
                .norms_after_products = true,
                .norms_all_heads = true,
                .splits_keys = true,
                .takes_tail = vulkan_takes_tail,
                .modules = "vulkan",
                .tiles_max = RLX_SHADER_TILES_MAX}},
    {.name = "vulkan1.2-software",
     .features = BASE | RLX_SHADER_SOFTWARE,
     .traits = {.norms_in_products = true,
                .norms_after_products = true,
                .norms_all_heads = true,
                .norms_in_prompts = true,
                .splits_keys = true,
                .takes_tail = vulkan_takes_tail,
                .modules = "vulkan",
                .tiles_max = RLX_SHADER_TILES_MAX}},
};

static int native_level(void)
{
    return 0; /* code for a device, which the runtime looks for */
}

static bool accepts(uint32_t level, const struct lir_kernel *k, struct diags *d)
{
    return vulkan_accepts(k, levels[level].features, d);
}

static struct tile_choice choose_tile(uint32_t level, const struct tile_request *request)
{
    return vulkan_choose_tile(request, levels[level].features);
}

static bool emit(uint32_t level, const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
                 const struct target_dump *dump, struct arena *a, struct target_code *out,
                 struct diags *d)
{
    (void)level;
    return vulkan_emit(kernels, count, threads, dump, a, out, d);
}

extern const struct target target_vulkan;

const struct target target_vulkan = {
    .name = "vulkan",
    .code_kind = RLX_SECTION_CODE,
    .levels = levels,
    .level_count = countof(levels),
    .native_level = native_level,
    .accepts = accepts,
    .choose_tile = choose_tile,
    .emit = emit,
    .columns = vulkan_columns,
    .describe = vulkan_describe,
};
