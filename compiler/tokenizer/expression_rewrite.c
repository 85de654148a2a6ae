/* What regular expressions say in short: anchors as lookarounds, possessive repetitions as greedy
 * ones after which no further one fits. Also what may match nothing. */
#include "compiler/tokenizer/expression.h"

/* ---- anchors ---- */

static uint32_t add_edge(struct parsing *p, bool behind)
{
    uint32_t node = add_node(p, NODE_edge);
    if (node != NODE_NONE)
        p->e->nodes[node].behind = behind;
    return node;
}

static uint32_t add_newline(struct parsing *p)
{
    struct point_set set = {0};
    point_set_add(&set, p->arena, '\n', '\n');
    return add_set(p, set);
}

/* \b: a word's character on exactly one side. \B: on both, or on none. */
static uint32_t add_boundary(struct parsing *p, bool negated)
{
    struct point_set word = point_set_word(p->arena);
    uint32_t side[4];
    for (uint32_t i = 0; i < 4; i++) {
        bool behind = i % 2 == 0;
        bool absent = i < 2 ? !behind && !negated : behind || negated;
        side[i] = add_look(p, add_set(p, word), behind, absent);
    }
    return add_pair(p, NODE_choice, add_pair(p, NODE_sequence, side[0], side[1]),
                    add_pair(p, NODE_sequence, side[2], side[3]));
}

/* ^: the start of the text, and after each newline but a last one. */
static uint32_t add_line_start(struct parsing *p)
{
    struct point_set any = {0};
    any = point_set_complement(p->arena, &any);
    uint32_t newline = add_look(p, add_newline(p), true, false);
    uint32_t more = add_look(p, add_set(p, any), false, false);
    return add_pair(p, NODE_choice, add_edge(p, true), add_pair(p, NODE_sequence, newline, more));
}

/* $: the end of the text, and before each newline. */
static uint32_t add_line_end(struct parsing *p)
{
    return add_pair(p, NODE_choice, add_edge(p, false), add_look(p, add_newline(p), false, false));
}

/* \Z: the end of the text, and before a newline there. */
static uint32_t add_last_line_end(struct parsing *p)
{
    uint32_t last = add_pair(p, NODE_sequence, add_newline(p), add_edge(p, false));
    return add_pair(p, NODE_choice, add_edge(p, false), add_look(p, last, false, false));
}

static uint32_t add_anchor(struct parsing *p)
{
    if (parsing_skip(p, "^"))
        return add_line_start(p);
    if (parsing_skip(p, "$"))
        return add_line_end(p);
    if (parsing_skip(p, "\\A"))
        return add_edge(p, true);
    if (parsing_skip(p, "\\z"))
        return add_edge(p, false);
    if (parsing_skip(p, "\\Z"))
        return add_last_line_end(p);
    if (parsing_skip(p, "\\b"))
        return add_boundary(p, false);
    if (parsing_skip(p, "\\B"))
        return add_boundary(p, true);
    return NODE_NONE;
}

uint32_t parse_anchor(struct parsing *p)
{
    uint32_t node = add_anchor(p);
    if (node == NODE_NONE)
        return NODE_NONE;
    if (parsing_at(p, "*") || parsing_at(p, "+") || parsing_at(p, "?"))
        return expression_fail(p, p->at, "this quantifier has nothing to repeat");
    return node;
}

/* ---- possessive repetitions ---- */

/* One way to match at most, of a length that is known: a set, or a sequence of such. */
static bool is_single_way(const struct expression *e, uint32_t node)
{
    const struct node *n = &e->nodes[node];
    if (n->kind == NODE_set || n->kind == NODE_empty || n->kind == NODE_look ||
        n->kind == NODE_edge)
        return true;
    if (n->kind == NODE_repeat)
        return n->min == n->max && is_single_way(e, n->first);
    if (n->kind != NODE_sequence)
        return false;
    for (uint32_t c = n->first; c != NODE_NONE; c = e->nodes[c].next)
        if (!is_single_way(e, c))
            return false;
    return true;
}

/* The one child of a sequence that has one. */
static uint32_t without_sequence(const struct expression *e, uint32_t node)
{
    const struct node *n = &e->nodes[node];
    bool single =
        n->kind == NODE_sequence && n->first != NODE_NONE && e->nodes[n->first].next == NODE_NONE;
    return single ? without_sequence(e, n->first) : node;
}

