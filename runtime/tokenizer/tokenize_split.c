/* Text into words, as a vocabulary's pre-tokenizer cuts it. In: a stretch of text. Out: the end of
 * the word that begins at a place. One scanner serves all published regular expressions; flags of
 * the section say what differs (rlx_tokenizer_split). The alternatives come in the order of the
 * expressions, and each matches as much as it can.
 */
#include "runtime/tokenizer/tokenize_parts.h"

struct scan {
    const struct tokenizer *t;
    const char *text;
    size_t end; /* of what may be looked at */
    uint32_t split;
};

struct look {
    uint32_t point, kind, length; /* length 0 at the end */
};

static struct look look_at(const struct scan *s, size_t at)
{
    struct look l = {0, RLX_CLASS_SPACE, 0};
    if (at >= s->end)
        return l;
    l.length = utf8_read(s->text, s->end, at, &l.point);
    l.kind = point_class(s->t, l.point) & RLX_CLASS_KIND;
    return l;
}

static bool is_newline(uint32_t point)
{
    return point == '\r' || point == '\n';
}

static uint32_t lower(const struct scan *s, struct look l)
{
    if (!(s->split & RLX_SPLIT_ANY_CASE) || l.length == 0)
        return l.length ? l.point : 0;
    if (l.point == 0x17f && (s->split & RLX_SPLIT_LONG_S))
        return 's';
    return l.point >= 'A' && l.point <= 'Z' ? l.point + 32 : l.point;
}

/* 's 't 're 've 'm 'll 'd: the end, or `at`. */
static size_t scan_contraction(const struct scan *s, size_t at)
{
    struct look first = look_at(s, at + 1);
    uint32_t a = lower(s, first);
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return at + 1 + first.length;
    if (a != 'r' && a != 'v' && a != 'l')
        return at;
    struct look second = look_at(s, at + 1 + first.length);
    bool matches = lower(s, second) == (a == 'l' ? 'l' : 'e');
    return matches ? at + 1 + first.length + second.length : at;
}

static size_t scan_kind(const struct scan *s, size_t at, uint32_t kind, uint32_t most)
{
    for (uint32_t count = 0; most == 0 || count < most; count++) {
        struct look l = look_at(s, at);
        if (l.length == 0 || l.kind != kind)
            break;
        at += l.length;
    }
    return at;
}

/* Punctuation and the rest, with the line ends after it. */
static size_t scan_others(const struct scan *s, size_t at)
{
    at = scan_kind(s, at, RLX_CLASS_OTHER, 0);
    while ((s->split & RLX_SPLIT_NEWLINES) && at < s->end &&
           (is_newline((uint8_t)s->text[at]) ||
            (s->text[at] == '/' && (s->split & RLX_SPLIT_SLASHES))))
        at++;
    return at;
}

/* A run of characters of that case; `last` becomes the end of its last one that is of case W. */
static size_t scan_case(const struct scan *s, size_t at, uint32_t wanted, size_t *last)
{
    for (struct look l = look_at(s, at); l.length; l = look_at(s, at)) {
        uint32_t found = point_case(s->t, l.point);
        if (!(found & wanted))
            break;
        at += l.length;
        if (found & RLX_CASE_W)
            *last = at;
    }
    return at;
}

/* U*W+: all of U, then W; where no W follows, U gives back what lies behind its last W. `at` where
 * there is no W. */
static size_t scan_lower(const struct scan *s, size_t at)
{
    size_t last = at, end = scan_case(s, at, RLX_CASE_U, &last);
    scan_case(s, end, RLX_CASE_W, &last);
    return last;
}

/* The two alternatives of words by case, each with the character in front and without it. */
static size_t scan_cased(const struct scan *s, size_t at, size_t behind_prefix)
{
    const size_t starts[] = {behind_prefix, at};
    for (size_t i = behind_prefix == at; i < 2; i++) {
        size_t end = scan_lower(s, starts[i]);
        if (end > starts[i])
            return end;
    }
    for (size_t i = behind_prefix == at; i < 2; i++) {
        size_t last, end = scan_case(s, starts[i], RLX_CASE_U, &last);
        if (end > starts[i])
            return end;
    }
    return at;
}

