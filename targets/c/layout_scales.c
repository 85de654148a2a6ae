/* Scales of packed weights in each of the forms of compiler/hir/layout.def. In: a layout; out: lines that
 * declare those of a unit, of a block and of a row. */
#include "targets/c/layout.h"

#include <math.h>

static enum scale_form form_of(enum layout layout)
{
    return layout_info[layout].form;
}

/* Whether a block has integers that multiply d (and dmin) of the unit. */
static bool has_factors(enum layout layout)
{
    const enum scale_form form = form_of(layout);

    return form == SCALE_six_bits || form == SCALE_i8 || form == SCALE_nibbles;
}

const char *c_scale_shape(enum layout layout)
{
    return layout_info[layout].scales == 2 ? "[2][16]" : "[16]";
}

/* ---- of a unit ---- */

/* `value` of byte e of unit_scales, which stand as [blocks * scales][row]. */
static void scales_of_bytes(enum layout layout, const char *e, const char *value, uint32_t depth,
                            struct text *out)
{
    const uint32_t count = layout_info[layout].unit / LAYOUT_BLOCK * layout_info[layout].scales;

    c_code_line(out, depth, "float unit_scales[%u][16]; /* halves: the values are doubled */",
                count);
    text_add(out, "\n");
    c_code_line(out, depth, "for (size_t n = 0; n < %u; n++) {", count * ROW_GROUP);
    c_code_line(out, depth + 1, "const uint32_t e = %s;", e);
    text_add(out, "%s", value);
    c_code_line(out, depth, "}");
}

static void scales_e8m0(enum layout layout, uint32_t depth, struct text *out)
{
    struct text value = {.arena = out->arena};

    c_code_line(&value, depth + 1,
                "const uint32_t bits = e < 2 ? 0x00200000u << e : (e - 1) << 23;");
    c_code_line(&value, depth + 1, "memcpy(&unit_scales[n / 16][n %% 16], &bits, sizeof bits);");
    scales_of_bytes(layout, "unit[n]", value.data, depth, out);
}

/* Binary16 with three bits of fraction, whose exponent is 8 less for half the value. */
static void scales_ue4m3(enum layout layout, uint32_t depth, struct text *out)
{
    struct text value = {.arena = out->arena};

    c_code_line(&value, depth + 1,
                "const float half = half_to_float((uint16_t)(e << 7)) * 128.0f;");
    c_code_line(&value, depth + 1, "unit_scales[n / 16][n %% 16] = e == 127 ? 0.0f : half;");
    scales_of_bytes(layout, "unit[n] & 127u", value.data, depth, out);
}

/* Words [group][row], whose low 8 bits are a zero point. */
static void scales_and_zeros(enum layout layout, uint32_t depth, struct text *out)
{
    const uint32_t count = layout_info[layout].unit / layout_multiple(layout);

    c_code_line(out, depth, "float unit_scales[%u][16], unit_minimums[%u][16];", count, count);
    text_add(out, "\n");
    c_code_line(out, depth, "for (size_t n = 0; n < %u; n++) {", count * ROW_GROUP);
    c_code_line(out, depth + 1, "float *const scale = &unit_scales[n / 16][n %% 16];");
    c_code_line(out, depth + 1, "uint32_t word, bits;");
    c_code_line(out, depth + 1, "memcpy(&word, unit + 4 * n, sizeof word);");
    c_code_line(out, depth + 1, "bits = word & ~UINT32_C(255);");
    c_code_line(out, depth + 1, "memcpy(scale, &bits, sizeof bits);");
    c_code_line(out, depth + 1,
                "unit_minimums[n / 16][n %% 16] = *scale * -(float)(int32_t)(word & 255u);");
    c_code_line(out, depth, "}");
}

void c_unit_scales(enum layout layout, uint32_t depth, struct text *out)
{
    const bool minimum = layout_has_minimum(layout);

    switch (form_of(layout)) {
    case SCALE_row:
        c_code_line(out, depth, "float row_scales[16];");
        text_add(out, "\n");
        c_code_line(out, depth, "memcpy(row_scales, packed - %u, sizeof row_scales);",
                    layout_head_bytes(layout));
        return;
    case SCALE_e8m0:
        scales_e8m0(layout, depth, out);
        return;
    case SCALE_ue4m3:
        scales_ue4m3(layout, depth, out);
        return;
    case SCALE_zeros:
        scales_and_zeros(layout, depth, out);
        return;
    case SCALE_f16:
        c_code_line(out, depth, "float unit_scales[2][16]%s;",
                    minimum ? ", unit_minimums[2][16]" : "");
        text_add(out, "\n");
        c_code_line(out, depth, "halves_to_floats(unit, unit_scales);");
        if (minimum)
            c_code_line(out, depth, "halves_to_floats(unit + 64, unit_minimums);");
        return;
    default:
        c_code_line(out, depth, "float d[2][16];%s", minimum ? " /* d, dmin */" : "");
        text_add(out, "\n");
        c_code_line(out, depth, "halves_to_floats(unit, d);");
        return;
    }
}

/* ---- of a block ---- */

