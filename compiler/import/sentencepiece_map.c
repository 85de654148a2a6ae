/* Keeps texts out of a precompiled map of characters. SentencePiece never normalizes its user-defined
 * pieces: where a text has one, the longest one stays as it is. In: a map, and the texts that stay. Out:
 * a map in which they are keys that lead to themselves, and nothing longer begins with one.
 *
 * The map is a number of bytes (32 bits, little-endian), a double array of that size, and the texts that
 * its values point to, each ended by NUL. A unit of the array: the label in bits 0 to 7 and 31; bit 8,
 * whether there is a value; from bit 10 on, the offset to the children, of which bit 9 says that it counts
 * by 256. A value has bit 31. Source: Darts-clone by S. Yata. Nothing in the map is trusted. */
#include "compiler/import/sentencepiece.h"

#include <string.h>

enum {
    MOST_DEPTH = 256,
    MOST_NODES = 1 << 20,
    MOST_UNITS = 1 << 21,
    BLOCK = 256,
    OPEN_BLOCKS = 16
};

struct node {
    uint32_t child, next; /* 0: none */
    uint32_t value;
    uint8_t byte;
    bool has_value, stays;
};

struct rebuild {
    struct arena *arena;
    const uint8_t *units; /* of the old array */
    uint32_t unit_count;
    struct node *nodes; /* a trie; 0 is the root */
    uint32_t node_count, node_capacity;
    char *texts;
    uint32_t text_bytes, text_capacity;
    uint32_t *built; /* the new array */
    uint32_t *free;  /* by unit: the next free one after it, or itself */
    bool *bases;     /* children of a node count from here */
    uint32_t built_count;
};

static uint32_t read_u32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t offset_of(uint32_t unit)
{
    return (unit >> 10) << ((unit & 1u << 9) >> 6);
}

static uint32_t add_node(struct rebuild *b, uint32_t parent, uint8_t byte)
{
    ARENA_PUSH(b->arena, b->nodes, b->node_count, b->node_capacity) =
        (struct node){.byte = byte, .next = b->node_count > 1 ? b->nodes[parent].child : 0};
    if (b->node_count > 1)
        b->nodes[parent].child = b->node_count - 1;
    return b->node_count - 1;
}

/* The keys below a state of the old array, where several keys may share their ends. False if there are too
 * many. */
static bool read_keys(struct rebuild *b, uint32_t state, uint32_t node, uint32_t depth)
{
    if (depth > MOST_DEPTH || b->node_count > MOST_NODES)
        return false;
    for (uint32_t byte = 255; byte > 0; byte--) {
        uint32_t at = state ^ byte;
        if (at >= b->unit_count)
            continue;
        uint32_t unit = read_u32(b->units + 4 * (size_t)at);
        if ((unit & 0x800000ffu) != byte)
            continue;
        uint32_t child = add_node(b, node, (uint8_t)byte), below = at ^ offset_of(unit);
        if ((unit & 1u << 8) && below < b->unit_count) {
            b->nodes[child].has_value = true;
            b->nodes[child].value = read_u32(b->units + 4 * (size_t)below) & 0x7fffffffu;
        }
        if (!read_keys(b, below, child, depth + 1))
            return false;
    }
    return true;
}

static uint32_t find_child(const struct rebuild *b, uint32_t node, uint8_t byte)
{
    uint32_t child = b->nodes[node].child;
    while (child != 0 && b->nodes[child].byte != byte)
        child = b->nodes[child].next;
    return child;
}

static void add_texts(struct rebuild *b, const char *text, size_t bytes)
{
    b->texts =
        arena_grow(b->arena, b->texts, b->text_bytes, &b->text_capacity, (uint32_t)bytes + 1, 1);
    memcpy(b->texts + b->text_bytes, text, bytes);
    b->texts[b->text_bytes + bytes] = 0;
    b->text_bytes += (uint32_t)bytes + 1;
}

/* Keys have no NUL. */
static void add_kept(struct rebuild *b, struct step_text text)
{
    uint32_t node = 0;

    if (text.bytes == 0 || text.bytes > MOST_DEPTH || memchr(text.text, 0, text.bytes) != NULL)
        return;
    for (uint32_t i = 0; i < text.bytes; i++) {
        uint8_t byte = (uint8_t)text.text[i];
        uint32_t child = find_child(b, node, byte);
        node = child != 0 ? child : add_node(b, node, byte);
    }
    b->nodes[node].has_value = b->nodes[node].stays = true;
    b->nodes[node].value = b->text_bytes;
    add_texts(b, text.text, text.bytes);
}