/* A run of white space: through its last line end; or, before a word, all but the last character,
 * which belongs to the word. */
static size_t scan_space(const struct scan *s, size_t at)
{
    size_t last = at, behind_newline = at, end = at;
    for (struct look l = look_at(s, at); l.length && l.kind == RLX_CLASS_SPACE;
         l = look_at(s, end)) {
        last = end;
        end += l.length;
        if (is_newline(l.point))
            behind_newline = end;
    }
    if ((s->split & RLX_SPLIT_NEWLINES) && behind_newline > at)
        return behind_newline;
    return end < s->end && last > at ? last : end;
}

static size_t scan_word(const struct scan *s, size_t at)
{
    struct look first = look_at(s, at);
    struct look second = look_at(s, at + first.length);
    size_t behind = at + first.length;
    if ((s->split & RLX_SPLIT_CONTRACTIONS) && first.point == '\'') {
        size_t end = scan_contraction(s, at);
        if (end > at)
            return end;
    }
    bool cased = s->split & RLX_SPLIT_CASED;
    if (first.kind == RLX_CLASS_LETTER && !cased)
        return scan_kind(s, at, RLX_CLASS_LETTER, 0);
    bool prefix = s->split & RLX_SPLIT_PREFIX_ANY
                      ? first.kind != RLX_CLASS_NUMBER && !is_newline(first.point)
                      : first.point == ' ';
    if (cased) {
        size_t end = scan_cased(s, at, prefix && first.kind != RLX_CLASS_LETTER ? behind : at);
        if (end > at)
            return end;
    } else if (prefix && second.length && second.kind == RLX_CLASS_LETTER)
        return scan_kind(s, behind, RLX_CLASS_LETTER, 0);
    uint32_t digits = s->t->header->split_digits;
    if (first.kind == RLX_CLASS_NUMBER)
        return scan_kind(s, at, RLX_CLASS_NUMBER, digits);
    bool space = first.point == ' ' && second.length;
    if (space && (s->split & RLX_SPLIT_NUMBER_SPACE) && second.kind == RLX_CLASS_NUMBER)
        return scan_kind(s, behind, RLX_CLASS_NUMBER, digits);
    if (first.kind == RLX_CLASS_OTHER)
        return scan_others(s, at);
    if (space && second.kind == RLX_CLASS_OTHER)
        return scan_others(s, behind);
    return scan_space(s, at);
}

/* Words that begin at spaces: a space and what follows up to the next one, or up to the next run of
 * them. */
static size_t scan_to_space(const char *text, size_t bytes, size_t at, bool runs)
{
    for (at++; at < bytes && (text[at] != ' ' || (runs && text[at - 1] == ' ')); at++)
        ;
    return at;
}

/* The next number, which ends what the scanner may look at. */
static size_t find_number(const struct scan *s, size_t at)
{
    for (struct look l = look_at(s, at); l.length; l = look_at(s, at)) {
        if (l.kind == RLX_CLASS_NUMBER)
            return at;
        at += l.length;
    }
    return s->end;
}

size_t next_word(const struct tokenizer *t, const char *text, size_t bytes, size_t at,
                 size_t *limit)
{
    struct scan s = {t, text, bytes, t->header->split};
    if (s.split & RLX_SPLIT_SPACES)
        return scan_to_space(text, bytes, at, false);
    if (!(s.split & RLX_SPLIT_WORDS))
        return bytes;
    if (s.split & RLX_SPLIT_NUMBERS_FIRST) {
        if (at >= *limit)
            *limit = find_number(&s, at);
        if (at == *limit)
            return at + look_at(&s, at).length;
        s.end = *limit;
    }
    return scan_word(&s, at);
}

void encode_words(struct encoding *e, const char *text, size_t bytes)
{
    size_t limit = 0;
    for (size_t at = 0; at < bytes && !e->no_memory;) {
        size_t end = next_word(e->tokenizer, text, bytes, at, &limit);
        encode_word(e, text + at, end - at);
        at = end;
    }
}
