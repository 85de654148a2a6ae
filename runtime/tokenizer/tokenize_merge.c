/* A word becomes ids by merging. In: its text. Out: ids. The alphabet is bytes or characters; then,
 * as long as there is one, the pair of neighbours of the lowest rank merges, the leftmost first.
 * Short words search all pairs for it each time; long ones, such as the whole stretches that
 * SentencePiece vocabularies take as one word, keep them in a heap: n log n.
 */
#include "runtime/tokenizer/tokenize_parts.h"

enum { SHORT_WORD = 24 }; /* parts; measured: about where the heap starts to pay */

void emit_id(struct encoding *e, uint32_t id)
{
    if (e->count < e->capacity)
        e->ids[e->count] = (int32_t)id;
    e->count++;
    e->last_unknown = false;
}

static void emit_unknown(struct encoding *e)
{
    const struct rlx_tokenizer_header *h = e->tokenizer->header;
    if (h->unknown == RLX_NO_SYMBOL || (e->last_unknown && (h->flags & RLX_TOKENIZER_FUSE_UNKNOWN)))
        return;
    emit_id(e, h->unknown);
    e->last_unknown = true;
}

/* A symbol that is no token ends as the tokens of its bytes; a byte that has none either is
 * unknown, or dropped. */
static void emit_symbol(struct encoding *e, uint32_t symbol)
{
    const struct tokenizer *t = e->tokenizer;
    if (symbol < t->header->token_count) {
        if (symbol == t->header->unknown)
            emit_unknown(e);
        else
            emit_id(e, symbol);
        return;
    }
    const uint32_t *bytes = tokenizer_table(t, RLX_TABLE_BYTES);
    size_t count;
    const uint8_t *text = (const uint8_t *)symbol_text(t, symbol, &count);
    for (size_t i = 0; i < count; i++) {
        if (bytes[text[i]] < t->header->token_count)
            emit_id(e, bytes[text[i]]);
        else
            emit_unknown(e);
    }
}

static void add_part(struct encoding *e, uint32_t symbol)
{
    if (!grow((void **)&e->parts, &e->part_capacity, e->part_count + 1, sizeof *e->parts)) {
        e->no_memory = true;
        return;
    }
    int32_t at = (int32_t)e->part_count++;
    e->parts[at] = (struct part){symbol, at - 1, at + 1};
}

/* One character: its symbol, else its bytes, else unknown. */
static void add_character(struct encoding *e, const char *text, uint32_t length)
{
    const uint32_t *bytes = tokenizer_table(e->tokenizer, RLX_TABLE_BYTES);
    uint32_t symbol = find_word(e->tokenizer, text, length);
    bool known = true;
    if (symbol != RLX_NO_SYMBOL) {
        add_part(e, symbol);
        return;
    }
    for (uint32_t i = 0; i < length; i++)
        known = known && bytes[(uint8_t)text[i]] != RLX_NO_SYMBOL;
    if (!known && e->tokenizer->header->unknown != RLX_NO_SYMBOL)
        add_part(e, e->tokenizer->header->unknown);
    for (uint32_t i = 0; known && i < length; i++)
        add_part(e, bytes[(uint8_t)text[i]]);
}

static void take_apart(struct encoding *e, const char *text, size_t bytes)
{
    const uint32_t *symbols = tokenizer_table(e->tokenizer, RLX_TABLE_BYTES);
    bool characters = e->tokenizer->header->flags & RLX_TOKENIZER_CHARACTERS;
    e->part_count = 0;
    for (size_t at = 0; at < bytes && !e->no_memory;) {
        uint32_t point, length = 1;
        if (characters) {
            length = utf8_read(text, bytes, at, &point);
            add_character(e, text + at, length);
        } else if (symbols[(uint8_t)text[at]] != RLX_NO_SYMBOL) {
            add_part(e, symbols[(uint8_t)text[at]]);
        }
        at += length;
    }
    if (e->part_count)
        e->parts[e->part_count - 1].behind = -1;
}

static const struct rlx_tokenizer_merge *find_merge(const struct tokenizer *t, uint32_t left,
                                                    uint32_t right)
{
    const struct rlx_tokenizer_merge *merges = tokenizer_table(t, RLX_TABLE_MERGES);
    uint32_t slots = tokenizer_table_count(t, RLX_TABLE_MERGES);
    if (slots == 0)
        return NULL;
    uint32_t at = rlx_merge_slot(left, right, slots);
    for (uint32_t tries = 0; tries < slots && merges[at].left != RLX_NO_SYMBOL; tries++) {
        if (merges[at].left == left && merges[at].right == right)
            return &merges[at];
        at = at + 1 < slots ? at + 1 : 0;
    }
    return NULL;
}

