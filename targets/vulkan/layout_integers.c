/* Integers of packed weights (compiler/hir/layout.def), of 2, 3, 4, 5, 6 or 8 bits. In: a layout; out: GLSL
 * functions that read eight columns of four rows: a byte of a vector's component is a column. */
#include "targets/vulkan/layout.h"

static uint32_t high_bits(enum layout layout)
{
    return layout_info[layout].bits - layout_low_bits(layout);
}

const char *const vulkan_shared_words[VULKAN_SHARED_WORDS] = {
    [VULKAN_HIGH_WORD] = "high",
    [VULKAN_LOW_WORD] = "low",
    [VULKAN_LAST_WORD] = "last",
};

/* Integers of 3 bits share three words: a low, a high and a last one follow each other. */
uint32_t vulkan_shared_columns(enum layout layout, uint32_t which)
{
    if (layout_low_bits(layout) == 3)
        return LAYOUT_BLOCK;
    if (which == VULKAN_LAST_WORD)
        return 0;
    if (which == VULKAN_HIGH_WORD)
        return high_bits(layout) == 0 ? 0 : LAYOUT_BLOCK / high_bits(layout);
    return layout_low_bits(layout) == 2 ? 16 : 0;
}

/* Those of 2 bits are shared by octets of both halves. */
uint32_t vulkan_shared_number(enum layout layout, uint32_t which, uint32_t i)
{
    return layout_low_bits(layout) == 2 ? i % 2 : 8 * i / vulkan_shared_columns(layout, which);
}

uint32_t vulkan_shared_first(enum layout layout, uint32_t which, uint32_t number)
{
    uint32_t i = 0;

    while (vulkan_shared_number(layout, which, i) != number)
        i++;
    return i;
}

/* Bytes of what shares a word of high bits, these included. */
static uint32_t together_bytes(enum layout layout)
{
    return 64 + vulkan_shared_columns(layout, VULKAN_HIGH_WORD) * 2 * layout_low_bits(layout);
}

/* "192 * (i / 2) + 64 + 64 * (i % 2)": where the low bits of octet i begin, a word of each row; two words
 * of whole bytes. */
static const char *low_address(enum layout layout, struct arena *a)
{
    const uint32_t low = layout_low_bits(layout),
                   columns = vulkan_shared_columns(layout, VULKAN_HIGH_WORD);
    const char *word = low == 2 ? "i % 2" : "i";

    if (columns == 0)
        return arena_printf(a, "%u * (%s)", low == 8 ? 128 : 64, word);
    if (columns == LAYOUT_BLOCK)
        return arena_printf(a, "64 + 64 * (%s)", word);
    assert(columns == 16 && low == 4);
    return arena_printf(a, "%u * (i / 2) + 64 + 64 * (i %% 2)", together_bytes(layout));
}

/* The words that more than eight columns share. */
static void shared_functions(struct vulkan_shader *s, enum layout layout)
{
    static const uint32_t of_three_bits[] = {
        [VULKAN_LOW_WORD] = 0, [VULKAN_HIGH_WORD] = 64, [VULKAN_LAST_WORD] = 128};

    for (uint32_t which = 0; which < VULKAN_SHARED_WORDS; which++) {
        const uint32_t columns = vulkan_shared_columns(layout, which);
        if (columns == 0)
            continue;
        vulkan_before(s, 0, "uvec4 weight_%s(uint64_t block, uint i, uint part)",
                      vulkan_shared_words[which]);
        vulkan_before(s, 0, "{");
        if (layout_low_bits(layout) == 3)
            vulkan_before(s, 1, "return load_words(block + %u + 16 * part);", of_three_bits[which]);
        else if (which == VULKAN_LOW_WORD)
            vulkan_before(s, 1, "return load_words(block + %s + 16 * part);",
                          low_address(layout, s->arena));
        else if (columns == LAYOUT_BLOCK)
            vulkan_before(s, 1, "return load_words(block + 16 * part);");
        else
            vulkan_before(s, 1, "return load_words(block + %u * (i / %u) + 16 * part);",
                          together_bytes(layout), columns / 8);
        vulkan_before(s, 0, "}\n");
    }
}

/* Places in the table of values, four to a word, become values plus the bias. The table is words of
 * which each thread chooses one: drivers compile an array with a variable index to much code. */
