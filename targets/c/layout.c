/* Packed weights (compiler/hir/layout.def) in source text. In: a layout; out: the helper that
 * unpacks 32 columns of a row group, calls of it, addresses of row groups, and a sentence on the
 * form. */
#include "targets/c/c.h"

static const char *format_name(enum layout layout)
{
    return dtype_info[layout_info[layout].dtype].name;
}

/* ---- plain elements ---- */

static void unpack_f32(struct text *out)
{
    text_add(out, "/* w[i][n]: columns k .. k + count - 1 of 16 rows; f32, column by column. */\n"
                  "static void unpack_f32(const uint8_t *packed, size_t k, size_t count, "
                  "float w[32][16])\n"
                  "{\n"
                  "    memcpy(w, packed + 64 * k, 64 * count);\n"
                  "}\n");
}

static void unpack_f16(struct text *out)
{
    text_add(out, "/* w[i][n]: columns k .. k + count - 1 of 16 rows; binary16, column by column "
                  "of 32 rows. */\n"
                  "static void unpack_f16(const uint8_t *packed, size_t k, size_t count, "
                  "float w[32][16])\n"
                  "{\n"
                  "    for (size_t i = 0; i < count; i++)\n"
                  "        halves_to_floats(packed + 64 * (k + i), w[i]);\n"
                  "}\n");
}

static void unpack_bf16(struct text *out)
{
    text_add(out,
             "/* w[i][n]: columns k .. k + count - 1 of 16 rows; bfloat16, two columns side by "
             "side, pair by\n"
             " * pair of 32 rows. */\n"
             "static void unpack_bf16(const uint8_t *packed, size_t k, size_t count, "
             "float w[32][16])\n"
             "{\n"
             "    for (size_t i = 0; i < count; i += 2) {\n"
             "        for (size_t n = 0; n < 16; n++) {\n"
             "            uint32_t pair, even, odd;\n"
             "            memcpy(&pair, packed + 64 * (k + i) + 4 * n, sizeof pair);\n"
             "            even = pair << 16;\n"
             "            odd = pair & 0xffff0000u;\n"
             "            memcpy(&w[i][n], &even, sizeof even);\n"
             "            memcpy(&w[i + 1][n], &odd, sizeof odd);\n"
             "        }\n"
             "    }\n"
             "}\n");
}

/* ---- quantized ---- */

/* Scales and minimums of 16 rows. */
static void scales_text(enum layout layout, struct text *out)
{
    switch (layout) {
    case LAYOUT_q4_k_r16:
    case LAYOUT_q5_k_r16:
        text_add(out,
                 "    halves_to_floats(unit, scale);\n"
                 "    halves_to_floats(unit + 32, minimum);\n"
                 "    for (size_t n = 0; n < 16; n++) { /* 6 bits each, in bytes of three words "
                 "*/\n"
                 "        const size_t at = 64 + 4 * n + block %% 4;\n"
                 "        uint32_t s = unit[at], m = unit[at + 64];\n"
                 "        if (block < 4) {\n"
                 "            s &= 63u;\n"
                 "            m &= 63u;\n"
                 "        } else {\n"
                 "            s = (unit[at + 128] & 15u) | s >> 6 << 4;\n"
                 "            m = (uint32_t)unit[at + 128] >> 4 | m >> 6 << 4;\n"
                 "        }\n"
                 "        scale[n] *= (float)(int32_t)s;\n"
                 "        minimum[n] *= -(float)(int32_t)m;\n"
                 "    }\n");
        break;
    case LAYOUT_q6_k_r16:
        text_add(out, "    halves_to_floats(unit, scale[0]);\n"
                      "    for (size_t n = 0; n < 16; n++) { /* one for each 16 columns */\n"
                      "        const uint8_t *const s = unit + 64 + 32 * block + n;\n"
                      "        scale[1][n] = scale[0][n] * (float)(int8_t)s[16];\n"
                      "        scale[0][n] = scale[0][n] * (float)(int8_t)s[0];\n"
                      "    }\n");
        break;
    default:
        text_add(out, "    halves_to_floats(unit + 32 * block, scale);\n");
        if (layout_has_minimum(layout))
            text_add(out, "    halves_to_floats(unit + 64 + 32 * block, minimum);\n");
        break;
    }
}

