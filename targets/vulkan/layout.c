/* Packed weights (compiler/hir/layout.def) in shaders. In: a layout; out: GLSL functions that read
 * them. All take rows by four, 4 * part .. 4 * part + 3 of a row group, since these stand side by
 * side in 16 bytes: a component of a vector is a row. */
#include "targets/vulkan/vulkan.h"

/* ---- quantized: scales ---- */

/* Of formats whose scales and minimums have six bits: d, dmin, and the integers of four blocks, a byte
 * each. */
static void four_scales_function(struct vulkan_shader *s)
{
    vulkan_before(s, 0, "struct Scales {");
    vulkan_before(s, 1, "vec4 d, dmin;");
    vulkan_before(s, 1, "uvec4 factors, minimums;");
    vulkan_before(s, 0, "};\n");
    vulkan_before(s, 0, "// Of the blocks 4 * four .. 4 * four + 3 of a unit.");
    vulkan_before(s, 0, "Scales weight_four_scales(uint64_t unit, uint four, uint part)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "Scales s;");
    vulkan_before(s, 1, "s.d = halves_to_floats(load_two_words(unit + 8 * part));");
    vulkan_before(s, 1, "s.dmin = -halves_to_floats(load_two_words(unit + 32 + 8 * part));");
    vulkan_before(s, 1, "const uvec4 first = load_words(unit + 64 + 16 * part);");
    vulkan_before(s, 1, "const uvec4 second = load_words(unit + 128 + 16 * part);");
    vulkan_before(s, 1, "s.factors = first & 0x3f3f3f3fu;");
    vulkan_before(s, 1, "s.minimums = second & 0x3f3f3f3fu;");
    vulkan_before(s, 1, "if (four != 0) {");
    vulkan_before(s, 2, "const uvec4 third = load_words(unit + 192 + 16 * part);");
    vulkan_before(s, 2, "s.factors = third & 0x0f0f0f0fu | first >> 2 & 0x30303030u;");
    vulkan_before(s, 2, "s.minimums = third >> 4 & 0x0f0f0f0fu | second >> 2 & 0x30303030u;");
    vulkan_before(s, 1, "}");
    vulkan_before(s, 1, "return s;");
    vulkan_before(s, 0, "}\n");
}

static void scales_of_six_bits(struct vulkan_shader *s)
{
    vulkan_before(s, 0,
                  "void weight_scales(Scales four, uint block, out vec4 scale, out vec4 minimum)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "scale = four.d * vec4(four.factors >> 8 * block & 255u);");
    vulkan_before(s, 1, "minimum = four.dmin * vec4(four.minimums >> 8 * block & 255u);");
}

/* One for each 16 columns, whose number in the unit `block` is. */
static void scales_of_bytes(struct vulkan_shader *s)
{
    vulkan_before(s, 0, "void weight_scales(uint64_t unit, uint block, uint part, out vec4 scale)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "const vec4 d = halves_to_floats(load_two_words(unit + 8 * part));");
    vulkan_before(s, 1, "const int four = Integers(unit + 64 + 16 * block + 4 * part).at[0];");
    vulkan_before(s, 1,
                  "scale = d * vec4(bitfieldExtract(four, 0, 8), bitfieldExtract(four, 8, 8),");
    vulkan_before(s, 1, "                 bitfieldExtract(four, 16, 8), four >> 24);");
}

/* Half of what E8M0 means. */
static void scales_of_exponents(struct vulkan_shader *s)
{
    vulkan_before(s, 0, "void weight_scales(uint64_t unit, uint block, uint part, out vec4 scale)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "const uint four = Words(unit + 16 * block + 4 * part).at[0];");
    vulkan_before(s, 1, "const uvec4 e = uvec4(four, four >> 8, four >> 16, four >> 24) & 255u;");
    vulkan_before(
        s, 1,
        "scale = uintBitsToFloat(mix((e - 1u) << 23, uvec4(0x200000u) << min(e, uvec4(1u)), "
        "lessThan(e, uvec4(2u))));");
}

static void scales_of_halves(struct vulkan_shader *s, bool has_minimum)
{
    vulkan_before(s, 0,
                  "void weight_scales(uint64_t unit, uint block, uint part, out vec4 scale%s)",
                  has_minimum ? ", out vec4 minimum" : "");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "scale = halves_to_floats(load_two_words(unit + 32 * block + 8 * part));");
    if (has_minimum)
        vulkan_before(
            s, 1, "minimum = halves_to_floats(load_two_words(unit + 64 + 32 * block + 8 * part));");
}

static void scales_function(struct vulkan_shader *s, enum layout layout)
{
    s->helpers |= VULKAN_HALVES | VULKAN_LOADS;
    if (vulkan_has_four_scales(layout)) {
        four_scales_function(s);
        scales_of_six_bits(s);
    } else if (layout == LAYOUT_mxfp4_r16) {
        scales_of_exponents(s);
    } else if (layout == LAYOUT_q6_k_r16) {
        scales_of_bytes(s);
    } else {
        scales_of_halves(s, layout_has_minimum(layout));
    }
    vulkan_before(s, 0, "}\n");
}

/* ---- quantized: integers ---- */

/* The bits of integers above the lower four, which several times 8 columns share. */
static void high_function(struct vulkan_shader *s, enum layout layout)
{
    vulkan_before(s, 0, "uvec4 weight_high(uint64_t block, uint i, uint part)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "return load_words(block + %s16 * part);",
                  layout_info[layout].bits == 6 ? "192 * (i / 2) + " : "");
    vulkan_before(s, 0, "}\n");
}

static void bytes_of_five_bits(struct vulkan_shader *s)
{
    vulkan_before(s, 1, "const uvec4 fifth = high >> 2 * i;");
    vulkan_before(s, 1, "const uvec4 word = load_words(block + 64 + 64 * i + 16 * part);");
    vulkan_before(s, 1, "first = word & 0x0f0f0f0fu | (fifth & 0x01010101u) << 4;");
    vulkan_before(s, 1, "second = word >> 4 & 0x0f0f0f0fu | (fifth >> 1 & 0x01010101u) << 4;");
}

static void bytes_of_six_bits(struct vulkan_shader *s)
{
    vulkan_before(s, 1, "const uvec4 two = high >> i %% 2 * 4;");
    vulkan_before(
        s, 1,
        "const uvec4 word = load_words(block + 192 * (i / 2) + 64 + 64 * (i %% 2) + 16 * part);");
    vulkan_before(s, 1, "first = word & 0x0f0f0f0fu | (two & 0x03030303u) << 4;");
    vulkan_before(s, 1, "second = word >> 4 & 0x0f0f0f0fu | (two >> 2 & 0x03030303u) << 4;");
}

/* Places in the table of values, four to a word, become values plus the bias. The table is four words of
 * which each thread chooses one: drivers compile an array with a variable index to much code. */
static void table_function(struct vulkan_shader *s, enum layout layout)
{
    const struct layout_info *info = &layout_info[layout];
    uint32_t words[4] = {0};

    for (uint32_t i = 0; i < 16; i++)
        words[i / 4] |= (uint32_t)(info->table[i] + (int)info->bias) << 8 * (i % 4);
    vulkan_before(s, 0, "uvec4 looked_up(uvec4 places)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "uvec4 values = uvec4(0);");
    vulkan_before(s, 1, "[[unroll]] for (uint i = 0; i < 4; i++) {");
    vulkan_before(s, 2, "const uvec4 place = places >> 8 * i & 15u;");
    vulkan_before(s, 2, "const uvec4 odd = -(place >> 2 & 1u), upper = -(place >> 3);");
    vulkan_before(s, 2, "const uvec4 low = 0x%xu ^ 0x%xu & odd, high = 0x%xu ^ 0x%xu & odd;",
                  words[0], words[0] ^ words[1], words[2], words[2] ^ words[3]);
    vulkan_before(s, 2, "const uvec4 four = low ^ (low ^ high) & upper;");
    vulkan_before(s, 2, "values |= (four >> 8 * (place & 3u) & 255u) << 8 * i;");
    vulkan_before(s, 1, "}");
    vulkan_before(s, 1, "return values;");
    vulkan_before(s, 0, "}\n");
}

/* Columns 8 i .. 8 i + 3 and 8 i + 4 .. 8 i + 7 of a block: a byte of a component is a column. */
static void bytes_function(struct vulkan_shader *s, enum layout layout)
{
    const uint32_t bits = layout_info[layout].bits;

    if (vulkan_high_columns(layout) != 0)
        high_function(s, layout);
    if (layout_info[layout].table != NULL)
        table_function(s, layout);
    vulkan_before(s, 0,
                  "void weight_bytes(uint64_t block, %suint i, uint part, out uvec4 first, "
                  "out uvec4 second)",
                  vulkan_high_columns(layout) != 0 ? "uvec4 high, " : "");
    vulkan_before(s, 0, "{");
    if (bits == 8) {
        vulkan_before(s, 1, "first = load_words(block + 128 * i + 16 * part);");
        vulkan_before(s, 1, "second = load_words(block + 128 * i + 64 + 16 * part);");
    } else if (bits == 4) {
        vulkan_before(s, 1, "const uvec4 word = load_words(block + 64 * i + 16 * part);");
        vulkan_before(s, 1, "first = word & 0x0f0f0f0fu;");
        vulkan_before(s, 1, "second = word >> 4 & 0x0f0f0f0fu;");
        if (layout_info[layout].table != NULL) {
            vulkan_before(s, 1, "first = looked_up(first);");
            vulkan_before(s, 1, "second = looked_up(second);");
        }
    } else if (bits == 5) {
        bytes_of_five_bits(s);
    } else {
        bytes_of_six_bits(s);
    }
    vulkan_before(s, 0, "}\n");
}

bool vulkan_has_four_scales(enum layout layout)
{
    return layout == LAYOUT_q4_k_r16 || layout == LAYOUT_q5_k_r16;
}

uint32_t vulkan_high_columns(enum layout layout)
{
    const uint32_t bits = layout_info[layout].bits;

    return bits == 5 ? 32 : bits == 6 ? 16 : 0;
}

void vulkan_weight_blocks(struct vulkan_shader *s, enum layout layout)
{
    assert(layout_is_quantized(layout));
    scales_function(s, layout);
    bytes_function(s, layout);
    vulkan_before(s, 0, "mat4 bytes_to_floats(uvec4 word)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "return mat4(vec4(word & 255u), vec4(word >> 8 & 255u),");
    vulkan_before(s, 1, "            vec4(word >> 16 & 255u), vec4(word >> 24));");
    vulkan_before(s, 0, "}\n");
}

/* ---- elements ---- */

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
        vulkan_before(s, 1, "weight_scales(unit, %s, part, scale%s);",
                      info->scales == 2 ? "column / 16 % 16" : "block",
                      has_minimum ? ", minimum" : "");
    vulkan_before(s, 1, "weight_bytes(integers, %si, part, first, second);",
                  vulkan_high_columns(layout) != 0 ? "weight_high(integers, i, part), " : "");
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
