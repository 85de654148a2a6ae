/* Sets of characters in Oniguruma's dialect, rewritten as PCRE2's: escapes, properties, brackets.
 * In: a place in an expression. Out: the content of a PCRE2 class, or an expression that matches
 * one character. The names are those of Oniguruma's RE document; what they mean was tried with
 * every code point. */
#include "compiler/tokenizer/reading_dialect.h"

#include <string.h>

struct set_name {
    const char *name;    /* lower case, without separators */
    const char *content; /* in a PCRE2 class */
};

/* Sets that have the same meaning as [:name:] and as \p{name}; \p alone is in `properties`. */
static const struct set_name brackets[] = {
    {"alnum", "\\p{Alphabetic}\\p{Nd}"},
    {"alpha", "\\p{Alphabetic}"},
    {"ascii", "\\x00-\\x7f"},
    {"blank", "\\t\\p{Zs}"},
    {"cntrl", "\\p{Cc}"},
    {"digit", "\\p{Nd}"},
    {"lower", "\\p{Lowercase}"},
    {"punct", "\\p{P}\\p{S}"},
    {"space", WHITE_SPACE},
    {"upper", "\\p{Uppercase}"},
    {"word", WORD},
    {"xdigit", "0-9a-fA-F"},
};

static const struct set_name properties[] = {
    {"punct", "\\p{P}"},
    {"letter", "\\p{L}"},
    {"uppercaseletter", "\\p{Lu}"},
    {"lc", "\\p{L&}"},
    {"casedletter", "\\p{L&}"},
    {"modifierletter", "\\p{Lm}"},
    {"lowercaseletter", "\\p{Ll}"},
    {"titlecaseletter", "\\p{Lt}"},
    {"otherletter", "\\p{Lo}"},
    {"mark", "\\p{M}"},
    {"nonspacingmark", "\\p{Mn}"},
    {"spacingmark", "\\p{Mc}"},
    {"enclosingmark", "\\p{Me}"},
    {"number", "\\p{N}"},
    {"decimalnumber", "\\p{Nd}"},
    {"letternumber", "\\p{Nl}"},
    {"othernumber", "\\p{No}"},
    {"punctuation", "\\p{P}"},
    {"connectorpunctuation", "\\p{Pc}"},
    {"dashpunctuation", "\\p{Pd}"},
    {"openpunctuation", "\\p{Ps}"},
    {"closepunctuation", "\\p{Pe}"},
    {"initialpunctuation", "\\p{Pi}"},
    {"finalpunctuation", "\\p{Pf}"},
    {"otherpunctuation", "\\p{Po}"},
    {"symbol", "\\p{S}"},
    {"mathsymbol", "\\p{Sm}"},
    {"currencysymbol", "\\p{Sc}"},
    {"modifiersymbol", "\\p{Sk}"},
    {"othersymbol", "\\p{So}"},
    {"separator", "\\p{Z}"},
    {"spaceseparator", "\\p{Zs}"},
    {"lineseparator", "\\p{Zl}"},
    {"paragraphseparator", "\\p{Zp}"},
    {"other", "\\p{C}"},
    {"control", "\\p{Cc}"},
    {"format", "\\p{Cf}"},
    {"privateuse", "\\p{Co}"},
    {"unassigned", "\\p{Cn}"},
    {"any", "\\x{0}-\\x{10ffff}"},
    {"assigned", "\\P{Cn}"},
};

bool dialect_refuse(struct dialect *d, const char *why)
{
    if (!d->why)
        d->why = arena_printf(d->arena, "%s, at byte %u of %.*s", why, d->at, (int)d->bytes, d->in);
    return false;
}

bool dialect_sees(const struct dialect *d, const char *text)
{
    size_t bytes = strlen(text);
    return bytes <= d->bytes - d->at && memcmp(d->in + d->at, text, bytes) == 0;
}

bool dialect_takes(struct dialect *d, const char *text)
{
    bool there = dialect_sees(d, text);
    d->at += there ? (uint32_t)strlen(text) : 0;
    return there;
}

static const char *find_set(const struct set_name *sets, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(sets[i].name, name) == 0)
            return sets[i].content;
    return NULL;
}

