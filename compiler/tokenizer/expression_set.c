/* Sets in regular expressions: escapes such as \s and \p{L}, and brackets. */
#include "compiler/tokenizer/expression.h"

#include <string.h>

/* ---- escapes of one character ---- */

static bool is_hexadecimal(char c, uint32_t *digit)
{
    if (c >= '0' && c <= '9')
        *digit = (uint32_t)(c - '0');
    else if ((c | 32) >= 'a' && (c | 32) <= 'f')
        *digit = (uint32_t)((c | 32) - 'a' + 10);
    else
        return false;
    return true;
}

/* `min` to `max` hexadecimal digits. */
static bool parse_digits(struct parsing *p, uint32_t min, uint32_t max, uint32_t *value)
{
    uint32_t count = 0, digit;
    for (*value = 0; count < max && p->at < p->bytes && is_hexadecimal(p->text[p->at], &digit);
         p->at++, count++)
        *value = *value << 4 | digit;
    return count >= min;
}

/* \x41, \x{41}, \u0041. */
static bool parse_coded(struct parsing *p, char kind, uint32_t start, uint32_t *point)
{
    bool braces = kind == 'x' && parsing_skip(p, "{");
    bool good = braces        ? parse_digits(p, 1, 8, point) && parsing_skip(p, "}")
                : kind == 'x' ? parse_digits(p, 1, 2, point) && *point < 0x80
                              : parse_digits(p, 4, 4, point);
    if (good && *point < POINT_COUNT && !(*point >= 0xd800 && *point < 0xe000))
        return true;
    return expression_fail(p, start, "this escape does not name a character"), false;
}

static bool escaped_control(char c, bool in_brackets, uint32_t *point)
{
    static const char names[] = "tnrfvae";
    static const uint8_t points[] = {9, 10, 13, 12, 11, 7, 27};
    const char *found = c == 0 ? NULL : strchr(names, c);
    if (found != NULL)
        *point = points[found - names];
    else if (c == 'b' && in_brackets)
        *point = 8;
    else
        return false;
    return true;
}

/* ---- escapes of a set ---- */

static bool is_set_letter(char c, bool in_brackets)
{
    return c != 0 && (strchr("dDwWsShHpP", c) != NULL || (!in_brackets && strchr("NO", c) != NULL));
}

/* The set of a lower-case letter, or of `N` and `O`. */
static bool set_of_letter(struct arena *a, char c, bool in_brackets, struct point_set *set)
{
    *set = (struct point_set){0};
    switch (c) {
    case 'd':
        return point_set_by_bracket(set, a, "digit", 5);
    case 's':
        return point_set_by_bracket(set, a, "space", 5);
    case 'h':
        return point_set_by_bracket(set, a, "xdigit", 6);
    case 'w':
        if (in_brackets)
            return point_set_by_bracket(set, a, "word", 4);
        *set = point_set_word(a);
        return true;
    case 'N':
        point_set_add(set, a, '\n', '\n');
        *set = point_set_complement(a, set);
        return true;
    default:
        *set = point_set_complement(a, set);
        return true;
    }
}

/* After \p. */
static bool parse_property(struct parsing *p, uint32_t start, bool *negated, struct point_set *set)
{
    if (!parsing_skip(p, "{"))
        return expression_fail(p, start, "the name of a property stands in braces"), false;
    if (parsing_skip(p, "^"))
        *negated = !*negated;
    uint32_t name = p->at;
    while (p->at < p->bytes && p->text[p->at] != '}')
        p->at++;
    uint32_t end = p->at;
    if (!parsing_skip(p, "}"))
        return expression_fail(p, start, "the name of this property does not end"), false;
    if (point_set_by_property(set, p->arena, p->text + name, end - name))
        return true;
    return expression_fail(p, start, "no property of characters has this name"), false;
}

/* Reads the letters and the name; the set itself is taken from what was spelled before, if it was.
 */
static bool parse_set_escape(struct parsing *p, uint32_t start, bool in_brackets,
                             struct point_set *set)
{
    char c = p->text[start + 1];
    bool negated = c == 'D' || c == 'W' || c == 'S' || c == 'H' || c == 'P';
    uint32_t end = start + 2;
    if ((c | 32) == 'p')
        while (end < p->bytes && p->text[end - 1] != '}')
            end++;
    for (uint32_t i = 0; i < p->spelled_count; i++) {
        const struct spelled_set *s = &p->spelled[i];
        if (s->bytes != end - start || s->in_brackets != in_brackets ||
            memcmp(p->text + s->at, p->text + start, s->bytes) != 0)
            continue;
        *set = s->set;
        p->at = end;
        return true;
    }
    if ((c | 32) == 'p' ? !parse_property(p, start, &negated, set)
                        : !set_of_letter(p->arena, negated ? (char)(c | 32) : c, in_brackets, set))
        return false;
    if (negated)
        *set = point_set_complement(p->arena, set);
    ARENA_PUSH(p->arena, p->spelled, p->spelled_count, p->spelled_capacity) =
        (struct spelled_set){start, p->at - start, in_brackets, *set};
    return true;
}

