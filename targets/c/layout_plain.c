/* Packed weights of plain elements (compiler/hir/layout.def). In: a layout; out: a function that
 * unpacks up to 32 columns of a row group as floats. */
#include "targets/c/layout.h"

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

/* Bytes of E4M3, or integers with zero points. */
static void print_bytes(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];
    const uint32_t words = layout_byte_words(layout);
    const bool is_f8 = words == 1;

    plain_begin(layout,
                arena_printf(out->arena,
                             "%s; by %u columns: scales f32 [row], %sthen a byte for each, column "
                             "by column%s",
                             is_f8 ? "E4M3 * scale" : "(number - zero point) * scale", info->unit,
                             is_f8 ? "" : "zero points f32 [row], ",
                             is_f8 ? ". E4M3 is binary16 with another exponent" : ""),
                out);
    c_code_line(out, 1, "const uint8_t *const unit = packed + k / %u * %u;", info->unit,
                info->bytes);
    c_code_line(out, 1, "float scales[16]%s;", is_f8 ? "" : ", zeros[16]");
    text_add(out, "\n");
    c_code_line(out, 1, "memcpy(scales, unit, sizeof scales);");
    if (!is_f8)
        c_code_line(out, 1, "memcpy(zeros, unit + sizeof scales, sizeof zeros);");
    c_code_line(out, 1, "for (size_t i = 0; i < count; i++) {");
    c_code_line(out, 2, "const uint8_t *const column = unit + %u + 16 * (k %% %u + i);", 64 * words,
                info->unit);
    c_code_line(out, 2, "for (size_t n = 0; n < 16; n++)");
    c_code_line(out, 3, "w[i][n] = %s;",
                is_f8 ? "half_to_float((uint16_t)((column[n] & 128u) << 8 | (column[n] & 127u) << "
                        "7)) * (256.0f * scales[n])"
                      : "((float)column[n] - zeros[n]) * scales[n]");
    c_code_line(out, 1, "}");
    c_code_line(out, 0, "}");
}

static void print_floats(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];

    plain_begin(layout,
                arena_printf(out->arena,
                             "value * scale; by %u columns: scales f32 [row], then bytes [column / "
                             "8][row][column %% 4] with places in the table of values, of columns "
                             "0..3 of 8 in the low 4 bits and above them those of 4..7",
                             info->unit),
                out);
    c_code_line(out, 1, "static const float values[16] = {");
    for (uint32_t i = 0; i < 16; i++) {
        text_add(out, "%*s", i % 4 == 0 ? 8 : 1, "");
        c_float(out, layout_floats(layout)[i]);
        text_add(out, i == 15 ? "};\n" : i % 4 == 3 ? ",\n" : ",");
    }
    c_code_line(out, 1, "const uint8_t *const unit = packed + k / %u * %u;", info->unit,
                info->bytes);
    c_code_line(out, 1, "float scales[16];");
    text_add(out, "\n");
    c_code_line(out, 1, "memcpy(scales, unit, sizeof scales);");
    c_code_line(out, 1, "for (size_t i = 0; i < count; i++) {");
    c_code_line(out, 2, "const size_t column = k %% %u + i;", info->unit);
    c_code_line(out, 2, "const uint8_t *const bytes = unit + 64 + column / 8 * 64 + column %% 4;");
    c_code_line(out, 2, "for (size_t n = 0; n < 16; n++) {");
    c_code_line(out, 3, "w[i][n] = values[bytes[4 * n] >> (column & 4) & 15] * scales[n];");
    c_code_line(out, 2, "}");
    c_code_line(out, 1, "}");
    c_code_line(out, 0, "}");
}

void c_unpack_plain(enum layout layout, struct text *out)
{
    switch (layout) {
    case LAYOUT_f32_r16:
        print_f32(out);
        break;
    case LAYOUT_f16_r32:
        print_f16(out);
        break;
    case LAYOUT_f8_e4m3_r16:
    case LAYOUT_i8_g32_r16:
    case LAYOUT_i8_g128_r16:
        print_bytes(layout, out);
        break;
    case LAYOUT_nf4_r16:
    case LAYOUT_fp4_r16:
        print_floats(layout, out);
        break;
    default:
        assert(layout == LAYOUT_bf16_r32);
        print_bf16(out);
        break;
    }
}
