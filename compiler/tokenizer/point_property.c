/* Sets of code points by the names of Unicode properties, as Oniguruma knows them.
 *
 * Sources: general categories as Unicode 16 has them; case foldings from utf8proc; other binary
 * properties and scripts from PCRE2's tables; Han, which newer versions of Unicode extend often,
 * from Scripts.txt of Unicode 16.
 */
#include "compiler/tokenizer/point_newer.h"
#include "compiler/tokenizer/point_set.h"
#include "runtime/base/utf8.h"

#include <pthread.h>
#include <string.h>
#include <utf8proc.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MAX_NAME = 64, CATEGORIES = 30 };

static bool is_surrogate(uint32_t point)
{
    return point >= 0xd800 && point < 0xe000;
}

/* In the numbering of utf8proc_category_t: the short name of a category, and the long one without
 * its separators. */
static const char *const category_names[CATEGORIES][2] = {{"cn", "unassigned"},
                                                          {"lu", "uppercaseletter"},
                                                          {"ll", "lowercaseletter"},
                                                          {"lt", "titlecaseletter"},
                                                          {"lm", "modifierletter"},
                                                          {"lo", "otherletter"},
                                                          {"mn", "nonspacingmark"},
                                                          {"mc", "spacingmark"},
                                                          {"me", "enclosingmark"},
                                                          {"nd", "decimalnumber"},
                                                          {"nl", "letternumber"},
                                                          {"no", "othernumber"},
                                                          {"pc", "connectorpunctuation"},
                                                          {"pd", "dashpunctuation"},
                                                          {"ps", "openpunctuation"},
                                                          {"pe", "closepunctuation"},
                                                          {"pi", "initialpunctuation"},
                                                          {"pf", "finalpunctuation"},
                                                          {"po", "otherpunctuation"},
                                                          {"sm", "mathsymbol"},
                                                          {"sc", "currencysymbol"},
                                                          {"sk", "modifiersymbol"},
                                                          {"so", "othersymbol"},
                                                          {"zs", "spaceseparator"},
                                                          {"zl", "lineseparator"},
                                                          {"zp", "paragraphseparator"},
                                                          {"cc", "control"},
                                                          {"cf", "format"},
                                                          {"cs", "surrogate"},
                                                          {"co", "privateuse"}};

#define CATEGORY(name) (1u << UTF8PROC_CATEGORY_##name)
enum {
    LETTERS = CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT) | CATEGORY(LM) | CATEGORY(LO),
    MARKS = CATEGORY(MN) | CATEGORY(MC) | CATEGORY(ME),
    NUMBERS = CATEGORY(ND) | CATEGORY(NL) | CATEGORY(NO),
    PUNCTUATION = CATEGORY(PC) | CATEGORY(PD) | CATEGORY(PS) | CATEGORY(PE) | CATEGORY(PI) |
                  CATEGORY(PF) | CATEGORY(PO),
    SYMBOLS = CATEGORY(SM) | CATEGORY(SC) | CATEGORY(SK) | CATEGORY(SO),
    SEPARATORS = CATEGORY(ZS) | CATEGORY(ZL) | CATEGORY(ZP),
    OTHERS = CATEGORY(CN) | CATEGORY(CC) | CATEGORY(CF) | CATEGORY(CS) | CATEGORY(CO),
    EVERY_CATEGORY = (1u << CATEGORIES) - 1,
    ASSIGNED = EVERY_CATEGORY & ~(CATEGORY(CN) | CATEGORY(CO)), /* to characters of text */
};

