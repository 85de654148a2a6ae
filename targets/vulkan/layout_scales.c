/* Scales of packed weights in each of the forms of compiler/hir/layout.def. In: a layout; out: GLSL functions
 * that read those of four rows, each a component of a vector. */
#include "targets/vulkan/layout.h"

#include <math.h>

const char *vulkan_scales_in(enum layout layout)
{
    return layout_scales_rows(layout) ? "group" : "unit";
}

bool vulkan_has_four_scales(enum layout layout)
{
    return layout_info[layout].form == SCALE_six_bits;
}

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

/* The head of weight_scales, which counts scales by `block`. */
static void begin(struct vulkan_shader *s, enum layout layout)
{
    vulkan_before(s, 0,
                  "void weight_scales(uint64_t unit, uint block, uint part, out vec4 scale%s)",
                  layout_has_minimum(layout) ? ", out vec4 minimum" : "");
    vulkan_before(s, 0, "{");
}

/* Bytes that multiply d: signed ones, with a constant power of two, or in their low four bits scales and
 * in their high ones minimums, which multiply dmin. */
static void scales_of_bytes(struct vulkan_shader *s, enum layout layout)
{
    const struct layout_info *info = &layout_info[layout];
    struct text power = {.arena = s->arena};

    vulkan_before(s, 1, "const vec4 d = halves_to_floats(load_two_words(unit + 8 * part));");
    vulkan_before(s, 1, "const int four = Integers(unit + 64 + 16 * block + 4 * part).at[0];");
    if (info->form == SCALE_nibbles) {
        vulkan_before(s, 1,
                      "const vec4 dmin = halves_to_floats(load_two_words(unit + 32 + 8 * part));");
        vulkan_before(s, 1, "const ivec4 bytes = ivec4(four, four >> 8, four >> 16, four >> 24);");
        vulkan_before(s, 1, "scale = d * vec4(bytes & 15);");
        vulkan_before(s, 1, "minimum = -dmin * vec4(bytes >> 4 & 15);");
        return;
    }
    if (info->power != 0) {
        text_add(&power, " * ");
        vulkan_float(&power, ldexpf(1, info->power));
    }
    vulkan_before(s, 1,
                  "scale = d * vec4(bitfieldExtract(four, 0, 8), bitfieldExtract(four, 8, 8),");
    vulkan_before(s, 1, "                 bitfieldExtract(four, 16, 8), four >> 24)%s;",
                  power.bytes == 0 ? "" : power.data);
}

/* Half of what a byte means: E8M0, or UE4M3, which has the exponent less 7 and three bits of fraction. */
static void scales_of_exponents(struct vulkan_shader *s, enum scale_form form)
{
    vulkan_before(s, 1, "const uint four = Words(unit + 16 * block + 4 * part).at[0];");
    vulkan_before(s, 1, "const uvec4 e = uvec4(four, four >> 8, four >> 16, four >> 24) & %uu;",
                  form == SCALE_e8m0 ? 255u : 127u);
    if (form == SCALE_e8m0) {
        vulkan_before(
            s, 1,
            "scale = uintBitsToFloat(mix((e - 1u) << 23, uvec4(0x200000u) << min(e, uvec4(1u)), "
            "lessThan(e, uvec4(2u))));");
        return;
    }
    vulkan_before(s, 1, "const vec4 normal = uintBitsToFloat((e << 20) + (119u << 23));");
    vulkan_before(s, 1,
                  "scale = mix(normal, vec4(e) * 0.0009765625, lessThan(e, uvec4(8u))); // 2^-10");
    vulkan_before(s, 1, "scale = mix(scale, vec4(0.0), equal(e, uvec4(127u)));");
}

static void scales_of_halves(struct vulkan_shader *s, bool has_minimum)
{
    vulkan_before(s, 1, "scale = halves_to_floats(load_two_words(unit + 32 * block + 8 * part));");
    if (has_minimum)
        vulkan_before(
            s, 1, "minimum = halves_to_floats(load_two_words(unit + 64 + 32 * block + 8 * part));");
}

/* Words whose low 8 bits are a zero point. */
static void scales_and_zeros(struct vulkan_shader *s, enum layout layout)
{
    vulkan_before(s, 1, "const uvec4 word = load_words(unit + %s16 * part);",
                  layout_blocks_of_scale(layout) == 1 ? "64 * block + " : "");
    vulkan_before(s, 1, "scale = uintBitsToFloat(word & 0xffffff00u);");
    vulkan_before(s, 1, "minimum = scale * -vec4(word & 255u);");
}

void vulkan_scales_functions(struct vulkan_shader *s, enum layout layout)
{
    const enum scale_form form = layout_info[layout].form;

    s->helpers |= VULKAN_HALVES | VULKAN_LOADS;
    if (vulkan_has_four_scales(layout)) {
        four_scales_function(s);
        scales_of_six_bits(s);
        vulkan_before(s, 0, "}\n");
        return;
    }
    begin(s, layout);
    if (form == SCALE_e8m0 || form == SCALE_ue4m3)
        scales_of_exponents(s, form);
    else if (form == SCALE_i8 || form == SCALE_nibbles)
        scales_of_bytes(s, layout);
    else if (form == SCALE_row) /* from the group */
        vulkan_before(s, 1, "scale = load_floats(unit - %u + 16 * part);",
                      layout_head_bytes(layout));
    else if (form == SCALE_zeros)
        scales_and_zeros(s, layout);
    else if (form == SCALE_unit)
        vulkan_before(s, 1, "scale = halves_to_floats(load_two_words(unit + 8 * part));");
    else
        scales_of_halves(s, layout_has_minimum(layout));
    vulkan_before(s, 0, "}\n");
}