static void six_bits(uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "for (size_t n = 0; n < 16; n++) { /* bytes of three words */");
    c_code_line(out, depth + 1, "const size_t at = 64 + 4 * n + block %% 4;");
    c_code_line(out, depth + 1, "uint32_t s = unit[at], m = unit[at + 64];");
    c_code_line(out, depth + 1, "if (block < 4) {");
    c_code_line(out, depth + 2, "s &= 63u;");
    c_code_line(out, depth + 2, "m &= 63u;");
    c_code_line(out, depth + 1, "} else {");
    c_code_line(out, depth + 2, "s = (unit[at + 128] & 15u) | s >> 6 << 4;");
    c_code_line(out, depth + 2, "m = (uint32_t)unit[at + 128] >> 4 | m >> 6 << 4;");
    c_code_line(out, depth + 1, "}");
    c_code_line(out, depth + 1, "scales[n] = d[0][n] * (float)(int32_t)s;");
    c_code_line(out, depth + 1, "minimums[n] = d[1][n] * -(float)(int32_t)m;");
    c_code_line(out, depth, "}");
}

/* A byte for each scale, of which i8 has a constant power of two. */
static void bytes(enum layout layout, uint32_t depth, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];
    struct text power = {.arena = out->arena};

    if (info->power != 0) {
        text_add(&power, " * ");
        c_float(&power, ldexpf(1, info->power));
    }
    c_code_line(out, depth, "for (size_t n = 0; n < 16; n++) {");
    c_code_line(out, depth + 1, "const uint8_t *const s = unit + 64 + %u * block + n;",
                info->scales * ROW_GROUP);
    for (uint32_t half = 0; half < info->scales; half++) {
        const char *place = info->scales == 1 ? "[n]" : half == 0 ? "[0][n]" : "[1][n]";
        const uint32_t at = half * ROW_GROUP;
        if (info->form == SCALE_i8) {
            c_code_line(out, depth + 1, "scales%s = d[0][n] * (float)(int8_t)s[%u]%s;", place, at,
                        power.bytes == 0 ? "" : power.data);
        } else {
            c_code_line(out, depth + 1, "scales%s = d[0][n] * (float)(s[%u] & 15);", place, at);
            c_code_line(out, depth + 1, "minimums%s = d[1][n] * -(float)(s[%u] >> 4);", place, at);
        }
    }
    c_code_line(out, depth, "}");
}

/* Where unit_scales has those of the block: "block", "2 * block"; "0" where a unit has one. */
static const char *first_of_block(enum layout layout)
{
    if (layout_info[layout].scales == 2)
        return "2 * block";
    return layout_blocks_of_scale(layout) == 1 ? "block" : "0";
}

static void copy_of_unit(enum layout layout, uint32_t depth, struct text *out)
{
    if (form_of(layout) == SCALE_unit) {
        c_code_line(out, depth, "memcpy(scales, d[0], sizeof d[0]);");
        return;
    }
    if (form_of(layout) == SCALE_row) {
        c_code_line(out, depth, "memcpy(scales, row_scales, sizeof row_scales);");
        return;
    }
    c_code_line(out, depth, "memcpy(scales, unit_scales[%s], %ssizeof unit_scales[0]);",
                first_of_block(layout), layout_info[layout].scales == 2 ? "2 * " : "");
    if (layout_has_minimum(layout))
        c_code_line(out, depth, "memcpy(minimums, unit_minimums[%s], sizeof unit_minimums[0]);",
                    first_of_block(layout));
}

void c_declare_block_scales(enum layout layout, uint32_t depth, struct text *out)
{
    const char *shape = c_scale_shape(layout);

    if (!has_factors(layout))
        return;
    if (layout_has_minimum(layout))
        c_code_line(out, depth, "float scales%s, minimums%s;", shape, shape);
    else
        c_code_line(out, depth, "float scales%s;", shape);
}

void c_block_scales(enum layout layout, bool copies, uint32_t depth, struct text *out)
{
    if (form_of(layout) == SCALE_six_bits)
        six_bits(depth, out);
    else if (has_factors(layout))
        bytes(layout, depth, out);
    else if (copies)
        copy_of_unit(layout, depth, out);
}

/* ---- of a row ---- */

void c_row_scales(enum layout layout, const char *half, uint32_t depth, struct text *out)
{
    const bool two = layout_info[layout].scales == 2;
    struct arena *a = out->arena;
    const char *array = "unit_scales", *minimums = "unit_minimums",
               *place = arena_printf(a, "[%s]", first_of_block(layout));

    if (has_factors(layout)) {
        array = "scales";
        minimums = "minimums";
        place = two ? arena_printf(a, "[%s]", half) : "";
    } else if (form_of(layout) == SCALE_row) {
        array = "row_scales";
        place = "";
    } else if (form_of(layout) == SCALE_unit) {
        array = "d";
        place = "[0]";
    } else if (two) {
        place = arena_printf(a, "[2 * block + %s]", half);
    }
    if (layout_has_minimum(layout))
        c_code_line(out, depth, "const float scale = %s%s[n], minimum = %s%s[n];", array, place,
                    minimums, place);
    else
        c_code_line(out, depth, "const float scale = %s%s[n];", array, place);
}