/* `left` takes its right neighbour in. */
static void join(struct encoding *e, uint32_t left, uint32_t result)
{
    struct part *p = &e->parts[left], *gone = &e->parts[p->behind];
    p->symbol = result;
    p->behind = gone->behind;
    if (gone->behind >= 0)
        e->parts[gone->behind].before = (int32_t)left;
    gone->symbol = RLX_NO_SYMBOL;
}

static void merge_short(struct encoding *e)
{
    const struct rlx_tokenizer_merge *pairs[SHORT_WORD]; /* of each part with its right neighbour */
    for (size_t i = 0; i < e->part_count; i++)
        pairs[i] = i + 1 < e->part_count
                       ? find_merge(e->tokenizer, e->parts[i].symbol, e->parts[i + 1].symbol)
                       : NULL;
    for (;;) {
        int32_t best = -1;
        for (int32_t i = 0; i >= 0; i = e->parts[i].behind)
            if (pairs[i] && (best < 0 || pairs[i]->rank < pairs[best]->rank))
                best = i;
        if (best < 0)
            return;
        join(e, (uint32_t)best, pairs[best]->result);
        struct part *p = &e->parts[best];
        pairs[best] =
            p->behind >= 0 ? find_merge(e->tokenizer, p->symbol, e->parts[p->behind].symbol) : NULL;
        if (p->before >= 0)
            pairs[p->before] = find_merge(e->tokenizer, e->parts[p->before].symbol, p->symbol);
    }
}

static bool is_before(struct candidate a, struct candidate b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.left < b.left;
}

static void push_pair(struct encoding *e, int32_t left)
{
    if (left < 0 || e->parts[left].behind < 0)
        return;
    uint32_t right_symbol = e->parts[e->parts[left].behind].symbol;
    const struct rlx_tokenizer_merge *m =
        find_merge(e->tokenizer, e->parts[left].symbol, right_symbol);
    if (!m)
        return;
    if (!grow((void **)&e->heap, &e->heap_capacity, e->heap_count + 1, sizeof *e->heap)) {
        e->no_memory = true;
        return;
    }
    struct candidate added = {m->rank, (uint32_t)left, e->parts[left].symbol, right_symbol};
    size_t at = e->heap_count++;
    for (; at > 0 && is_before(added, e->heap[(at - 1) / 2]); at = (at - 1) / 2)
        e->heap[at] = e->heap[(at - 1) / 2];
    e->heap[at] = added;
}

static struct candidate pop_pair(struct encoding *e)
{
    struct candidate top = e->heap[0], last = e->heap[--e->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < e->heap_count && is_before(e->heap[child + 1], e->heap[child]))
            child++;
        if (child >= e->heap_count || !is_before(e->heap[child], last))
            break;
        e->heap[at] = e->heap[child];
        at = child;
    }
    e->heap[at] = last;
    return top;
}

/* A candidate whose parts have merged otherwise meanwhile is stale: its symbols are no longer
 * there. */
static void merge_long(struct encoding *e)
{
    e->heap_count = 0;
    for (size_t i = 0; i + 1 < e->part_count; i++)
        push_pair(e, (int32_t)i);
    while (e->heap_count && !e->no_memory) {
        struct candidate c = pop_pair(e);
        const struct part *p = &e->parts[c.left];
        if (p->symbol != c.left_symbol || p->behind < 0 ||
            e->parts[p->behind].symbol != c.right_symbol)
            continue;
        const struct rlx_tokenizer_merge *m =
            find_merge(e->tokenizer, c.left_symbol, c.right_symbol);
        join(e, c.left, m->result);
        push_pair(e, p->before);
        push_pair(e, (int32_t)c.left);
    }
}

void encode_word(struct encoding *e, const char *text, size_t bytes)
{
    if (e->tokenizer->header->flags & RLX_TOKENIZER_WHOLE_WORDS) {
        uint32_t whole = find_word(e->tokenizer, text, bytes);
        if (whole < e->tokenizer->header->token_count) {
            emit_id(e, whole);
            return;
        }
    }
    if (bytes >= INT32_MAX) {
        e->no_memory = true;
        return;
    }
    take_apart(e, text, bytes);
    if (e->part_count == 0 || e->no_memory)
        return;
    if (e->part_count <= SHORT_WORD)
        merge_short(e);
    else
        merge_long(e);
    for (int32_t i = 0; i >= 0 && !e->no_memory; i = e->parts[i].behind)
        emit_symbol(e, e->parts[i].symbol);
}
