/* A set of texts becomes a double array. In: texts and numbers. Out: the nodes of
 * rlx/trie_format.h.
 *
 * Sorted texts are taken level by level: the children of a node are the runs of texts that share a
 * next byte. A node's children lie in one block of 256, because base ^ byte only changes the low
 * byte; its base is the first that puts every child on a free slot and that no other node has. Only
 * the newest blocks are searched, so that the time stays linear; what they leave free is lost. */
#include "compiler/tokenizer/pack_trie.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, OPEN_BLOCKS = 8 };
#define NONE UINT32_MAX

/* A text with its first bytes as a number, for sorting. */
struct key {
    uint64_t first;
    struct trie_text text;
};

struct slots {
    struct rlx_trie_node *nodes;
    struct { /* of free slots in open blocks: a list from `head` to NONE */
        uint32_t before, behind;
    } * links;
    uint8_t *taken, *based; /* by slot: is a node, is a base */
    uint32_t count, capacity, head;
};

/* A node whose children are still to be placed: the texts [begin, end) share `depth` bytes. */
struct open_node {
    uint32_t node, begin, end, depth;
};

struct build {
    struct arena *arena;
    struct key *keys;
    struct slots slots;
    struct open_node *open;
    uint32_t open_count, open_capacity;
};

static uint64_t first_bytes(const struct trie_text *t)
{
    uint64_t first = 0;
    for (uint32_t i = 0; i < 8; i++)
        first = first << 8 | (i < t->bytes ? (uint8_t)t->text[i] : 0);
    return first;
}

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    uint32_t bytes = x->text.bytes < y->text.bytes ? x->text.bytes : y->text.bytes;
    int order = bytes > 8 ? memcmp(x->text.text + 8, y->text.text + 8, bytes - 8) : 0;
    if (order != 0)
        return order;
    if (x->text.bytes != y->text.bytes)
        return x->text.bytes < y->text.bytes ? -1 : 1;
    return (x->text.number > y->text.number) - (x->text.number < y->text.number);
}

static void unlink_slot(struct slots *s, uint32_t slot)
{
    uint32_t before = s->links[slot].before, behind = s->links[slot].behind;
    if (before != NONE)
        s->links[before].behind = behind;
    else
        s->head = behind;
    if (behind != NONE)
        s->links[behind].before = before;
}

static void *grown(struct arena *a, const void *array, uint32_t used, uint32_t capacity,
                   size_t element_bytes)
{
    void *copy = arena_alloc(a, capacity * element_bytes, 8);
    if (used)
        memcpy(copy, array, used * element_bytes);
    return copy;
}

static void reserve(struct build *b, uint32_t count)
{
    struct slots *s = &b->slots;
    if (count <= s->capacity)
        return;
    s->capacity = count * 2;
    s->nodes = grown(b->arena, s->nodes, s->count, s->capacity, sizeof *s->nodes);
    s->links = grown(b->arena, s->links, s->count, s->capacity, sizeof *s->links);
    s->taken = grown(b->arena, s->taken, s->count, s->capacity, 1);
    s->based = grown(b->arena, s->based, s->count, s->capacity, 1);
}

/* A new block; the oldest open one is closed. Its slots go in front: emptier blocks fit sooner. */
static void add_block(struct build *b)
{
    struct slots *s = &b->slots;
    reserve(b, s->count + BLOCK);
    if (s->count >= OPEN_BLOCKS * BLOCK)
        for (uint32_t i = 0, slot = s->count - OPEN_BLOCKS * BLOCK; i < BLOCK; i++, slot++)
            if (!s->taken[slot])
                unlink_slot(s, slot);
    for (uint32_t i = BLOCK; i-- > 0;) {
        uint32_t slot = s->count + i;
        s->links[slot].before = NONE;
        s->links[slot].behind = s->head;
        if (s->head != NONE)
            s->links[s->head].before = slot;
        s->head = slot;
    }
    s->count += BLOCK;
}

static bool fits(const struct slots *s, uint32_t base, const uint8_t *labels, uint32_t count)
{
    if (s->based[base])
        return false;
    for (uint32_t i = 1; i < count; i++)
        if (s->taken[base ^ labels[i]])
            return false;
    return true;
}

static uint32_t find_base(struct build *b, const uint8_t *labels, uint32_t count)
{
    struct slots *s = &b->slots;
    for (;;) {
        for (uint32_t slot = s->head; slot != NONE; slot = s->links[slot].behind)
            if (fits(s, slot ^ labels[0], labels, count))
                return slot ^ labels[0];
        add_block(b);
    }
}

static void take(struct slots *s, uint32_t slot, uint32_t value, uint8_t label)
{
    unlink_slot(s, slot);
    s->taken[slot] = 1;
    s->nodes[slot] = (struct rlx_trie_node){RLX_TRIE_LEAF, value << 8 | label};
}

/* Texts that end at a node come first in its run; of equal ones the last counts. */
static uint32_t ending(const struct build *b, struct open_node *n)
{
    uint32_t value = 1;
    for (; n->begin < n->end && b->keys[n->begin].text.bytes == n->depth; n->begin++)
        value = b->keys[n->begin].text.number + 2;
    return value;
}

static void place_children(struct build *b, struct open_node n)
{
    uint8_t labels[BLOCK];
    uint32_t starts[BLOCK + 1], count = 0;
    for (uint32_t i = n.begin; i < n.end; i++) {
        uint8_t label = (uint8_t)b->keys[i].text.text[n.depth];
        if (count == 0 || label != labels[count - 1]) {
            labels[count] = label;
            starts[count++] = i;
        }
    }
    starts[count] = n.end;
    uint32_t base = find_base(b, labels, count);
    b->slots.based[base] = 1;
    b->slots.nodes[n.node].base = base;
    for (uint32_t i = 0; i < count; i++) {
        struct open_node child = {base ^ labels[i], starts[i], starts[i + 1], n.depth + 1};
        take(&b->slots, child.node, ending(b, &child), labels[i]);
        if (child.begin < child.end)
            ARENA_PUSH(b->arena, b->open, b->open_count, b->open_capacity) = child;
    }
}

struct rlx_trie_node *trie_build(struct arena *a, struct trie_text *texts, uint32_t text_count,
                                 uint32_t *count)
{
    struct arena scratch = {0};
    struct build b = {.arena = &scratch, .slots.head = NONE};
    *count = 0;
    if (text_count == 0)
        return NULL;
    b.keys = arena_new(&scratch, struct key, text_count);
    for (uint32_t i = 0; i < text_count; i++)
        b.keys[i] = (struct key){first_bytes(&texts[i]), texts[i]};
    qsort(b.keys, text_count, sizeof *b.keys, compare);
    reserve(&b, text_count * 2 + BLOCK);
    add_block(&b);
    take(&b.slots, 0, 0, 0);
    ARENA_PUSH(&scratch, b.open, b.open_count, b.open_capacity) =
        (struct open_node){0, 0, text_count, 0};
    while (b.open_count)
        place_children(&b, b.open[--b.open_count]);
    struct rlx_trie_node *nodes = arena_new(a, struct rlx_trie_node, b.slots.count);
    memcpy(nodes, b.slots.nodes, b.slots.count * sizeof *nodes);
    *count = b.slots.count;
    arena_free(&scratch);
    return nodes;
}