static const struct {
    const char *name;
    uint32_t categories;
} groups[] = {
    {"l", LETTERS},
    {"letter", LETTERS},
    {"m", MARKS},
    {"mark", MARKS},
    {"combiningmark", MARKS},
    {"n", NUMBERS},
    {"number", NUMBERS},
    {"p", PUNCTUATION},
    {"punct", PUNCTUATION},
    {"punctuation", PUNCTUATION},
    {"s", SYMBOLS},
    {"symbol", SYMBOLS},
    {"z", SEPARATORS},
    {"separator", SEPARATORS},
    {"c", OTHERS},
    {"other", OTHERS},
    {"any", EVERY_CATEGORY},
    {"assigned", EVERY_CATEGORY & ~CATEGORY(CN)},
    {"lc", CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT)},
    {"casedletter", CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT)},
    {"digit", CATEGORY(ND)},
    {"cntrl", CATEGORY(CC)},
};

/* Lower case, without separators. False where the name has other characters or is too long. */
static bool plain_name(const char *name, size_t bytes, char out[MAX_NAME])
{
    size_t used = 0;
    for (size_t i = 0; i < bytes; i++) {
        char c = name[i];
        if (c == ' ' || c == '-' || c == '_')
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) || used == MAX_NAME - 1)
            return false;
        out[used++] = c;
    }
    out[used] = 0;
    return used != 0;
}

/* Neighbouring code points of one category, found once for the process. */
static struct category_run {
    uint32_t first, category;
} runs[8192];
static uint32_t run_count;
static pthread_once_t runs_once = PTHREAD_ONCE_INIT;

static uint32_t category_of(uint32_t c)
{
    return is_surrogate(c) ? UTF8PROC_CATEGORY_CS : point_category(c);
}

static void find_runs(void)
{
    for (uint32_t c = 0, before = CATEGORIES; c < POINT_COUNT; c++) {
        uint32_t category = category_of(c);
        if (category == before)
            continue;
        if (run_count + 1 == countof(runs))
            unreachable("more runs of categories than any version of Unicode has");
        runs[run_count++] = (struct category_run){c, category};
        before = category;
    }
    runs[run_count].first = POINT_COUNT;
}

static struct point_set by_categories(struct arena *a, uint32_t categories)
{
    struct point_set out = {0};
    pthread_once(&runs_once, find_runs);
    for (uint32_t i = 0; i < run_count; i++)
        if (categories >> runs[i].category & 1)
            point_set_add(&out, a, runs[i].first, runs[i + 1].first - 1);
    return out;
}

static uint32_t categories_named(const char *plain)
{
    for (uint32_t i = 0; i < CATEGORIES; i++)
        if (strcmp(plain, category_names[i][0]) == 0 || strcmp(plain, category_names[i][1]) == 0)
            return 1u << i;
    for (size_t i = 0; i < countof(groups); i++)
        if (strcmp(plain, groups[i].name) == 0)
            return groups[i].categories;
    return 0;
}

/* ---- what PCRE2 knows ---- */

/* The points of a set, as text. */
static size_t write_points(const struct point_set *set, struct arena *a, char **text)
{
    size_t points = 0, bytes = 0;
    for (uint32_t i = 0; i < set->count; i++)
        points += set->ranges[i].last - set->ranges[i].first + 1;
    *text = arena_alloc(a, points * 4, 1);
    for (uint32_t i = 0; i < set->count; i++)
        for (uint32_t c = set->ranges[i].first; c <= set->ranges[i].last; c++)
            bytes += utf8_write(c, *text + bytes);
    return bytes;
}

/* Every match of the expression, which matches runs of characters, in a text of all of them. */
static void add_matches(struct point_set *out, struct arena *a, const pcre2_code *code,
                        const char *text, size_t bytes)
{
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    if (match == NULL)
        out_of_memory(0);
    for (size_t at = 0; at < bytes;) {
        if (pcre2_match(code, (PCRE2_SPTR)text, bytes, at, PCRE2_NO_UTF_CHECK, match, NULL) < 0)
            break;
        const PCRE2_SIZE *found = pcre2_get_ovector_pointer(match);
        for (at = found[0]; at < found[1];) {
            int32_t c = 0;
            at += (size_t)utf8proc_iterate((const uint8_t *)text + at, 4, &c);
            point_set_add(out, a, (uint32_t)c, (uint32_t)c);
        }
    }
    pcre2_match_data_free(match);
}

