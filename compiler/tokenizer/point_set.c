/* Sets of code points: what unions, intersections and complements do to sorted ranges. */
#include "compiler/tokenizer/point_set.h"

#include <string.h>

/* Appends a range that begins after the start of the last one, or joins it. */
static void append(struct point_set *s, struct arena *a, uint32_t first, uint32_t last)
{
    if (s->count != 0 && first <= s->ranges[s->count - 1].last + 1) {
        if (last > s->ranges[s->count - 1].last)
            s->ranges[s->count - 1].last = last;
        return;
    }
    ARENA_PUSH(a, s->ranges, s->count, s->capacity) = (struct point_range){first, last};
}

void point_set_add(struct point_set *s, struct arena *a, uint32_t first, uint32_t last)
{
    if (s->count == 0 || first >= s->ranges[s->count - 1].first) {
        append(s, a, first, last);
        return;
    }
    struct point_range one = {first, last};
    struct point_set single = {&one, 1, 1};
    *s = point_set_union(a, s, &single);
}

bool point_set_has(const struct point_set *s, uint32_t point)
{
    return point_in_ranges(s->ranges, s->count, point);
}

struct point_set point_set_union(struct arena *a, const struct point_set *x,
                                 const struct point_set *y)
{
    struct point_set out = {0};
    uint32_t i = 0, k = 0;
    while (i < x->count || k < y->count) {
        bool left = k == y->count || (i < x->count && x->ranges[i].first <= y->ranges[k].first);
        const struct point_range *r = left ? &x->ranges[i++] : &y->ranges[k++];
        append(&out, a, r->first, r->last);
    }
    return out;
}

struct point_set point_set_intersection(struct arena *a, const struct point_set *x,
                                        const struct point_set *y)
{
    struct point_set out = {0};
    for (uint32_t i = 0, k = 0; i < x->count && k < y->count;) {
        const struct point_range *r = &x->ranges[i], *s = &y->ranges[k];
        uint32_t first = r->first > s->first ? r->first : s->first;
        uint32_t last = r->last < s->last ? r->last : s->last;
        if (first <= last)
            append(&out, a, first, last);
        if (r->last < s->last)
            i++;
        else
            k++;
    }
    return out;
}

struct point_set point_set_complement(struct arena *a, const struct point_set *s)
{
    struct point_set out = {0};
    uint32_t next = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->ranges[i].first > next)
            append(&out, a, next, s->ranges[i].first - 1);
        next = s->ranges[i].last + 1;
    }
    if (next < POINT_COUNT)
        append(&out, a, next, POINT_COUNT - 1);
    return out;
}
