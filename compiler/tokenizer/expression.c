/* The parser of regular expressions: alternatives, sequences, quantifiers and groups. */
#include "compiler/tokenizer/expression.h"
#include "runtime/base/utf8.h"

#include <string.h>

bool parsing_at(const struct parsing *p, const char *text)
{
    size_t length = strlen(text);
    return p->bytes - p->at >= length && memcmp(p->text + p->at, text, length) == 0;
}

bool parsing_skip(struct parsing *p, const char *text)
{
    if (!parsing_at(p, text))
        return false;
    p->at += (uint32_t)strlen(text);
    return true;
}

bool parsing_point(struct parsing *p, uint32_t *point)
{
    if (p->at >= p->bytes)
        return expression_fail(p, p->at, "the expression ends too early"), false;
    if (!utf8_valid_at(p->text, p->bytes, p->at))
        return expression_fail(p, p->at, "this is not UTF-8"), false;
    p->at += utf8_read(p->text, p->bytes, p->at, point);
    return true;
}

/* ---- quantifiers ---- */

struct quantifier {
    uint32_t min, max;
    bool interval;
};

static bool parse_number(struct parsing *p, uint32_t *number)
{
    uint32_t start = p->at, value = 0;
    while (p->at < p->bytes && p->text[p->at] >= '0' && p->text[p->at] <= '9') {
        if (value <= EXPRESSION_REPEAT)
            value = value * 10 + (uint32_t)(p->text[p->at] - '0');
        p->at++;
    }
    *number = value;
    return p->at != start;
}

/* {n}, {n,}, {n,m}, {,m}. Anything else is not an interval but text, and `at` stays. */
static bool parse_interval(struct parsing *p, struct quantifier *q)
{
    uint32_t start = p->at;
    if (!parsing_skip(p, "{"))
        return false;
    bool low = parse_number(p, &q->min), high = false;
    if (parsing_skip(p, ",")) {
        high = parse_number(p, &q->max);
        if (!high)
            q->max = REPEAT_WITHOUT_END;
    } else {
        q->max = q->min;
    }
    q->interval = true;
    if (parsing_skip(p, "}") && (low || high))
        return true;
    p->at = start;
    return false;
}

static bool parse_quantifier(struct parsing *p, struct quantifier *q)
{
    *q = (struct quantifier){0, REPEAT_WITHOUT_END, false};
    if (parsing_skip(p, "*"))
        return true;
    if (parsing_skip(p, "+")) {
        q->min = 1;
        return true;
    }
    if (parsing_skip(p, "?")) {
        q->max = 1;
        return true;
    }
    return parse_interval(p, q);
}

static uint32_t add_repeat(struct parsing *p, uint32_t body, struct quantifier q, uint32_t at)
{
    if (q.min > EXPRESSION_REPEAT || (q.max > EXPRESSION_REPEAT && q.max != REPEAT_WITHOUT_END))
        return expression_fail(p, at, "repetitions go up to %d", EXPRESSION_REPEAT);
    if (q.min > q.max)
        return expression_fail(p, at, "the least number of repetitions is above the most");
    uint32_t node = add_node(p, NODE_repeat);
    if (node == NODE_NONE)
        return NODE_NONE;
    p->e->nodes[node].first = body;
    p->e->nodes[node].min = q.min;
    p->e->nodes[node].max = q.max;
    return node;
}

/* A body that can be empty before all else is tried loops differently from engine to engine. */
static bool check_body(struct parsing *p, uint32_t body, uint32_t at)
{
    if (p->e->nodes[body].kind == NODE_look || p->e->nodes[body].kind == NODE_edge)
        return expression_fail(p, at, "this quantifier has nothing to repeat"), false;
    if (!may_be_empty(p->e, body) || is_empty_last(p->e, body))
        return true;
    return expression_fail(p, at, "what is repeated may match nothing; this is not supported"),
           false;
}

/* All quantifiers after `body`. In this dialect `{n,m}+` repeats again and `{n}?` makes optional.
 */
static uint32_t parse_quantifiers(struct parsing *p, uint32_t body)
{
    struct quantifier q;
    for (uint32_t at = p->at; body != NODE_NONE && parse_quantifier(p, &q); at = p->at) {
        bool optional = q.interval && q.min == q.max && parsing_at(p, "?");
        if (q.max != 0 && !check_body(p, body, at))
            return NODE_NONE;
        body = add_repeat(p, body, q, at);
        if (body == NODE_NONE || optional)
            continue;
        if (parsing_skip(p, "?"))
            p->e->nodes[body].lazy = true;
        else if (!q.interval && parsing_skip(p, "+"))
            body = make_possessive(p, body, at);
    }
    return body;
}

/* ---- groups ---- */

static uint32_t parse_choice(struct parsing *p);

