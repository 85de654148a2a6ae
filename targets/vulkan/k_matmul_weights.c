/* matmul: what a thread reads of quantized weights. In: a matmul; out: lines that read scales and
 * integers of all its row groups, each of them once for all rows of x. */
#include "targets/vulkan/matmul.h"

void vulkan_matmul_shared(const struct vulkan_matmul *m)
{
    for (uint32_t g = 0; g < m->groups && vulkan_has_four_scales(vulkan_matmul_layout(m)); g++)
        vulkan_line(m->shader, 0, "Scales four_%u;", g);
}

static void scales_of_group(const struct vulkan_matmul *m, uint32_t g)
{
    struct vulkan_shader *s = m->shader;
    const enum layout layout = vulkan_matmul_layout(m);

    if (vulkan_has_four_scales(layout)) {
        vulkan_line(s, 1, "if (block %% 4 == 0)");
        vulkan_line(s, 2, "four_%u = weight_four_scales(unit_%u, in_unit / 4, part);", g, g);
        vulkan_line(s, 1, "vec4 scale_%u, minimum_%u;", g, g);
        vulkan_line(s, 1, "weight_scales(four_%u, block %% 4, scale_%u, minimum_%u);", g, g, g);
    } else if (layout_info[layout].scales == 2) {
        vulkan_line(s, 1, "vec4 scale_%u_0, scale_%u_1;", g, g);
        for (uint32_t i = 0; i < 2; i++)
            vulkan_line(s, 1, "weight_scales(unit_%u, 2 * in_unit + %u, part, scale_%u_%u);", g, i,
                        g, i);
    } else if (layout_has_minimum(layout)) {
        vulkan_line(s, 1, "vec4 scale_%u, minimum_%u;", g, g);
        vulkan_line(s, 1, "weight_scales(unit_%u, in_unit, part, scale_%u, minimum_%u);", g, g, g);
    } else {
        vulkan_line(s, 1, "vec4 scale_%u;", g);
        vulkan_line(s, 1, "weight_scales(unit_%u, in_unit, part, scale_%u);", g, g);
    }
}

void vulkan_matmul_scales(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const enum layout layout = vulkan_matmul_layout(m);
    const struct layout_info *info = &layout_info[layout];
    const uint32_t blocks = info->unit / LAYOUT_BLOCK;

    vulkan_line(s, 1, "const uint in_unit = block %% %u;", blocks);
    for (uint32_t g = 0; g < m->groups; g++) {
        vulkan_line(s, 1, "const uint64_t unit_%u = group_%u + uint64_t(block / %u) * %u;", g, g,
                    blocks, info->bytes);
        vulkan_line(s, 1, "const uint64_t integers_%u = unit_%u + %u + in_unit * %u;", g, g,
                    layout_integers_at(layout, 0), 64 * info->bits);
        scales_of_group(m, g);
    }
}

void vulkan_matmul_bytes(const struct vulkan_matmul *m, uint32_t i)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t high = vulkan_high_columns(vulkan_matmul_layout(m));

    for (uint32_t g = 0; g < m->groups; g++) {
        const char *name = high == 0 ? "" : arena_printf(s->arena, "high_%u_%u, ", g, 8 * i / high);
        if (high != 0 && 8 * i % high == 0)
            vulkan_line(s, 1, "const uvec4 high_%u_%u = weight_high(integers_%u, %u, part);", g,
                        8 * i / high, g, i);
        vulkan_line(s, 1, "uvec4 first_%u_%u, second_%u_%u;", g, i, g, i);
        vulkan_line(s, 1, "weight_bytes(integers_%u, %s%u, part, first_%u_%u, second_%u_%u);", g,
                    name, i, g, i, g, i);
    }
}
