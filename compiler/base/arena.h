/* Arenas: memory whose lifetime is named once. Nothing is freed on its own. Running out of memory
 * is fatal in one place (arena.c), so an allocation never returns NULL.
 */
#ifndef RLXC_ARENA_H
#define RLXC_ARENA_H

#include "compiler/base/base.h"

#include <stdarg.h>

struct arena {
    char *at, *end;             /* free room in the current chunk */
    struct arena_chunk *chunks; /* newest first */
    size_t used, peak;          /* bytes in use, now and at most */
};

struct arena_mark {
    struct arena_chunk *chunk;
    char *at;
    size_t used;
};

void *arena_alloc(struct arena *a, size_t bytes, size_t align);    /* zeroed; never NULL */
char *arena_text(struct arena *a, const char *text, size_t bytes); /* copy, NUL added */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
struct arena_mark arena_mark(const struct arena *a);
void arena_release(struct arena *a, struct arena_mark mark); /* frees all since the mark */
void arena_free(struct arena *a);                            /* frees everything */

/* Room for `count` more elements after `used` ones in an array that lives in the arena: returns the
 * array, moved if it had to grow (the old one stays where it is until the arena goes). */
void *arena_grow(struct arena *a, void *array, uint32_t used, uint32_t *capacity, uint32_t count,
                 size_t element_bytes);

#define arena_new(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n), _Alignof(T)))

/* The same for one element, without a call where there is room. */
static inline void *arena_grow_by_one(struct arena *a, void *array, uint32_t used,
                                      uint32_t *capacity, size_t element_bytes)
{
    return used < *capacity ? array : arena_grow(a, array, used, capacity, 1, element_bytes);
}

/* Appends one element: ARENA_PUSH(arena, graph->nodes, graph->node_count, graph->node_capacity) =
 * x; */
#define ARENA_PUSH(a, array, used, capacity)                                              \
    (*(((array) = arena_grow_by_one((a), (array), (used), &(capacity), sizeof *(array))), \
       &(array)[(used)++]))

#endif
