/* The string table: open addressing, linear probing, XXH3 as the hash. */
#include "compiler/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

void strings_init(struct strings *s, struct arena *a)
{
    *s = (struct strings){.arena = a, .slot_count = 1024};
    s->slots = arena_alloc(a, s->slot_count * sizeof *s->slots, _Alignof(uint32_t));
    str_intern(s, "", 0);
}

static uint32_t hash_of(const char *text, size_t bytes)
{
    return (uint32_t)XXH3_64bits(text, bytes);
}

/* The place of the slot that holds the text, or of the free one where it belongs. */
static uint32_t place_of(const struct strings *s, const char *text, size_t bytes, uint32_t hash)
{
    uint32_t mask = s->slot_count - 1, i = hash & mask;

    for (; s->slots[i].id_plus_1 != 0; i = (i + 1) & mask) {
        uint32_t id = s->slots[i].id_plus_1 - 1;
        if (s->slots[i].hash == hash && s->all[id].bytes == bytes &&
            memcmp(s->all[id].text, text, bytes) == 0)
            break;
    }
    return i;
}

/* All texts differ, so nothing compares them. */
static void grow_slots(struct strings *s)
{
    struct strings old = *s;
    uint32_t mask = 2 * old.slot_count - 1;

    s->slot_count *= 2;
    s->slots = arena_alloc(s->arena, s->slot_count * sizeof *s->slots, _Alignof(uint32_t));
    for (uint32_t from = 0; from < old.slot_count; from++) {
        uint32_t i = old.slots[from].hash & mask;
        if (old.slots[from].id_plus_1 == 0)
            continue;
        while (s->slots[i].id_plus_1 != 0)
            i = (i + 1) & mask;
        s->slots[i] = old.slots[from];
    }
}

str_id str_intern(struct strings *s, const char *text, size_t bytes)
{
    assert(bytes < UINT32_MAX);
    uint32_t hash = hash_of(text, bytes), place = place_of(s, text, bytes, hash);
    if (s->slots[place].id_plus_1 != 0)
        return s->slots[place].id_plus_1 - 1;
    char *copy = arena_text(s->arena, text, bytes);
    s->all = arena_grow(s->arena, s->all, s->count, &s->capacity, 1, sizeof *s->all);
    s->all[s->count].text = copy;
    s->all[s->count].bytes = (uint32_t)bytes;
    s->slots[place].id_plus_1 = ++s->count;
    s->slots[place].hash = hash;
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
    uint32_t slot = s->slots[place_of(s, text, bytes, hash_of(text, bytes))].id_plus_1;
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
