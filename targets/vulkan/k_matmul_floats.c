/* matmul with activations of f32: the products of a block. A thread decodes 8 columns of its rows and
 * uses them for all rows of x. */
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

const char *vulkan_matmul_turn(const struct vulkan_matmul *m)
{
    return layout_info[layout_of_weight(m)].scales == 2 ? "2 * half_block + turn"
                                                        : "2 * turn + half_block";
}

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
                    minimum ? arena_printf(s->arena, ", minimum_%u", g) : "");
        vulkan_line(s, 2, "weight_scales(unit_%u, %s, part, scale_%u%s);", g,
                    two ? "2 * in_unit + half_block" : "in_unit", g,
                    minimum ? arena_printf(s->arena, ", minimum_%u", g) : "");
    }
}

/* Adds the squares of four columns of row r, the vec4 `xs`, and multiplies them by `norm`. */
static void norm_columns(const struct vulkan_matmul *m, uint32_t r, const char *xs,
                         const char *norm)
{
    if (!m->normed)
        return;
    vulkan_line(m->shader, 4, "squares_%u = fma(%s, %s, squares_%u);", r, xs, xs, r);
    vulkan_line(m->shader, 4, "%s *= %s;", xs, norm);
}

/* The four columns of `weights` (mat4 NAME_G) times those of row r in `xs`, a vec4. */
static void products(const struct vulkan_matmul *m, uint32_t r, const char *weights, const char *xs)
{
    for (uint32_t g = 0; g < m->groups; g++)
        for (uint32_t i = 0; i < 4; i++)
            vulkan_line(m->shader, 4, "sum_%u_%u = fma(%s_%u[%u], vec4(%s[%u]), sum_%u_%u);", r, g,
                        weights, g, i, xs, i, r, g);
}

/* Integers of 8 columns, which become weights. */
static void decode(const struct vulkan_matmul *m, uint32_t g)
{
    static const char *const names[] = {"first", "second"};
    const bool minimum = layout_has_minimum(layout_of_weight(m));
    struct vulkan_shader *s = m->shader;

    vulkan_line(s, 3, "mat4 first_%u, second_%u;", g, g);
    vulkan_line(s, 3, "weight_integers(integers_%u, i, part, first_%u, second_%u);", g, g, g);
    for (uint32_t j = 0; j < 8; j++) {
        const char *name = names[j / 4];
        if (minimum)
            vulkan_line(s, 3, "%s_%u[%u] = fma(%s_%u[%u], scale_%u, minimum_%u);", name, g, j % 4,
                        name, g, j % 4, g, g);
        else
            vulkan_line(s, 3, "%s_%u[%u] *= scale_%u;", name, g, j % 4, g);
    }
}

/* The thread's half of the block: every other 8 columns, and where each 16 have a scale of their own
 * 16 in a row. */
static void quantized_block(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    vulkan_matmul_scales(m);
    vulkan_line(s, 2, "for (uint turn = 0; turn < 2; turn++) {");
    vulkan_line(s, 3, "const uint i = %s;", vulkan_matmul_turn(m));
    for (uint32_t g = 0; g < m->groups; g++)
        decode(m, g);
    if (m->normed) {
        vulkan_line(s, 3, "const uint64_t norms = uint64_t(norm) + (128 * block + 32 * i);");
        vulkan_line(s, 3,
                    "const vec4 norm_first = load_floats(norms), norm_second = load_floats(norms + "
                    "16);");
    }
    for (uint32_t r = 0; r < m->rows; r++) {
        vulkan_line(s, 3, "{");
        vulkan_line(s, 4, "const uint64_t xs = x_%u + (128 * block + 32 * i);", r);
        vulkan_line(s, 4, "vec4 x_first = load_floats(xs), x_second = load_floats(xs + 16);");
        norm_columns(m, r, "x_first", "norm_first");
        norm_columns(m, r, "x_second", "norm_second");
        products(m, r, "first", "x_first");
        products(m, r, "second", "x_second");
        vulkan_line(s, 3, "}");
    }
    vulkan_line(s, 2, "}");
}

/* ---- plain elements ---- */

/* What x has after its last column counts as zero. */
static void plain_block(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t k = s->kernel->matmul.k;

    vulkan_line(s, 2, "const uint from = 32 * block + 16 * half_block, end = min(from + 16, %u);",
                k);
    vulkan_line(s, 2, "for (uint column = from; column < end; column += 4) {");
    for (uint32_t g = 0; g < m->groups; g++)
        vulkan_line(s, 3, "const mat4 w_%u = weight_quad(group_%u, column, part);", g, g);
    if (m->normed)
        vulkan_line(s, 3, "const vec4 norms = load_floats(uint64_t(norm) + 4 * column);");
    for (uint32_t r = 0; r < m->rows; r++) {
        vulkan_line(s, 3, "{");
        vulkan_line(s, 4, "vec4 xs = load_floats(x_%u + 4 * column);", r);
        if (k % 4 != 0)
            vulkan_line(s, 4,
                        "xs = mix(xs, vec4(0.0), greaterThanEqual(uvec4(column) + "
                        "uvec4(0, 1, 2, 3), uvec4(end)));");
        norm_columns(m, r, "xs", "norms");
        products(m, r, "w", "xs");
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