/* Takes out the keys of the map that begin with a text that stays. Whether anything is left. */
static bool prune(struct rebuild *b, uint32_t node, bool below)
{
    struct node *n = &b->nodes[node];
    uint32_t *link = &n->child;

    n->has_value = n->has_value && (n->stays || !below);
    while (*link != 0) {
        if (prune(b, *link, below || n->stays))
            link = &b->nodes[*link].next;
        else
            *link = b->nodes[*link].next;
    }
    return n->has_value || n->child != 0;
}

/* ---- the new array ---- */

static bool grow(struct rebuild *b)
{
    uint32_t count = b->built_count + BLOCK;
    if (count > MOST_UNITS)
        return false;
    for (uint32_t i = b->built_count; i < count; i++)
        b->free[i] = i;
    b->built_count = count;
    return true;
}

/* The first free unit from `at` on; built_count if there is none. */
static uint32_t next_free(struct rebuild *b, uint32_t at)
{
    uint32_t found = at;
    while (found < b->built_count && b->free[found] != found)
        found = b->free[found];
    for (uint32_t next; at < found; at = next) { /* shortens the way */
        next = b->free[at];
        b->free[at] = found;
    }
    return found;
}

static bool fits(const struct rebuild *b, uint32_t base, const uint8_t *labels, uint32_t count)
{
    if (b->bases[base])
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (b->free[base ^ labels[i]] != (base ^ labels[i]))
            return false;
    return true;
}

/* Where the children with these labels find room, in the last blocks; UINT32_MAX: the array is full. */
static uint32_t find_base(struct rebuild *b, const uint8_t *labels, uint32_t count)
{
    uint32_t most = OPEN_BLOCKS * BLOCK;
    uint32_t at = next_free(b, b->built_count > most ? b->built_count - most : 0);

    for (;; at = next_free(b, at + 1)) {
        if (at >= b->built_count && !grow(b))
            return UINT32_MAX;
        if (fits(b, at ^ labels[0], labels, count))
            return at ^ labels[0];
    }
}

static void take(struct rebuild *b, uint32_t at, uint32_t unit)
{
    b->built[at] = unit;
    b->free[at] = at + 1;
}

static bool build(struct rebuild *b, uint32_t node, uint32_t at)
{
    const struct node *n = &b->nodes[node];
    uint8_t labels[256];
    uint32_t count = 0;

    if (n->has_value)
        labels[count++] = 0;
    for (uint32_t child = n->child; child != 0; child = b->nodes[child].next)
        labels[count++] = b->nodes[child].byte;
    if (count == 0)
        return true;
    uint32_t base = find_base(b, labels, count);
    if (base == UINT32_MAX)
        return false;
    b->bases[base] = true;
    b->built[at] |= (base ^ at) << 10 | (n->has_value ? 1u << 8 : 0);
    for (uint32_t i = 0; i < count; i++)
        take(b, base ^ labels[i], labels[i]);
    if (n->has_value)
        b->built[base] = 1u << 31 | n->value;
    for (uint32_t child = n->child; child != 0; child = b->nodes[child].next)
        if (!build(b, child, base ^ b->nodes[child].byte))
            return false;
    return true;
}

static struct step_text join(struct rebuild *b)
{
    uint32_t array = b->built_count * 4, bytes = 4 + array + b->text_bytes;
    uint8_t *out = arena_alloc(b->arena, bytes, 1);

    for (uint32_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(array >> 8 * i);
    for (uint32_t i = 0; i < array; i++)
        out[4 + i] = (uint8_t)(b->built[i / 4] >> 8 * (i % 4));
    memcpy(out + 4 + array, b->texts, b->text_bytes);
    return (struct step_text){(const char *)out, bytes};
}

static bool open_map(struct rebuild *b, struct step_text map)
{
    if (map.bytes < 8)
        return false;
    uint32_t array = read_u32((const uint8_t *)map.text);
    if (array < 4 || array > map.bytes - 4)
        return false;
    b->units = (const uint8_t *)map.text + 4;
    b->unit_count = array / 4;
    add_texts(b, map.text + 4 + array, map.bytes - 4 - array);
    add_node(b, 0, 0);
    return read_keys(b, offset_of(read_u32(b->units)), 0, 0);
}

struct step_text sentencepiece_keep(struct step_text map, const struct step_text *kept,
                                    uint32_t count, struct arena *a)
{
    struct rebuild b = {.arena = a};

    if (!open_map(&b, map))
        return map;
    for (uint32_t i = 0; i < count; i++)
        add_kept(&b, kept[i]);
    prune(&b, 0, false);
    b.built = arena_new(a, uint32_t, MOST_UNITS);
    b.free = arena_new(a, uint32_t, MOST_UNITS);
    b.bases = arena_new(a, bool, MOST_UNITS);
    grow(&b);
    take(&b, 0, 0);
    return build(&b, 0, 0) ? join(&b) : map;
}
