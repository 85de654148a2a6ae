/* Packed weights (compiler/hir/layout.def) as functions that kernels call. In: a layout; out: a
 * function that unpacks 32 columns of a row group as floats or as integers, and one that makes the
 * sums of one row of x. Words are read within loops over rows: compilers then make vectors of them.
 */
#include "targets/c/c.h"

static void comment(enum layout layout, enum c_weight_helper what, struct text *out)
{
    const bool minimum = layout_has_minimum(layout);
    struct text text = {.arena = out->arena};

    if (what == C_DOT)
        text_add(&text,
                 "sum[n] = sum over k of w[n][k] * x[k], of 16 rows n; packed as unpack_%s "
                 "has it.",
                 c_format_name(layout));
    else if (what == C_UNPACK_INTEGERS)
        text_add(&text, "w[i][n]: the integers of columns k .. k + 31 of 16 rows.");
    else
        text_add(&text, "w[i][n]: columns k .. k + 31 of 16 rows, integer * scale%s.",
                 minimum ? " + minimum" : "");
    if (what != C_DOT)
        c_layout_picture(layout, &text);
    c_comment(out, text.data);
}

/* ---- plain elements ---- */

static void plain_begin(enum layout layout, const char *order, struct text *out)
{
    c_comment(out, arena_printf(out->arena, "w[i][n]: columns k .. k + count - 1 of 16 rows, %s.",
                                order));
    c_code_line(
        out, 0,
        "static void unpack_%s(const uint8_t *packed, size_t k, size_t count, float w[32][16])",
        c_format_name(layout));
    c_code_line(out, 0, "{");
}

static void print_f32(struct text *out)
{
    plain_begin(LAYOUT_f32_r16, "f32, column by column", out);
    c_code_line(out, 1, "memcpy(w, packed + 64 * k, 64 * count);");
    c_code_line(out, 0, "}");
}

static void print_f16(struct text *out)
{
    plain_begin(LAYOUT_f16_r32, "binary16, column by column of 32 rows", out);
    c_code_line(out, 1, "for (size_t i = 0; i < count; i++) {");
    c_code_line(out, 2, "for (size_t n = 0; n < 16; n++) {");
    c_code_line(out, 3, "uint16_t half;");
    c_code_line(out, 3, "memcpy(&half, packed + 64 * (k + i) + 2 * n, sizeof half);");
    c_code_line(out, 3, "w[i][n] = half_to_float(half);");
    c_code_line(out, 2, "}");
    c_code_line(out, 1, "}");
    c_code_line(out, 0, "}");
}

static void print_bf16(struct text *out)
{
    plain_begin(LAYOUT_bf16_r32, "bfloat16, two columns side by side, pair by pair of 32 rows",
                out);
    c_code_line(out, 1, "for (size_t i = 0; i < count; i += 2) {");
    c_code_line(out, 2, "for (size_t n = 0; n < 16; n++) {");
    c_code_line(out, 3, "uint32_t pair, even, odd;");
    c_code_line(out, 3, "memcpy(&pair, packed + 64 * (k + i) + 4 * n, sizeof pair);");
    c_code_line(out, 3, "even = pair << 16;");
    c_code_line(out, 3, "odd = pair & 0xffff0000u;");
    c_code_line(out, 3, "memcpy(&w[i][n], &even, sizeof even);");
    c_code_line(out, 3, "memcpy(&w[i + 1][n], &odd, sizeof odd);");
    c_code_line(out, 2, "}");
    c_code_line(out, 1, "}");
    c_code_line(out, 0, "}");
}

/* ---- scales ---- */

static bool has_six_bits(enum layout layout)
{
    return layout == LAYOUT_q4_k_r16 || layout == LAYOUT_q5_k_r16;
}

/* Factors of a block stand beside d (and dmin) of the unit. */
static bool has_factors(enum layout layout)
{
    return has_six_bits(layout) || layout == LAYOUT_q6_k_r16;
}