/* Of the points of some categories, those that have a property. */
static bool by_pcre2(struct point_set *out, struct arena *a, uint32_t categories, const char *kind,
                     const char *plain)
{
    int error = 0;
    PCRE2_SIZE where = 0;
    const char *expression = arena_printf(a, "\\p{%s%s}+", kind, plain);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_UCP, &error, &where, NULL);
    if (code == NULL)
        return false;
    struct arena scratch = {0};
    struct point_set points = by_categories(&scratch, categories & ~CATEGORY(CS));
    char *text;
    size_t bytes = write_points(&points, &scratch, &text);
    add_matches(out, a, code, text, bytes);
    arena_free(&scratch);
    pcre2_code_free(code);
    return true;
}

/* Names that PCRE2 has beyond Unicode's: Xan, Xwd, …; bidirectional classes as "bidial". */
static bool is_pcre2_own(const char *plain)
{
    bool bidi = strncmp(plain, "bidi", 4) == 0;
    return (plain[0] == 'x' && strlen(plain) == 3) ||
           (bidi && strcmp(plain, "bidicontrol") != 0 && strcmp(plain, "bidimirrored") != 0);
}

static bool is_han(const char *plain)
{
    return strcmp(plain, "han") == 0 || strcmp(plain, "hani") == 0;
}

/* Unicode 16, Scripts.txt. */
static struct point_set han(struct arena *a)
{
    static const struct point_range ranges[] = {
        {0x2e80, 0x2e99},   {0x2e9b, 0x2ef3},   {0x2f00, 0x2fd5},   {0x3005, 0x3005},
        {0x3007, 0x3007},   {0x3021, 0x3029},   {0x3038, 0x303b},   {0x3400, 0x4dbf},
        {0x4e00, 0x9fff},   {0xf900, 0xfa6d},   {0xfa70, 0xfad9},   {0x16fe2, 0x16fe3},
        {0x16ff0, 0x16ff1}, {0x20000, 0x2a6df}, {0x2a700, 0x2b739}, {0x2b740, 0x2b81d},
        {0x2b820, 0x2cea1}, {0x2ceb0, 0x2ebe0}, {0x2ebf0, 0x2ee5d}, {0x2f800, 0x2fa1d},
        {0x30000, 0x3134a}, {0x31350, 0x323af}};
    struct point_set out = {0};
    for (size_t i = 0; i < countof(ranges); i++)
        point_set_add(&out, a, ranges[i].first, ranges[i].last);
    return out;
}

/* A property that is some categories and, by PCRE2's tables, other characters. */
static struct point_set with_others(struct arena *a, uint32_t categories, const char *plain)
{
    struct point_set whole = by_categories(a, categories), others = {0};
    if (!by_pcre2(&others, a, ASSIGNED & ~categories, "", plain))
        return whole; /* PCRE2 before 10.40 */
    return point_set_union(a, &whole, &others);
}

/* ---- names ---- */

static struct point_set white_space(struct arena *a)
{
    struct point_set out = by_categories(a, SEPARATORS);
    point_set_add(&out, a, 9, 13);
    point_set_add(&out, a, 0x85, 0x85);
    return out;
}

static struct point_set word(struct arena *a)
{
    return with_others(a, LETTERS | CATEGORY(NL) | MARKS | CATEGORY(ND) | CATEGORY(PC),
                       "alphabetic");
}

struct point_set point_set_word(struct arena *a)
{
    struct point_set out = word(a);
    point_set_add(&out, a, 0xb2, 0xb3);
    point_set_add(&out, a, 0xb9, 0xb9);
    point_set_add(&out, a, 0xbc, 0xbe);
    return out;
}

