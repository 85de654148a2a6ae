/* matmul with activations of f32: the products of a block. Of each row of x, a thread loads one octet
 * of the block's columns, and the quad of four threads that has the block shares its octets. A weight
 * is decoded once for all rows of x. Scales multiply sums of a block, and so does what a bias or a
 * minimum adds: the sum of x.
 */
#include "targets/vulkan/matmul.h"

void vulkan_matmul_floats_functions(const struct vulkan_matmul *m)
{
    m->shader->helpers |= VULKAN_LOADS;
    if (layout_is_quantized(vulkan_matmul_layout(m)))
        vulkan_weight_blocks(m->shader, vulkan_matmul_layout(m));
    else
        vulkan_weight_quad(m->shader, vulkan_matmul_layout(m), m->shader->kernel->matmul.k);
}

/* ---- x ---- */

/* The thread's columns of row r, x_R_0 and x_R_1. What x has after its last column counts as zero.
 * Where the product norms x, the thread also adds their squares, and multiplies them by the norm. */
static void load_octet(const struct vulkan_matmul *m, uint32_t r)
{
    static const char *const columns[] = {"uvec4(0, 1, 2, 3)", "uvec4(4, 5, 6, 7)"};
    struct vulkan_shader *s = m->shader;
    const uint32_t k = s->kernel->matmul.k;

    for (uint32_t i = 0; i < 2; i++) {
        vulkan_line(s, 1, "vec4 x_%u_%u = load_floats(x_%u + 4 * loaded + %u);", r, i, r, 16 * i);
        if (k % LAYOUT_BLOCK != 0)
            vulkan_line(s, 1,
                        "x_%u_%u = mix(x_%u_%u, vec4(0.0), greaterThanEqual(column + %s, "
                        "uvec4(%u)));",
                        r, i, r, i, columns[i], k);
        if (m->normed) {
            vulkan_line(s, 1, "squares_%u = fma(x_%u_%u, x_%u_%u, squares_%u);", r, r, i, r, i, r);
            vulkan_line(s, 1, "x_%u_%u *= norm_%u;", r, i, i);
        }
    }
}

static void load_columns(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t k = s->kernel->matmul.k;

    vulkan_line(s, 1, "const uint column = 32 * block + 8 * part;");
    vulkan_line(s, 1, "const uint loaded = %s;",
                k % LAYOUT_BLOCK == 0 ? "column"
                                      : arena_printf(s->arena, "min(column, %u)", (k - 1) / 8 * 8));
    for (uint32_t i = 0; i < 2 && m->normed; i++)
        vulkan_line(s, 1, "const vec4 norm_%u = load_floats(uint64_t(norm) + 4 * loaded + %u);", i,
                    16 * i);
    for (uint32_t r = 0; r < m->rows; r++)
        load_octet(m, r);
}

/* The sum of x over the block, x_sum_R, or x_sum_R_0 and x_sum_R_1 over its halves. */
static void sum_columns(const struct vulkan_matmul *m, uint32_t r, bool halves)
{
    struct vulkan_shader *s = m->shader;

    vulkan_line(s, 1,
                "precise const float octet_%u = ((x_%u_0.x + x_%u_0.y) + (x_%u_0.z + x_%u_0.w)) + "
                "((x_%u_1.x + x_%u_1.y) + (x_%u_1.z + x_%u_1.w));",
                r, r, r, r, r, r, r, r, r);
    for (uint32_t i = 0; i < 2; i++)
        vulkan_line(s, 1,
                    "precise const float x_sum_%u_%u = subgroupQuadBroadcast(octet_%u, %u) + "
                    "subgroupQuadBroadcast(octet_%u, %u);",
                    r, i, r, 2 * i, r, 2 * i + 1);
    if (!halves)
        vulkan_line(s, 1, "precise const float x_sum_%u = x_sum_%u_0 + x_sum_%u_1;", r, r, r);
}

/* ---- products ---- */

