/* What the files scanner*.c share: programs and automata. No other file includes it. */
#ifndef RLXC_SCANNER_PARTS_H
#define RLXC_SCANNER_PARTS_H

#include "compiler/tokenizer/scanner.h"

enum {
    PROGRAM_MAX = 1 << 15, /* instructions */
    STATES_MAX = 1 << 14,
    ENTRIES_MAX = 1 << 22, /* transitions of one pass */
    STEPS_MAX = 1 << 24,   /* of making all automata of a scanner: a fifth of a second */
    SYMBOLS_MAX = 255,     /* of one scanner; the number 255 itself is RLX_SCAN_WIDE */
};

/* ---- columns and symbols of one scanner ---- */

struct columns {
    uint64_t bits[4];
};

struct alphabet {
    struct columns *sets; /* by the expression's numbers of sets */
    uint32_t count;       /* columns; number `count` is the edge */
    uint8_t of[256];      /* class → column */
    uint32_t mark_count;
    uint32_t symbol_count; /* with the edge, times 2^mark_count */
};

static inline bool columns_have(const struct columns *c, uint32_t column)
{
    return c->bits[column / 64] >> column % 64 & 1;
}

/* ---- programs ---- */

enum operation {
    OPERATION_set,    /* reads a character whose column is in `columns` */
    OPERATION_split,  /* goes on at `next`, then at `other` */
    OPERATION_before, /* goes on if the column before the position is in `columns` */
    OPERATION_after,  /* the same of the column after it */
    OPERATION_mark,   /* goes on if the position's mark number `other` is as `wanted` */
    OPERATION_match,
};

struct instruction {
    enum operation operation;
    uint32_t next, other;
    bool wanted;
    uint32_t columns; /* number in program.columns */
};

struct program {
    struct instruction *all;
    uint32_t count, capacity;
    struct columns *columns;
    uint32_t column_count, column_capacity;
    uint32_t start;
    bool backward; /* it reads the text from its end */
    bool marks;    /* it runs from each position, and any match will do */
};

/* Lookarounds that need passes of their own, in the order of the passes. */
struct lookaround {
    uint32_t node;
    bool behind;
};

struct building {
    const struct expression *e;
    struct arena *arena;
    struct place place;
    struct diags *diags;
    struct alphabet alphabet;
    struct lookaround looks[RLX_SCAN_MARKS];
    uint32_t look_count;
    uint64_t steps;      /* of making automata, so far */
    bool only_marked;    /* the last mark is that of the expression itself */
    const char *problem; /* why the expression cannot be compiled; NULL: nothing yet */
};

/* Finds the lookarounds that need passes. False where there are too many. */
bool building_find_looks(struct building *b);
/* The program of a node. False, with b->problem, where it gets too large. */
bool program_make(struct building *b, uint32_t node, bool backward, bool marks, struct program *p);

/* ---- automata ---- */

/* Rows of alphabet.symbol_count entries. */
struct automaton {
    uint16_t *entries;
    uint32_t state_count, symbol_count;
    bool backward, needs_before;
};

bool automaton_make(struct building *b, const struct program *p, struct automaton *out);
/* Merges the states that nothing tells apart. */
void automaton_minimize(struct automaton *m, struct arena *a);

/* How far scanning may go without a match. */
enum linearity {
    LINEAR_always,
    LINEAR_where_marked, /* if it begins only where there is a match */
    LINEAR_never,
};
/* `passes`: the automata of the marks, then the last one. */
enum linearity scanner_linearity(struct building *b, const struct automaton *passes);
/* Whether a search with this automaton may read far before it fails. */
bool automaton_fails_late(struct building *b, const struct automaton *m);
/* Puts a lookahead for itself in front of each alternative at the end of the expression that fails
 * late. False where there is none. `e`: the expression of `b`, whose nodes may be changed. */
bool building_guard(struct building *b, struct expression *e);

#endif
