/* Merges states of an automaton that nothing tells apart (Moore's partition refinement). In: rows
 * of transitions. Out: fewer rows. States 0 (end) and 1 (start) keep their numbers. */
#include "compiler/tokenizer/scanner_parts.h"

#include <string.h>

enum { REFINING_MAX = 1 << 25 /* transitions looked at */ };

struct refining {
    const struct automaton *m;
    uint32_t *class, *refined; /* [state] */
    uint32_t *slots;           /* hash table: state + 1 */
    uint32_t slot_count;
};

/* What a transition leads to, in classes. */
static uint32_t seen(const struct refining *r, uint16_t entry)
{
    return (entry & RLX_SCAN_MATCH) | r->class[entry & ~RLX_SCAN_MATCH];
}

static const uint16_t *row(const struct refining *r, uint32_t state)
{
    return r->m->entries + (size_t)state * r->m->symbol_count;
}

static bool alike(const struct refining *r, uint32_t x, uint32_t y)
{
    if (r->class[x] != r->class[y])
        return false;
    for (uint32_t s = 0; s < r->m->symbol_count; s++)
        if (seen(r, row(r, x)[s]) != seen(r, row(r, y)[s]))
            return false;
    return true;
}

static uint32_t hash_row(const struct refining *r, uint32_t state)
{
    uint32_t hash = r->class[state] + 0x9e3779b9u;
    for (uint32_t s = 0; s < r->m->symbol_count; s++)
        hash = (hash ^ seen(r, row(r, state)[s])) * 0x01000193u ^ hash >> 13;
    return hash ^ hash >> 16;
}

/* One round; returns the number of classes. */
static uint32_t refine(struct refining *r)
{
    uint32_t count = 0;
    memset(r->slots, 0, r->slot_count * sizeof *r->slots);
    for (uint32_t state = 0; state < r->m->state_count; state++) {
        uint32_t slot = hash_row(r, state) & (r->slot_count - 1);
        while (r->slots[slot] != 0 && !alike(r, r->slots[slot] - 1, state))
            slot = (slot + 1) & (r->slot_count - 1);
        if (r->slots[slot] == 0) {
            r->slots[slot] = state + 1;
            r->refined[state] = count++;
        } else {
            r->refined[state] = r->refined[r->slots[slot] - 1];
        }
    }
    memcpy(r->class, r->refined, r->m->state_count * sizeof *r->class);
    return count;
}

/* Keeps the first state of each class; classes are numbered in the order of these. */
static void keep_first(struct automaton *m, const uint32_t *class)
{
    uint32_t kept = 0;
    for (uint32_t state = 0; state < m->state_count; state++) {
        if (class[state] != kept)
            continue;
        uint16_t *to = m->entries + (size_t)kept * m->symbol_count;
        const uint16_t *from = m->entries + (size_t)state * m->symbol_count;
        for (uint32_t s = 0; s < m->symbol_count; s++)
            to[s] = (uint16_t)((from[s] & RLX_SCAN_MATCH) | class[from[s] & ~RLX_SCAN_MATCH]);
        kept++;
    }
    m->state_count = kept;
}

void automaton_minimize(struct automaton *m, struct arena *a)
{
    struct arena_mark mark = arena_mark(a);
    struct refining r = {.m = m, .slot_count = 256};
    while (r.slot_count < 2 * m->state_count)
        r.slot_count *= 2;
    r.class = arena_new(a, uint32_t, m->state_count);
    r.refined = arena_new(a, uint32_t, m->state_count);
    r.slots = arena_new(a, uint32_t, r.slot_count);
    for (uint32_t state = 0; state < m->state_count; state++)
        r.class[state] = state == 0 ? 0 : state == 1 ? 1 : 2;
    uint64_t work = 0;
    for (uint32_t count = 0, before = 1; count != before;) {
        before = count;
        count = refine(&r);
        work += (uint64_t)m->state_count * m->symbol_count;
        if (work > REFINING_MAX) {
            arena_release(a, mark);
            return; /* larger than need be, and right */
        }
    }
    keep_first(m, r.class);
    arena_release(a, mark);
}
