/* Speculation: how many tokens to propose before the model has said them. In: which proposals were
 * right lately, and what runs of so many rows cost. Out: proposals that are worth their run.
 */
#ifndef RLX_RUNTIME_SPECULATE_H
#define RLX_RUNTIME_SPECULATE_H

#include "runtime/core/draft_lookup.h"

enum {
    SPECULATION_ROWS = 16, /* most rows of a verifying run, the newest token's included */
    SPECULATION_CLASSES = 6,
};

struct speculation {
    struct lookup lookup;
    uint32_t most_rows; /* of a verifying run; 1: there is no variant for more */
    struct {
        float right; /* the part of proposals that were */
        uint32_t seen;
    } hits[SPECULATION_CLASSES]; /* by the length of the match: 1, 2-3, 4-7, … */
    double single;               /* seconds of a run of one token, lately */
    /* By rows: most rows that the same variant serves, for runs of any number of them cost nearly
     * the same. */
    uint8_t served[SPECULATION_ROWS + 1];
    /* Of a run of the variant for at most so many rows, relative to one token's; 0: not measured */
    float cost[SPECULATION_ROWS + 1];
};

/* Zeroed memory becomes a speculation that knows nothing; another one stays what it is. The caller
 * has set `most_rows` and `served`. */
void speculation_begin(struct speculation *sp);

/* Proposes what comes behind the text of `lookup`, at most `room` tokens: `fixed` of them, or with
 * 0 as many as promise the most tokens a second. Gives how many; 0: none is worth it. */
size_t speculation_propose(const struct speculation *sp, size_t fixed, size_t room,
                           int32_t ids[SPECULATION_ROWS]);
/* A token was made; whether it was proposed or not, it tells how good proposals are. */
void speculation_made(struct speculation *sp, int32_t id);
/* A run of so many rows has taken so long. */
void speculation_ran(struct speculation *sp, size_t rows, double seconds);

#endif
