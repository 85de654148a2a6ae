/* Bars; see bars.h. */
#include "tests/perf/bars.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *kinds, *work, *against;
    enum sense sense;
    double values[REGIME_MIXED];
} bars[] = {
#define BAR(kinds, work, against, sense, one, two) {kinds, work, against, sense, {one, two}},
#include "tests/perf/bars.def"
#undef BAR
};

/* Whether `name` is one of the names in `list`, between commas; "*" is every name. */
static bool among(const char *list, const char *name)
{
    size_t length = name != NULL ? strlen(name) : 0;

    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = list; length > 0 && (at = strstr(at, name)) != NULL; at++)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

struct bar bar_find(const char *kind, const char *work, const char *against, enum regime regime)
{
    for (size_t i = 0; i < sizeof bars / sizeof bars[0] && regime < REGIME_MIXED; i++)
        if (strcmp(bars[i].work, work) == 0 && among(bars[i].kinds, kind) &&
            (strcmp(bars[i].against, against) == 0 ||
             (strcmp(bars[i].against, "*") == 0 && strcmp(against, "limit") != 0)))
            return (struct bar){bars[i].sense, bars[i].values[regime]};
    return (struct bar){MIN, 0};
}

void bar_print(struct bar bar, double scale, bool any, double value)
{
    bool good = bar.sense == MIN ? value >= bar.value : value <= bar.value;

    if (bar.value <= 0)
        printf(" |");
    else
        printf(" %s %.*f%s |", bar.sense == MIN ? "≥" : "≤", scale > 1 ? 0 : 2, scale * bar.value,
               !any   ? ""
               : good ? ": yes"
                      : ": **no**");
}
