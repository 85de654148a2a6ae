/* Values of chat templates: their memory, and the making of sequences and dicts. Contract: value.h.
 */
#include "runtime/text/value.h"

#include "runtime/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 16, ALIGNMENT = 16 };

struct render_chunk {
    struct render_chunk *next;
    _Alignas(ALIGNMENT) char bytes[];
};

void render_free(struct render *r)
{
    while (r->chunks != NULL) {
        struct render_chunk *next = r->chunks->next;
        free(r->chunks);
        r->chunks = next;
    }
    r->at = r->end = NULL;
}

static void *new_block(struct render *r, size_t bytes)
{
    size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct render_chunk *chunk = calloc(1, sizeof *chunk + room);

    if (chunk == NULL)
        return NULL;
    chunk->next = r->chunks;
    r->chunks = chunk;
    if (bytes > CHUNK_BYTES / 2) /* the current chunk keeps its room for small things */
        return chunk->bytes;
    r->at = chunk->bytes + bytes;
    r->end = chunk->bytes + room;
    return chunk->bytes;
}

void render_try(struct render *r, void (*work)(struct render *r, void *context), void *context)
{
    jmp_buf here;

    assert(r->way_out == NULL);
    r->way_out = &here;
    if (setjmp(here) == 0)
        work(r, context);
    r->way_out = NULL;
}

void *render_alloc(struct render *r, size_t bytes)
{
    assert(r->way_out != NULL);
    if (bytes > r->memory_limit || r->memory > r->memory_limit - bytes) {
        render_fail(r, "the template needs more than %zu MB of memory", r->memory_limit >> 20);
        longjmp(*r->way_out, 1);
    }
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    r->memory += bytes;
    if (bytes <= (size_t)(r->end - r->at)) {
        void *place = r->at;
        r->at += bytes;
        return place;
    }
    void *place = new_block(r, bytes);
    if (place == NULL) {
        if (!r->failed)
            r->status = RLX_ERROR_NO_MEMORY;
        render_fail(r, "out of memory");
        longjmp(*r->way_out, 1);
    }
    return place;
}

bool render_charge(struct render *r, uint64_t steps)
{
    r->steps += steps;
    if (r->steps > r->step_limit)
        render_fail(r, "the template needs more than %llu steps",
                    (unsigned long long)r->step_limit);
    return !r->failed;
}

bool render_descend(struct render *r, uint32_t depth)
{
    if (depth > RENDER_DEPTH)
        render_fail(r, "values are nested deeper than %d", RENDER_DEPTH);
    return render_charge(r, 1);
}

struct value render_fail(struct render *r, const char *format, ...)
{
    char text[sizeof r->error.text];
    va_list arguments;

    if (r->failed)
        return value_undefined;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    r->failed = true;
    if (r->status == RLX_OK)
        r->status = r->line != 0 ? RLX_ERROR_TEMPLATE_FAILED : RLX_ERROR_BAD_ARGUMENT;
    if (r->line != 0)
        rlx_fail(&r->error, r->status, "line %u of the chat template: %s", r->line, text);
    else
        rlx_fail(&r->error, r->status, "%s", text);
    return value_undefined;
}

/* ---- scalars ---- */

const struct value value_undefined = {.kind = VALUE_UNDEFINED};
const struct value value_none = {.kind = VALUE_NONE};
const struct value value_absent = {.kind = VALUE_ABSENT};

struct value value_bool(bool truth)
{
    return (struct value){.kind = VALUE_BOOL, .as.truth = truth};
}

struct value value_integer(int64_t integer)
{
    return (struct value){.kind = VALUE_INTEGER, .as.integer = integer};
}

struct value value_float(double real)
{
    return (struct value){.kind = VALUE_FLOAT, .as.real = real};
}

struct value value_of_text(const struct text *text)
{
    return (struct value){.kind = VALUE_TEXT, .as.text = text};
}

struct value value_text(struct render *r, const char *data, size_t bytes, enum marking marking)
{
    struct text *text = render_alloc(r, sizeof *text);

    *text = (struct text){.data = data, .bytes = bytes, .points = SIZE_MAX, .marking = marking};
    return value_of_text(text);
}

struct value value_literal(struct render *r, const char *text)
{
    return value_text(r, text, strlen(text), MARK_NONE);
}

struct value value_undefined_name(struct render *r, const char *name, size_t bytes)
{
    struct value v = value_text(r, name, bytes, MARK_NONE);

    return (struct value){.kind = VALUE_UNDEFINED, .named = true, .as.why = v.as.text};
}

struct value value_undefined_because(struct render *r, const char *format, ...)
{
    char text[sizeof r->error.text];
    va_list arguments;

