/* BertNormalizer, StripAccents and Nmt as steps of a pipeline: see pipeline_steps.h. Sets of
 * characters become classes of an expression, [\x{300}-\x{36f}...]. The sets are what the tokenizers
 * library does to each code point. In: flags. Out: steps.
 */
#include "compiler/import/pipeline_steps.h"

#include <string.h>
#include <utf8proc.h>

enum { POINT_COUNT = 0x110000, VERSION_bert = 8, VERSION_marks = 9 };

struct point_range {
    uint32_t first, last;
};

static bool in_ranges(const struct point_range *ranges, size_t count, uint32_t point)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (point > ranges[middle].last)
            low = middle + 1;
        else if (point < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

/* From the Unicode Character Database, DerivedAge.txt. Ranges go across characters that no
 * normalizer changes. */
bool unicode_newer_than(uint32_t point, int version)
{
    static const struct point_range version_9[] = {
        {0x8d4, 0x8e2},     {0x1dfb, 0x1dfb},   {0xa8c5, 0xa8c5},
        {0x1123e, 0x1123e}, {0x11435, 0x11446}, {0x11c2f, 0x11cb6},
        {0x1e000, 0x1e02a}, {0x1e944, 0x1e94a}, {0x1f23b, 0x1f23b},
    };
    static const struct point_range later[] = {
        {0x7fd, 0x7fd},     {0x890, 0x89f},     {0x8ca, 0x8d3},     {0x9fe, 0x9fe},
        {0xafa, 0xaff},     {0xb55, 0xb55},     {0xc04, 0xc04},     {0xc3c, 0xc3c},
        {0xcf3, 0xd00},     {0xd3b, 0xd3c},     {0xd81, 0xd81},     {0xeba, 0xeba},
        {0xece, 0xece},     {0x1715, 0x1715},   {0x180f, 0x180f},   {0x1abf, 0x1ace},
        {0x1cf7, 0x1cf7},   {0x1df6, 0x1dfa},   {0x32ff, 0x32ff},   {0xa7f2, 0xa7f4},
        {0xa82c, 0xa82c},   {0xa8ff, 0xa8ff},   {0xab69, 0xab69},   {0x10781, 0x107ba},
        {0x10d24, 0x10d27}, {0x10eab, 0x10f85}, {0x11070, 0x11074}, {0x110c2, 0x110cd},
        {0x11145, 0x11146}, {0x111ce, 0x111cf}, {0x11241, 0x11241}, {0x1133b, 0x1133b},
        {0x1145e, 0x1145e}, {0x1182c, 0x1183a}, {0x11930, 0x11a99}, {0x11d31, 0x11f42},
        {0x13430, 0x13455}, {0x16f4f, 0x16f4f}, {0x16f7f, 0x16f87}, {0x16fe4, 0x16ff1},
        {0x1cf00, 0x1cf46}, {0x1e030, 0x1e4ef}, {0x1f16c, 0x1f16c}, {0x1fbf0, 0x1fbf9},
    };
    return in_ranges(later, countof(later), point) ||
           (version < 9 && in_ranges(version_9, countof(version_9), point));
}

bool unicode_is_ideograph(uint32_t point)
{
    static const struct point_range ideographs[] = {
        {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xf900, 0xfaff},   {0x20000, 0x2a6df},
        {0x2a700, 0x2b81f}, {0x2b920, 0x2ceaf}, {0x2f800, 0x2fa1f},
    };
    return in_ranges(ideographs, countof(ideographs), point);
}

bool unicode_is_white_space(uint32_t point)
{
    static const struct point_range spaces[] = {
        {9, 13},          {' ', ' '},       {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
        {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
    };
    return in_ranges(spaces, countof(spaces), point);
}

static utf8proc_category_t category(uint32_t point)
{
    return utf8proc_category((utf8proc_int32_t)point);
}

/* What clean_text removes. */
static bool is_control(uint32_t c)
{
    utf8proc_category_t is = category(c);
    if (is == UTF8PROC_CATEGORY_CC)
        return c != '\t' && c != '\n' && c != '\r';
    return c == 0xfffd || is == UTF8PROC_CATEGORY_CO ||
           (is == UTF8PROC_CATEGORY_CF && !unicode_newer_than(c, VERSION_bert));
}

/* Mn of Unicode 8, which had other categories than today for five characters. */
static bool is_nonspacing(uint32_t c)
{
    if (c == 0x1885 || c == 0x1886 || c == 0xa9bd || c == 0x111c9)
        return false;
    return c == 0x1734 ||
           (category(c) == UTF8PROC_CATEGORY_MN && !unicode_newer_than(c, VERSION_bert));
}

/* Mn, Mc and Me of Unicode 9, likewise. */
static bool is_mark(uint32_t c)
{
    utf8proc_category_t is = category(c);
    if (c == 0x1cf2 || c == 0x1cf3)
        return true;
    return (is == UTF8PROC_CATEGORY_MN || is == UTF8PROC_CATEGORY_MC ||
            is == UTF8PROC_CATEGORY_ME) &&
           c != 0x111c9 && !unicode_newer_than(c, VERSION_marks);
}

static bool nmt_removes(uint32_t c)
{
    return (c >= 1 && c <= 8) || c == 0xb || (c >= 0xe && c <= 0x1f) || c == 0x7f || c == 0x8f ||
           c == 0x9f;
}

static bool nmt_spaces(uint32_t c)
{
    return c == 9 || c == 0xa || c == 0xc || c == 0xd || c == 0x1680 ||
           (c >= 0x200b && c <= 0x200f) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
           c == 0xfeff || c == 0xfffd;
}

/* The class of an expression that matches the points of a set. */
static struct step_text class_of(struct arena *a, bool (*has)(uint32_t))
{
    char *text = NULL;
    uint32_t bytes = 0, capacity = 0;
    ARENA_PUSH(a, text, bytes, capacity) = '[';
    for (uint32_t first = 0; first < POINT_COUNT; first++) {
        uint32_t last = first;
        if (!has(first))
            continue;
        while (last + 1 < POINT_COUNT && has(last + 1))
            last++;
        const char *range =
            first == last ? arena_printf(a, "\\x{%x}", (unsigned)first)
                          : arena_printf(a, "\\x{%x}-\\x{%x}", (unsigned)first, (unsigned)last);
        for (; *range; range++)
            ARENA_PUSH(a, text, bytes, capacity) = *range;
        first = last;
    }
    ARENA_PUSH(a, text, bytes, capacity) = ']';
    return (struct step_text){text, bytes};
}

static void add_step(struct vocabulary *v, struct arena *a, struct text_step step)
{
    struct text_steps *steps = &v->pipeline.normalizers;
    ARENA_PUSH(a, steps->all, steps->count, steps->capacity) = step;
}

static void add_replacement(struct vocabulary *v, struct arena *a, bool (*has)(uint32_t),
                            const char *content)
{
    add_step(v, a,
             (struct text_step){.kind = STEP_replace,
                                .expression = class_of(a, has),
                                .content = {content, (uint32_t)strlen(content)}});
}

void pipeline_add_bert_normalizer(struct vocabulary *v, struct arena *a, bool clean,
                                  bool ideographs, bool strip_accents, bool lowercase)
{
    if (clean) {
        add_replacement(v, a, is_control, "");
        add_replacement(v, a, unicode_is_white_space, " ");
    }
    if (ideographs)
        add_step(v, a, (struct text_step){.kind = STEP_isolate_ideographs});
    if (strip_accents) {
        add_step(v, a, (struct text_step){.kind = STEP_form, .form = FORM_nfd});
        add_replacement(v, a, is_nonspacing, "");
    }
    if (lowercase)
        add_step(v, a, (struct text_step){.kind = STEP_lowercase});
}

void pipeline_add_strip_accents(struct vocabulary *v, struct arena *a)
{
    add_replacement(v, a, is_mark, "");
}

void pipeline_add_nmt(struct vocabulary *v, struct arena *a)
{
    add_replacement(v, a, nmt_removes, "");
    add_replacement(v, a, nmt_spaces, " ");
}