/* What a unit has in binary16, 32 numbers at once. */
static void unit_scales(enum layout layout, uint32_t depth, struct text *out)
{
    if (layout == LAYOUT_mxfp4_r16) {
        c_code_line(out, depth, "float unit_scales[4][16]; /* halves: the values are doubled */");
        text_add(out, "\n");
        c_code_line(out, depth, "for (size_t n = 0; n < 64; n++) {");
        c_code_line(out, depth + 1, "const uint32_t e = unit[n];");
        c_code_line(out, depth + 1,
                    "const uint32_t bits = e < 2 ? 0x00200000u << e : (e - 1) << 23;");
        c_code_line(out, depth + 1, "memcpy(&unit_scales[n / 16][n %% 16], &bits, sizeof bits);");
        c_code_line(out, depth, "}");
        return;
    }
    if (has_factors(layout)) {
        c_code_line(out, depth, "float d[2][16];%s", has_six_bits(layout) ? " /* d, dmin */" : "");
        text_add(out, "\n");
        c_code_line(out, depth, "halves_to_floats(unit, d);");
        return;
    }
    c_code_line(out, depth, "float unit_scales[2][16]%s;",
                layout_has_minimum(layout) ? ", unit_minimums[2][16]" : "");
    text_add(out, "\n");
    c_code_line(out, depth, "halves_to_floats(unit, unit_scales);");
    if (layout_has_minimum(layout))
        c_code_line(out, depth, "halves_to_floats(unit + 64, unit_minimums);");
}

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

/* Fills `scales` and `minimums` where they are not those of the unit. */
static void block_scales(enum layout layout, uint32_t depth, struct text *out)
{
    if (has_six_bits(layout)) {
        six_bits(depth, out);
    } else if (has_factors(layout)) {
        c_code_line(out, depth, "for (size_t n = 0; n < 16; n++) {");
        c_code_line(out, depth + 1, "const uint8_t *const s = unit + 64 + 32 * block + n;");
        c_code_line(out, depth + 1, "scales[0][n] = d[0][n] * (float)(int8_t)s[0];");
        c_code_line(out, depth + 1, "scales[1][n] = d[0][n] * (float)(int8_t)s[16];");
        c_code_line(out, depth, "}");
    }
}

static const char *scale_arrays(enum layout layout)
{
    return has_six_bits(layout) ? "scales[16], minimums[16]" : "scales[2][16]";
}

/* ---- integers ---- */

/* Four integers of a row, a byte of q each: those of quad i, or where 64 bytes hold two quads in
 * their low and high halves, of quad 2 i + `odd`. */
static void quad(enum layout layout, uint32_t odd, uint32_t depth, struct text *out)
{
    const char *low = odd == 0 ? "q & 0x0f0f0f0fu" : "q >> 4 & 0x0f0f0f0fu";

    c_code_line(out, depth,
                layout_info[layout].bits > 4 && layout_info[layout].bits < 8 ? "uint32_t q, high;"
                                                                             : "uint32_t q;");
    switch (layout_info[layout].bits) {
    case 8:
        c_code_line(out, depth, "memcpy(&q, quads + 64 * i + 4 * n, sizeof q);");
        break;
    case 4:
        c_code_line(out, depth, "memcpy(&q, quads + 64 * i + 4 * n, sizeof q);");
        c_code_line(out, depth, "q = %s;", low);
        break;
    case 5:
        c_code_line(out, depth, "memcpy(&high, quads + 4 * n, sizeof high);");
        c_code_line(out, depth, "memcpy(&q, quads + 64 + 64 * i + 4 * n, sizeof q);");
        c_code_line(out, depth, "q = (%s) | (high >> %s & 0x01010101u) << 4;", low,
                    odd == 0 ? "2 * i" : "(2 * i + 1)");
        break;
    default:
        assert(layout_info[layout].bits == 6 && layout_info[layout].scales == 2);
        c_code_line(out, depth, "memcpy(&high, quads + i / 2 * 192 + 4 * n, sizeof high);");
        c_code_line(out, depth,
                    "memcpy(&q, quads + 64 + i / 2 * 192 + i %% 2 * 64 + 4 * n, sizeof q);");
        c_code_line(out, depth, "q = (%s) | (high >> %s & 0x03030303u) << 4;", low,
                    odd == 0 ? "i % 2 * 4" : "(i % 2 * 4 + 2)");
        break;
    }
}

