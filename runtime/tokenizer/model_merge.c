/* BPE: parts of a word merge. In: parts. Out: those that are left, linked. As long as there is one,
 * the pair of neighbours of the lowest rank merges, the leftmost first. Short words search all
 * pairs for it each time; long ones keep them in a heap: n log n. */
#include "runtime/tokenizer/tokenize_parts.h"

enum { SHORT_WORD = 24 }; /* parts; measured: about where the heap starts to pay */

static const struct rlx_tokenizer_merge *find_merge(const struct tokenizer *t, uint32_t left,
                                                    uint32_t right)
{
    const struct rlx_tokenizer_merge *merges = tokenizer_table(t, RLX_TABLE_MERGES);
    const uint64_t *pairs = tokenizer_table(t, RLX_TABLE_PAIRS);
    uint32_t slots = tokenizer_table_count(t, RLX_TABLE_MERGES),
             words = tokenizer_table_count(t, RLX_TABLE_PAIRS);
    uint32_t bit = rlx_pair_bit(left, right, words);
    if (slots == 0 || words == 0 || !(pairs[bit / 64] >> bit % 64 & 1))
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
    struct part *p = &e->work.parts[left], *gone = &e->work.parts[p->behind];
    p->symbol = result;
    p->behind = gone->behind;
    if (gone->behind >= 0)
        e->work.parts[gone->behind].before = (int32_t)left;
    gone->symbol = RLX_NO_SYMBOL;
}

static void merge_short(struct encoding *e)
{
    const struct rlx_tokenizer_merge *pairs[SHORT_WORD]; /* of each part with its right neighbour */
    for (size_t i = 0; i < e->work.part_count; i++)
        pairs[i] = i + 1 < e->work.part_count ? find_merge(e->tokenizer, e->work.parts[i].symbol,
                                                           e->work.parts[i + 1].symbol)
                                              : NULL;
    for (;;) {
        int32_t best = -1;
        for (int32_t i = 0; i >= 0; i = e->work.parts[i].behind)
            if (pairs[i] && (best < 0 || pairs[i]->rank < pairs[best]->rank))
                best = i;
        if (best < 0)
            return;
        join(e, (uint32_t)best, pairs[best]->result & ~RLX_MERGE_UNUSED);
        struct part *p = &e->work.parts[best];
        pairs[best] = p->behind >= 0
                          ? find_merge(e->tokenizer, p->symbol, e->work.parts[p->behind].symbol)
                          : NULL;
        if (p->before >= 0)
            pairs[p->before] = find_merge(e->tokenizer, e->work.parts[p->before].symbol, p->symbol);
    }
}

static bool is_before(struct candidate a, struct candidate b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.left < b.left;
}

/* SentencePiece goes by the pair that it met last, anywhere in the text. */
static void note_halves(struct encoding *e, uint32_t whole, uint32_t left, uint32_t right)
{
    struct model_work *w = &e->work;
    if (whole >= w->halves_capacity / 2)
        return;
    w->halves[2 * (size_t)whole] = left;
    w->halves[2 * (size_t)whole + 1] = right;
}

static void push_pair(struct encoding *e, int32_t left)
{
    if (left < 0 || e->work.parts[left].behind < 0)
        return;
    uint32_t right_symbol = e->work.parts[e->work.parts[left].behind].symbol;
    const struct rlx_tokenizer_merge *m =
        find_merge(e->tokenizer, e->work.parts[left].symbol, right_symbol);
    if (!m)
        return;
    if (!grow((void **)&e->work.heap, &e->work.heap_capacity, e->work.heap_count + 1,
              sizeof *e->work.heap)) {
        e->no_memory = true;
        return;
    }
    if (m->result & RLX_MERGE_UNUSED)
        note_halves(e, m->result & ~RLX_MERGE_UNUSED, e->work.parts[left].symbol, right_symbol);
    struct candidate added = {m->rank, (uint32_t)left, e->work.parts[left].symbol, right_symbol};
    size_t at = e->work.heap_count++;
    for (; at > 0 && is_before(added, e->work.heap[(at - 1) / 2]); at = (at - 1) / 2)
        e->work.heap[at] = e->work.heap[(at - 1) / 2];
    e->work.heap[at] = added;
}

static struct candidate pop_pair(struct encoding *e)
{
    struct candidate top = e->work.heap[0], last = e->work.heap[--e->work.heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < e->work.heap_count &&
            is_before(e->work.heap[child + 1], e->work.heap[child]))
            child++;
        if (child >= e->work.heap_count || !is_before(e->work.heap[child], last))
            break;
        e->work.heap[at] = e->work.heap[child];
        at = child;
    }
    e->work.heap[at] = last;
    return top;
}

/* A candidate whose parts have merged otherwise meanwhile is stale: its symbols are no longer
 * there. */
static void merge_long(struct encoding *e)
{
    e->work.heap_count = 0;
    for (size_t i = 0; i + 1 < e->work.part_count; i++)
        push_pair(e, (int32_t)i);
    while (e->work.heap_count && !e->no_memory) {
        struct candidate c = pop_pair(e);
        const struct part *p = &e->work.parts[c.left];
        if (p->symbol != c.left_symbol || p->behind < 0 ||
            e->work.parts[p->behind].symbol != c.right_symbol)
            continue;
        const struct rlx_tokenizer_merge *m =
            find_merge(e->tokenizer, c.left_symbol, c.right_symbol);
        join(e, c.left, m->result & ~RLX_MERGE_UNUSED);
        push_pair(e, p->before);
        push_pair(e, (int32_t)c.left);
    }
}

void merge_parts(struct encoding *e)
{
    if (e->work.part_count == 0 || e->no_memory)
        return;
    if (e->work.part_count <= SHORT_WORD &&
        !(model_of(e->tokenizer)->flags & RLX_MODEL_TAKES_APART))
        merge_short(e);
    else
        merge_long(e);
}