/* The letters after `(?`: i, m, -i, … up to ")" or ":". *colon: at ":", which it skips. */
static bool parse_options(struct parsing *p, bool *colon)
{
    bool value = true;
    for (; p->at < p->bytes; p->at++) {
        char c = p->text[p->at];
        if (c == '-')
            value = false;
        else if (c == 'i')
            p->no_case = value;
        else if (c == 'm')
            p->dot_all = value;
        else
            break;
    }
    *colon = parsing_skip(p, ":");
    if (*colon || parsing_at(p, ")"))
        return true;
    return expression_fail(p, p->at, "this option is not supported"), false;
}

static bool skip_name(struct parsing *p)
{
    if (!parsing_skip(p, "?<") && !parsing_skip(p, "?P<"))
        return false;
    while (p->at < p->bytes && p->text[p->at] != '>')
        p->at++;
    if (!parsing_skip(p, ">"))
        expression_fail(p, p->at, "the name of the group does not end");
    return true;
}

static uint32_t close_group(struct parsing *p, uint32_t body, uint32_t start)
{
    if (body != NODE_NONE && !parsing_skip(p, ")"))
        return expression_fail(p, start, "this group does not end");
    return body;
}

/* (?i) and the like: hold up to the end of the group, alternatives included. */
static uint32_t parse_option_group(struct parsing *p, uint32_t start)
{
    bool no_case = p->no_case, dot_all = p->dot_all, colon = false;
    if (!parse_options(p, &colon))
        return NODE_NONE;
    uint32_t body;
    if (colon) {
        body = close_group(p, parse_choice(p), start);
    } else {
        p->at++;
        body = parse_choice(p);
    }
    p->no_case = no_case;
    p->dot_all = dot_all;
    return body;
}

/* After `(?=` and the like. */
static uint32_t parse_look(struct parsing *p, uint32_t start, bool behind, bool negated)
{
    if (p->in_behind && !behind)
        return expression_fail(p, start, "a lookahead inside a lookbehind is not supported");
    bool in_behind = p->in_behind;
    p->in_behind = behind;
    uint32_t body = close_group(p, parse_choice(p), start);
    p->in_behind = in_behind;
    return add_look(p, body, behind, negated);
}

/* After `(`. */
static uint32_t parse_group(struct parsing *p)
{
    static const struct {
        const char *text;
        bool behind, negated;
    } looks[] = {
        {"?=", false, false}, {"?!", false, true}, {"?<=", true, false}, {"?<!", true, true}};
    uint32_t start = p->at - 1;
    bool no_case = p->no_case, dot_all = p->dot_all;
    uint32_t body = NODE_NONE;
    for (size_t i = 0; i < countof(looks); i++)
        if (parsing_skip(p, looks[i].text)) {
            body = parse_look(p, start, looks[i].behind, looks[i].negated);
            goto done;
        }
    if (parsing_skip(p, "?>"))
        body = make_atomic(p, close_group(p, parse_choice(p), start), start);
    else if (skip_name(p) || parsing_skip(p, "?:"))
        body = close_group(p, parse_choice(p), start);
    else if (parsing_skip(p, "?"))
        return parse_option_group(p, start);
    else if (parsing_at(p, "*"))
        return expression_fail(p, start, "callouts and verbs are not supported");
    else
        body = close_group(p, parse_choice(p), start);
done:
    p->no_case = no_case;
    p->dot_all = dot_all;
    return body;
}

static bool skip_comment(struct parsing *p)
{
    uint32_t start = p->at;
    if (!parsing_skip(p, "(?#"))
        return false;
    while (p->at < p->bytes && p->text[p->at] != ')')
        p->at += p->text[p->at] == '\\' ? 2 : 1;
    if (p->at >= p->bytes) {
        p->at = p->bytes;
        expression_fail(p, start, "this comment does not end");
        return false;
    }
    p->at++;
    return true;
}

/* ---- single items ---- */

static uint32_t add_point(struct parsing *p, uint32_t point)
{
    struct point_set set = {0};
    point_set_add(&set, p->arena, point, point);
    if (p->no_case) {
        if (point_set_folds_long(p->arena, &p->folds, &set))
            return expression_fail(p, p->at,
                                   "without regard to case, U+%04X stands for several "
                                   "characters, which is not supported",
                                   point);
        set = point_set_fold(p->arena, &p->folds, &set);
    }
    return add_set(p, set);
}

static uint32_t parse_dot(struct parsing *p)
{
    struct point_set set = {0};
    if (!p->dot_all)
        point_set_add(&set, p->arena, '\n', '\n');
    return add_set(p, point_set_complement(p->arena, &set));
}

