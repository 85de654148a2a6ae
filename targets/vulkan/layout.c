/* Packed weights (compiler/hir/layout.def) in shaders. In: a layout; out: GLSL functions that read
 * them. All take rows by four, 4 * part .. 4 * part + 3 of a row group, since these stand side by
 * side in 16 bytes: a component of a vector is a row. */
#include "targets/vulkan/layout.h"

void vulkan_weight_blocks(struct vulkan_shader *s, enum layout layout)
{
    assert(layout_is_quantized(layout));
    vulkan_scales_functions(s, layout);
    vulkan_bytes_functions(s, layout);
    vulkan_before(s, 0, "mat4 bytes_to_floats(uvec4 word)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "return mat4(vec4(word & 255u), vec4(word >> 8 & 255u),");
    vulkan_before(s, 1, "            vec4(word >> 16 & 255u), vec4(word >> 24));");
    vulkan_before(s, 0, "}\n");
}

/* ---- elements ---- */

/* Four bytes of a column. E4M3 is binary16 with an exponent that is 8 less. */
static void f8_values(struct vulkan_shader *s)
{
    vulkan_before(s, 2, "const uvec2 bytes = uvec2(four, four >> 16) & 0xffffu;");
    vulkan_before(s, 2, "const uvec2 apart = (bytes | bytes << 8) & 0x00ff00ffu;");
    vulkan_before(s, 2,
                  "w[i] = halves_to_floats((apart & 0x00800080u) << 8 | (apart & 0x007f007fu) << 7)"
                  " * (scale * 256.0);");
}

/* A unit is scales of f32, perhaps zero points of f32, then columns. */
static void bytes_quad(struct vulkan_shader *s, enum layout layout)
{
    const struct layout_info *info = &layout_info[layout];
    const uint32_t words = layout_byte_words(layout);

    vulkan_before(s, 1, "const uint64_t unit = group + uint64_t(column / %u) * %u;", info->unit,
                  info->bytes);
    vulkan_before(s, 1, "const vec4 scale = load_floats(unit + 16 * part);");
    if (words == 2)
        vulkan_before(s, 1, "const vec4 zero = load_floats(unit + 64 + 16 * part);");
    vulkan_before(s, 1, "const uint64_t at = unit + %u + 16 * (column %% %u) + 4 * part;",
                  64 * words, info->unit);
    vulkan_before(s, 1, "[[unroll]] for (uint i = 0; i < 4; i++) {");
    vulkan_before(s, 2, "const uint four = Words(at + 16 * i).at[0];");
    if (words == 1) {
        f8_values(s);
    } else {
        vulkan_before(s, 2, "const uvec4 bytes = uvec4(four, four >> 8, four >> 16, four >> 24);");
        vulkan_before(s, 2, "w[i] = (vec4(bytes & 255u) - zero) * scale;");
    }
    vulkan_before(s, 1, "}");
}

/* Places in a table of f32, which four steps of choices find: drivers compile an array with a variable
 * index to much code. A unit is scales of f32, then octets of columns. */
static void floats_function(struct vulkan_shader *s, enum layout layout)
{
    const float *values = layout_floats(layout);

    vulkan_before(s, 0, "vec4 looked_up(uvec4 place)");
    vulkan_before(s, 0, "{");
    for (uint32_t bit = 0; bit < 4; bit++)
        vulkan_before(s, 1, "const bvec4 bit_%u = notEqual(place & %uu, uvec4(0));", bit,
                      1u << bit);
    for (uint32_t i = 0; i < 16; i += 2) {
        struct text pair = {.arena = s->arena};
        vulkan_float(&pair, values[i]);
        text_add(&pair, "), vec4(");
        vulkan_float(&pair, values[i + 1]);
        vulkan_before(s, 1, "vec4 v%u = mix(vec4(%s), bit_0);", i, pair.data);
    }
    for (uint32_t bit = 1; bit < 4; bit++)
        for (uint32_t i = 0; i < 16; i += 2u << bit)
            vulkan_before(s, 1, "v%u = mix(v%u, v%u, bit_%u);", i, i, i + (1u << bit), bit);
    vulkan_before(s, 1, "return v0;");
    vulkan_before(s, 0, "}\n");
}

static void floats_quad(struct vulkan_shader *s, enum layout layout)
{
    const struct layout_info *info = &layout_info[layout];

    vulkan_before(s, 1, "const uint64_t unit = group + uint64_t(column / %u) * %u;", info->unit,
                  info->bytes);
    vulkan_before(s, 1, "const vec4 scale = load_floats(unit + 16 * part);");
    vulkan_before(
        s, 1,
        "const uvec4 word = load_words(unit + 64 + 64 * (column %% %u / 8) + 16 * part) >> "
        "(column & 4u);",
        info->unit);
    vulkan_before(s, 1, "[[unroll]] for (uint i = 0; i < 4; i++)");
    vulkan_before(s, 2, "w[i] = looked_up(word >> 8 * i & 15u) * scale;");
}

/* Columns that a matrix does not have, up to whole blocks of 32, are the last one again. */
static void plain_quad(struct vulkan_shader *s, enum layout layout, uint32_t k)
{
    const uint32_t unit = layout_info[layout].unit,
                   last = (uint32_t)ceil_div(k, unit) - 1; /* unit */
    const bool is_short = k % LAYOUT_BLOCK != 0;

    for (uint32_t i = 0; i < 4; i += unit) {
        const char *at =
            arena_printf(s->arena, unit == 2 ? "column / 2 + %u" : "column + %u", i / unit);
        if (is_short)
            at = arena_printf(s->arena, "min(%s, %u)", at, last);
        const char *place =
            arena_printf(s->arena, "group + uint64_t(%s) * %u", at, layout_step(layout));
        if (layout == LAYOUT_f32_r16) {
            vulkan_before(s, 1, "w[%u] = load_floats(%s + 16 * part);", i, place);
        } else if (layout == LAYOUT_f16_r32) {
            vulkan_before(s, 1, "w[%u] = halves_to_floats(load_two_words(%s + 8 * part));", i,
                          place);
        } else {
            vulkan_before(s, 1, "const uvec4 pair_%u = load_words(%s + 16 * part);", i, place);
            vulkan_before(s, 1, "w[%u] = uintBitsToFloat(pair_%u << 16);", i, i);
            vulkan_before(s, 1, "w[%u] = uintBitsToFloat(pair_%u & 0xffff0000u);", i + 1, i);
        }
    }
}

static void quantized_quad(struct vulkan_shader *s, enum layout layout)
{
    const struct layout_info *info = &layout_info[layout];
    const bool has_minimum = layout_has_minimum(layout);

    vulkan_before(s, 1, "const uint64_t unit = group + uint64_t(column / %u) * %u;", info->unit,
                  info->bytes);
    vulkan_before(s, 1, "const uint block = column / 32 %% %u;", info->unit / LAYOUT_BLOCK);
    vulkan_before(s, 1, "const uint64_t integers = unit + %u + block * %u;",
                  layout_integers_at(layout, 0), 64 * info->bits);
    vulkan_before(s, 1, "const uint i = column %% 32 / 8;");
    vulkan_before(s, 1, "vec4 scale%s;", has_minimum ? ", minimum" : "");
    vulkan_before(s, 1, "uvec4 first, second;");
    if (vulkan_has_four_scales(layout))
        vulkan_before(s, 1,
                      "weight_scales(weight_four_scales(unit, block / 4, part), block %% 4, scale, "
                      "minimum);");
    else
        vulkan_before(s, 1, "weight_scales(%s, %s, part, scale%s);", vulkan_scales_in(layout),
                      info->scales == 2
                          ? arena_printf(s->arena, "column / 16 %% %u", info->unit / 16)
                          : "block",
                      has_minimum ? ", minimum" : "");
    vulkan_before(s, 1, "weight_bytes(integers, %si, part, first, second);",
                  vulkan_octet_words(s->arena, layout, "i", "part"));
    vulkan_before(s, 1, "w = bytes_to_floats(column %% 8 < 4 ? first : second);");
    for (uint32_t i = 0; i < 4; i++)
        vulkan_before(s, 1,
                      has_minimum ? "w[%u] = w[%u] * scale + minimum;"
                                  : "w[%u] = (w[%u] - %u.0) * scale;",
                      i, i, info->bias);
}

void vulkan_weight_quad(struct vulkan_shader *s, enum layout layout, uint32_t k)
{
    assert(layout != LAYOUT_none);
    s->helpers |= VULKAN_LOADS;
    if (layout == LAYOUT_f16_r32 || layout == LAYOUT_f8_e4m3_r16)
        s->helpers |= VULKAN_HALVES;
    if (layout_is_quantized(layout))
        vulkan_weight_blocks(s, layout);
    if (layout_floats(layout) != NULL)
        floats_function(s, layout);
    vulkan_before(s, 0, "mat4 weight_quad(uint64_t group, uint column, uint part)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "mat4 w;");
    if (layout_is_quantized(layout))
        quantized_quad(s, layout);
    else if (layout_byte_words(layout) != 0)
        bytes_quad(s, layout);
    else if (layout_floats(layout) != NULL)
        floats_quad(s, layout);
    else
        plain_quad(s, layout, k);
    vulkan_before(s, 1, "return w;");
    vulkan_before(s, 0, "}\n");
}

const char *vulkan_group_address(const struct vulkan_shader *s, enum layout layout, uint32_t k,
                                 const char *weight, const char *group)
{
    const unsigned long long bytes = layout_group_bytes(layout, k);

    if (layout_scales_rows(layout))
        return arena_printf(s->arena, "%s + uint64_t(%s) * %lluul + %u", weight, group, bytes,
                            layout_head_bytes(layout));
    if (layout_info[layout].groups == 1)
        return arena_printf(s->arena, "%s + uint64_t(%s) * %lluul", weight, group, bytes);
    return arena_printf(s->arena, "%s + uint64_t(%s / 2) * %lluul + %s %% 2 * %u", weight, group,
                        2 * bytes, group, layout_info[layout].bytes);
}