static void table_function(struct vulkan_shader *s, enum layout layout)
{
    const struct layout_info *info = &layout_info[layout];
    uint32_t words[4] = {0};

    for (uint32_t i = 0; i < 1u << info->bits; i++)
        words[i / 4] |= (uint32_t)(info->table[i] + (int)info->bias) << 8 * (i % 4);
    vulkan_before(s, 0, "uvec4 looked_up(uvec4 places)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "uvec4 values = uvec4(0);");
    vulkan_before(s, 1, "[[unroll]] for (uint i = 0; i < 4; i++) {");
    vulkan_before(s, 2, "const uvec4 place = places >> 8 * i & 15u;");
    vulkan_before(s, 2, "const uvec4 odd = -(place >> 2 & 1u);");
    if (info->bits == 3) {
        vulkan_before(s, 2, "const uvec4 four = 0x%xu ^ 0x%xu & odd;", words[0],
                      words[0] ^ words[1]);
    } else {
        vulkan_before(s, 2, "const uvec4 upper = -(place >> 3);");
        vulkan_before(s, 2, "const uvec4 low = 0x%xu ^ 0x%xu & odd, high = 0x%xu ^ 0x%xu & odd;",
                      words[0], words[0] ^ words[1], words[2], words[2] ^ words[3]);
        vulkan_before(s, 2, "const uvec4 four = low ^ (low ^ high) & upper;");
    }
    vulkan_before(s, 2, "values |= (four >> 8 * (place & 3u) & 255u) << 8 * i;");
    vulkan_before(s, 1, "}");
    vulkan_before(s, 1, "return values;");
    vulkan_before(s, 0, "}\n");
}

/* Low bits of the octet, and high bits above them. */
static void bytes_of_bits(struct vulkan_shader *s, enum layout layout)
{
    const uint32_t low = layout_low_bits(layout), high = high_bits(layout),
                   mask = ((1u << low) - 1) * 0x01010101u,
                   high_mask = ((1u << high) - 1) * 0x01010101u;
    const char *above[2] = {"", ""};

    if (high != 0) {
        const bool all = vulkan_shared_columns(layout, VULKAN_HIGH_WORD) == LAYOUT_BLOCK;
        vulkan_before(s, 1, "const uvec4 above = high >> %u * %s;", 2 * high,
                      all ? "i" : "(i % 2)");
        above[0] = arena_printf(s->arena, " | (above & 0x%08xu) << %u", high_mask, low);
        above[1] = arena_printf(s->arena, " | (above >> %u & 0x%08xu) << %u", high, high_mask, low);
    }
    if (low == 2) /* every other two bits are of the other half */
        vulkan_before(s, 1, "const uvec4 word = low >> 2 * (i / 2);");
    else
        vulkan_before(s, 1, "const uvec4 word = load_words(block + %s + 16 * part);",
                      low_address(layout, s->arena));
    vulkan_before(s, 1, "first = word & 0x%08xu%s;", mask, above[0]);
    vulkan_before(s, 1, "second = word >> %u & 0x%08xu%s;", low == 2 ? 4 : low, mask, above[1]);
}

/* A word has an octet; what is left of the three makes the last. */
static void bytes_of_three_bits(struct vulkan_shader *s)
{
    vulkan_before(s, 1, "const uvec4 word = i == 0 ? low : i == 1 ? high : last;");
    vulkan_before(s, 1, "first = i < 3 ? word & 0x07070707u");
    vulkan_before(s, 1, "              : (low >> 6 & 0x03030303u) | (high >> 4 & 0x04040404u);");
    vulkan_before(s, 1, "second = i < 3 ? word >> 3 & 0x07070707u");
    vulkan_before(s, 1, "               : (last >> 6 & 0x03030303u) | (high >> 5 & 0x04040404u);");
}

/* Columns 8 i .. 8 i + 3 and 8 i + 4 .. 8 i + 7 of a block. */
void vulkan_bytes_functions(struct vulkan_shader *s, enum layout layout)
{
    const char *shared = "";

    shared_functions(s, layout);
    if (layout_info[layout].table != NULL)
        table_function(s, layout);
    for (uint32_t which = 0; which < VULKAN_SHARED_WORDS; which++)
        if (vulkan_shared_columns(layout, which) != 0)
            shared = arena_printf(s->arena, "%suvec4 %s, ", shared, vulkan_shared_words[which]);
    vulkan_before(s, 0,
                  "void weight_bytes(uint64_t block, %suint i, uint part, out uvec4 first, "
                  "out uvec4 second)",
                  shared);
    vulkan_before(s, 0, "{");
    if (layout_info[layout].bits == 8) {
        vulkan_before(s, 1, "first = load_words(block + 128 * i + 16 * part);");
        vulkan_before(s, 1, "second = load_words(block + 128 * i + 64 + 16 * part);");
    } else if (layout_low_bits(layout) == 3) {
        bytes_of_three_bits(s);
    } else {
        bytes_of_bits(s, layout);
    }
    if (layout_info[layout].table != NULL) {
        vulkan_before(s, 1, "first = looked_up(first);");
        vulkan_before(s, 1, "second = looked_up(second);");
    }
    vulkan_before(s, 0, "}\n");
}

const char *vulkan_octet_words(struct arena *a, enum layout layout, const char *octet,
                               const char *part)
{
    const char *words = "";

    for (uint32_t which = 0; which < VULKAN_SHARED_WORDS; which++)
        if (vulkan_shared_columns(layout, which) != 0)
            words = arena_printf(a, "%sweight_%s(integers, %s, %s), ", words,
                                 vulkan_shared_words[which], octet, part);
    return words;
}
