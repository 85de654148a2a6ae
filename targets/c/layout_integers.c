/* Integers of packed weights (compiler/hir/layout.def), of 2, 3, 4, 5, 6 or 8 bits. In: a layout; out: lines
 * that take four of a row out of a word. */
#include "targets/c/layout.h"

static uint32_t high_bits(enum layout layout)
{
    return layout_info[layout].bits - layout_low_bits(layout);
}

/* Of 3 bits two, besides what is left of three words. */
uint32_t c_quads_of_word(enum layout layout)
{
    return 8 / layout_low_bits(layout);
}

void c_table(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];
    const uint32_t count = 1u << info->bits;

    if (info->table == NULL)
        return;
    c_code_line(out, 1, "static const int8_t values[%u] = {", count);
    text_add(out, "%*s", 8, "");
    for (uint32_t i = 0; i < count; i++)
        text_add(out, "%d%s", info->table[i], i + 1 == count ? "};\n" : ", ");
}

void c_quads(enum layout layout, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const uint8_t *const quads = unit + %u + block * %u;",
                layout_integers_at(layout, 0), 64 * layout_info[layout].bits);
}

/* ---- words ---- */

/* Words that share 64 bytes of high bits stand behind them. */
static uint32_t words_together(enum layout layout)
{
    return 8 / high_bits(layout) / c_quads_of_word(layout);
}

/* Reads the word of low bits, and that of high bits where there are such. */
static void words(enum layout layout, uint32_t depth, struct text *out)
{
    if (high_bits(layout) == 0) {
        c_code_line(out, depth, "uint32_t q;");
        c_code_line(out, depth, "memcpy(&q, quads + 64 * i + 4 * n, sizeof q);");
        return;
    }
    const uint32_t together = words_together(layout);
    c_code_line(out, depth, "uint32_t q, high;");
    if (together * c_quads_of_word(layout) * 4 == LAYOUT_BLOCK) {
        c_code_line(out, depth, "memcpy(&high, quads + 4 * n, sizeof high);");
        c_code_line(out, depth, "memcpy(&q, quads + 64 + 64 * i + 4 * n, sizeof q);");
        return;
    }
    const uint32_t bytes = 64 * (1 + together);
    c_code_line(out, depth, "memcpy(&high, quads + i / %u * %u + 4 * n, sizeof high);", together,
                bytes);
    c_code_line(out, depth,
                "memcpy(&q, quads + 64 + i / %u * %u + i %% %u * 64 + 4 * n, sizeof q);", together,
                bytes, together);
}

/* "(2 * i + 1)": where the high bits of quad `which` of word i begin. */
static const char *high_shift(enum layout layout, uint32_t which, struct arena *a)
{
    const uint32_t together = words_together(layout), bits = high_bits(layout),
                   step = bits * c_quads_of_word(layout);
    const char *word = together * c_quads_of_word(layout) * 4 == LAYOUT_BLOCK
                           ? arena_printf(a, "%u * i", step)
                           : arena_printf(a, "i %% %u * %u", together, step);

    return which == 0 ? word : arena_printf(a, "(%s + %u)", word, which * bits);
}

static uint32_t mask(uint32_t bits)
{
    return ((1u << bits) - 1) * 0x01010101u;
}

/* Words of 3 bits: three have two quads each, and what they have left makes two more, the third bits
 * of which are in the middle word. */
static void quad_of_three_bits(uint32_t which, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const size_t word = i < 3 ? i : %u;", 2 * which);
    c_code_line(out, depth, "const uint32_t shift = i < 3 ? %u : 6;", 3 * which);
    c_code_line(out, depth, "const uint32_t low = i < 3 ? 0x%08xu : 0x%08xu;", mask(3), mask(2));
    c_code_line(out, depth, "const uint32_t third = i < 3 ? 0 : 0x%08xu;", mask(1) << 2);
    c_code_line(out, depth, "uint32_t q, middle;");
    c_code_line(out, depth, "memcpy(&q, quads + 64 * word + 4 * n, sizeof q);");
    c_code_line(out, depth, "memcpy(&middle, quads + 64 + 4 * n, sizeof middle);");
    c_code_line(out, depth, "q = (q >> shift & low) | (middle >> %u & third);", 4 + which);
}

/* Of 2 bits: i is which half of a block. */
static void quad_of_two_bits(uint32_t which, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "uint32_t q;");
    c_code_line(out, depth, "memcpy(&q, quads + %u + 4 * n, sizeof q);", which / 2 * 64);
    c_code_line(out, depth, "q = q >> (%u + 2 * i) & 0x%08xu;", which % 2 * 4, mask(2));
}

void c_quad(enum layout layout, uint32_t which, uint32_t depth, struct text *out)
{
    if (layout_low_bits(layout) == 2) {
        quad_of_two_bits(which, depth, out);
        return;
    }
    if (layout_low_bits(layout) == 3) {
        quad_of_three_bits(which, depth, out);
        return;
    }
    const uint32_t low_bits = layout_low_bits(layout), shift = which * low_bits;
    struct arena *a = out->arena;
    const char *low = shift == 0 ? arena_printf(a, "q & 0x%08xu", mask(low_bits))
                                 : arena_printf(a, "q >> %u & 0x%08xu", shift, mask(low_bits));

    words(layout, depth, out);
    if (high_bits(layout) != 0)
        c_code_line(out, depth, "q = (%s) | (high >> %s & 0x%08xu) << %u;", low,
                    high_shift(layout, which, a), mask(high_bits(layout)), low_bits);
    else if (low_bits != 8)
        c_code_line(out, depth, "q = %s;", low);
}

/* ---- elements ---- */

void c_element(enum layout layout, bool integer, uint32_t j, struct text *out)
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
