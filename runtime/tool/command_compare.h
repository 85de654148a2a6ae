/* `rlx compare`: what it finds, and the report. A is the reference. */
#ifndef RLX_COMMAND_COMPARE_H
#define RLX_COMMAND_COMPARE_H

#include "runtime/tool/command.h"
#include "runtime/tool/moments.h"
#include "runtime/tool/row_score.h"
#include "runtime/tool/windows.h"

enum { COMPARE_A, COMPARE_B, COMPARE_SIDES, COMPARE_WORST = 5 };

struct compare_side {
    const char *path;
    rlx_model *model;
    rlx_session *session;
    struct moments losses;
};

/* A position where the models differ. */
struct compare_place {
    size_t window, token; /* which token of its window is predicted */
    double divergence;    /* in nats */
    uint32_t best[COMPARE_SIDES];
    double p[COMPARE_SIDES]; /* of these */
};

struct comparison {
    struct windows *windows;
    struct compare_side sides[COMPARE_SIDES];
    uint32_t vocabulary;

    /* A slice of a window: rows of A, until B has run the same tokens. */
    size_t window, first; /* the position of the first row */
    const int32_t *ids;   /* of the window */
    size_t slice_rows;    /* at most */
    float *rows;
    struct row_score *scores;
    size_t bad; /* 1 + the position of a row that is no numbers; 0: none */

    struct moments divergences, loss_differences, p_differences; /* B less A */
    double p_most;                                               /* the largest difference of p */
    float *divergence; /* by position, of all windows; the report sorts them */
    size_t same_best;
    struct compare_place worst[COMPARE_WORST]; /* the largest divergence first */
    size_t worst_count;
};

/* command_compare_report.c */
void compare_print(struct comparison *c);
void compare_print_json(struct comparison *c);

#endif
