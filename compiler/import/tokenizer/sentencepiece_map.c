/* Keeps texts out of a precompiled map of characters. SentencePiece never normalizes its
 * user-defined pieces: where a text has one, the longest stays as it is. In: a map, and the texts
 * that stay. Out: a map in which they are keys that lead to themselves, and nothing longer begins
 * with one.
 *
 * The map is a number of bytes (32 bits, little-endian), a double array of that size, and the texts
 * that its values point to, each ended by NUL. A unit of the array: the label in bits 0 to 7 and
 * 31; bit 8, whether there is a value; from bit 10 on, the offset to the children, of which bit 9
 * says that it counts by 256. A value has bit 31, and lies where a child with the label 0 would.
 * Source: Darts-clone by S. Yata. Keys share their ends, so a node on the way to a new key is
 * copied, with its children, after the old array, and the old one stays as it is. Nothing in the
 * map is trusted. */
#include "compiler/import/tokenizer/sentencepiece.h"

#include <stdlib.h>
#include <string.h>

enum { OLD_UNITS = 1 << 20, MAX_UNITS = 1 << 21, BLOCK = 256, LONGEST = 256, HAS_VALUE = 1 << 8 };

struct map {
    struct arena *arena;
    uint32_t *units;
    bool *taken, *bases; /* of the new units; children of some node count from here */
    uint32_t old_count, count, capacity;
    char *texts;
    uint32_t text_bytes, text_capacity;
};

/* The children of a node while it is copied. */
struct children {
    uint32_t units[256]; /* by label; 0: a value */
    uint32_t bases[256]; /* where their children count from */
    uint8_t labels[256];
    uint32_t count;
};

static uint32_t base_of(const struct map *m, uint32_t at)
{
    uint32_t unit = m->units[at];
    return at ^ (unit >> 10) << ((unit & 1u << 9) >> 6);
}

static uint32_t unit_to(uint32_t at, uint32_t base, uint32_t rest)
{
    return (at ^ base) << 10 | rest;
}

static void add_child(struct children *c, uint8_t label, uint32_t unit, uint32_t base)
{
    c->labels[c->count++] = label;
    c->units[label] = unit;
    c->bases[label] = base;
}

static bool has_child(const struct children *c, uint8_t label)
{
    return memchr(c->labels, label, c->count) != NULL;
}

static void find_children(const struct map *m, uint32_t at, struct children *c)
{
    uint32_t base = base_of(m, at);

    c->count = 0;
    if (base < m->count && (m->units[at] & HAS_VALUE) != 0)
        add_child(c, 0, m->units[base], 0);
    for (uint32_t label = 1; label < 256; label++) {
        uint32_t child = base ^ label;
        if (child < m->count && (m->units[child] & 0x800000ffu) == label &&
            base_of(m, child) < m->count)
            add_child(c, (uint8_t)label, m->units[child] & (0xffu | HAS_VALUE), base_of(m, child));
    }
}

static bool fits(const struct map *m, uint32_t base, const struct children *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t at = base ^ c->labels[i];
        if (at >= m->count || m->taken[at])
            return false;
    }
    return !m->bases[base];
}

/* Where the children find room after the old array: in its last block, or in a new one, where all
 * do. 0: the array is full. */
static uint32_t find_base(struct map *m, const struct children *c)
{
    for (uint32_t base = m->count - BLOCK; base < m->count && m->count > m->old_count; base++)
        if (fits(m, base, c))
            return base;
    if (m->capacity - m->count < BLOCK)
        return 0;
    m->count += BLOCK;
    return m->count - BLOCK;
}

/* Gives a node these children, in new units. */
static bool set_children(struct map *m, uint32_t at, const struct children *c)
{
    uint32_t base = find_base(m, c);

    if (base == 0)
        return false;
    m->bases[base] = true;
    for (uint32_t i = 0; i < c->count; i++) {
        uint8_t label = c->labels[i];
        uint32_t to = base ^ label;
        m->taken[to] = true;
        m->units[to] = label == 0 ? c->units[0] : unit_to(to, c->bases[label], c->units[label]);
    }
    m->units[at] =
        unit_to(at, base, (m->units[at] & 0xffu) | (has_child(c, 0) ? (uint32_t)HAS_VALUE : 0));
    return true;
}

