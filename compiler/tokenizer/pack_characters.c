/* Characters of byte-level BPE that need not be merged from their bytes. In: the pairs of MERGES.
 * Out: tables CHARACTERS and FRAGMENTS.
 *
 * The bytes of a character come first to one symbol, whatever its neighbours are, if (1) they merge
 * to it on their own, (2) no part of it merges across its border, and (3) the symbol itself merges
 * with nothing at a rank that is not above all ranks that its bytes merge at. By (3), whenever a
 * pair with the symbol would be next, the symbol is there. Trained merges have (3), since a pair is
 * only learned after both of its sides. FRAGMENTS has the exceptions to (2); the runtime looks at
 * both neighbours.
 */
#include "compiler/tokenizer/pack_parts.h"

#include <string.h>

static const struct rlx_tokenizer_merge *find_pair(const struct packing *p, uint32_t left,
                                                   uint32_t right)
{
    const struct rlx_tokenizer_merge *table = p->tables[RLX_TABLE_MERGES].data;
    uint32_t slots = p->tables[RLX_TABLE_MERGES].count;
    uint32_t at = rlx_merge_slot(left, right, slots);
    for (; table[at].left != RLX_NO_SYMBOL; at = at + 1 < slots ? at + 1 : 0)
        if (table[at].left == left && table[at].right == right)
            return &table[at];
    return NULL;
}

static bool is_character(struct symbol s)
{
    return s.bytes > 1 && character_bytes(s.text, s.bytes) == s.bytes;
}

/* Merges the bytes of a text of at most 4: the symbol that is left, and the highest rank; or
 * RLX_NO_SYMBOL if several are left. */
static uint32_t merge_alone(const struct packing *p, struct symbol s, uint32_t *rank)
{
    uint32_t parts[4], count = s.bytes;
    *rank = 0;
    for (uint32_t i = 0; i < count; i++)
        parts[i] = p->bytes[(uint8_t)s.text[i]];
    while (count > 1) {
        const struct rlx_tokenizer_merge *best = NULL;
        uint32_t at = 0;
        for (uint32_t i = 0; i + 1 < count; i++) {
            const struct rlx_tokenizer_merge *m = find_pair(p, parts[i], parts[i + 1]);
            if (m && (!best || m->rank < best->rank)) {
                best = m;
                at = i;
            }
        }
        if (!best)
            return RLX_NO_SYMBOL;
        *rank = (uint32_t)max_u64(*rank, best->rank);
        parts[at] = best->result;
        memmove(parts + at + 1, parts + at + 2, (count - at - 2) * sizeof *parts);
        count--;
    }
    return parts[0];
}

/* The lowest rank that each symbol merges at. */
static uint32_t *first_ranks(struct packing *p, const struct rlx_tokenizer_merge *pairs,
                             uint32_t count)
{
    uint32_t *ranks = arena_alloc(p->arena, (size_t)p->symbol_count * sizeof *ranks, 4);
    memset(ranks, 0xff, (size_t)p->symbol_count * sizeof *ranks);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t sides[2] = {pairs[i].left, pairs[i].right};
        for (uint32_t k = 0; k < 2; k++)
            if (pairs[i].rank < ranks[sides[k]])
                ranks[sides[k]] = pairs[i].rank;
    }
    return ranks;
}

static uint32_t expected_bytes(uint8_t first)
{
    return first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Whether the text is the start of a character, without its end. */
static bool is_start(struct symbol s)
{
    return s.bytes < expected_bytes((uint8_t)s.text[0]);
}

/* Whether the text is the end of a character, without its start. */
static bool is_end(struct symbol s)
{
    for (uint32_t i = 0; i < s.bytes; i++)
        if (((uint8_t)s.text[i] & 0xc0) != 0x80)
            return false;
    return true;
}

static void pack_fragments(struct packing *p, const struct rlx_tokenizer_merge *pairs,
                           uint32_t count)
{
    struct rlx_fragments *f = arena_new(p->arena, struct rlx_fragments, 1);
    for (uint32_t i = 0; i < count; i++) {
        struct symbol left = p->symbols[pairs[i].left], right = p->symbols[pairs[i].right];
        if (!left.bytes || !right.bytes)
            continue;
        uint8_t before = (uint8_t)left.text[left.bytes - 1], behind = (uint8_t)right.text[0];
        if (is_start(right))
            f->after[before][behind / 32] |= 1u << behind % 32;
        if (is_end(left))
            f->before[before][behind / 32] |= 1u << behind % 32;
    }
    packing_set_table(p, RLX_TABLE_FRAGMENTS, f, 1, sizeof *f);
}

/* A byte without a symbol is dropped, which makes others neighbours; what is put around characters
 * changes their symbols. */
static bool may_begin_with_characters(const struct packing *p)
{
    const struct pipeline *pipeline = &p->vocabulary->pipeline;
    for (uint32_t i = 0; i < 256; i++)
        if (p->bytes[i] == RLX_NO_SYMBOL)
            return false;
    return p->byte_level && !p->vocabulary->by_score && !pipeline->continuing_prefix.bytes &&
           !pipeline->end_suffix.bytes;
}

void pack_characters(struct packing *p, const struct rlx_tokenizer_merge *pairs, uint32_t count)
{
    if (!may_begin_with_characters(p))
        return;
    const uint32_t *ranks = first_ranks(p, pairs, count);
    uint32_t *found = arena_new(p->arena, uint32_t, p->symbol_count), used = 0, rank;
    for (uint32_t i = 0; i < p->symbol_count; i++)
        if (is_character(p->symbols[i]) && merge_alone(p, p->symbols[i], &rank) == i &&
            ranks[i] > rank)
            found[used++] = i;
    if (used == 0)
        return;
    packing_set_words(p, RLX_TABLE_CHARACTERS, found, used);
    pack_fragments(p, pairs, count);
}
