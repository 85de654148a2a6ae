/* matmul: what a thread reads of quantized weights. In: a matmul; out: lines that read scales and
 * integers of all its row groups, each of them once for all rows of x. */
#include "targets/vulkan/matmul.h"

void vulkan_matmul_shared(const struct vulkan_matmul *m)
{
    for (uint32_t g = 0; g < m->groups && vulkan_has_four_scales(vulkan_matmul_layout(m)); g++)
        vulkan_line(m->shader, 0, "Scales four_%u;", g);
}

/* 16 columns, where each have a scale. */
static void scales_of_half(const struct vulkan_matmul *m, uint32_t g, uint32_t half)
{
    struct vulkan_shader *s = m->shader;

    if (layout_has_minimum(vulkan_matmul_layout(m))) {
        vulkan_line(s, 1, "vec4 scale_%u_%u, minimum_%u_%u;", g, half, g, half);
        vulkan_line(s, 1,
                    "weight_scales(unit_%u, 2 * in_unit + %u, part, scale_%u_%u, minimum_%u_%u);",
                    g, half, g, half, g, half);
    } else {
        vulkan_line(s, 1, "vec4 scale_%u_%u;", g, half);
        vulkan_line(s, 1, "weight_scales(unit_%u, 2 * in_unit + %u, part, scale_%u_%u);", g, half,
                    g, half);
    }
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
        for (uint32_t i = 0; i < 2; i++)
            scales_of_half(m, g, i);
    } else if (layout_has_minimum(layout)) {
        vulkan_line(s, 1, "vec4 scale_%u, minimum_%u;", g, g);
        vulkan_line(s, 1, "weight_scales(unit_%u, in_unit, part, scale_%u, minimum_%u);", g, g, g);
    } else {
        vulkan_line(s, 1, "vec4 scale_%u;", g);
        vulkan_line(s, 1, "weight_scales(%s_%u, in_unit, part, scale_%u);",
                    vulkan_scales_in(layout), g, g);
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

/* Declares the words that octet i shares with later ones, if it is the first of them, and names those of
 * octet i as weight_bytes wants them: "high_0_0, ". */
static const char *shared_words(const struct vulkan_matmul *m, uint32_t g, uint32_t i)
{
    struct vulkan_shader *s = m->shader;
    const char *names = "";

    for (uint32_t which = 0; which < VULKAN_SHARED_WORDS; which++) {
        const enum layout layout = vulkan_matmul_layout(m);
        const char *word = vulkan_shared_words[which];
        if (vulkan_shared_columns(layout, which) == 0)
            continue;
        const uint32_t number = vulkan_shared_number(layout, which, i);
        if (i == vulkan_shared_first(layout, which, number))
            vulkan_line(s, 1, "const uvec4 %s_%u_%u = weight_%s(integers_%u, %u, part);", word, g,
                        number, word, g, i);
        names = arena_printf(s->arena, "%s%s_%u_%u, ", names, word, g, number);
    }
    return names;
}

void vulkan_matmul_bytes(const struct vulkan_matmul *m, uint32_t i)
{
    struct vulkan_shader *s = m->shader;

    for (uint32_t g = 0; g < m->groups; g++) {
        const char *shared = shared_words(m, g, i);
        vulkan_line(s, 1, "uvec4 first_%u_%u, second_%u_%u;", g, i, g, i);
        vulkan_line(s, 1, "weight_bytes(integers_%u, %s%u, part, first_%u_%u, second_%u_%u);", g,
                    shared, i, g, i, g, i);
    }
}