/* One item, without its quantifiers. *point: the character that it is, or UINT32_MAX. */
static uint32_t parse_item(struct parsing *p, uint32_t *point)
{
    struct point_set set;
    uint32_t start = p->at;
    *point = UINT32_MAX;
    uint32_t anchor = parse_anchor(p);
    if (anchor != NODE_NONE || p->failed)
        return anchor;
    if (parsing_skip(p, "("))
        return parse_group(p);
    if (parsing_skip(p, "["))
        return parse_brackets(p, &set) ? add_set(p, set) : NODE_NONE;
    if (parsing_skip(p, "."))
        return parse_dot(p);
    if (parsing_at(p, "\\")) {
        switch (parse_escape(p, false, point, &set)) {
        case ESCAPE_set:
            return add_set(p, set);
        case ESCAPE_point:
            return add_point(p, *point);
        default:
            return NODE_NONE;
        }
    }
    if (parsing_at(p, "*") || parsing_at(p, "+") || parsing_at(p, "?"))
        return expression_fail(p, start, "this quantifier has nothing to repeat");
    struct quantifier q;
    if (parse_interval(p, &q))
        return expression_fail(p, start, "this quantifier has nothing to repeat");
    return parsing_point(p, point) ? add_point(p, *point) : NODE_NONE;
}

static void append_item(struct parsing *p, uint32_t sequence, uint32_t *last, uint32_t item)
{
    if (*last == NODE_NONE)
        p->e->nodes[sequence].first = item;
    else
        p->e->nodes[*last].next = item;
    *last = item;
}

static uint32_t parse_sequence(struct parsing *p)
{
    uint32_t sequence = add_node(p, NODE_sequence), last = NODE_NONE, before = UINT32_MAX;
    while (!p->failed && p->at < p->bytes && !parsing_at(p, "|") && !parsing_at(p, ")")) {
        uint32_t start = p->at, point;
        if (skip_comment(p))
            continue;
        uint32_t item = parse_item(p, &point);
        if (p->no_case && before != UINT32_MAX && point != UINT32_MAX &&
            point_pair_is_folded(p->arena, &p->folds, before, point))
            return expression_fail(p, start,
                                   "without regard to case, one character stands for "
                                   "this and what precedes it, which is not supported");
        before = point;
        uint32_t end = p->at;
        item = parse_quantifiers(p, item);
        if (p->at != end)
            before = UINT32_MAX;
        if (item == NODE_NONE)
            return NODE_NONE;
        append_item(p, sequence, &last, item);
    }
    return p->failed ? NODE_NONE : sequence;
}

static uint32_t parse_choice(struct parsing *p)
{
    if (++p->depth > EXPRESSION_DEPTH)
        return expression_fail(p, p->at, "groups are nested too deeply");
    uint32_t first = parse_sequence(p), last = first;
    if (first != NODE_NONE && parsing_at(p, "|")) {
        uint32_t choice = add_node(p, NODE_choice);
        if (choice == NODE_NONE)
            return NODE_NONE;
        p->e->nodes[choice].first = first;
        while (parsing_skip(p, "|")) {
            uint32_t next = parse_sequence(p);
            if (next == NODE_NONE)
                return NODE_NONE;
            p->e->nodes[last].next = next;
            last = next;
        }
        first = choice;
    }
    p->depth--;
    return first;
}

/* ---- the whole ---- */

static uint32_t parse_literal(struct parsing *p)
{
    uint32_t sequence = add_node(p, NODE_sequence), last = NODE_NONE, point;
    while (!p->failed && p->at < p->bytes) {
        uint32_t item = parsing_point(p, &point) ? add_point(p, point) : NODE_NONE;
        if (item == NODE_NONE)
            return NODE_NONE;
        append_item(p, sequence, &last, item);
    }
    return p->failed ? NODE_NONE : sequence;
}

struct expression *expression_parse(const char *text, uint32_t bytes, bool literal, struct arena *a,
                                    struct place place, struct diags *d)
{
    struct expression *e = arena_new(a, struct expression, 1);
    struct parsing p = {
        .e = e, .arena = a, .place = place, .diags = d, .text = text, .bytes = bytes};
    *e = (struct expression){.arena = a, .text = text, .bytes = bytes};
    if (bytes > EXPRESSION_BYTES) {
        diag_error(d, place, "a regular expression of %u bytes is too long: %d is the most", bytes,
                   EXPRESSION_BYTES);
        return NULL;
    }
    e->root = literal ? parse_literal(&p) : parse_choice(&p);
    if (!p.failed && p.at < p.bytes)
        expression_fail(&p, p.at, "this parenthesis closes no group");
    return p.failed ? NULL : e;
}

void expression_partition(const struct expression *e, struct point_partition *p)
{
    for (uint32_t i = 0; i < e->set_count; i++)
        point_partition_add(p, &e->sets[i]);
}
