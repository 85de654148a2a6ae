/* Packed weights (compiler/hir/layout.def) in shaders. In: a layout; out: GLSL functions that read
 * them. All take rows by four, 4 * part .. 4 * part + 3 of a row group, since these stand side by
 * side in 16 bytes: a component of a vector is a row. */
#include "targets/vulkan/vulkan.h"

/* ---- quantized: scales ---- */

/* Scales and minimums of the block `block` of a unit. */
static void scales_of_six_bits(struct vulkan_shader *s)
{
    vulkan_before(s, 1, "const vec4 d = halves_to_floats(load_two_words(unit + 8 * part));");
    vulkan_before(s, 1,
                  "const vec4 dmin = halves_to_floats(load_two_words(unit + 32 + 8 * part));");
    vulkan_before(s, 1, "const uint shift = block %% 4 * 8;");
    vulkan_before(s, 1, "const uvec4 first = load_words(unit + 64 + 16 * part) >> shift;");
    vulkan_before(s, 1, "const uvec4 second = load_words(unit + 128 + 16 * part) >> shift;");
    vulkan_before(s, 1, "const uvec4 third = load_words(unit + 192 + 16 * part) >> shift;");
    vulkan_before(s, 1, "uvec4 factor = first & 63u, of_minimum = second & 63u;");
    vulkan_before(s, 1, "if (block >= 4) {");
    vulkan_before(s, 2, "factor = third & 15u | (first >> 6 & 3u) << 4;");
    vulkan_before(s, 2, "of_minimum = third >> 4 & 15u | (second >> 6 & 3u) << 4;");
    vulkan_before(s, 1, "}");
    vulkan_before(s, 1, "scale = d * vec4(factor);");
    vulkan_before(s, 1, "minimum = -(dmin * vec4(of_minimum));");
}

/* One for each 16 columns, whose number in the unit `block` is. */
static void scales_of_bytes(struct vulkan_shader *s)
{
    vulkan_before(s, 1, "const vec4 d = halves_to_floats(load_two_words(unit + 8 * part));");
    vulkan_before(s, 1, "const int four = Integers(unit + 64 + 16 * block + 4 * part).at[0];");
    vulkan_before(s, 1,
                  "scale = d * vec4(bitfieldExtract(four, 0, 8), bitfieldExtract(four, 8, 8),");
    vulkan_before(s, 1, "                 bitfieldExtract(four, 16, 8), four >> 24);");
}

static void scales_function(struct vulkan_shader *s, enum layout layout)
{
    const bool has_minimum = layout_has_minimum(layout);

    s->helpers |= VULKAN_HALVES | VULKAN_LOADS;
    vulkan_before(s, 0,
                  "void weight_scales(uint64_t unit, uint block, uint part, out vec4 scale%s)",
                  has_minimum ? ", out vec4 minimum" : "");
    vulkan_before(s, 0, "{");
    if (layout == LAYOUT_q4_k_r16 || layout == LAYOUT_q5_k_r16) {
        scales_of_six_bits(s);
    } else if (layout == LAYOUT_q6_k_r16) {
        scales_of_bytes(s);
    } else {
        vulkan_before(s, 1,
                      "scale = halves_to_floats(load_two_words(unit + 32 * block + 8 * part));");
        if (has_minimum)
            vulkan_before(
                s, 1,
                "minimum = halves_to_floats(load_two_words(unit + 64 + 32 * block + 8 * part));");
    }
    vulkan_before(s, 0, "}\n");
}

/* ---- quantized: integers ---- */

/* The four columns of a word, whose bytes have them. */
static void bytes_function(struct vulkan_shader *s, uint32_t bias)
{
    vulkan_before(s, 0, "mat4 bytes_of(uvec4 word)");
    vulkan_before(s, 0, "{");
    if (bias == 128) {
        vulkan_before(s, 1, "const ivec4 q = ivec4(word ^ 0x80808080u);");
        vulkan_before(s, 1,
                      "return mat4(vec4(bitfieldExtract(q, 0, 8)), "
                      "vec4(bitfieldExtract(q, 8, 8)),");
        vulkan_before(s, 1, "            vec4(bitfieldExtract(q, 16, 8)), vec4(q >> 24));");
    } else {
        const char *less = bias == 0 ? "" : arena_printf(s->arena, " - %u.0", bias);
        vulkan_before(s, 1, "return mat4(vec4(word & 255u)%s, vec4(word >> 8 & 255u)%s,", less,
                      less);
        vulkan_before(s, 1, "            vec4(word >> 16 & 255u)%s, vec4(word >> 24)%s);", less,
                      less);
    }
    vulkan_before(s, 0, "}\n");
}