static void add_texts(struct map *m, const char *text, size_t bytes)
{
    m->texts =
        arena_grow(m->arena, m->texts, m->text_bytes, &m->text_capacity, (uint32_t)bytes + 1, 1);
    memcpy(m->texts + m->text_bytes, text, bytes);
    m->texts[m->text_bytes + bytes] = 0;
    m->text_bytes += (uint32_t)bytes + 1;
}

/* A key that leads to itself, and that no other key continues. Keys have no NUL. */
static bool add_kept(struct map *m, struct step_text text)
{
    struct children c = {.count = 0};
    uint32_t at = 0;
    bool is_new = false;

    if (text.bytes == 0 || text.bytes > LONGEST || memchr(text.text, 0, text.bytes) != NULL)
        return true;
    for (uint32_t i = 0; i < text.bytes; i++) {
        uint8_t label = (uint8_t)text.text[i];
        c.count = 0;
        if (!is_new)
            find_children(m, at, &c);
        is_new = !has_child(&c, label);
        if (is_new)
            add_child(&c, label, label, 0); /* its own children follow at once */
        if (!set_children(m, at, &c))
            return false;
        at = base_of(m, at) ^ label;
    }
    c.count = 0;
    add_child(&c, 0, 1u << 31 | m->text_bytes, 0);
    add_texts(m, text.text, text.bytes);
    return set_children(m, at, &c);
}

/* With room for so many sets of children more. */
static bool open_map(struct map *m, struct step_text map, uint64_t sets)
{
    const uint8_t *data = (const uint8_t *)map.text;
    uint32_t array = map.bytes < 8 ? 0
                                   : (uint32_t)data[0] | (uint32_t)data[1] << 8 |
                                         (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;

    if (array < 4 || array > map.bytes - 4 || array / 4 > OLD_UNITS)
        return false;
    m->old_count = m->count = (uint32_t)round_up(array / 4, BLOCK);
    m->capacity = (uint32_t)min_u64(m->count + sets * BLOCK, MAX_UNITS);
    m->units = arena_new(m->arena, uint32_t, m->capacity);
    m->taken = arena_new(m->arena, bool, m->capacity);
    m->bases = arena_new(m->arena, bool, m->capacity);
    for (uint32_t i = 0; i < array / 4 * 4; i++)
        m->units[i / 4] |= (uint32_t)data[4 + i] << 8 * (i % 4);
    add_texts(m, map.text + 4 + array, map.bytes - 4 - array);
    return true;
}

static struct step_text join(const struct map *m)
{
    uint32_t array = m->count * 4, bytes = 4 + array + m->text_bytes;
    uint8_t *out = arena_alloc(m->arena, bytes, 1);

    for (uint32_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(array >> 8 * i);
    for (uint32_t i = 0; i < array; i++)
        out[4 + i] = (uint8_t)(m->units[i / 4] >> 8 * (i % 4));
    memcpy(out + 4 + array, m->texts, m->text_bytes);
    return (struct step_text){(const char *)out, bytes};
}

static int compare_lengths(const void *a, const void *b)
{
    const struct step_text *x = a, *y = b;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

struct step_text sentencepiece_keep(struct step_text map, struct step_text *kept, uint32_t count,
                                    struct arena *a)
{
    struct map m = {.arena = a};
    uint64_t sets = 0;

    for (uint32_t i = 0; i < count; i++)
        sets += kept[i].bytes + 1u;
    if (!open_map(&m, map, sets))
        return map;
    qsort(kept, count, sizeof *kept, compare_lengths); /* a longer one continues a shorter one */
    for (uint32_t i = 0; i < count; i++)
        if (!add_kept(&m, kept[i]))
            return map;
    return join(&m);
}
