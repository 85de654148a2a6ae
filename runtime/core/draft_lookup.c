/* The suffix automaton of a text. In: tokens, one by one. Out: the longest suffix that occurred
 * earlier in the text, and what followed its latest occurrence. Each state stands for the strings
 * that end at the same positions. Its link leads to the longest of their suffixes that also ends
 * elsewhere, so the link of the whole text's state is the wanted suffix. A text of n tokens has
 * fewer than 2n states and 3n edges. */
#include "runtime/core/draft_lookup.h"

#include <stdlib.h>
#include <string.h>

/* How many suffixes are updated per token with the position where they ended last. Updating all
 * would be exact, but if one token repeats, they are as many as the text is long. Beyond this
 * depth, a proposal may come from an older occurrence than the latest one. */
enum { REMEMBERED = 16, ROOT = 0 };
#define NO_LINK UINT32_MAX /* too large for an enumerator in C11 */

static uint32_t edge_slot(const struct lookup *l, uint32_t state, int32_t token)
{
    uint64_t key = (uint64_t)state << 32 | (uint32_t)token;
    key *= 0x9E3779B97F4A7C15; /* Fibonacci hashing: the high bits depend on all */
    return (uint32_t)(key >> 32) & l->edge_mask;
}

/* The edge of a state by a token, or the free entry where it belongs. */
static uint32_t find_edge(const struct lookup *l, uint32_t state, int32_t token)
{
    uint32_t at = edge_slot(l, state, token);
    for (;; at = (at + 1) & l->edge_mask) {
        const struct lookup_edge *e = &l->edges[at];
        if (at != 0 && (e->from == 0 || (e->from == state + 1 && e->token == token)))
            return at;
    }
}

static void set_edge(struct lookup *l, uint32_t state, int32_t token, uint32_t to)
{
    uint32_t at = find_edge(l, state, token);
    struct lookup_edge *e = &l->edges[at];
    if (e->from == 0) {
        *e = (struct lookup_edge){state + 1, token, to, l->states[state].edges};
        l->states[state].edges = at;
    }
    e->to = to;
}

static uint32_t add_state(struct lookup *l, uint32_t length, uint32_t link, uint32_t end)
{
    l->states[l->state_count] = (struct lookup_state){length, link, end, 0};
    return l->state_count++;
}

/* Splits the state `q`: its strings that are no longer than that of `p` and a token end at one more
 * position from now on. */
static uint32_t split_state(struct lookup *l, uint32_t p, int32_t token, uint32_t q)
{
    uint32_t clone = add_state(l, l->states[p].length + 1, l->states[q].link, l->states[q].end);
    for (uint32_t at = l->states[q].edges; at != 0; at = l->edges[at].next)
        set_edge(l, clone, l->edges[at].token, l->edges[at].to);
    l->states[q].link = clone;
    for (; p != NO_LINK; p = l->states[p].link) {
        struct lookup_edge *e = &l->edges[find_edge(l, p, token)];
        if (e->to != q)
            break;
        e->to = clone;
    }
    return clone;
}

static uint32_t find_link(struct lookup *l, uint32_t last, int32_t token, uint32_t made)
{
    uint32_t p = last;
    for (; p != NO_LINK; p = l->states[p].link) {
        const struct lookup_edge *e = &l->edges[find_edge(l, p, token)];
        if (e->from != 0) {
            uint32_t q = e->to;
            bool whole = l->states[q].length == l->states[p].length + 1;
            return whole ? q : split_state(l, p, token, q);
        }
        set_edge(l, p, token, made);
    }
    return ROOT;
}

void lookup_extend(struct lookup *l, int32_t token)
{
    if (l->count == l->capacity) {
        l->match = 0;
        return;
    }
    uint32_t end = (uint32_t)l->count + 1;
    uint32_t made = add_state(l, end, ROOT, end);
    uint32_t link = find_link(l, l->last, token, made);
    l->states[made].link = link;
    l->last = made;
    l->text[l->count++] = token;
    l->match = l->states[link].length;
    l->matched = l->states[link].end;
    uint32_t at = link;
    for (int i = 0; i < REMEMBERED && at != ROOT; i++, at = l->states[at].link)
        l->states[at].end = end;
}

void lookup_clear(struct lookup *l)
{
    if (l->capacity != 0 && l->count != 0)
        memset(l->edges, 0, ((size_t)l->edge_mask + 1) * sizeof *l->edges);
    l->count = 0;
    l->state_count = 0;
    l->match = 0;
    l->matched = 0;
    if (l->capacity != 0)
        l->last = add_state(l, 0, NO_LINK, 0);
}

void lookup_follow(struct lookup *l, const int32_t *tokens, size_t count)
{
    if (l->count > count ||
        (l->count != 0 && memcmp(l->text, tokens, l->count * sizeof *tokens) != 0))
        lookup_clear(l);
    while (l->count < count && l->count < l->capacity)
        lookup_extend(l, tokens[l->count]);
}

size_t lookup_propose(const struct lookup *l, int32_t *ids, size_t max)
{
    if (l->match == 0)
        return 0;
    for (size_t i = 0; i < max; i++) {
        size_t at = l->matched + i;
        ids[i] = at < l->count ? l->text[at] : ids[at - l->count];
    }
    return max;
}

void lookup_release(struct lookup *l)
{
    free(l->text);
    free(l->states);
    free(l->edges);
    *l = (struct lookup){0};
}

bool lookup_reserve(struct lookup *l, size_t capacity)
{
    enum { MAX = 1 << 28 }; /* the limit of contexts in artifact_check_parts.h */
    if (capacity <= l->capacity)
        return true;
    lookup_release(l);
    if (capacity > MAX)
        return false;
    size_t edges = 64;
    while (edges < 4 * capacity)
        edges *= 2;
    l->text = malloc(capacity * sizeof *l->text);
    l->states = malloc((2 * capacity + 1) * sizeof *l->states);
    l->edges = calloc(edges, sizeof *l->edges);
    if (l->text == NULL || l->states == NULL || l->edges == NULL) {
        lookup_release(l);
        return false;
    }
    l->capacity = capacity;
    l->edge_mask = (uint32_t)(edges - 1);
    lookup_clear(l);
    return true;
}
