/* Case folding of sets: which characters an expression that ignores case takes for each other. The
 * foldings are Unicode's (CaseFolding.txt, statuses C and S), from utf8proc's tables. */
#include "compiler/tokenizer/point_set.h"

#include <utf8proc.h>

/* All characters that fold to others are below this. */
enum { FOLDED_POINTS = 0x20000, MOST_FOLDED = 4, DOTTED_CAPITAL_I = 0x130 };

static bool may_fold(uint32_t point)
{
    return !(point >= 0xd800 && point < 0xe000) &&
           utf8proc_get_property((int32_t)point)->casefold_seqindex != UINT16_MAX;
}

/* The full folding; a count of 1 and the point itself where there is none. */
static uint32_t fold_fully(uint32_t point, int32_t out[MOST_FOLDED])
{
    int boundary = 0;
    out[0] = (int32_t)point;
    if (point >= FOLDED_POINTS || !may_fold(point))
        return 1;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((int32_t)point, out, MOST_FOLDED, UTF8PROC_CASEFOLD, &boundary);
    assert(count >= 1 && count <= MOST_FOLDED);
    return (uint32_t)count;
}

/* Where the full folding is several characters, the simple one is the lower-case letter. */
static uint32_t fold_simply(uint32_t point)
{
    int32_t full[MOST_FOLDED];
    if (fold_fully(point, full) == 1)
        return (uint32_t)full[0];
    return point == DOTTED_CAPITAL_I ? point : (uint32_t)utf8proc_tolower((int32_t)point);
}

struct point_set point_set_fold(struct arena *a, const struct point_set *s)
{
    bool *wanted = arena_new(a, bool, POINT_COUNT); /* foldings of the set's characters */
    struct point_set folded = {0};
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t c = s->ranges[i].first; c <= s->ranges[i].last && c < FOLDED_POINTS; c++)
            wanted[fold_simply(c)] = true;
    for (uint32_t c = 0; c < FOLDED_POINTS; c++)
        if (wanted[fold_simply(c)])
            point_set_add(&folded, a, c, c);
    return point_set_union(a, s, &folded);
}

bool point_set_folds_long(const struct point_set *s)
{
    int32_t full[MOST_FOLDED];
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t c = s->ranges[i].first; c <= s->ranges[i].last && c < FOLDED_POINTS; c++)
            if (may_fold(c) && fold_fully(c, full) > 1)
                return true;
    return false;
}

bool point_pair_is_folded(uint32_t first, uint32_t second)
{
    int32_t full[MOST_FOLDED];
    first = fold_simply(first);
    second = fold_simply(second);
    for (uint32_t c = 0x80; c < FOLDED_POINTS; c++)
        if (may_fold(c) && fold_fully(c, full) > 1 && (uint32_t)full[0] == first &&
            (uint32_t)full[1] == second)
            return true;
    return false;
}
