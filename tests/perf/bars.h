/* Bars, from the table of bars.def. */
#ifndef RLX_PERF_BARS_H
#define RLX_PERF_BARS_H

#include "tests/perf/stats.h"

#include <stdbool.h>

enum sense { MIN, MAX };

struct bar {
    enum sense sense;
    double value; /* 0: there is none */
};

/* `kind`: the model's format, with what else is special about it; NULL: only bars of all. */
struct bar bar_find(const char *kind, const char *work, const char *against, enum regime regime);
/* Prints "≥ 1.30: yes |" into a row of a table, or an empty cell. */
void bar_print(struct bar bar, double scale, bool any, double value);

#endif
