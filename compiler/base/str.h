/* Interned strings: equal text, equal id; id 0 is the empty string. */
#ifndef RLXC_STR_H
#define RLXC_STR_H

#include "compiler/base/arena.h"

typedef uint32_t str_id;

struct strings {
    struct arena *arena;
    struct {
        const char *text;
        uint32_t bytes;
    } * all; /* by id */
    uint32_t count, capacity;
    struct {
        uint32_t id_plus_1; /* 0: free */
        uint32_t hash;      /* of the text, so that other texts are not read to tell them apart */
    } * slots;              /* open addressing */
    uint32_t slot_count;
};

void strings_init(struct strings *s, struct arena *a);
str_id str_intern(struct strings *s, const char *text, size_t bytes);
str_id str_of(struct strings *s, const char *text);                       /* NUL-terminated */
str_id str_find(const struct strings *s, const char *text, size_t bytes); /* 0 where unknown */
str_id str_printf(struct strings *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *str_text(const struct strings *s, str_id id); /* NUL-terminated */

#endif