static struct point_set printed(struct arena *a, bool blanks)
{
    struct point_set space = white_space(a), out;
    struct point_set control = by_categories(a, CATEGORY(CN) | CATEGORY(CC) | CATEGORY(CS));
    struct point_set blank = by_categories(a, CATEGORY(ZS));
    space = point_set_union(a, &space, &control);
    out = point_set_complement(a, &space);
    return blanks ? point_set_union(a, &out, &blank) : out;
}

static struct point_set hexadecimal(struct arena *a)
{
    struct point_set out = {0};
    point_set_add(&out, a, '0', '9');
    point_set_add(&out, a, 'A', 'F');
    point_set_add(&out, a, 'a', 'f');
    return out;
}

static struct point_set blanks(struct arena *a)
{
    struct point_set out = by_categories(a, CATEGORY(ZS));
    point_set_add(&out, a, '\t', '\t');
    return out;
}

/* What \p{…} and [[:…:]] have in common. */
static bool by_common_name(struct point_set *out, struct arena *a, const char *plain)
{
    if (strcmp(plain, "alpha") == 0 || strcmp(plain, "alphabetic") == 0)
        *out = with_others(a, LETTERS | CATEGORY(NL), "alphabetic");
    else if (strcmp(plain, "lower") == 0 || strcmp(plain, "lowercase") == 0)
        *out = with_others(a, CATEGORY(LL), "lowercase");
    else if (strcmp(plain, "upper") == 0 || strcmp(plain, "uppercase") == 0)
        *out = with_others(a, CATEGORY(LU), "uppercase");
    else if (strcmp(plain, "alnum") == 0)
        *out = with_others(a, LETTERS | CATEGORY(NL) | CATEGORY(ND), "alphabetic");
    else if (strcmp(plain, "space") == 0 || strcmp(plain, "whitespace") == 0)
        *out = white_space(a);
    else if (strcmp(plain, "graph") == 0)
        *out = printed(a, false);
    else if (strcmp(plain, "print") == 0)
        *out = printed(a, true);
    else if (strcmp(plain, "blank") == 0)
        *out = blanks(a);
    else if (strcmp(plain, "xdigit") == 0)
        *out = hexadecimal(a);
    else if (strcmp(plain, "ascii") == 0)
        point_set_add(out, a, 0, 0x7f);
    else
        return false;
    return true;
}

bool point_set_by_property(struct point_set *out, struct arena *a, const char *name, size_t bytes)
{
    char plain[MAX_NAME];
    *out = (struct point_set){0};
    if (!plain_name(name, bytes, plain))
        return false;
    uint32_t categories = categories_named(plain);
    if (categories != 0)
        *out = by_categories(a, categories);
    else if (strcmp(plain, "word") == 0)
        *out = point_set_word(a);
    else if (is_han(plain))
        *out = han(a);
    else if (!by_common_name(out, a, plain))
        return !is_pcre2_own(plain) && (by_pcre2(out, a, EVERY_CATEGORY, "sc:", plain) ||
                                        by_pcre2(out, a, EVERY_CATEGORY, "", plain));
    return true;
}

bool point_set_by_bracket(struct point_set *out, struct arena *a, const char *name, size_t bytes)
{
    char plain[MAX_NAME];
    *out = (struct point_set){0};
    if (!plain_name(name, bytes, plain) || strlen(plain) != bytes)
        return false;
    if (strcmp(plain, "punct") == 0)
        *out = by_categories(a, PUNCTUATION | SYMBOLS);
    else if (strcmp(plain, "word") == 0)
        *out = word(a);
    else if (strcmp(plain, "digit") == 0)
        *out = by_categories(a, CATEGORY(ND));
    else if (strcmp(plain, "cntrl") == 0)
        *out = by_categories(a, CATEGORY(CC));
    else
        return strcmp(plain, "alphabetic") != 0 && strcmp(plain, "lowercase") != 0 &&
               strcmp(plain, "uppercase") != 0 && strcmp(plain, "whitespace") != 0 &&
               by_common_name(out, a, plain);
    return true;
}