/* The integers of columns 8 i .. 8 i + 7 of a block, less their bias. */
static void integers_function(struct vulkan_shader *s, enum layout layout)
{
    const uint32_t bits = layout_info[layout].bits;

    bytes_function(s, layout_info[layout].bias);
    vulkan_before(s, 0,
                  "void weight_integers(uint64_t block, uint i, uint part, out mat4 first, "
                  "out mat4 second)");
    vulkan_before(s, 0, "{");
    if (bits == 8) {
        vulkan_before(s, 1, "const uint64_t words = block + 128 * i + 16 * part;");
        vulkan_before(s, 1, "first = bytes_of(load_words(words));");
        vulkan_before(s, 1, "second = bytes_of(load_words(words + 64));");
        vulkan_before(s, 0, "}\n");
        return;
    }
    if (bits == 4) {
        vulkan_before(s, 1, "const uvec4 word = load_words(block + 64 * i + 16 * part);");
        vulkan_before(s, 1, "first = bytes_of(word & 0x0f0f0f0fu);");
        vulkan_before(s, 1, "second = bytes_of(word >> 4 & 0x0f0f0f0fu);");
    } else if (bits == 5) {
        vulkan_before(s, 1, "const uvec4 fifth = load_words(block + 16 * part) >> 2 * i;");
        vulkan_before(s, 1, "const uvec4 word = load_words(block + 64 + 64 * i + 16 * part);");
        vulkan_before(s, 1, "first = bytes_of(word & 0x0f0f0f0fu | (fifth & 0x01010101u) << 4);");
        vulkan_before(s, 1,
                      "second = bytes_of(word >> 4 & 0x0f0f0f0fu | "
                      "(fifth >> 1 & 0x01010101u) << 4);");
    } else {
        vulkan_before(s, 1, "const uint64_t half_block = block + 192 * (i / 2) + 16 * part;");
        vulkan_before(s, 1, "const uvec4 high = load_words(half_block) >> i %% 2 * 4;");
        vulkan_before(s, 1, "const uvec4 word = load_words(half_block + 64 + 64 * (i %% 2));");
        vulkan_before(s, 1, "first = bytes_of(word & 0x0f0f0f0fu | (high & 0x03030303u) << 4);");
        vulkan_before(s, 1,
                      "second = bytes_of(word >> 4 & 0x0f0f0f0fu | "
                      "(high >> 2 & 0x03030303u) << 4);");
    }
    vulkan_before(s, 0, "}\n");
}

void vulkan_weight_blocks(struct vulkan_shader *s, enum layout layout)
{
    assert(layout_is_quantized(layout));
    scales_function(s, layout);
    integers_function(s, layout);
}

/* ---- elements ---- */

/* Columns that a matrix does not have are the last one again. */
static void plain_quad(struct vulkan_shader *s, enum layout layout, uint32_t k)
{
    const uint32_t unit = layout_info[layout].unit,
                   last = (uint32_t)ceil_div(k, unit) - 1; /* unit */
    const bool is_short = k % 4 != 0;

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
    vulkan_before(s, 1, "vec4 scale%s;", has_minimum ? ", minimum" : "");
    vulkan_before(s, 1, "mat4 first, second;");
    vulkan_before(s, 1, "weight_scales(unit, %s, part, scale%s);",
                  info->scales == 2 ? "column / 16 % 16" : "block", has_minimum ? ", minimum" : "");
    vulkan_before(s, 1,
                  "weight_integers(unit + %u + block * %u, column %% 32 / 8, part, first, second);",
                  layout_integers_at(layout, 0), 64 * info->bits);
    vulkan_before(s, 1, "w = column %% 8 < 4 ? first : second;");
    for (uint32_t i = 0; i < 4; i++)
        vulkan_before(s, 1, "w[%u] = w[%u] * scale%s;", i, i, has_minimum ? " + minimum" : "");
}

void vulkan_weight_quad(struct vulkan_shader *s, enum layout layout, uint32_t k)
{
    assert(layout != LAYOUT_none);
    s->helpers |= VULKAN_LOADS | (layout == LAYOUT_f16_r32 ? VULKAN_HALVES : 0);
    if (layout_is_quantized(layout))
        vulkan_weight_blocks(s, layout);
    vulkan_before(s, 0, "mat4 weight_quad(uint64_t group, uint column, uint part)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "mat4 w;");
    if (layout_is_quantized(layout))
        quantized_quad(s, layout);
    else
        plain_quad(s, layout, k);
    vulkan_before(s, 1, "return w;");
    vulkan_before(s, 0, "}\n");
}

const char *vulkan_group_address(const struct vulkan_shader *s, enum layout layout, uint32_t k,
                                 const char *weight, const char *group)
{
    const unsigned long long bytes = layout_group_bytes(layout, k);

    if (layout_info[layout].groups == 1)
        return arena_printf(s->arena, "%s + uint64_t(%s) * %lluul", weight, group, bytes);
    return arena_printf(s->arena, "%s + uint64_t(%s / 2) * %lluul + %s %% 2 * %u", weight, group,
                        2 * bytes, group, layout_info[layout].bytes);
}
