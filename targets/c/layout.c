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

/* The integers of columns 4 i .. 4 i + 3 of all rows, a byte of a word each. The words go into
 * arrays first: compilers then see that what is stored does not change what is read. */
static void words_text(enum layout layout, struct text *out)
{
    switch (layout_info[layout].bits) {
    case 8:
        text_add(out, "        uint32_t words[16];\n"
                      "        memcpy(words, quads + 64 * i, sizeof words);\n");
        break;
    case 4:
        text_add(out, "        uint32_t words[16];\n"
                      "        memcpy(words, quads + i / 2 * 64, sizeof words);\n");
        break;
    case 5:
        text_add(out, "        uint32_t words[16], fifth[16];\n"
                      "        memcpy(words, quads + 64 + i / 2 * 64, sizeof words);\n"
                      "        memcpy(fifth, quads, sizeof fifth);\n");
        break;
    default:
        assert(layout_info[layout].bits == 6 && layout_info[layout].scales == 2);
        text_add(out, "        const uint8_t *const part = quads + i / 4 * 192;\n"
                      "        uint32_t words[16], high[16];\n"
                      "        memcpy(words, part + 64 + i %% 4 / 2 * 64, sizeof words);\n"
                      "        memcpy(high, part, sizeof high);\n");
        break;
    }
}

static void quad_text(enum layout layout, struct text *out)
{
    static const char *const low = "words[n] >> i % 2 * 4 & 0x0f0f0f0fu";

    switch (layout_info[layout].bits) {
    case 8:
        text_add(out, "            const uint32_t q = words[n];\n");
        break;
    case 4:
        text_add(out, "            const uint32_t q = %s;\n", low);
        break;
    case 5:
        text_add(out, "            const uint32_t low = %s,\n", low);
        text_add(out, "                           q = low | (fifth[n] >> i & 0x01010101u) << 4;\n");
        break;
    default:
        text_add(out, "            const uint32_t low = %s,\n", low);
        text_add(out, "                           q = low | (high[n] >> i %% 4 * 2 & 0x03030303u) "
                      "<< 4;\n");
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
    text_add(out, "    for (size_t i = 0; i < 8; i++) { /* four columns */\n");
    words_text(layout, out);
    text_add(out, "        for (size_t n = 0; n < 16; n++) {\n");
    quad_text(layout, out);
    elements_text(layout, integers, out);
    text_add(out, "        }\n    }\n}\n");
}

static void picture_of_scales(enum layout layout, struct text *out)
{
    switch (layout) {
    case LAYOUT_q4_k_r16:
    case LAYOUT_q5_k_r16:
        text_add(out, "d and dmin binary16 [row], their factors for each 32 columns in 6 bits");
        break;
    case LAYOUT_q6_k_r16:
        text_add(out, "d binary16 [row], its factors for each 16 columns");
        break;
    default:
        text_add(out, layout_has_minimum(layout) ? "scales and minimums binary16 [2][row] each"
                                                 : "scales binary16 [2][row]");
        break;
    }
}

/* How columns stand in a group, after what an element is. */
static void picture(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];

    text_add(out, " Packed by %u columns: ", info->unit);
    picture_of_scales(layout, out);
    text_add(out, ", then for each %u columns ", 32 / info->scales);
    if (info->bits == 8)
        text_add(out, "bytes [column / 4][row][column %% 4]");
    else if (info->bits > 4)
        text_add(out, "bytes [row][column %% 4] with the high bits at bit %u * (column / 4), and ",
                 info->bits - 4);
    if (info->bits < 8)
        text_add(out, "bytes [column / 8][row][column %% 4] with the low 4 bits of columns 0..3 of "
                      "8 and above them those of 4..7");
    if (info->bias != 0)
        text_add(out, "; %u more than the integers", info->bias);
    text_add(out, ".");
}

void c_unpack_text(enum layout layout, struct text *out)
{
    struct text comment = {.arena = out->arena};

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
    text_add(&comment, "w[i][n]: columns k .. k + 31 of 16 rows, integer * scale%s.",
             layout_has_minimum(layout) ? " + minimum" : "");
    picture(layout, &comment);
    c_comment(out, comment.data);
    unpack_quantized(layout, false, out);
}

void c_unpack_integers_text(enum layout layout, struct text *out)
{
    struct text comment = {.arena = out->arena};

    assert(layout_is_quantized(layout));
    text_add(&comment, "w[i][n]: the integers of columns k .. k + 31 of 16 rows.");
    picture(layout, &comment);
    c_comment(out, comment.data);
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