enum escape_kind parse_escape(struct parsing *p, bool in_brackets, uint32_t *point,
                              struct point_set *set)
{
    uint32_t start = p->at++, digit;
    if (!parsing_point(p, point))
        return ESCAPE_failed;
    char c = *point < 0x80 ? (char)*point : 0;
    if (is_set_letter(c, in_brackets)) {
        *point = UINT32_MAX;
        return parse_set_escape(p, start, in_brackets, set) ? ESCAPE_set : ESCAPE_failed;
    }
    if (c == 'x' || c == 'u')
        return parse_coded(p, c, start, point) ? ESCAPE_point : ESCAPE_failed;
    if (escaped_control(c, in_brackets, point))
        return ESCAPE_point;
    bool letter = ((c | 32) >= 'a' && (c | 32) <= 'z') || is_hexadecimal(c, &digit);
    if (!letter)
        return ESCAPE_point;
    expression_fail(p, start, "this escape is not supported");
    return ESCAPE_failed;
}

/* ---- brackets ---- */

struct brackets {
    struct point_set set;    /* since the last && */
    struct point_set before; /* what stands in front of it */
    bool cut;                /* there was a && */
};

/* [:name:] or [:^name:]. False where none begins here; `failed` says of errors. */
static bool parse_bracket_name(struct parsing *p, struct brackets *b)
{
    uint32_t start = p->at;
    struct point_set set;
    if (!parsing_skip(p, "[:"))
        return false;
    bool negated = parsing_skip(p, "^");
    uint32_t name = p->at;
    while (p->at < p->bytes && (p->text[p->at] | 32) >= 'a' && (p->text[p->at] | 32) <= 'z')
        p->at++;
    uint32_t end = p->at;
    if (!parsing_skip(p, ":]") || !point_set_by_bracket(&set, p->arena, p->text + name, end - name))
        return expression_fail(p, start, "no class of characters has this name"), false;
    if (negated)
        set = point_set_complement(p->arena, &set);
    b->set = point_set_union(p->arena, &b->set, &set);
    return true;
}

/* One character or escape. False: it is a set, and was added; or an error. */
static bool parse_member(struct parsing *p, struct brackets *b, uint32_t *point)
{
    struct point_set set;
    if (!parsing_at(p, "\\"))
        return parsing_point(p, point);
    enum escape_kind kind = parse_escape(p, true, point, &set);
    if (kind == ESCAPE_set)
        b->set = point_set_union(p->arena, &b->set, &set);
    return kind == ESCAPE_point;
}

static bool at_range(const struct parsing *p)
{
    return parsing_at(p, "-") && !parsing_at(p, "-]");
}

static bool parse_range(struct parsing *p, struct brackets *b)
{
    uint32_t start = p->at, first, last;
    if (!parse_member(p, b, &first)) {
        if (!p->failed && at_range(p))
            expression_fail(p, start, "a range begins with a character, not a set");
        return !p->failed;
    }
    last = first;
    if (at_range(p)) {
        p->at++;
        if (parsing_at(p, "[") || parsing_at(p, "&&") || !parse_member(p, b, &last))
            return expression_fail(p, start, "this range has no end"), false;
        if (at_range(p))
            return expression_fail(p, p->at, "after a range, write \\- for the character"), false;
    }
    if (last < first)
        return expression_fail(p, start, "the range is upside down"), false;
    point_set_add(&b->set, p->arena, first, last);
    return true;
}

static bool parse_nested(struct parsing *p, struct point_set *set, bool outermost);

static bool parse_bracket_item(struct parsing *p, struct brackets *b)
{
    struct point_set set;
    if (parsing_skip(p, "&&")) {
        b->before = b->cut ? point_set_intersection(p->arena, &b->before, &b->set) : b->set;
        b->set = (struct point_set){0};
        b->cut = true;
        return true;
    }
    if (parse_bracket_name(p, b) || p->failed) {
        if (!p->failed && at_range(p))
            expression_fail(p, p->at, "a range begins with a character, not a set");
        return !p->failed;
    }
    if (!parsing_skip(p, "["))
        return parse_range(p, b);
    if (!parse_nested(p, &set, false))
        return false;
    b->set = point_set_union(p->arena, &b->set, &set);
    return true;
}

/* Case is disregarded once, for the whole of the outermost brackets before their negation. */
static bool fold_brackets(struct parsing *p, struct point_set *set, bool negated, uint32_t start)
{
    if (!negated && point_set_folds_long(p->arena, &p->folds, set))
        return expression_fail(p, start,
                               "without regard to case, a character of this set stands "
                               "for several, which is not supported"),
               false;
    *set = point_set_fold(p->arena, &p->folds, set);
    return true;
}

static bool parse_nested(struct parsing *p, struct point_set *set, bool outermost)
{
    struct brackets b = {0};
    uint32_t start = p->at - 1;
    if (++p->depth > EXPRESSION_DEPTH)
        return expression_fail(p, start, "brackets are nested too deeply"), false;
    bool negated = parsing_skip(p, "^"), first = true;
    for (; first || !parsing_skip(p, "]"); first = false) {
        if (p->at >= p->bytes)
            return expression_fail(p, start, "these brackets do not end"), false;
        if (!parse_bracket_item(p, &b))
            return false;
    }
    *set = b.cut ? point_set_intersection(p->arena, &b.before, &b.set) : b.set;
    if (outermost && p->no_case && !fold_brackets(p, set, negated, start))
        return false;
    if (negated)
        *set = point_set_complement(p->arena, set);
    p->depth--;
    return true;
}

bool parse_brackets(struct parsing *p, struct point_set *set)
{
    return parse_nested(p, set, true);
}
