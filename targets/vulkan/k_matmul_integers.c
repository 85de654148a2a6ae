/* matmul with activations of i8 and i16: per block of 32 columns exact sums of products of integers,
 * which the scales of both sides multiply. */
#include "targets/vulkan/matmul.h"

static enum layout layout_of_weight(const struct vulkan_matmul *m)
{
    return (enum layout)m->shader->kernel->matmul.layout;
}

/* Columns column .. column + 3 of a row of x. */
void vulkan_matmul_integers_functions(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    vulkan_weight_blocks(s, layout_of_weight(m));
    vulkan_before(s, 0, "ivec4 integers_of_x(uint64_t elements, uint column)");
    vulkan_before(s, 0, "{");
    if (s->kernel->matmul.format.act == ACT_i8) {
        vulkan_before(s, 1, "const int word = Integers(elements).at[column / 4];");
        vulkan_before(s, 1,
                      "return ivec4(bitfieldExtract(word, 0, 8), bitfieldExtract(word, 8, 8),");
        vulkan_before(s, 1, "             bitfieldExtract(word, 16, 8), word >> 24);");
    } else {
        vulkan_before(s, 1, "Integers words = Integers(elements + 2 * column);");
        vulkan_before(s, 1, "const int low = words.at[0], high = words.at[1];");
        vulkan_before(s, 1, "return ivec4(bitfieldExtract(low, 0, 16), low >> 16,");
        vulkan_before(s, 1, "             bitfieldExtract(high, 0, 16), high >> 16);");
    }
    vulkan_before(s, 0, "}\n");
}

/* The exact sums of all groups over the thread's half of the block. */
static void dots(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    for (uint32_t g = 0; g < m->groups; g++)
        vulkan_line(s, 3, "ivec4 dot_%u = ivec4(0);", g);
    vulkan_line(s, 3, "for (uint turn = 0; turn < 2; turn++) {");
    vulkan_line(s, 4, "const uint i = %s;", vulkan_matmul_turn(m));
    vulkan_line(s, 4, "const ivec4 q = integers_of_x(elements, 32 * block + 8 * i);");
    vulkan_line(s, 4, "const ivec4 q_2 = integers_of_x(elements, 32 * block + 8 * i + 4);");
    vulkan_line(s, 4, "for (uint j = 0; j < 4; j++)");
    vulkan_line(s, 5, "x_sum += q[j] + q_2[j];");
    for (uint32_t g = 0; g < m->groups; g++) {
        vulkan_line(s, 4, "{");
        vulkan_line(s, 5, "mat4 first, second;");
        vulkan_line(s, 5, "weight_integers(integers_%u, i, part, first, second);", g);
        vulkan_line(s, 5, "for (uint j = 0; j < 4; j++)");
        vulkan_line(s, 6, "dot_%u += ivec4(first[j]) * q[j] + ivec4(second[j]) * q_2[j];", g);
        vulkan_line(s, 4, "}");
    }
    vulkan_line(s, 3, "}");
}

static void row(const struct vulkan_matmul *m, uint32_t r)
{
    struct vulkan_shader *s = m->shader;
    const struct act_format *f = &s->kernel->matmul.format;

    vulkan_line(s, 2, "{");
    vulkan_activation_row(s, 3, f, s->kernel->matmul.k, "x", arena_printf(s->arena, "row_%u", r));
    vulkan_line(s, 3, "const float x_scale = Floats(blocks + block * %u).at[0];",
                act_block_bytes(f) - 32 * (f->act == ACT_i16 ? 2 : 1));
    vulkan_line(s, 3, "int x_sum = 0;");
    dots(m);
    for (uint32_t g = 0; g < m->groups; g++)
        vulkan_line(s, 3, "sum_%u_%u = fma(vec4(dot_%u), scale_%u * x_scale, sum_%u_%u);", r, g, g,
                    g, r, g);
    if (layout_has_minimum(layout_of_weight(m)))
        for (uint32_t g = 0; g < m->groups; g++)
            vulkan_line(s, 3,
                        "sum_%u_%u = fma(minimum_%u, vec4(x_scale * float(x_sum)), sum_%u_%u);", r,
                        g, g, r, g);
    vulkan_line(s, 2, "}");
}

void vulkan_matmul_integers_block(const struct vulkan_matmul *m)
{
    vulkan_matmul_scales(m);
    for (uint32_t r = 0; r < m->rows; r++)
        row(m, r);
}