/* Adds octet i, whose weights are mat4 w_G_0 and w_G_1, to NAME_R_G. */
static void octet_products(const struct vulkan_matmul *m, uint32_t i, const char *name)
{
    struct vulkan_shader *s = m->shader;

    for (uint32_t r = 0; r < m->rows; r++)
        for (uint32_t j = 0; j < 2; j++) {
            vulkan_line(s, 2, "const vec4 shared_%u_%u = subgroupQuadBroadcast(x_%u_%u, %u);", r, j,
                        r, j, i);
            for (uint32_t g = 0; g < m->groups; g++)
                for (uint32_t c = 0; c < 4; c++)
                    vulkan_line(s, 2,
                                "%s_%u_%u = fma(w_%u_%u[%u], vec4(shared_%u_%u[%u]), %s_%u_%u);",
                                name, r, g, g, j, c, r, j, c, name, r, g);
        }
}

/* Adds the dots of a block, or of half of it, to the sums. `half`: "", "_0" or "_1". */
static void add_dots(const struct vulkan_matmul *m, const char *half)
{
    struct vulkan_shader *s = m->shader;
    const enum layout layout = vulkan_matmul_layout(m);
    const bool minimum = layout_has_minimum(layout);

    for (uint32_t r = 0; r < m->rows; r++)
        for (uint32_t g = 0; g < m->groups; g++) {
            const char *dot = arena_printf(
                s->arena, minimum ? "dot_%u_%u" : "dot_%u_%u - vec4(%u.0 * x_sum_%u%s)", r, g,
                layout_info[layout].bias, r, half);
            vulkan_line(s, 1, "sum_%u_%u = fma(scale_%u%s, %s, sum_%u_%u);", r, g, g, half, dot, r,
                        g);
            if (minimum)
                vulkan_line(s, 1, "sum_%u_%u = fma(minimum_%u%s, vec4(x_sum_%u%s), sum_%u_%u);", r,
                            g, g, half, r, half, r, g);
            vulkan_line(s, 1, "dot_%u_%u = vec4(0.0);", r, g);
        }
}

static void quantized_octet(const struct vulkan_matmul *m, uint32_t i)
{
    struct vulkan_shader *s = m->shader;

    vulkan_matmul_bytes(m, i);
    vulkan_line(s, 1, "{");
    for (uint32_t g = 0; g < m->groups; g++)
        vulkan_line(s, 2,
                    "const mat4 w_%u_0 = bytes_to_floats(first_%u_%u), "
                    "w_%u_1 = bytes_to_floats(second_%u_%u);",
                    g, g, i, g, g, i);
    octet_products(m, i, "dot");
    vulkan_line(s, 1, "}");
}

static void quantized_block(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const bool halves = layout_info[vulkan_matmul_layout(m)].scales == 2;

    vulkan_matmul_scales(m);
    for (uint32_t r = 0; r < m->rows; r++) {
        sum_columns(m, r, halves);
        for (uint32_t g = 0; g < m->groups; g++)
            vulkan_line(s, 1, "vec4 dot_%u_%u = vec4(0.0);", r, g);
    }
    for (uint32_t i = 0; i < VULKAN_OCTETS; i++) {
        quantized_octet(m, i);
        if (halves ? i % 2 == 1 : i == VULKAN_OCTETS - 1)
            add_dots(m, !halves ? "" : i == 1 ? "_0" : "_1");
    }
}

static void plain_block(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    for (uint32_t i = 0; i < VULKAN_OCTETS; i++) {
        vulkan_line(s, 1, "{");
        for (uint32_t g = 0; g < m->groups; g++)
            for (uint32_t j = 0; j < 2; j++)
                vulkan_line(s, 2,
                            "const mat4 w_%u_%u = weight_quad(group_%u, 32 * block + %u, part);", g,
                            j, g, 8 * i + 4 * j);
        octet_products(m, i, "sum");
        vulkan_line(s, 1, "}");
    }
}

void vulkan_matmul_floats_block(const struct vulkan_matmul *m)
{
    load_columns(m);
    if (layout_is_quantized(vulkan_matmul_layout(m)))
        quantized_block(m);
    else
        plain_block(m);
}