/* \p{Name}: a general category, a set of the tables, a script, or another property of PCRE2. */
static const char *property_content(struct dialect *d, const char *name, const char *plain)
{
    static const char *const forms[] = {"\\p{sc:%s}", "\\p{%s}"};
    static const char categories[] = " l lu ll lt lm lo m mn mc me n nd nl no p pc pd ps pe pi pf "
                                     "po s sm sc sk so z zs zl zp c cc cf cn co cs ";
    const char *content = find_set(properties, countof(properties), plain);
    if (!content)
        content = find_set(brackets, countof(brackets), plain);
    if (content)
        return content;
    if (strlen(plain) <= 2 && strstr(categories, arena_printf(d->arena, " %s ", plain))) {
        char category[3] = {(char)(plain[0] - 'a' + 'A'), plain[1], 0};
        return arena_printf(d->arena, "\\p{%s}", category);
    }
    for (size_t i = 0; i < countof(forms); i++) {
        int error;
        PCRE2_SIZE offset;
        const char *pattern = i == 0 ? arena_printf(d->arena, "\\p{sc:%s}", name)
                                     : arena_printf(d->arena, "\\p{%s}", name);
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                         PCRE2_UTF | PCRE2_UCP, &error, &offset, NULL);
        pcre2_code_free(code);
        if (code)
            return pattern;
    }
    dialect_refuse(d, "a property that is not known");
    return "";
}

