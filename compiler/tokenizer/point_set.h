/* Sets of code points, as sorted ranges, and the partition of all code points into classes that a
 * tokenizer's scanners work with.
 *
 * In: ranges, names of Unicode properties. Out: sets; a class for each code point, so that every
 * set of the tokenizer is a union of classes.
 */
#ifndef RLXC_POINT_SET_H
#define RLXC_POINT_SET_H

#include "compiler/base/arena.h"
#include "compiler/base/point_range.h"

enum { POINT_COUNT = 0x110000 };

/* Sorted; neither overlapping nor adjacent. All zeros: the empty set. */
struct point_set {
    struct point_range *ranges;
    uint32_t count, capacity;
};

/* Ranges may come in any order. */
void point_set_add(struct point_set *s, struct arena *a, uint32_t first, uint32_t last);
bool point_set_has(const struct point_set *s, uint32_t point);
struct point_set point_set_union(struct arena *a, const struct point_set *x,
                                 const struct point_set *y);
struct point_set point_set_intersection(struct arena *a, const struct point_set *x,
                                        const struct point_set *y);
struct point_set point_set_complement(struct arena *a, const struct point_set *s);

/* \p{name}: general categories and their groups, POSIX names, scripts, binary properties. Upper
 * case, spaces, "-" and "_" do not matter. False where the name is unknown. */
bool point_set_by_property(struct point_set *out, struct arena *a, const char *name, size_t bytes);
/* [[:name:]], as Oniguruma defines them. */
bool point_set_by_bracket(struct point_set *out, struct arena *a, const char *name, size_t bytes);
/* \w outside of brackets, and what \b tells words by: what [[:word:]] has, and six numbers of
 * Latin-1. */
struct point_set point_set_word(struct arena *a);
/* A character that has a case folding (Unicode, CaseFolding.txt). */
struct point_fold {
    uint32_t from, to;      /* the simple folding: C and S */
    uint32_t first, second; /* of the full folding (F), where it is several characters; else 0 */
};

/* All of them, once they are found: at the first question that needs them. */
struct point_folds {
    struct point_fold *all;
    uint32_t count, capacity;
    bool found;
};

/* With every character that has the same simple case folding as one of the set. */
struct point_set point_set_fold(struct arena *a, struct point_folds *f, const struct point_set *s);
/* Whether a character of the set folds to several. */
bool point_set_folds_long(struct arena *a, struct point_folds *f, const struct point_set *s);
/* Whether a character that is not ASCII folds to several, of which the first two are these (simply
 * folded). */
bool point_pair_is_folded(struct arena *a, struct point_folds *f, uint32_t first, uint32_t second);

/* ---- classes ---- */

enum { POINT_CLASSES = 255, POINT_PAGE = 128 };

/* Neighbouring code points of one class. */
struct point_run {
    uint32_t first, class;
};

struct point_partition {
    struct arena *arena;
    struct point_set *sets;
    uint32_t set_count, set_capacity;
    /* Once finished: */
    uint8_t *of; /* [POINT_COUNT]: class */
    uint32_t count;
    struct point_run *runs;
    uint32_t run_count, run_capacity;
};

/* Makes sure that `s` is a union of classes. */
void point_partition_add(struct point_partition *p, const struct point_set *s);
/* Finds the classes, and numbers them by their first code points. Surrogates, which text does not
 * have, share the class of what precedes them. False where there are more than POINT_CLASSES. */
bool point_partition_finish(struct point_partition *p);
/* The classes that make up a set that was added, as a bit each. */
void point_partition_classes(const struct point_partition *p, const struct point_set *s,
                             uint64_t bits[4]);
/* The first code point of the class. */
uint32_t point_partition_example(const struct point_partition *p, uint32_t class);

#endif
