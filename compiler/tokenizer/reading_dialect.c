/* Oniguruma's dialect, in which the tokenizers library reads expressions, rewritten as PCRE2's.
 * In: an expression. Out: one that matches the same, or a reason why there is none. The two differ
 * in these points (source: Oniguruma's RE document, and tries over all code points):
 *  - \s \d \w \h and the sets [:name:] \p{Name}: written out, by Unicode's properties; \h is a
 *    hexadecimal digit; outside of brackets, \w has six more characters
 *  - sets nest, and && intersects: written as alternatives and assertions on one character
 *  - ^ and $ match at every line; (?m) lets a dot match a line feed
 *  - {n}? is not lazy and {n,m}+ not possessive: each repeats the repetition; {,m} is {0,m}
 *  - (?i) in the midst of a group reaches to the group's end, across its alternatives
 *  - \xe2\x96\x81 are the bytes of one character
 */
#include "compiler/tokenizer/reading_dialect.h"

#include <string.h>

struct rewriting {
    struct dialect *d;
    struct text out;
    uint32_t atom;   /* where the last one begins in `out` */
    bool quantified; /* it has a quantifier already */
    uint32_t depth;
    uint32_t starts[MAX_DEPTH], closes[MAX_DEPTH]; /* of open groups: place in `out`; how many
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
    uint32_t n = dialect_number(d, 10, 6), n_digits = d->at - n_start;
    bool comma = dialect_takes(d, ",");
    m_start = d->at;
    uint32_t m = dialect_number(d, 10, 6), m_digits = d->at - m_start;
    *fixed = !comma;
    if (!dialect_takes(d, "}") || n_digits + m_digits == 0) {
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
    if (!fixed && dialect_takes(d, "?"))
        text_add(&w->out, "?");
    else if (!interval && dialect_takes(d, "+"))
        text_add(&w->out, "+");
    w->quantified = true;
    return true;
}

/* After "(?": options, followed by ":" or ")". False: something else follows. */
static bool read_options(struct rewriting *w)
{
    struct dialect *d = w->d;
    uint32_t at = d->at;
    char options[16];
    uint32_t count = 0;
    for (; at < d->bytes && strchr("imsx-", d->in[at]) && d->in[at]; at++) {
        if (d->in[at] == 'x')
            return dialect_refuse(d, "extended syntax");
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
    if (w->depth + 1 >= MAX_DEPTH) {
        dialect_refuse(d, "too many groups in one another");
        return;
    }
    if (dialect_sees(d, "(?#")) {
        while (d->at < d->bytes && d->in[d->at] != ')')
            d->at++;
        d->at += d->at < d->bytes;
        return;
    }
    const char *opening = NULL;
    for (size_t i = 0; i < countof(openings) && !opening; i++)
        opening = dialect_takes(d, openings[i]) ? openings[i] : NULL;
    if (!opening && dialect_takes(d, "(?")) {
        if (!read_options(w))
            dialect_refuse(d, "a group of an unknown kind");
        return;
    }
    if (!opening && dialect_takes(d, "("))
        opening = "(?:"; /* nothing refers to it */
    w->starts[w->depth + 1] = w->out.bytes;
    w->closes[++w->depth] = 1;
    text_add(&w->out, "%s", opening);
}

static void close_group(struct rewriting *w)
{
    if (w->depth == 0) {
        dialect_refuse(w->d, "a parenthesis that nothing opened");
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
        dialect_refuse(d, "an escape that has no counterpart");
    } else {
        const char *content = dialect_set_escape(d, false, &negated);
        add_atom(w, content ? arena_printf(d->arena, "[%s%s]", negated ? "^" : "", content)
                            : arena_printf(d->arena, "\\x{%x}", dialect_point_escape(d)));
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
    } else if (dialect_takes(d, "[")) {
        add_atom(w, dialect_set(d, 0));
    } else if (c == '^' || c == '$') {
        d->at++;
        add_atom(w, c == '^' ? "(?m:^)" : "(?m:$)");
    } else if (c == '|' || c == '.') {
        d->at++;
        add_atom(w, c == '|' ? "|" : ".");
    } else if (!read_quantifier(w)) {
        d->at += character_at(dialect_text(d), d->at, &point);
        add_atom(w, arena_printf(d->arena, "\\x{%x}", point));
    }
}

const char *dialect_rewrite(struct step_text in, struct arena *a, const char **why)
{
    char *copy = arena_alloc(a, in.bytes + 4u, 1); /* NULs after it */
    if (in.bytes)
        memcpy(copy, in.text, in.bytes);
    struct dialect d = {.in = copy, .bytes = in.bytes, .arena = a};
    struct rewriting w = {.d = &d, .out = {.arena = a}};
    while (d.at < d.bytes && !d.why)
        read_one(&w);
    if (!d.why && w.depth)
        dialect_refuse(&d, "a group without an end");
    while (w.closes[0]--)
        text_add(&w.out, ")");
    *why = d.why;
    return d.why ? NULL : w.out.data ? w.out.data : "";
}
