/* Case folding of sets: which characters an expression that ignores case takes for each other. The
 * foldings are Unicode's (CaseFolding.txt, statuses C and S), from utf8proc's tables. */
#include "compiler/tokenizer/point_set.h"

#include <utf8proc.h>

/* All characters that fold to others are below this. */
enum { FOLDED_POINTS = 0x20000, MAX_FOLDED = 4, DOTTED_CAPITAL_I = 0x130 };

static bool may_fold(uint32_t point)
{
    return !(point >= 0xd800 && point < 0xe000) &&
           utf8proc_get_property((int32_t)point)->casefold_seqindex != UINT16_MAX;
}

/* The full folding; a count of 1 and the point itself where there is none. */
static uint32_t fold_fully(uint32_t point, int32_t out[MAX_FOLDED])
{
    int boundary = 0;
    out[0] = (int32_t)point;
    if (point >= FOLDED_POINTS || !may_fold(point))
        return 1;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((int32_t)point, out, MAX_FOLDED, UTF8PROC_CASEFOLD, &boundary);
    assert(count >= 1 && count <= MAX_FOLDED);
    return (uint32_t)count;
}

/* Where the full folding is several characters, the simple one is the lower-case letter. */
static uint32_t fold_simply(uint32_t point)
{
    int32_t full[MAX_FOLDED];
    if (fold_fully(point, full) == 1)
        return (uint32_t)full[0];
    return point == DOTTED_CAPITAL_I ? point : (uint32_t)utf8proc_tolower((int32_t)point);
}

static void find_folds(struct arena *a, struct point_folds *f)
{
    int32_t full[MAX_FOLDED];
    for (uint32_t c = 0; c < FOLDED_POINTS && !f->found; c++) {
        if (!may_fold(c))
            continue;
        bool several = fold_fully(c, full) > 1;
        ARENA_PUSH(a, f->all, f->count, f->capacity) =
            (struct point_fold){.from = c,
                                .to = fold_simply(c),
                                .first = several ? (uint32_t)full[0] : 0,
                                .second = several ? (uint32_t)full[1] : 0};
    }
    f->found = true;
}

static void set_bit(uint8_t *bits, uint32_t at)
{
    bits[at / 8] |= (uint8_t)(1u << at % 8);
}

static bool has_bit(const uint8_t *bits, uint32_t at)
{
    return bits[at / 8] >> at % 8 & 1;
}

struct point_set point_set_fold(struct arena *a, struct point_folds *f, const struct point_set *s)
{
    uint8_t wanted[FOLDED_POINTS / 8] = {0}; /* foldings of the set's characters */
    uint8_t found[FOLDED_POINTS / 8] = {0};
    struct point_set folded = {0};
    find_folds(a, f);
    for (uint32_t i = 0; i < f->count; i++)
        if (point_set_has(s, f->all[i].from) || point_set_has(s, f->all[i].to))
            set_bit(wanted, f->all[i].to);
    for (uint32_t i = 0; i < f->count; i++)
        if (has_bit(wanted, f->all[i].to)) {
            set_bit(found, f->all[i].from);
            set_bit(found, f->all[i].to);
        }
    for (uint32_t c = 0; c < FOLDED_POINTS; c++)
        if (has_bit(found, c))
            point_set_add(&folded, a, c, c);
        else if (found[c / 8] == 0)
            c |= 7;
    return point_set_union(a, s, &folded);
}

bool point_set_folds_long(struct arena *a, struct point_folds *f, const struct point_set *s)
{
    find_folds(a, f);
    for (uint32_t i = 0; i < f->count; i++)
        if (f->all[i].second && point_set_has(s, f->all[i].from))
            return true;
    return false;
}

bool point_pair_is_folded(struct arena *a, struct point_folds *f, uint32_t first, uint32_t second)
{
    find_folds(a, f);
    first = fold_simply(first);
    second = fold_simply(second);
    for (uint32_t i = 0; i < f->count; i++)
        if (f->all[i].from >= 0x80 && f->all[i].first == first && f->all[i].second == second)
            return second != 0;
    return false;
}