    va_start(arguments, format);
    int bytes = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t kept = bytes < 0 ? 0 : (size_t)bytes < sizeof text ? (size_t)bytes : sizeof text - 1;
    char *copy = render_alloc(r, kept + 1);
    memcpy(copy, text, kept);
    return (struct value){.kind = VALUE_UNDEFINED,
                          .as.why = value_text(r, copy, kept, MARK_NONE).as.text};
}

/* ---- sequences ---- */

struct value value_sequence(struct render *r, enum value_kind kind, size_t capacity)
{
    struct sequence *s = render_alloc(r, sizeof *s);

    if (capacity != 0 && capacity < SIZE_MAX / sizeof *s->items)
        s->items = render_alloc(r, capacity * sizeof *s->items);
    s->capacity = s->items == NULL || r->failed ? 0 : capacity;
    return (struct value){.kind = (uint8_t)kind, .as.sequence = s};
}

bool sequence_add(struct render *r, struct sequence *s, struct value item)
{
    if (r->failed)
        return false;
    if (s->count == s->capacity) {
        size_t capacity = 2 * s->capacity + 8;
        struct value *grown = render_alloc(r, capacity * sizeof *grown);
        if (r->failed)
            return false;
        if (s->count != 0)
            memcpy(grown, s->items, s->count * sizeof *grown);
        s->items = grown;
        s->capacity = capacity;
    }
    s->items[s->count++] = item;
    return true;
}

/* ---- dicts ---- */

enum { FEW_ENTRIES = 8 };

struct value value_dict(struct render *r, enum value_kind kind)
{
    return (struct value){.kind = (uint8_t)kind, .as.dict = render_alloc(r, sizeof(struct dict))};
}

static size_t find_entry(struct render *r, const struct dict *d, struct value key)
{
    if (d->slots == NULL) {
        for (size_t i = 0; i < d->count; i++)
            if (value_equal(r, d->entries[i].key, key))
                return i;
        return SIZE_MAX;
    }
    size_t mask = d->slot_count - 1;
    for (size_t slot = value_hash(r, key) & mask; d->slots[slot] != 0; slot = (slot + 1) & mask)
        if (value_equal(r, d->entries[d->slots[slot] - 1].key, key))
            return d->slots[slot] - 1;
    return SIZE_MAX;
}

static void place_entry(struct render *r, struct dict *d, size_t index)
{
    size_t mask = d->slot_count - 1, slot = value_hash(r, d->entries[index].key) & mask;

    while (d->slots[slot] != 0)
        slot = (slot + 1) & mask;
    d->slots[slot] = (uint32_t)index + 1;
}

static bool grow_dict(struct render *r, struct dict *d)
{
    size_t capacity = 2 * d->capacity + FEW_ENTRIES;
    struct dict_entry *grown = render_alloc(r, capacity * sizeof *grown);

    if (r->failed || capacity > UINT32_MAX / 4)
        return false;
    if (d->count != 0)
        memcpy(grown, d->entries, d->count * sizeof *grown);
    d->entries = grown;
    d->capacity = capacity;
    if (capacity <= FEW_ENTRIES)
        return true;
    size_t slots = 16;
    while (slots < 2 * capacity)
        slots *= 2;
    uint32_t *table = render_alloc(r, slots * sizeof *table);
    if (r->failed)
        return false;
    d->slots = table;
    d->slot_count = slots;
    for (size_t i = 0; i < d->count; i++)
        place_entry(r, d, i);
    return true;
}

bool dict_set(struct render *r, struct dict *d, struct value key, struct value value)
{
    value_hash(r, key); /* refuses what cannot be a key */
    if (r->failed)
        return false;
    size_t at = find_entry(r, d, key);
    if (at != SIZE_MAX) {
        d->entries[at].value = value;
        return true;
    }
    if (d->count == d->capacity && !grow_dict(r, d))
        return false;
    d->entries[d->count++] = (struct dict_entry){key, value};
    if (d->slots != NULL)
        place_entry(r, d, d->count - 1);
    return true;
}

const struct value *dict_get(struct render *r, const struct dict *d, struct value key)
{
    value_hash(r, key);
    if (r->failed)
        return NULL;
    size_t at = find_entry(r, d, key);
    return at == SIZE_MAX ? NULL : &d->entries[at].value;
}

const struct value *dict_find(const struct dict *d, const char *key)
{
    for (size_t i = 0; i < d->count; i++)
        if (is_text(d->entries[i].key) && text_is(d->entries[i].key.as.text, key))
            return &d->entries[i].value;
    return NULL;
}

struct dict *dict_copy(struct render *r, const struct dict *d)
{
    struct dict *copy = value_dict(r, VALUE_DICT).as.dict;

    for (size_t i = 0; i < d->count; i++)
        if (!dict_set(r, copy, d->entries[i].key, d->entries[i].value))
            break;
    return copy;
}
