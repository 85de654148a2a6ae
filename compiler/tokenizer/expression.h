/* Regular expressions as published tokenizers write them, in Oniguruma's dialect.
 *
 * In: the text of an expression. Out: its tree, over sets of code points. Understood: characters
 * and escapes, sets in brackets with nesting and &&, `.`, \d \w \s \h \p{…}, groups, (?i) and (?m),
 * alternatives, greedy and lazy quantifiers, possessive ones and atomic groups where a negative
 * lookahead says the same, ^ $ \A \z \Z \b \B, lookahead and lookbehind. All else is an error that
 * names the place in the expression. Nothing is approximated.
 */
#ifndef RLXC_EXPRESSION_H
#define RLXC_EXPRESSION_H

#include "compiler/base/diag.h"
#include "compiler/tokenizer/point_set.h"

enum {
    EXPRESSION_BYTES = 1 << 15, /* limits of what is accepted */
    EXPRESSION_DEPTH = 100,
    EXPRESSION_NODES = 1 << 14,
    EXPRESSION_REPEAT = 4096,
};

enum node_kind {
    NODE_empty,
    NODE_set,      /* one character of `set` */
    NODE_sequence, /* of its children, `first` and their `next` */
    NODE_choice,   /* the leftmost child that leads to a match */
    NODE_repeat,   /* `min` to `max` times `first`, as often as possible; lazy: as rarely */
    NODE_look,     /* whether `first` matches from here on, or up to here (`behind`) */
    NODE_edge,     /* the start of the text, or its end (not `behind`) */
};

#define NODE_NONE UINT32_MAX
#define REPEAT_WITHOUT_END UINT32_MAX

struct node {
    enum node_kind kind;
    uint32_t first, next; /* NODE_NONE: there is none */
    uint32_t set;         /* number in `sets` */
    uint32_t min, max;
    bool lazy, behind, negated;
};

struct expression {
    struct arena *arena;
    struct node *nodes;
    uint32_t node_count, node_capacity;
    struct point_set *sets;
    uint32_t set_count, set_capacity;
    uint32_t root;
    const char *text; /* for messages */
    uint32_t bytes;
};

/* NULL with an error in `d`. `literal`: the text itself is what to find. `place`: where the
 * expression stands. */
struct expression *expression_parse(const char *text, uint32_t bytes, bool literal, struct arena *a,
                                    struct place place, struct diags *d);
/* Adds the expression's sets to a partition. */
void expression_partition(const struct expression *e, struct point_partition *p);

/* ---- between the files expression*.c ---- */

/* A set that was spelled before: \p{L} and the like come often. */
struct spelled_set {
    uint32_t at, bytes;
    bool in_brackets;
    struct point_set set;
};

struct parsing {
    struct expression *e;
    struct arena *arena;
    struct place place;
    struct diags *diags;
    const char *text;
    uint32_t bytes, at;
    uint32_t depth;
    struct spelled_set *spelled;
    uint32_t spelled_count, spelled_capacity;
    struct point_folds folds;
    bool no_case, dot_all; /* (?i), (?m) */
    bool in_behind;        /* inside a lookbehind */
    bool failed;
};

/* Reports the first problem of the expression. `at`: bytes from its start. Returns NODE_NONE. */
uint32_t expression_fail(struct parsing *p, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool parsing_at(const struct parsing *p, const char *text); /* the text continues so */
bool parsing_skip(struct parsing *p, const char *text);     /* the same, and goes past it */
/* Reads a character of the expression. False, with an error, at the end and in broken UTF-8. */
bool parsing_point(struct parsing *p, uint32_t *point);

uint32_t add_node(struct parsing *p, enum node_kind kind);
uint32_t add_set(struct parsing *p, struct point_set set);
uint32_t add_look(struct parsing *p, uint32_t body, bool behind, bool negated);
/* A sequence or a choice of two. */
uint32_t add_pair(struct parsing *p, enum node_kind kind, uint32_t first, uint32_t second);
uint32_t copy_node(struct parsing *p, uint32_t node);

/* What an escape stands for. */
enum escape_kind { ESCAPE_failed, ESCAPE_point, ESCAPE_set };
/* At a backslash. `in_brackets`: \b is a backspace there. */
enum escape_kind parse_escape(struct parsing *p, bool in_brackets, uint32_t *point,
                              struct point_set *set);
/* After `[`: the set up to and with its `]`. */
bool parse_brackets(struct parsing *p, struct point_set *set);
/* At ^, $, \A, \z, \Z, \b or \B: what it stands for; else NODE_NONE, and nothing is read. */
uint32_t parse_anchor(struct parsing *p);
/* Makes a repetition possessive. */
uint32_t make_possessive(struct parsing *p, uint32_t repeat, uint32_t at);
/* What (?>…) becomes. */
uint32_t make_atomic(struct parsing *p, uint32_t body, uint32_t at);
/* Whether the node can match nothing; and whether it does so only where all else fails. */
bool may_be_empty(const struct expression *e, uint32_t node);
bool is_empty_last(const struct expression *e, uint32_t node);

#endif
