/* matmul of many rows with activations of f32: weights become floats on their way to shared memory,
 * which has 32 columns of them and of x. Contract: matmul_tiles.h. */
#include "targets/vulkan/matmul_tiles.h"

#include <string.h>

void vulkan_tiles_floats_before(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    if (layout_is_quantized(t->layout))
        vulkan_weight_blocks(s, t->layout);
    else
        vulkan_weight_quad(s, t->layout, t->matmul->k);
    vulkan_before(s, 0, "shared vec4 w_tile[32][GROUPS * 4], x_tile[32][HEIGHT / 4];");
}

static void decode(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const uint32_t bias = layout_info[t->layout].bias;
    static const char *const names[] = {"first", "second"};

    vulkan_tiles_scales(t, 3);
    vulkan_tiles_bytes(t, 3);
    for (uint32_t i = 0; i < 2; i++) {
        vulkan_line(s, 3, "const mat4 %s_four = bytes_to_floats(%s);", names[i], names[i]);
        vulkan_line(s, 3, "[[unroll]] for (uint i = 0; i < 4; i++)");
        vulkan_line(s, 4,
                    layout_has_minimum(t->layout)
                        ? "w_tile[8 * octet + %u + i][slot] = fma(%s_four[i], scale, minimum);"
                        : "w_tile[8 * octet + %u + i][slot] = (%s_four[i] - %u.0) * scale;",
                    4 * i, names[i], bias);
    }
}

static void copy(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_line(s, 3, "[[unroll]] for (uint from = 8 * octet; from < 8 * octet + 8; from += 4) {");
    vulkan_line(s, 4, "const mat4 w = weight_quad(group, 32 * block + from, part_of);");
    vulkan_line(s, 4, "[[unroll]] for (uint i = 0; i < 4; i++)");
    vulkan_line(s, 5, "w_tile[from + i][slot] = w[i];");
    vulkan_line(s, 3, "}");
}

void vulkan_tiles_floats_weights(const struct vulkan_tiles *t)
{
    vulkan_tiles_begin_octets(t);
    if (layout_is_quantized(t->layout))
        decode(t);
    else
        copy(t);
    vulkan_line(t->shader, 2, "}");
}

/* Columns that x does not have are zero; rows that the run does not have are its last one again. */
void vulkan_tiles_floats_rows(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const uint32_t k = t->matmul->k, stride = (uint32_t)round_up(k, ROW_GROUP);
    const bool is_short = k % LAYOUT_BLOCK != 0;

    vulkan_line(s, 2, "for (uint n = thread - THREADS / 2; n < HEIGHT * 8; n += THREADS / 2) {");
    vulkan_line(s, 3, "const uint in_tile = n / 8, four = n %% 8, column = 32 * block + 4 * four;");
    vulkan_line(s, 3,
                "const uint64_t row = uint64_t(x) + uint64_t(min(first_row + in_tile, rows - 1))"
                " * %u;",
                4 * stride);
    if (is_short) {
        vulkan_line(s, 3, "vec4 xs = column < %u ? load_floats(row + 4 * column) : vec4(0.0);", k);
        vulkan_line(s, 3,
                    "xs = mix(xs, vec4(0.0), greaterThanEqual(uvec4(column) + uvec4(0, 1, 2, 3), "
                    "uvec4(%u)));",
                    k);
    } else {
        vulkan_line(s, 3, "const vec4 xs = load_floats(row + 4 * column);");
    }
    vulkan_line(s, 3, "[[unroll]] for (uint i = 0; i < 4; i++)");
    vulkan_line(s, 4, "x_tile[4 * four + i][in_tile / 4 ^ four][in_tile %% 4] = xs[i];");
    vulkan_line(s, 2, "}");
}

void vulkan_tiles_floats_products(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_line(s, 1, "for (uint octet = 0; octet < 4; octet++) {");
    vulkan_tiles_slots(t, 2);
    vulkan_line(s, 2, "[[unroll]] for (uint i = 0; i < 8; i++) {");
    vulkan_line(s, 3, "const uint column = 8 * octet + i;");
    vulkan_line(s, 3, "const vec4 xs = x_tile[column][quad ^ column / 4];");
    vulkan_line(s, 3, "const vec4 w_a = w_tile[column][a], w_b = w_tile[column][b];");
    vulkan_line(s, 3, "[[unroll]] for (uint r = 0; r < 4; r++) {");
    vulkan_line(s, 4, "sum[r][0] = fma(vec4(xs[r]), w_a, sum[r][0]);");
    vulkan_line(s, 4, "sum[r][1] = fma(vec4(xs[r]), w_b, sum[r][1]);");
    vulkan_line(s, 3, "}");
    vulkan_line(s, 2, "}");
    vulkan_line(s, 1, "}");
}
