/* Walks a table of rlx/trie_format.h. Any contents are safe: indices are checked at each step. */
#ifndef RLX_TRIE_H
#define RLX_TRIE_H

#include "rlx/trie_format.h"

#include <stdbool.h>
#include <stddef.h>

struct trie {
    const struct rlx_trie_node *nodes;
    uint32_t count; /* 0: no text */
};

/* Where a walk stands: at the root, or at the base of a node. */
struct trie_at {
    uint32_t base, mark;
};

static inline struct trie_at trie_root(const struct trie *t)
{
    return (struct trie_at){t->count ? t->nodes[0].base : RLX_TRIE_LEAF, 0};
}

/* False where no text goes on with that byte. */
static inline bool trie_step(const struct trie *t, struct trie_at *at, uint8_t byte)
{
    uint32_t child = at->base ^ byte;
    if (child >= t->count)
        return false;
    struct rlx_trie_node node = t->nodes[child];
    if ((uint8_t)node.mark != byte || node.mark < 256)
        return false;
    at->base = node.base;
    at->mark = node.mark;
    return true;
}

/* Whether a text ends there; its number is trie_number. */
static inline bool trie_ends(struct trie_at at)
{
    return at.mark >= 512;
}

static inline uint32_t trie_number(struct trie_at at)
{
    return (at.mark >> 8) - 2;
}

/* The longest text that text[at...] begins with: its bytes, 0 for none; *number is its own. */
static inline size_t trie_longest(const struct trie *t, struct trie_at from, const char *text,
                                  size_t bytes, size_t at, uint32_t *number)
{
    size_t longest = 0;
    for (size_t i = at; i < bytes && trie_step(t, &from, (uint8_t)text[i]); i++) {
        if (!trie_ends(from))
            continue;
        longest = i + 1 - at;
        *number = trie_number(from);
    }
    return longest;
}

#endif
