/* Oniguruma's dialect, in which the tokenizers library reads expressions, rewritten as PCRE2's.
 * In: an expression. Out: one that matches the same, or a reason why there is none. The two differ
 * in these points (source: Oniguruma's RE document, and tries over all code points):
 *  - \s \d \w \h and the sets [:name:] \p{Name}: written out, by Unicode's properties; \h is a
 *    hexadecimal digit; \w has six more characters than the set [:word:]
 *  - sets nest, and && intersects: written as alternatives and assertions on one character
 *  - ^ and $ match at every line; (?m) lets a dot match a line feed
 *  - {n}? is not lazy and {n,m}+ not possessive: each repeats the repetition; {,m} is {0,m}
 *  - (?i) in the midst of a group reaches to the group's end, across its alternatives
 *  - \xe2\x96\x81 are the bytes of one character
 */
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>

#define WHITE_SPACE                                                                              \
    "\\x09-\\x0d\\x20\\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}" \
    "\\x{3000}"
#define WORD "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"
#define WORD_ESCAPE WORD "\\xb2\\xb3\\xb9\\xbc-\\xbe"

enum { MOST_DEPTH = 64 };

struct dialect {
    const char *in;
    uint32_t at, bytes;
    struct arena *arena;
    const char *why; /* set once, where it fails */
};

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
    {"word", WORD_ESCAPE},
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

static bool refuse(struct dialect *d, const char *why)
{
    if (!d->why)
        d->why = arena_printf(d->arena, "%s, at byte %u of %.*s", why, d->at, (int)d->bytes, d->in);
    return false;
}

static bool sees(const struct dialect *d, const char *text)
{
    size_t bytes = strlen(text);
    return bytes <= d->bytes - d->at && memcmp(d->in + d->at, text, bytes) == 0;
}

static bool takes(struct dialect *d, const char *text)
{
    bool there = sees(d, text);
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
    refuse(d, "a property that is not known");
    return "";
}