/* Of alternatives, only the first one that matches: A|B becomes A|(?!A)B. */
static uint32_t keep_first_way(struct parsing *p, uint32_t choice)
{
    uint32_t out = add_node(p, NODE_choice), last = NODE_NONE;
    for (uint32_t c = p->e->nodes[choice].first; c != NODE_NONE; c = p->e->nodes[c].next) {
        uint32_t way = copy_node(p, c);
        for (uint32_t k = p->e->nodes[choice].first; k != c; k = p->e->nodes[k].next)
            way = add_pair(p, NODE_sequence, add_look(p, copy_node(p, k), false, true), way);
        if (way == NODE_NONE || out == NODE_NONE)
            return NODE_NONE;
        if (last == NODE_NONE)
            p->e->nodes[out].first = way;
        else
            p->e->nodes[last].next = way;
        last = way;
    }
    return out;
}

/* The node with one way to match at each place: the one that would be tried first. NODE_NONE: it is
 * not known how to write that, or it gets too large. */
static uint32_t make_single_way(struct parsing *p, uint32_t node)
{
    node = without_sequence(p->e, node);
    if (is_single_way(p->e, node))
        return node;
    if (p->e->nodes[node].kind != NODE_choice)
        return NODE_NONE;
    for (uint32_t c = p->e->nodes[node].first; c != NODE_NONE; c = p->e->nodes[c].next)
        if (!is_single_way(p->e, c))
            return NODE_NONE;
    return keep_first_way(p, node);
}

/* X*+ takes all there are: X*(?!X). With a limit, X{0,2}+: XX|X(?!X)|(?!X). */
static uint32_t stop_repeat(struct parsing *p, uint32_t repeat)
{
    struct node n = p->e->nodes[repeat];
    uint32_t stop = add_look(p, copy_node(p, n.first), false, true);
    if (n.max == REPEAT_WITHOUT_END)
        return add_pair(p, NODE_sequence, repeat, stop);
    uint32_t all = copy_node(p, repeat);
    if (all == NODE_NONE)
        return NODE_NONE;
    p->e->nodes[all].min = n.max;
    p->e->nodes[repeat].max = n.max - 1;
    return add_pair(p, NODE_choice, all, add_pair(p, NODE_sequence, repeat, stop));
}

/* What is repeated may be tried in other ways only if the least number is not reached otherwise. */
uint32_t make_possessive(struct parsing *p, uint32_t repeat, uint32_t at)
{
    struct node n = p->e->nodes[repeat];
    if (p->in_behind)
        return expression_fail(p, at,
                               "a possessive repetition inside a lookbehind is not "
                               "supported");
    if (n.min == n.max && is_single_way(p->e, n.first))
        return repeat;
    uint32_t body = NODE_NONE;
    if (n.min < n.max && !may_be_empty(p->e, n.first) &&
        (n.min <= 1 || is_single_way(p->e, n.first)))
        body = make_single_way(p, n.first);
    if (body == NODE_NONE)
        return expression_fail(p, at,
                               "this possessive repetition is not supported: what it "
                               "repeats can match in more than one way");
    p->e->nodes[repeat].first = body;
    return stop_repeat(p, repeat);
}

uint32_t make_atomic(struct parsing *p, uint32_t body, uint32_t at)
{
    if (body == NODE_NONE)
        return NODE_NONE;
    body = without_sequence(p->e, body);
    if (p->e->nodes[body].kind == NODE_repeat && !p->e->nodes[body].lazy &&
        !is_single_way(p->e, body))
        return make_possessive(p, body, at);
    uint32_t single =
        p->in_behind && !is_single_way(p->e, body) ? NODE_NONE : make_single_way(p, body);
    return single != NODE_NONE ? single
                               : expression_fail(p, at,
                                                 "this atomic group is not supported: it "
                                                 "can match in more than one way");
}

/* ---- what may match nothing ---- */

bool may_be_empty(const struct expression *e, uint32_t node)
{
    const struct node *n = &e->nodes[node];
    bool all = true, any = false;
    if (n->kind == NODE_set)
        return false;
    if (n->kind == NODE_repeat)
        return n->min == 0 || may_be_empty(e, n->first);
    if (n->kind != NODE_sequence && n->kind != NODE_choice)
        return true;
    for (uint32_t c = n->first; c != NODE_NONE; c = e->nodes[c].next) {
        bool empty = may_be_empty(e, c);
        all = all && empty;
        any = any || empty;
    }
    return n->kind == NODE_sequence ? all : any;
}

bool is_empty_last(const struct expression *e, uint32_t node)
{
    const struct node *n = &e->nodes[node];
    if (!may_be_empty(e, node))
        return true;
    if (n->kind == NODE_look || n->kind == NODE_edge)
        return false;
    if (n->kind == NODE_repeat && n->lazy && n->max != 0)
        return false;
    for (uint32_t c = n->first; c != NODE_NONE; c = e->nodes[c].next) {
        bool last = n->kind != NODE_choice || e->nodes[c].next == NODE_NONE;
        if (!is_empty_last(e, c) || (!last && may_be_empty(e, c)))
            return false;
    }
    return true;
}
