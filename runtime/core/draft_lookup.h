/* Finds what followed the latest earlier occurrence of the longest repeated suffix of a text: a
 * suffix automaton over tokens, extended online (Blumer et al., "The smallest automaton recognizing
 * the subwords of a text", 1985). It knows nothing of models. */
#ifndef RLX_RUNTIME_DRAFT_LOOKUP_H
#define RLX_RUNTIME_DRAFT_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lookup_state {
    uint32_t length; /* of its longest string */
    uint32_t link;   /* the state of the longest suffix that also ends elsewhere */
    uint32_t end;    /* position after the latest place where its strings end */
    uint32_t edges;  /* its first edge, in `edges`; 0: none */
};

/* All edges of all states: a table by (state, token) with open addressing, whose entries never
 * move; those of one state are chained. Entry 0 stays free. */
struct lookup_edge {
    uint32_t from; /* state + 1; 0: free */
    int32_t token;
    uint32_t to, next;
};

struct lookup {
    size_t capacity; /* tokens that fit */
    size_t count;    /* tokens of the text */
    int32_t *text;
    struct lookup_state *states;
    struct lookup_edge *edges;
    uint32_t state_count, last, edge_mask;
    size_t match;   /* length of the longest suffix that occurred before; 0: none */
    size_t matched; /* position of what followed its latest occurrence */
};

/* Makes room for a text of `capacity` tokens: about 130 bytes per token, committed as it is
 * written. Growing empties the text. False: no memory, and no room at all. */
bool lookup_reserve(struct lookup *l, size_t capacity);
void lookup_release(struct lookup *l);
void lookup_clear(struct lookup *l);

/* Appends a token. Constant time, amortized over the text. */
void lookup_extend(struct lookup *l, int32_t token);
/* Makes this the text; keeps the old text if the new one begins with all of it. */
void lookup_follow(struct lookup *l, const int32_t *tokens, size_t count);

/* The tokens that followed: at most `max`, and none without a match. If the text ends before
 * `max`, the proposal continues with itself, as a periodic text does. */
size_t lookup_propose(const struct lookup *l, int32_t *ids, size_t max);

#endif