/* Of row n, where its elements are floats. */
static void row_scales(enum layout layout, uint32_t depth, struct text *out)
{
    const char *of_block = layout_info[layout].scales == 2 ? "scales[i / 2][n]" : "scales[n]";

    if (has_factors(layout))
        c_code_line(out, depth, "const float scale = %s%s;", of_block,
                    layout_has_minimum(layout) ? ", minimum = minimums[n]" : "");
    else
        c_code_line(out, depth, "const float scale = unit_scales[block][n]%s;",
                    layout_has_minimum(layout) ? ", minimum = unit_minimums[block][n]" : "");
}

/* Element j of the four. */
static void element(enum layout layout, bool integer, uint32_t j, struct text *out)
{
    static const char *const bytes[] = {"q & 255u", "q >> 8 & 255u", "q >> 16 & 255u", "q >> 24"};
    const struct layout_info *info = &layout_info[layout];

    if (info->table != NULL) {
        text_add(out, integer ? "values[%s]" : "(float)values[%s] * scale", bytes[j]);
        return;
    }
    if (!integer)
        text_add(out, info->bias != 0 ? "(float)(" : "(float)");
    text_add(out, "(int32_t)(%s)", bytes[j]);
    if (info->bias != 0)
        text_add(out, integer ? " - %u" : " - %u)", info->bias);
    if (integer)
        return;
    text_add(out, layout_has_minimum(layout) ? " * scale + minimum" : " * scale");
}

/* "8 * i + 4": column `first` + j of the block, of every four or eight. */
static const char *column(enum layout layout, uint32_t first, uint32_t j, struct arena *a)
{
    const char *base = layout_info[layout].bits == 8 ? "4 * i" : "8 * i";

    return first + j == 0 ? base : arena_printf(a, "%s + %u", base, first + j);
}

static void unpack_elements(enum layout layout, bool integer, uint32_t first, uint32_t depth,
                            struct text *out)
{
    for (uint32_t j = 0; j < 4; j++) {
        text_add(out, "%*sw[%s][n] = ", (int)(4 * depth), "", column(layout, first, j, out->arena));
        element(layout, integer, j, out);
        text_add(out, ";\n");
    }
}

static void add_products(enum layout layout, uint32_t first, uint32_t depth, struct text *out)
{
    const bool enclosed = layout_has_minimum(layout);

    c_code_line(out, depth, "part[n] +=");
    for (uint32_t j = 0; j < 4; j++) {
        text_add(out, "%*s%s", (int)(4 * depth + 4), "", enclosed ? "(" : "");
        element(layout, false, j, out);
        text_add(out, "%s * xs[%s]%s\n", enclosed ? ")" : "", column(layout, first, j, out->arena),
                 j == 3 ? ";" : " +");
    }
}

/* The 32 columns of a block. */
static void columns(enum layout layout, enum c_weight_helper what, uint32_t depth, struct text *out)
{
    const bool bytes = layout_info[layout].bits == 8;

    c_code_line(out, depth,
                bytes ? "for (size_t i = 0; i < 8; i++) { /* 4 columns */"
                      : "for (size_t i = 0; i < 4; i++) { /* 8 columns */");
    for (uint32_t odd = 0; odd < (bytes ? 1 : 2); odd++) {
        c_code_line(out, depth + 1, "for (size_t n = 0; n < 16; n++) {");
        if (what != C_UNPACK_INTEGERS)
            row_scales(layout, depth + 2, out);
        quad(layout, odd, depth + 2, out);
        if (what == C_DOT)
            add_products(layout, 4 * odd, depth + 2, out);
        else
            unpack_elements(layout, what == C_UNPACK_INTEGERS, 4 * odd, depth + 2, out);
        c_code_line(out, depth + 1, "}");
    }
    c_code_line(out, depth, "}");
}

/* ---- functions of a quantized layout ---- */

static void quads(enum layout layout, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const uint8_t *const quads = unit + %u + block * %u;",
                layout_integers_at(layout, 0), 64 * layout_info[layout].bits);
}