/* After \p or \P. */
static const char *read_property(struct dialect *d, bool *negated)
{
    char name[64], plain[64];
    uint32_t count = 0, plain_count = 0;
    if (!dialect_takes(d, "{")) {
        name[0] = d->at < d->bytes ? d->in[d->at++] : 0;
        name[1] = 0;
        plain[0] = (char)(name[0] | 0x20);
        plain[1] = 0;
        return property_content(d, name, plain);
    }
    *negated ^= dialect_takes(d, "^");
    while (d->at < d->bytes && d->in[d->at] != '}' && count < sizeof name - 1) {
        char c = d->in[d->at++];
        name[count++] = c;
        if (c != ' ' && c != '_' && c != '-')
            plain[plain_count++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    name[count] = plain[plain_count] = 0;
    if (!dialect_takes(d, "}"))
        dialect_refuse(d, "a property without an end");
    return property_content(d, name, plain);
}

/* The content of a set that the letter after a backslash names; NULL: it names none. */
const char *dialect_set_escape(struct dialect *d, bool inside, bool *negated)
{
    static const struct {
        char letter;
        const char *content;
    } sets[] = {{'d', "\\p{Nd}"}, {'s', WHITE_SPACE}, {'w', WORD}, {'h', "0-9a-fA-F"}};
    char c = d->at < d->bytes ? d->in[d->at] : 0;
    const char *content = NULL;
    *negated = c >= 'A' && c <= 'Z';
    if (c == 'p' || c == 'P') {
        d->at++;
        content = read_property(d, negated);
    }
    for (size_t i = 0; i < countof(sets); i++)
        if ((c | 0x20) == sets[i].letter) {
            d->at++;
            content = sets[i].content;
        }
    return content && !inside && strcmp(content, WORD) == 0 ? WORD_ESCAPE : content;
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

uint32_t dialect_number(struct dialect *d, int base, uint32_t max_digits)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < max_digits && d->at < d->bytes; i++, d->at++) {
        int digit = digit_value(d->in[d->at]);
        if (digit >= base)
            break;
        value = value * (uint32_t)base + (uint32_t)digit;
    }
    return value;
}

/* After \x. */
static uint32_t read_hexadecimal(struct dialect *d)
{
    if (dialect_takes(d, "{")) {
        uint32_t value = dialect_number(d, 16, 8);
        if (!dialect_takes(d, "}"))
            dialect_refuse(d, "a code point without an end");
        return value;
    }
    char bytes[5] = {(char)dialect_number(d, 16, 2)};
    uint8_t first = (uint8_t)bytes[0];
    uint32_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0, point;
    for (uint32_t i = 0; i < more && dialect_takes(d, "\\x"); i++)
        bytes[i + 1] = (char)dialect_number(d, 16, 2);
    character_at((struct step_text){bytes, sizeof bytes}, 0, &point);
    return first < 0x80 ? first : point;
}

/* A single character after a backslash. */
uint32_t dialect_point_escape(struct dialect *d)
{
    static const char letters[] = "ntrfvae", values[] = "\n\t\r\f\v\a\033";
    uint32_t point = 0;
    if (d->at >= d->bytes)
        return (uint32_t)dialect_refuse(d, "a backslash at the end");
    char c = d->in[d->at];
    const char *letter = strchr(letters, c);
    if (letter && c) {
        d->at++;
        return (uint32_t)values[letter - letters];
    }
    if (c == 'x' || c == 'u') {
        d->at++;
        return c == 'x' ? read_hexadecimal(d) : dialect_number(d, 16, 4);
    }
    if (c == '0')
        return dialect_number(d, 8, 3);
    if (c == 'c' || c == 'C' || c == 'M' || (c >= '1' && c <= '9'))
        return (uint32_t)dialect_refuse(d, "a control character or a reference to a group");
    d->at += character_at(dialect_text(d), d->at, &point);
    return point;
}

/* ---- sets in brackets ---- */

struct set_union {
    struct text content; /* of one PCRE2 class */
    struct text nested;  /* alternatives, each of one character */
};

static const char *union_text(struct dialect *d, const struct set_union *u)
{
    if (u->nested.bytes == 0)
        return u->content.bytes ? arena_printf(d->arena, "[%s]", u->content.data) : "(?!)";
    return u->content.bytes ? arena_printf(d->arena, "(?:[%s]|%s)", u->content.data, u->nested.data)
                            : arena_printf(d->arena, "(?:%s)", u->nested.data);
}

static void add_set(struct set_union *u, const char *content, bool negated)
{
    if (!negated)
        text_add(&u->content, "%s", content);
    else
        text_add(&u->nested, "%s[^%s]", u->nested.bytes ? "|" : "", content);
}

/* [:name:], [:^name:]; false where there is none. */
static bool read_bracket_name(struct dialect *d, struct set_union *u)
{
    if (!dialect_sees(d, "[:") || d->bytes - d->at < 3)
        return false;
    const char *start = d->in + d->at;
    bool negated = start[2] == '^';
    uint32_t skip = negated ? 3 : 2;
    const char *end = memmem(start + skip, d->bytes - d->at - skip, ":]", 2);
    if (!end || end - start > 16)
        return false;
    const char *name = arena_text(d->arena, start + skip, (size_t)(end - start) - skip);
    const char *content = find_set(brackets, countof(brackets), name);
    if (strcmp(name, "graph") == 0 || strcmp(name, "print") == 0) {
        content = name[0] == 'g' ? WHITE_SPACE "\\p{Cc}\\p{Cn}\\p{Cs}"
                                 : "\\x{2028}\\x{2029}\\p{Cc}\\p{Cn}\\p{Cs}";
        negated = !negated;
    }
    if (!content)
        return dialect_refuse(d, "a set that is not known");
    d->at += (uint32_t)(end - start) + 2;
    add_set(u, content, negated);
    return true;
}

static uint32_t read_set_point(struct dialect *d)
{
    uint32_t point;
    if (dialect_takes(d, "\\b"))
        return '\b';
    if (dialect_takes(d, "\\"))
        return dialect_point_escape(d);
    d->at += character_at(dialect_text(d), d->at, &point);
    return point;
}

static void read_set_item(struct dialect *d, struct set_union *u)
{
    bool negated;
    if (dialect_sees(d, "\\") && d->bytes - d->at > 1) {
        d->at++;
        const char *content = dialect_set_escape(d, true, &negated);
        if (content) {
            add_set(u, content, negated);
            return;
        }
        d->at--;
    }
    uint32_t first = read_set_point(d), last = first;
    if (dialect_sees(d, "-") && d->bytes - d->at > 1 && d->in[d->at + 1] != ']') {
        d->at++;
        last = read_set_point(d);
    }
    if (last < first)
        dialect_refuse(d, "a range whose end lies before its start");
    text_add(&u->content, first == last ? "\\x{%x}" : "\\x{%x}-\\x{%x}", first, last);
}

/* After [. An expression for one character. */
const char *dialect_set(struct dialect *d, int depth)
{
    bool negated = dialect_takes(d, "^"), first = true;
    struct set_union u = {{.arena = d->arena}, {.arena = d->arena}};
    struct text also = {.arena = d->arena};
    if (depth > MAX_DEPTH)
        dialect_refuse(d, "too many sets in one another");
    while (!d->why) {
        if (d->at >= d->bytes)
            dialect_refuse(d, "a set without an end");
        else if (!first && dialect_takes(d, "]"))
            break;
        else if (dialect_takes(d, "&&")) {
            text_add(&also, "(?=%s)", union_text(d, &u));
            u = (struct set_union){{.arena = d->arena}, {.arena = d->arena}};
        } else if (!read_bracket_name(d, &u)) {
            if (!d->why && dialect_takes(d, "["))
                text_add(&u.nested, "%s%s", u.nested.bytes ? "|" : "", dialect_set(d, depth + 1));
            else if (!d->why)
                read_set_item(d, &u);
        }
        first = false;
    }
    if (negated && !also.bytes && !u.nested.bytes && u.content.bytes)
        return arena_printf(d->arena, "[^%s]", u.content.data);
    const char *one = union_text(d, &u);
    if (also.bytes)
        one = arena_printf(d->arena, "(?:%s%s)", also.data, one);
    return negated ? arena_printf(d->arena, "(?:(?!%s)(?s:.))", one) : one;
}