/* The four integers of a row and of columns 4 i .. 4 i + 3, a byte of q each. */
static void quad_text(enum layout layout, struct text *out)
{
    switch (layout_info[layout].bits) {
    case 8:
        text_add(out, "            uint32_t q;\n"
                      "            memcpy(&q, quads + 64 * i + 4 * n, sizeof q);\n");
        break;
    case 4:
        text_add(out, "            uint32_t q;\n"
                      "            memcpy(&q, quads + i / 2 * 64 + 4 * n, sizeof q);\n"
                      "            q = q >> i %% 2 * 4 & 0x0f0f0f0fu;\n");
        break;
    case 5:
        text_add(out, "            uint32_t q, fifth;\n"
                      "            memcpy(&fifth, quads + 4 * n, sizeof fifth);\n"
                      "            memcpy(&q, quads + 64 + i / 2 * 64 + 4 * n, sizeof q);\n"
                      "            q = q >> i %% 2 * 4 & 0x0f0f0f0fu;\n"
                      "            q |= (fifth >> i & 0x01010101u) << 4;\n");
        break;
    default:
        text_add(out, "            const uint8_t *const part = quads + i / 4 * 192 + 4 * n;\n"
                      "            uint32_t q, high;\n"
                      "            memcpy(&high, part, sizeof high);\n"
                      "            memcpy(&q, part + 64 + i %% 4 / 2 * 64, sizeof q);\n"
                      "            q = q >> i %% 2 * 4 & 0x0f0f0f0fu;\n"
                      "            q |= (high >> i %% 4 * 2 & 0x03030303u) << 4;\n");
        break;
    }
}

/* What becomes of the four. */
static void elements_text(enum layout layout, bool integers, struct text *out)
{
    static const char *const bytes[] = {"q & 255u", "q >> 8 & 255u", "q >> 16 & 255u", "q >> 24"};
    static const char *const columns[] = {"4 * i", "4 * i + 1", "4 * i + 2", "4 * i + 3"};
    const struct layout_info *info = &layout_info[layout];

    for (uint32_t j = 0; j < 4; j++) {
        text_add(out, "            w[%s][n] = ", columns[j]);
        if (!integers)
            text_add(out, info->bias != 0 ? "(float)(" : "(float)");
        text_add(out, "(int32_t)(%s)", bytes[j]);
        if (info->bias != 0)
            text_add(out, integers ? " - %u" : " - %u)", info->bias);
        if (!integers)
            text_add(out, info->scales == 2 ? " * scale[i / 4][n]" : " * scale[n]");
        if (!integers && layout_has_minimum(layout))
            text_add(out, " + minimum[n]");
        text_add(out, ";\n");
    }
}

static void unpack_quantized(enum layout layout, bool integers, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];
    const uint32_t blocks = info->unit / LAYOUT_BLOCK;
    const char *scale = info->scales == 2 ? "scale[2][16]" : "scale[16]";
    const bool has_minimum = layout_has_minimum(layout);

    if (integers)
        text_add(
            out,
            "static void unpack_integers_%s(const uint8_t *packed, size_t k, int32_t w[32][16],\n"
            "                                  float %s%s)\n",
            format_name(layout), scale, has_minimum ? ", float minimum[16]" : "");
    else
        text_add(out, "static void unpack_%s(const uint8_t *packed, size_t k, float w[32][16])\n",
                 format_name(layout));
    text_add(out, "{\n    const uint8_t *const unit = packed + k / %u * %u;\n", info->unit,
             info->bytes);
    text_add(out, "    const size_t block = k / 32 %% %u;\n", blocks);
    text_add(out, "    const uint8_t *const quads = unit + %u + block * %u;\n",
             layout_integers_at(layout, 0), 64 * info->bits);
    if (!integers)
        text_add(out, "    float %s%s;\n", scale, has_minimum ? ", minimum[16]" : "");
    text_add(out, "\n");
    scales_text(layout, out);
    text_add(out, "    for (size_t i = 0; i < 8; i++) { /* four columns */\n"
                  "        for (size_t n = 0; n < 16; n++) {\n");
    quad_text(layout, out);
    elements_text(layout, integers, out);
    text_add(out, "        }\n    }\n}\n");
}