/* The table of values, where there is one. */
static void table(enum layout layout, struct text *out)
{
    const int8_t *values = layout_info[layout].table;

    if (values == NULL)
        return;
    c_code_line(out, 1, "static const int8_t values[16] = {");
    text_add(out, "%*s", 8, "");
    for (uint32_t i = 0; i < 16; i++)
        text_add(out, "%d%s", values[i], i == 15 ? "};\n" : ", ");
}

static void unit_of_k(enum layout layout, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const uint8_t *const unit = packed + k / %u * %u;",
                layout_info[layout].unit, layout_info[layout].bytes);
}

static void print_unpack(enum layout layout, bool integers, struct text *out)
{
    if (integers) {
        c_code_line(out, 0, "static void unpack_integers_%s(const uint8_t *packed, size_t k,",
                    c_format_name(layout));
        c_code_line(out, 8, "int32_t w[restrict 32][16], float scales%s%s)",
                    layout_info[layout].scales == 2 ? "[2][16]" : "[16]",
                    layout_has_minimum(layout) ? ", float minimums[16]" : "");
    } else {
        c_code_line(
            out, 0,
            "static void unpack_%s(const uint8_t *packed, size_t k, float w[restrict 32][16])",
            c_format_name(layout));
    }
    c_code_line(out, 0, "{");
    table(layout, out);
    unit_of_k(layout, 1, out);
    c_code_line(out, 1, "const size_t block = k / 32 %% %u;",
                layout_info[layout].unit / LAYOUT_BLOCK);
    quads(layout, 1, out);
    if (has_factors(layout) && !integers)
        c_code_line(out, 1, "float %s;", scale_arrays(layout));
    unit_scales(layout, 1, out);
    block_scales(layout, 1, out);
    if (!has_factors(layout) && integers) {
        c_code_line(out, 1, "memcpy(scales, unit_scales[block], sizeof unit_scales[block]);");
        if (layout_has_minimum(layout))
            c_code_line(out, 1,
                        "memcpy(minimums, unit_minimums[block], sizeof unit_minimums[block]);");
    }
    columns(layout, integers ? C_UNPACK_INTEGERS : C_UNPACK, 1, out);
    c_code_line(out, 0, "}");
}

static void dot_begin(enum layout layout, struct text *out)
{
    comment(layout, C_DOT, out);
    c_code_line(out, 0,
                "static void dot_%s(const uint8_t *packed, size_t columns, const float *x, "
                "float sum[16])",
                c_format_name(layout));
    c_code_line(out, 0, "{");
    table(layout, out);
    c_code_line(out, 1, "float part[16] = {0};");
    text_add(out, "\n");
}

static void print_dot(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];

    dot_begin(layout, out);
    c_code_line(out, 1, "for (size_t k = 0; k < columns; k += %u) {", info->unit);
    unit_of_k(layout, 2, out);
    unit_scales(layout, 2, out);
    c_code_line(out, 2, "for (size_t block = 0; block < %u%s; block++) {",
                info->unit / LAYOUT_BLOCK,
                layout_multiple(layout) < info->unit ? " && k + 32 * block < columns" : "");
    c_code_line(out, 3, "const float *const xs = x + k + 32 * block;");
    quads(layout, 3, out);
    if (has_factors(layout)) {
        c_code_line(out, 3, "float %s;", scale_arrays(layout));
        block_scales(layout, 3, out);
    }
    columns(layout, C_DOT, 3, out);
    c_code_line(out, 2, "}");
    c_code_line(out, 1, "}");
    c_code_line(out, 1, "memcpy(sum, part, sizeof part);");
    c_code_line(out, 0, "}");
}

void c_weight_helper_text(enum layout layout, enum c_weight_helper what, struct text *out)
{
    assert(what == C_UNPACK || layout_is_quantized(layout));
    switch (layout) {
    case LAYOUT_f32_r16:
        print_f32(out);
        return;
    case LAYOUT_f16_r32:
        print_f16(out);
        return;
    case LAYOUT_bf16_r32:
        print_bf16(out);
        return;
    default:
        break;
    }
    if (what == C_DOT) {
        print_dot(layout, out);
        return;
    }
    comment(layout, what, out);
    print_unpack(layout, what == C_UNPACK_INTEGERS, out);
}
