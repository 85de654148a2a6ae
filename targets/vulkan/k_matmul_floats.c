/* matmul with activations of f32: the products of a block. Of quantized weights a thread sums up the
 * products with the integers of a block, then multiplies by its scale. */
#include "targets/vulkan/matmul.h"

static enum layout layout_of_weight(const struct vulkan_matmul *m)
{
    return (enum layout)m->shader->kernel->matmul.layout;
}

void vulkan_matmul_floats_functions(const struct vulkan_matmul *m)
{
    if (layout_is_quantized(layout_of_weight(m)))
        vulkan_weight_blocks(m->shader, layout_of_weight(m));
    else
        vulkan_weight_quad(m->shader, layout_of_weight(m), m->shader->kernel->matmul.k);
}

/* ---- quantized ---- */

void vulkan_matmul_scales(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const enum layout layout = layout_of_weight(m);
    const struct layout_info *info = &layout_info[layout];
    const uint32_t blocks = info->unit / LAYOUT_BLOCK;
    const bool two = info->scales == 2, minimum = layout_has_minimum(layout);

    vulkan_line(s, 2, "const uint in_unit = block %% %u;", blocks);
    for (uint32_t g = 0; g < m->groups; g++) {
        vulkan_line(s, 2, "const uint64_t unit_%u = group_%u + uint64_t(block / %u) * %u;", g, g,
                    blocks, info->bytes);
        vulkan_line(s, 2, "const uint64_t integers_%u = unit_%u + %u + in_unit * %u;", g, g,
                    layout_integers_at(layout, 0), 64 * info->bits);
        vulkan_line(s, 2, "vec4 scale_%u%s;", g,
                    two       ? arena_printf(s->arena, ", second_scale_%u", g)
                    : minimum ? arena_printf(s->arena, ", minimum_%u", g)
                              : "");
        vulkan_line(s, 2, "weight_scales(unit_%u, in_unit, part, scale_%u%s);", g, g,
                    two       ? arena_printf(s->arena, ", second_scale_%u", g)
                    : minimum ? arena_printf(s->arena, ", minimum_%u", g)
                              : "");
    }
}

/* Columns 8 i .. 8 i + 7 of row r. */
static void products(const struct vulkan_matmul *m, uint32_t r, bool sums_x)
{
    struct vulkan_shader *s = m->shader;

    vulkan_line(s, 3, "{");
    vulkan_line(s, 4, "const uint at = x_%u / 4 + 8 * block + 2 * i;", r);
    vulkan_line(s, 4, "const vec4 x_first = vectors.at[at], x_second = vectors.at[at + 1];");
    for (uint32_t g = 0; g < m->groups; g++)
        for (uint32_t i = 0; i < 8; i++)
            vulkan_line(s, 4, "dot_%u_%u = fma(%s_%u[%u], vec4(x_%s[%u]), dot_%u_%u);", r, g,
                        i < 4 ? "first" : "second", g, i % 4, i < 4 ? "first" : "second", i % 4, r,
                        g);
    if (sums_x)
        vulkan_line(s, 4,
                    "x_sum_%u += ((x_first[0] + x_first[1]) + (x_first[2] + x_first[3])) + "
                    "((x_second[0] + x_second[1]) + (x_second[2] + x_second[3]));",
                    r);
    vulkan_line(s, 3, "}");
}

/* Columns 8 * from .. 8 * end - 1 of the block. */
static void part_of_block(const struct vulkan_matmul *m, uint32_t from, uint32_t end,
                          const char *scale)
{
    struct vulkan_shader *s = m->shader;
    const bool minimum = layout_has_minimum(layout_of_weight(m));

    for (uint32_t r = 0; r < m->rows; r++) {
        for (uint32_t g = 0; g < m->groups; g++)
            vulkan_line(s, 2, "vec4 dot_%u_%u = vec4(0.0);", r, g);
        if (minimum)
            vulkan_line(s, 2, "float x_sum_%u = 0.0;", r);
    }
    vulkan_line(s, 2, "for (uint i = %u; i < %u; i++) {", from, end);
    for (uint32_t g = 0; g < m->groups; g++) {
        vulkan_line(s, 3, "mat4 first_%u, second_%u;", g, g);
        vulkan_line(s, 3, "weight_integers(integers_%u, i, part, first_%u, second_%u);", g, g, g);
    }
    for (uint32_t r = 0; r < m->rows; r++)
        products(m, r, minimum);
    vulkan_line(s, 2, "}");
    for (uint32_t r = 0; r < m->rows; r++)
        for (uint32_t g = 0; g < m->groups; g++) {
            vulkan_line(s, 2, "sum_%u_%u = fma(dot_%u_%u, %sscale_%u, sum_%u_%u);", r, g, r, g,
                        scale, g, r, g);
            if (minimum)
                vulkan_line(s, 2, "sum_%u_%u = fma(minimum_%u, vec4(x_sum_%u), sum_%u_%u);", r, g,
                            g, r, r, g);
        }
}

static void quantized_block(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    vulkan_line(s, 2, "Vectors vectors = Vectors(uint64_t(x));");
    vulkan_matmul_scales(m);
    if (layout_info[layout_of_weight(m)].scales != 2) {
        part_of_block(m, 0, 4, "");
        return;
    }
    for (uint32_t part = 0; part < 2; part++) {
        vulkan_line(s, 2, "{");
        part_of_block(m, 2 * part, 2 * part + 2, part == 0 ? "" : "second_");
        vulkan_line(s, 2, "}");
    }
}

/* ---- plain elements ---- */

/* What x has after its last column counts as zero. */
static void plain_block(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t k = s->kernel->matmul.k;

    vulkan_line(s, 2, "const uint end = min(32 * block + 32, %u);", k);
    vulkan_line(s, 2, "for (uint column = 32 * block; column < end; column += 4) {");
    for (uint32_t g = 0; g < m->groups; g++)
        vulkan_line(s, 3, "const mat4 w_%u = weight_quad(group_%u, column, part);", g, g);
    for (uint32_t r = 0; r < m->rows; r++) {
        vulkan_line(s, 3, "{");
        vulkan_line(s, 4, "vec4 xs = Vectors(uint64_t(x)).at[(x_%u + column) / 4];", r);
        if (k % 4 != 0)
            vulkan_line(s, 4,
                        "xs = mix(xs, vec4(0.0), greaterThanEqual(uvec4(column) + "
                        "uvec4(0, 1, 2, 3), uvec4(end)));");
        for (uint32_t g = 0; g < m->groups; g++)
            for (uint32_t i = 0; i < 4; i++)
                vulkan_line(s, 4, "sum_%u_%u = fma(w_%u[%u], vec4(xs[%u]), sum_%u_%u);", r, g, g, i,
                            i, r, g);
        vulkan_line(s, 3, "}");
    }
    vulkan_line(s, 2, "}");
}

void vulkan_matmul_floats_block(const struct vulkan_matmul *m)
{
    if (layout_is_quantized(layout_of_weight(m)))
        quantized_block(m);
    else
        plain_block(m);
}
