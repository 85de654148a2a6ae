/* The string table: open addressing, linear probing, XXH3 as the hash. */
#include "compiler/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

void strings_init(struct strings *s, struct arena *a)
{
    *s = (struct strings){.arena = a, .slot_count = 1024};
    s->slots = arena_new(a, uint32_t, s->slot_count);
    str_intern(s, "", 0);
}

/* The slot that holds the text, or the free one where it belongs. */
static uint32_t *slot_of(const struct strings *s, const char *text, size_t bytes)
{
    uint32_t mask = s->slot_count - 1;

    for (uint32_t i = (uint32_t)XXH3_64bits(text, bytes) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &s->slots[i];
        if (*slot == 0)
            return slot;
        if (s->all[*slot - 1].bytes == bytes && memcmp(s->all[*slot - 1].text, text, bytes) == 0)
            return slot;
    }
}

static void grow_slots(struct strings *s)
{
    s->slot_count *= 2;
    s->slots = arena_new(s->arena, uint32_t, s->slot_count);
    for (uint32_t i = 0; i < s->count; i++)
        *slot_of(s, s->all[i].text, s->all[i].bytes) = i + 1;
}

str_id str_intern(struct strings *s, const char *text, size_t bytes)
{
    assert(bytes < UINT32_MAX);
    uint32_t *slot = slot_of(s, text, bytes);
    if (*slot != 0)
        return *slot - 1;
    char *copy = arena_text(s->arena, text, bytes);
    s->all = arena_grow(s->arena, s->all, s->count, &s->capacity, 1, sizeof *s->all);
    s->all[s->count].text = copy;
    s->all[s->count].bytes = (uint32_t)bytes;
    *slot = ++s->count;
    if (s->count * 2 > s->slot_count)
        grow_slots(s);
    return s->count - 1;
}

str_id str_of(struct strings *s, const char *text)
{
    return str_intern(s, text, strlen(text));
}

str_id str_find(const struct strings *s, const char *text, size_t bytes)
{
    uint32_t slot = *slot_of(s, text, bytes);
    return slot == 0 ? 0 : slot - 1;
}

str_id str_printf(struct strings *s, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    return str_intern(s, text, min_u64((uint64_t)length, sizeof text - 1));
}

const char *str_text(const struct strings *s, str_id id)
{
    assert(id < s->count);
    return s->all[id].text;
}