/* Behind \p or \P. */
static const char *read_property(struct dialect *d, bool *negated)
{
    char name[64], plain[64];
    uint32_t count = 0, plain_count = 0;
    if (!takes(d, "{")) {
        name[0] = d->at < d->bytes ? d->in[d->at++] : 0;
        name[1] = 0;
        plain[0] = (char)(name[0] | 0x20);
        plain[1] = 0;
        return property_content(d, name, plain);
    }
    *negated ^= takes(d, "^");
    while (d->at < d->bytes && d->in[d->at] != '}' && count < sizeof name - 1) {
        char c = d->in[d->at++];
        name[count++] = c;
        if (c != ' ' && c != '_' && c != '-')
            plain[plain_count++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    name[count] = plain[plain_count] = 0;
    if (!takes(d, "}"))
        refuse(d, "a property without an end");
    return property_content(d, name, plain);
}

/* The content of a set that the letter behind a backslash names; NULL: it names none. */
static const char *read_set_escape(struct dialect *d, bool *negated)
{
    static const struct {
        char letter;
        const char *content;
    } sets[] = {{'d', "\\p{Nd}"}, {'s', WHITE_SPACE}, {'w', WORD_ESCAPE}, {'h', "0-9a-fA-F"}};
    char c = d->at < d->bytes ? d->in[d->at] : 0;
    *negated = c >= 'A' && c <= 'Z';
    if (c == 'p' || c == 'P') {
        d->at++;
        return read_property(d, negated);
    }
    for (size_t i = 0; i < countof(sets); i++)
        if ((c | 0x20) == sets[i].letter) {
            d->at++;
            return sets[i].content;
        }
    return NULL;
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

static uint32_t read_number(struct dialect *d, int base, uint32_t most_digits)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < most_digits && d->at < d->bytes; i++, d->at++) {
        int digit = digit_value(d->in[d->at]);
        if (digit >= base)
            break;
        value = value * (uint32_t)base + (uint32_t)digit;
    }
    return value;
}

/* Behind \x. */
static uint32_t read_hexadecimal(struct dialect *d)
{
    if (takes(d, "{")) {
        uint32_t value = read_number(d, 16, 8);
        if (!takes(d, "}"))
            refuse(d, "a code point without an end");
        return value;
    }
    char bytes[5] = {(char)read_number(d, 16, 2)};
    uint8_t first = (uint8_t)bytes[0];
    uint32_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0, point;
    for (uint32_t i = 0; i < more && takes(d, "\\x"); i++)
        bytes[i + 1] = (char)read_number(d, 16, 2);
    character_at(bytes, &point);
    return first < 0x80 ? first : point;
}

/* A single character behind a backslash. */
static uint32_t read_point_escape(struct dialect *d)
{
    static const char letters[] = "ntrfvae", values[] = "\n\t\r\f\v\a\033";
    uint32_t point = 0;
    if (d->at >= d->bytes)
        return (uint32_t)refuse(d, "a backslash at the end");
    char c = d->in[d->at];
    const char *letter = strchr(letters, c);
    if (letter && c) {
        d->at++;
        return (uint32_t)values[letter - letters];
    }
    if (c == 'x' || c == 'u') {
        d->at++;
        return c == 'x' ? read_hexadecimal(d) : read_number(d, 16, 4);
    }
    if (c == '0')
        return read_number(d, 8, 3);
    if (c == 'c' || c == 'C' || c == 'M' || (c >= '1' && c <= '9'))
        return (uint32_t)refuse(d, "a control character or a reference to a group");
    d->at += character_at(d->in + d->at, &point);
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
    const char *start = d->in + d->at, *end = memmem(start, d->bytes - d->at, ":]", 2);
    if (!sees(d, "[:") || !end || end - start > 16)
        return false;
    bool negated = start[2] == '^';
    uint32_t skip = negated ? 3 : 2;
    const char *name = arena_text(d->arena, start + skip, (size_t)(end - start) - skip);
    const char *content = find_set(brackets, countof(brackets), name);
    if (strcmp(name, "graph") == 0 || strcmp(name, "print") == 0) {
        content = name[0] == 'g' ? WHITE_SPACE "\\p{Cc}\\p{Cn}\\p{Cs}"
                                 : "\\x{2028}\\x{2029}\\p{Cc}\\p{Cn}\\p{Cs}";
        negated = !negated;
    }
    if (!content)
        return refuse(d, "a set that is not known");
    d->at += (uint32_t)(end - start) + 2;
    add_set(u, content, negated);
    return true;
}

static uint32_t read_set_point(struct dialect *d)
{
    uint32_t point;
    if (takes(d, "\\b"))
        return '\b';
    if (takes(d, "\\"))
        return read_point_escape(d);
    d->at += character_at(d->in + d->at, &point);
    return point;
}

static void read_set_item(struct dialect *d, struct set_union *u)
{
    bool negated;
    if (sees(d, "\\") && d->bytes - d->at > 1) {
        d->at++;
        const char *content = read_set_escape(d, &negated);
        if (content) {
            add_set(u, content, negated);
            return;
        }
        d->at--;
    }
    uint32_t first = read_set_point(d), last = first;
    if (sees(d, "-") && d->bytes - d->at > 1 && d->in[d->at + 1] != ']') {
        d->at++;
        last = read_set_point(d);
    }
    if (last < first)
        refuse(d, "a range whose end lies before its start");
    text_add(&u->content, first == last ? "\\x{%x}" : "\\x{%x}-\\x{%x}", first, last);
}

/* Behind [. An expression for one character. */
static const char *read_set(struct dialect *d, int depth)
{
    bool negated = takes(d, "^"), first = true;
    struct set_union u = {{.arena = d->arena}, {.arena = d->arena}};
    struct text also = {.arena = d->arena};
    if (depth > MOST_DEPTH)
        refuse(d, "too many sets in one another");
    while (!d->why) {
        if (d->at >= d->bytes)
            refuse(d, "a set without an end");
        else if (!first && takes(d, "]"))
            break;
        else if (takes(d, "&&")) {
            text_add(&also, "(?=%s)", union_text(d, &u));
            u = (struct set_union){{.arena = d->arena}, {.arena = d->arena}};
        } else if (!read_bracket_name(d, &u)) {
            if (!d->why && takes(d, "["))
                text_add(&u.nested, "%s%s", u.nested.bytes ? "|" : "", read_set(d, depth + 1));
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

/* ---- the whole expression ---- */

struct rewriting {
    struct dialect *d;
    struct text out;
    uint32_t atom;   /* where the last one begins in `out` */
    bool quantified; /* it has a quantifier already */
    uint32_t depth;
    uint32_t starts[MOST_DEPTH], closes[MOST_DEPTH]; /* of open groups: place in `out`; how many
                                                        parentheses end it */
};

static void add_atom(struct rewriting *w, const char *text)
{
    w->atom = w->out.bytes;
    w->quantified = false;
    text_add(&w->out, "%s", text);
}

/* Puts the last atom, with its quantifier, into a group. */
static void wrap(struct rewriting *w)
{
    const char *inside = arena_text(w->d->arena, w->out.data + w->atom, w->out.bytes - w->atom);
    w->out.bytes = w->atom;
    text_add(&w->out, "(?:%s)", inside);
}

/* {n}, {n,}, {,m}, {n,m} in PCRE2's spelling; NULL: a brace that stands for itself. */
static const char *read_interval(struct dialect *d, bool *fixed)
{
    uint32_t start = d->at, n_start, m_start;
    d->at++;
    n_start = d->at;
    uint32_t n = read_number(d, 10, 6), n_digits = d->at - n_start;
    bool comma = takes(d, ",");
    m_start = d->at;
    uint32_t m = read_number(d, 10, 6), m_digits = d->at - m_start;
    *fixed = !comma;
    if (!takes(d, "}") || n_digits + m_digits == 0) {
        d->at = start;
        return NULL;
    }
    return !comma     ? arena_printf(d->arena, "{%u}", n)
           : m_digits ? arena_printf(d->arena, "{%u,%u}", n, m)
                      : arena_printf(d->arena, "{%u,}", n);
}

static bool read_quantifier(struct rewriting *w)
{
    struct dialect *d = w->d;
    char c = d->in[d->at];
    bool fixed = false, interval = c == '{';
    const char *text;
    if (interval)
        text = read_interval(d, &fixed);
    else if (c == '*' || c == '+' || c == '?')
        text = arena_printf(d->arena, "%c", d->in[d->at++]);
    else
        return false;
    if (!text)
        return false;
    if (w->quantified)
        wrap(w);
    text_add(&w->out, "%s", text);
    if (!fixed && takes(d, "?"))
        text_add(&w->out, "?");
    else if (!interval && takes(d, "+"))
        text_add(&w->out, "+");
    w->quantified = true;
    return true;
}

/* Behind "(?": options, with ":" or ")" behind them. False: other things stand there. */
static bool read_options(struct rewriting *w)
{
    struct dialect *d = w->d;
    uint32_t at = d->at;
    char options[16];
    uint32_t count = 0;
    for (; at < d->bytes && strchr("imsx-", d->in[at]) && d->in[at]; at++) {
        if (d->in[at] == 'x')
            return refuse(d, "extended syntax");
        if (count < sizeof options - 1)
            options[count++] = d->in[at] == 'm' ? 's' : d->in[at];
    }
    options[count] = 0;
    if (at >= d->bytes || count == 0 || (d->in[at] != ':' && d->in[at] != ')'))
        return false;
    bool to_the_end = d->in[at] == ')';
    d->at = at + 1;
    if (to_the_end) {
        text_add(&w->out, "(?%s:", options);
        w->closes[w->depth]++;
        return true;
    }
    w->starts[w->depth + 1] = w->out.bytes;
    w->closes[++w->depth] = 1;
    text_add(&w->out, "(?%s:", options);
    return true;
}

static void open_group(struct rewriting *w)
{
    static const char *const openings[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"};
    struct dialect *d = w->d;
    if (w->depth + 1 >= MOST_DEPTH) {
        refuse(d, "too many groups in one another");
        return;
    }
    if (sees(d, "(?#")) {
        while (d->at < d->bytes && d->in[d->at] != ')')
            d->at++;
        d->at += d->at < d->bytes;
        return;
    }
    const char *opening = NULL;
    for (size_t i = 0; i < countof(openings) && !opening; i++)
        opening = takes(d, openings[i]) ? openings[i] : NULL;
    if (!opening && takes(d, "(?")) {
        if (!read_options(w))
            refuse(d, "a group of an unknown kind");
        return;
    }
    if (!opening && takes(d, "("))
        opening = "(?:"; /* nothing refers to it */
    w->starts[w->depth + 1] = w->out.bytes;
    w->closes[++w->depth] = 1;
    text_add(&w->out, "%s", opening);
}

static void close_group(struct rewriting *w)
{
    if (w->depth == 0) {
        refuse(w->d, "a parenthesis that nothing opened");
        return;
    }
    w->d->at++;
    while (w->closes[w->depth]--)
        text_add(&w->out, ")");
    w->atom = w->starts[w->depth--];
    w->quantified = false;
}

static void read_escape(struct rewriting *w)
{
    static const char boundary[] = "(?:(?<=[" WORD_ESCAPE "])(?![" WORD_ESCAPE
                                   "])|(?<![" WORD_ESCAPE "])(?=[" WORD_ESCAPE "]))";
    static const char no_boundary[] = "(?:(?<=[" WORD_ESCAPE "])(?=[" WORD_ESCAPE
                                      "])|(?<![" WORD_ESCAPE "])(?![" WORD_ESCAPE "]))";
    struct dialect *d = w->d;
    bool negated;
    d->at++;
    char c = d->at < d->bytes ? d->in[d->at] : 0;
    if (c && strchr("AzZGRX", c)) {
        d->at++;
        add_atom(w, arena_printf(d->arena, "\\%c", c));
    } else if (c == 'b' || c == 'B') {
        d->at++;
        add_atom(w, c == 'b' ? boundary : no_boundary);
    } else if (c && strchr("KkgyYNO", c)) {
        refuse(d, "an escape that has no counterpart");
    } else {
        const char *content = read_set_escape(d, &negated);
        add_atom(w, content ? arena_printf(d->arena, "[%s%s]", negated ? "^" : "", content)
                            : arena_printf(d->arena, "\\x{%x}", read_point_escape(d)));
    }
}

static void read_one(struct rewriting *w)
{
    struct dialect *d = w->d;
    char c = d->in[d->at];
    uint32_t point;
    if (c == '(') {
        open_group(w);
    } else if (c == ')') {
        close_group(w);
    } else if (c == '\\') {
        read_escape(w);
    } else if (takes(d, "[")) {
        add_atom(w, read_set(d, 0));
    } else if (c == '^' || c == '$') {
        d->at++;
        add_atom(w, c == '^' ? "(?m:^)" : "(?m:$)");
    } else if (c == '|' || c == '.') {
        d->at++;
        add_atom(w, c == '|' ? "|" : ".");
    } else if (!read_quantifier(w)) {
        d->at += character_at(d->in + d->at, &point);
        add_atom(w, arena_printf(d->arena, "\\x{%x}", point));
    }
}

const char *expression_rewrite(struct step_text in, struct arena *a, const char **why)
{
    char *copy = arena_alloc(a, in.bytes + 4u, 1); /* NULs behind it */
    if (in.bytes)
        memcpy(copy, in.text, in.bytes);
    struct dialect d = {.in = copy, .bytes = in.bytes, .arena = a};
    struct rewriting w = {.d = &d, .out = {.arena = a}};
    while (d.at < d.bytes && !d.why)
        read_one(&w);
    if (!d.why && w.depth)
        refuse(&d, "a group without an end");
    while (w.closes[0]--)
        text_add(&w.out, ")");
    *why = d.why;
    return d.why ? NULL : w.out.data ? w.out.data : "";
}