/* How columns stand in a group, after "Packed by". */
static const char *picture(enum layout layout)
{
    switch (layout) {
    case LAYOUT_q8_0_r16:
        return "64 columns: scales binary16 [2][row], then for each 32 columns bytes "
               "[column / 4][row][column % 4], 128 more than the integers.";
    case LAYOUT_q4_0_r16:
        return "64 columns: scales binary16 [2][row], then for each 32 columns bytes "
               "[column / 8][row][column % 4], the low 4 bits of columns 0..3 of 8 and the high "
               "ones of 4..7, 8 more than the integers.";
    case LAYOUT_q4_1_r16:
        return "64 columns: scales and minimums binary16 [2][row] each, then for each 32 columns "
               "bytes [column / 8][row][column % 4], the low 4 bits of columns 0..3 of 8 and the "
               "high ones of 4..7.";
    case LAYOUT_q5_0_r16:
        return "64 columns: scales binary16 [2][row], then for each 32 columns the fifth bits, "
               "bytes [row][column % 4] with bit column / 4, and the low 4 bits, bytes "
               "[column / 8][row][column % 4] with columns 0..3 of 8 low and 4..7 high; 16 more "
               "than the integers.";
    case LAYOUT_q5_1_r16:
        return "64 columns: scales and minimums binary16 [2][row] each, then for each 32 columns "
               "the fifth bits, bytes [row][column % 4] with bit column / 4, and the low 4 bits, "
               "bytes [column / 8][row][column % 4] with columns 0..3 of 8 low and 4..7 high.";
    case LAYOUT_q4_k_r16:
        return "256 columns: d and dmin binary16 [row], factors of d and dmin for each 32 columns "
               "in 6 bits, then for each 32 columns bytes [column / 8][row][column % 4], the low 4 "
               "bits of columns 0..3 of 8 and the high ones of 4..7.";
    case LAYOUT_q5_k_r16:
        return "256 columns: d and dmin binary16 [row], factors of d and dmin for each 32 columns "
               "in 6 bits, then for each 32 columns the fifth bits, bytes [row][column % 4] with "
               "bit column / 4, and the low 4 bits, bytes [column / 8][row][column % 4] with "
               "columns 0..3 of 8 low and 4..7 high.";
    default:
        return "256 columns: d binary16 [row], factors of d for each 16 columns, then for each 16 "
               "columns the high 2 bits, bytes [row][column % 4] at bit 2 * (column / 4), and the "
               "low 4 bits, bytes [column / 8][row][column % 4] with columns 0..3 of 8 low and "
               "4..7 high; 32 more than the integers.";
    }
}

void c_unpack_text(enum layout layout, struct text *out)
{
    switch (layout) {
    case LAYOUT_f32_r16:
        unpack_f32(out);
        return;
    case LAYOUT_f16_r32:
        unpack_f16(out);
        return;
    case LAYOUT_bf16_r32:
        unpack_bf16(out);
        return;
    default:
        break;
    }
    c_comment(out, arena_printf(out->arena,
                                "w[i][n]: columns k .. k + 31 of 16 rows, integer * scale%s. "
                                "Packed by %s",
                                layout_has_minimum(layout) ? " + minimum" : "", picture(layout)));
    unpack_quantized(layout, false, out);
}

void c_unpack_integers_text(enum layout layout, struct text *out)
{
    assert(layout_is_quantized(layout));
    c_comment(out, arena_printf(out->arena,
                                "w[i][n]: the integers of columns k .. k + 31 of 16 rows. Packed "
                                "by %s",
                                picture(layout)));
    unpack_quantized(layout, true, out);
}

/* ---- in kernels ---- */

void c_layout_comment(enum layout layout, struct text *out)
{
    text_add(out, "weight is %s in groups of 16 rows, as unpack_%s has them.", format_name(layout),
             format_name(layout));
}

void c_group_address(enum layout layout, uint32_t k, const char *weight, const char *group,
                     struct text *out)
{
    const unsigned long long bytes = layout_group_bytes(layout, k);

    if (layout_info[layout].groups == 1)
        text_add(out, "%s + %s * %llu", weight, group, bytes);
    else
        text_add(out, "%s + %s / 2 * %llu + %s %% 2 * %u", weight, group, 2 * bytes, group,
                 layout_info[layout].bytes);
}

void c_unpack_call(enum layout layout, const char *packed, const char *column, const char *count,
                   struct text *out)
{
    text_add(out, "unpack_%s(%s, %s%s%s, w)", format_name(layout), packed, column,
             layout_is_quantized(layout) ? "" : ", ", layout_is_quantized(layout) ? "" : count);
}
