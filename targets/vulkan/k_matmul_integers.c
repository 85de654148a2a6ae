/* matmul with activations of i8 and i16: per block of 32 columns exact sums of products of integers,
 * which the scales of both sides multiply. The quad of four threads that has a block shares what each
 * loads of x, as with f32. */
#include "targets/vulkan/matmul.h"

void vulkan_matmul_integers_functions(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    vulkan_weight_blocks(s, vulkan_matmul_layout(m));
    vulkan_before(s, 0, "ivec4 bytes_to_integers(uint word)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "const int four = int(word);");
    vulkan_before(s, 1, "return ivec4(bitfieldExtract(four, 0, 8), bitfieldExtract(four, 8, 8),");
    vulkan_before(s, 1, "             bitfieldExtract(four, 16, 8), four >> 24);");
    vulkan_before(s, 0, "}\n");
    if (s->kernel->matmul.format.act != ACT_i16)
        return;
    vulkan_before(s, 0, "ivec4 halves_to_integers(uvec2 words)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "const ivec2 two = ivec2(words);");
    vulkan_before(s, 1, "return ivec4(bitfieldExtract(two.x, 0, 16), two.x >> 16,");
    vulkan_before(s, 1, "             bitfieldExtract(two.y, 0, 16), two.y >> 16);");
    vulkan_before(s, 0, "}\n");
}

/* The thread's octet of a row of x, and the sum of all octets. */
static void load_octet(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    if (s->kernel->matmul.format.act == ACT_i8) {
        vulkan_line(s, 2, "const uvec2 words = load_two_words(elements + 32 * block + 8 * part);");
        vulkan_line(s, 2,
                    "const ivec4 x_0 = bytes_to_integers(words.x), "
                    "x_1 = bytes_to_integers(words.y);");
    } else {
        vulkan_line(s, 2, "const uvec4 words = load_words(elements + 64 * block + 16 * part);");
        vulkan_line(s, 2,
                    "const ivec4 x_0 = halves_to_integers(words.xy), "
                    "x_1 = halves_to_integers(words.zw);");
    }
    vulkan_line(s, 2, "const ivec4 pairs = x_0 + x_1;");
    vulkan_line(s, 2, "const int octet = pairs.x + pairs.y + pairs.z + pairs.w;");
    for (uint32_t i = 0; i < 2; i++)
        vulkan_line(s, 2,
                    "const int x_sum_%u = subgroupQuadBroadcast(octet, %u) + "
                    "subgroupQuadBroadcast(octet, %u);",
                    i, 2 * i, 2 * i + 1);
}

/* Adds octet i to dot_G. */
static void octet_products(const struct vulkan_matmul *m, uint32_t i)
{
    struct vulkan_shader *s = m->shader;

    vulkan_line(s, 2, "{");
    vulkan_line(s, 3,
                "const ivec4 q_0 = subgroupQuadBroadcast(x_0, %u), "
                "q_1 = subgroupQuadBroadcast(x_1, %u);",
                i, i);
    for (uint32_t g = 0; g < m->groups; g++)
        for (uint32_t c = 0; c < 4; c++)
            vulkan_line(s, 3,
                        "dot_%u += ivec4(first_%u_%u >> %u & 255u) * q_0[%u] + "
                        "ivec4(second_%u_%u >> %u & 255u) * q_1[%u];",
                        g, g, i, 8 * c, c, g, i, 8 * c, c);
    vulkan_line(s, 2, "}");
}

/* Adds the dots of row r, of octets up to i, to the sums. */
static void add_dots(const struct vulkan_matmul *m, uint32_t r, uint32_t i)
{
    struct vulkan_shader *s = m->shader;
    const struct layout_info *info = &layout_info[vulkan_matmul_layout(m)];
    const char *half = info->scales == 1 ? ""
                       : i == 1          ? "_0"
                                         : "_1",
               *x_sum = info->scales == 1 ? "x_sum_0 + x_sum_1"
                        : i == 1          ? "x_sum_0"
                                          : "x_sum_1";

    for (uint32_t g = 0; g < m->groups; g++) {
        vulkan_line(s, 2,
                    "sum_%u_%u = fma(vec4(dot_%u - %d * (%s)), scale_%u%s * x_scale, sum_%u_%u);",
                    r, g, g, info->bias, x_sum, g, half, r, g);
        if (layout_has_minimum(vulkan_matmul_layout(m)))
            vulkan_line(s, 2,
                        "sum_%u_%u = fma(minimum_%u%s, vec4(x_scale * float(%s)), sum_%u_%u);", r,
                        g, g, half, x_sum, r, g);
        vulkan_line(s, 2, "dot_%u = ivec4(0);", g);
    }
}

static void row(const struct vulkan_matmul *m, uint32_t r)
{
    struct vulkan_shader *s = m->shader;
    const struct act_format *f = &s->kernel->matmul.format;
    const bool halves = layout_info[vulkan_matmul_layout(m)].scales == 2;

    vulkan_line(s, 1, "{");
    vulkan_activation_row(s, 2, f, s->kernel->matmul.k, "x", arena_printf(s->arena, "row_%u", r));
    vulkan_line(s, 2, "const float x_scale = Floats(blocks + block * %u).at[0];",
                act_block_bytes(f) - 32 * (f->act == ACT_i16 ? 2 : 1));
    load_octet(m);
    for (uint32_t g = 0; g < m->groups; g++)
        vulkan_line(s, 2, "ivec4 dot_%u = ivec4(0);", g);
    for (uint32_t i = 0; i < VULKAN_OCTETS; i++) {
        octet_products(m, i);
        if (halves ? i % 2 == 1 : i == VULKAN_OCTETS - 1)
            add_dots(m, r, i);
    }
    vulkan_line(s, 1, "}");
}

void vulkan_matmul_integers_block(const struct vulkan_matmul *m)
{
    vulkan_matmul_scales(m);
    for (uint32_t i = 0; i < VULKAN_OCTETS; i++)
        vulkan_matmul_bytes(m, i);
    for (uint32_t r = 0; r < m->rows; r++)
        row(m, r);
}
