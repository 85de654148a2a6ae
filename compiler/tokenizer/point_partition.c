/* The coarsest partition of all code points that makes every set of a tokenizer a union of classes.
 * In: sets. Out: classes, as runs of code points and for each code point. */
#include "compiler/tokenizer/point_set.h"

#include <string.h>

void point_partition_add(struct point_partition *p, const struct point_set *s)
{
    for (uint32_t i = 0; i < p->set_count; i++)
        if (p->sets[i].count == s->count &&
            (s->count == 0 ||
             memcmp(p->sets[i].ranges, s->ranges, s->count * sizeof *s->ranges) == 0))
            return;
    ARENA_PUSH(p->arena, p->sets, p->set_count, p->set_capacity) = *s;
}

/* Where each set stands in the sweep, and the classes found: by the sets that they are in. */
struct sweep {
    struct point_partition *p;
    uint32_t *range;      /* [set]: the first range that does not end before the point */
    uint64_t *membership; /* of the point at hand */
    uint64_t *classes;    /* [POINT_CLASSES][words] */
    uint32_t words;
};

/* The sets that a point is in, and the next point at which that changes. */
static uint32_t look_at(struct sweep *s, uint32_t point)
{
    uint32_t next = point < 0xd800 ? 0xd800 : POINT_COUNT;
    memset(s->membership, 0, s->words * sizeof *s->membership);
    for (uint32_t i = 0; i < s->p->set_count; i++) {
        const struct point_set *set = &s->p->sets[i];
        while (s->range[i] < set->count && set->ranges[s->range[i]].last < point)
            s->range[i]++;
        if (s->range[i] == set->count)
            continue;
        const struct point_range *r = &set->ranges[s->range[i]];
        bool inside = r->first <= point;
        uint32_t change = inside ? r->last + 1 : r->first;
        if (inside)
            s->membership[i / 64] |= (uint64_t)1 << i % 64;
        if (change < next)
            next = change;
    }
    return next;
}

/* POINT_CLASSES where there is no room for one more. */
static uint32_t class_of_membership(struct sweep *s)
{
    uint32_t class = 0;
    while (class < s->p->count && memcmp(s->classes + (size_t) class * s->words, s->membership,
                                         s->words * sizeof *s->membership) != 0)
        class ++;
    if (class == s->p->count && class < POINT_CLASSES) {
        memcpy(s->classes + (size_t) class * s->words, s->membership,
               s->words * sizeof *s->membership);
        s->p->count++;
    }
    return class;
}

bool point_partition_finish(struct point_partition *p)
{
    struct sweep s = {.p = p, .words = p->set_count / 64 + 1};
    s.range = arena_new(p->arena, uint32_t, p->set_count);
    s.membership = arena_new(p->arena, uint64_t, s.words);
    s.classes = arena_new(p->arena, uint64_t, (size_t)s.words * POINT_CLASSES);
    p->of = arena_new(p->arena, uint8_t, POINT_COUNT);
    for (uint32_t point = 0, next; point < POINT_COUNT; point = next) {
        if (point == 0xd800) {
            next = 0xe000;
            memset(p->of + point, p->of[point - 1], next - point);
            continue;
        }
        next = look_at(&s, point);
        uint32_t class = class_of_membership(&s);
        if (class == POINT_CLASSES)
            return false;
        ARENA_PUSH(p->arena, p->runs, p->run_count, p->run_capacity) =
            (struct point_run){point, class};
        memset(p->of + point, (int)class, next - point);
    }
    return true;
}

void point_partition_classes(const struct point_partition *p, const struct point_set *s,
                             uint64_t bits[4])
{
    memset(bits, 0, 4 * sizeof *bits);
    for (uint32_t i = 0; i < p->run_count; i++)
        if (point_set_has(s, p->runs[i].first))
            bits[p->runs[i].class / 64] |= (uint64_t)1 << p->runs[i].class % 64;
}

uint32_t point_partition_example(const struct point_partition *p, uint32_t class)
{
    uint32_t i = 0;
    while (p->runs[i].class != class)
        i++;
    return p->runs[i].first;
}
