/* Unicode tables of compiled templates. In: utf8proc's tables and SpecialCasing.txt
 * (special_case.def); out: ranges of classes, and the code points that change case. Names of the
 * classes are those of Python's str.is… methods.
 */
#include "compiler/template/unicode.h"

#include "compiler/base/point_range.h"

#include <string.h>
#include <utf8proc.h>

/* Nothing from RARE_POINTS on changes case or stands in a list below. Planes 4 to 13 are empty;
 * what comes after plane 14's marks is for private use, and in no class. */
enum { RARE_POINTS = 0x20000, EMPTY_POINTS = 0x40000, LAST_POINTS = 0xe0000, POINTS = 0xe0200 };

/* Numeric_Type=Digit of the Unicode Character Database: digits that are not decimal. */
static const struct point_range digits[] = {
    {0xb2, 0xb3},       {0xb9, 0xb9},       {0x1369, 0x1371},   {0x19da, 0x19da},
    {0x2070, 0x2070},   {0x2074, 0x2079},   {0x2080, 0x2089},   {0x2460, 0x2468},
    {0x2474, 0x247c},   {0x2488, 0x2490},   {0x24ea, 0x24ea},   {0x24f5, 0x24fd},
    {0x24ff, 0x24ff},   {0x2776, 0x277e},   {0x2780, 0x2788},   {0x278a, 0x2792},
    {0x10a40, 0x10a43}, {0x10e60, 0x10e68}, {0x11052, 0x1105a}, {0x1f100, 0x1f10a},
};

/* Word_Break = MidLetter, MidNumLet and Single_Quote: they do not end a word for the final sigma.
 */
static const struct point_range inside_words[] = {
    {'\'', '\''},     {'.', '.'},       {':', ':'},       {0xb7, 0xb7},
    {0x387, 0x387},   {0x55f, 0x55f},   {0x5f4, 0x5f4},   {0x2018, 0x2019},
    {0x2024, 0x2024}, {0x2027, 0x2027}, {0xfe13, 0xfe13}, {0xfe52, 0xfe52},
    {0xfe55, 0xfe55}, {0xff07, 0xff07}, {0xff0e, 0xff0e}, {0xff1a, 0xff1a},
};

static uint32_t class_of(int32_t c)
{
    bool listed = c < RARE_POINTS;
    uint32_t bits = listed && point_in_ranges(inside_words, countof(inside_words), (uint32_t)c)
                        ? RLX_CASE_IGNORED
                        : 0u;

    if (listed && point_in_ranges(digits, countof(digits), (uint32_t)c))
        bits |= RLX_DIGIT;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
        return bits | RLX_LETTER | RLX_UPPER | RLX_PRINTABLE;
    case UTF8PROC_CATEGORY_LL:
        return bits | RLX_LETTER | RLX_LOWER | RLX_PRINTABLE;
    case UTF8PROC_CATEGORY_LT:
        return bits | RLX_LETTER | RLX_TITLE | RLX_PRINTABLE;
    case UTF8PROC_CATEGORY_LM:
        return bits | RLX_LETTER | RLX_PRINTABLE | RLX_CASE_IGNORED;
    case UTF8PROC_CATEGORY_LO:
        return bits | RLX_LETTER | RLX_PRINTABLE | (c == 0xaa || c == 0xba ? RLX_LOWER : 0u);
    case UTF8PROC_CATEGORY_ND:
        return bits | RLX_DECIMAL | RLX_DIGIT | RLX_NUMERIC | RLX_PRINTABLE;
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_SO:
        bits |= utf8proc_category(c) != UTF8PROC_CATEGORY_SO ? RLX_NUMERIC : 0u;
        bits |= utf8proc_toupper(c) != c ? RLX_LOWER : utf8proc_tolower(c) != c ? RLX_UPPER : 0u;
        return bits | RLX_PRINTABLE;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_SK:
        return bits | RLX_PRINTABLE | RLX_CASE_IGNORED;
    case UTF8PROC_CATEGORY_CF:
        return bits | RLX_CASE_IGNORED;
    case UTF8PROC_CATEGORY_ZS:
        return bits | (c == ' ' ? RLX_PRINTABLE : 0u);
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return bits;
    default:
        return bits | RLX_PRINTABLE;
    }
}

static void make_classes(struct arena *a, struct template_unicode *out)
{
    uint32_t capacity = 0;

    for (int32_t c = 0; c < POINTS; c++) {
        uint32_t bits = c >= EMPTY_POINTS && c < LAST_POINTS ? 0 : class_of(c);
        if (bits == 0)
            continue;
        struct rlx_template_class_range *last =
            out->class_count == 0 ? NULL : &out->classes[out->class_count - 1];
        if (last != NULL && last->last + 1 == (uint32_t)c && last->bits == bits)
            last->last++;
        else
            ARENA_PUSH(a, out->classes, out->class_count, capacity) =
                (struct rlx_template_class_range){(uint32_t)c, (uint32_t)c, bits};
    }
}

static const struct rlx_template_case special[] = {
#define SPECIAL_CASE(point, u0, u1, u2, l0, l1, t0, t1, t2) \
    {point, {u0, u1, u2}, {l0, l1}, {t0, t1, t2}, {0}},
#include "compiler/template/special_case.def"
};

/* `next`: of the special ones, which come in order. */
static struct rlx_template_case case_of(int32_t c, size_t *next)
{
    struct rlx_template_case out = {.point = (uint32_t)c,
                                    .upper = {(uint32_t)utf8proc_toupper(c)},
                                    .lower = {(uint32_t)utf8proc_tolower(c)},
                                    .title = {(uint32_t)utf8proc_totitle(c)}};
    int32_t folded[4] = {0};
    int boundary = 0;

    if (*next < countof(special) && special[*next].point == (uint32_t)c)
        out = special[(*next)++];
    utf8proc_ssize_t count = utf8proc_decompose_char(c, folded, 3, UTF8PROC_CASEFOLD, &boundary);
    for (int i = 0; i < 3; i++)
        out.folded[i] = i < count ? (uint32_t)folded[i] : 0;
    if (count < 1 || count > 3)
        out.folded[0] = (uint32_t)c;
    return out;
}

static bool changes(const struct rlx_template_case *c)
{
    return c->upper[0] != c->point || c->lower[0] != c->point || c->title[0] != c->point ||
           c->folded[0] != c->point || c->upper[1] != 0 || c->lower[1] != 0;
}

void template_unicode_make(struct arena *a, struct template_unicode *out)
{
    uint32_t capacity = 0;
    size_t next = 0;

    *out = (struct template_unicode){0};
    make_classes(a, out);
    for (int32_t c = 1; c < RARE_POINTS; c++) {
        if (c >= 0xd800 && c < 0xe000)
            continue;
        struct rlx_template_case entry = case_of(c, &next);
        if (changes(&entry))
            ARENA_PUSH(a, out->cases, out->case_count, capacity) = entry;
    }
}
