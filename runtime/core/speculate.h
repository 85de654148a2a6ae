/* Speculation: how many tokens to propose before the model has generated them. In: which proposals
 * were right lately, and the cost of runs by their number of rows. Out: proposals that are worth
 * their run. */
#ifndef RLX_RUNTIME_SPECULATE_H
#define RLX_RUNTIME_SPECULATE_H

#include "runtime/core/draft_lookup.h"

enum {
    SPECULATION_ROWS = 16, /* rows of a verifying run at most, including the newest token's */
    SPECULATION_CLASSES = 6,
};

struct speculation {
    struct lookup lookup;
    uint32_t max_rows; /* of a verifying run; 1: no variant takes more */
    struct {
        float right; /* the fraction of right proposals */
        uint32_t seen;
    } hits[SPECULATION_CLASSES]; /* by the length of the match: 1, 2-3, 4-7, … */
    double single;               /* seconds of a run of one token, lately */
    /* By rows: the most rows that the same variant serves; runs with fewer rows cost nearly the
     * same. */
    uint8_t served[SPECULATION_ROWS + 1];
    /* Cost of a run of the variant for at most so many rows, relative to one token; 0: not
     * measured */
    float cost[SPECULATION_ROWS + 1];
};

/* Initializes zeroed memory; an initialized speculation does not change. The caller has set
 * `max_rows` and `served`. */
void speculation_begin(struct speculation *sp);

/* Proposes what follows the text of `lookup`, at most `room` tokens: `fixed` of them, or with 0 as
 * many as should give the most tokens per second. Returns their number; 0: none is worth it. */
size_t speculation_propose(const struct speculation *sp, size_t fixed, size_t room,
                           int32_t ids[SPECULATION_ROWS]);
/* Reports a new token; proposed or not, it shows how good proposals are. */
void speculation_made(struct speculation *sp, int32_t id);
/* Reports the duration of a run with so many rows. */
void speculation_ran(struct speculation *sp, size_t rows, double seconds);

#endif
