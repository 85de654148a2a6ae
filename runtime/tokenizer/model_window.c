/* BPE of a long word in little memory. In: its text. Out: ids, the same as those of the whole word.
 *
 * The word is merged in windows that overlap. A window begins where a part of the window before it
 * begins, near its end. Where both have the same part, with the same text, the first is followed up
 * to there and the second from there on. That is exact: what keeps two neighbouring parts from
 * merging across their border depends on their two texts alone. (Take the first merge across a
 * border of the joined list that merging the whole word would do: until then the two parts at that
 * border merged on their own, in the order that the window had, which has both; there, the same
 * pair was known at the same time and did not merge.)
 */
#include "runtime/tokenizer/tokenize_parts.h"

enum {
    WINDOW = 1 << 12, /* bytes, at first; more where no part is common to two windows */
    GROWTH = 16,
    OVERLAPS = 8, /* an eighth of a window overlaps the next one. Half of that is more than the
                     longest text of TRIE: see RLX_MODEL_WHOLE. */
};

/* The end of a window, not in the middle of a character. */
static size_t end_of_window(const struct encoding *e, const char *word, size_t bytes, size_t begin,
                            size_t size)
{
    if (bytes - begin <= size)
        return bytes;
    size_t end = begin + size;
    bool characters = e->tokenizer->header->flags & RLX_TOKENIZER_CHARACTERS;
    for (uint32_t i = 0; i < 3 && characters && ((uint8_t)word[end] & 0xc0) == 0x80; i++)
        end--;
    return end;
}

static void merge_window(struct encoding *e, const char *word, size_t bytes, size_t begin,
                         size_t size, struct window *w)
{
    w->begin = begin;
    w->end = end_of_window(e, word, bytes, begin, size);
    w->count = 0;
    take_apart(e, word, begin, w->end);
    merge_parts(e);
    if (e->no_memory || e->work.part_count == 0)
        return;
    if (!grow((void **)&w->parts, &w->capacity, e->work.part_count, sizeof *w->parts)) {
        e->no_memory = true;
        return;
    }
    for (int32_t i = 0; i >= 0; i = e->work.parts[i].behind)
        w->parts[w->count++] =
            (struct window_part){e->work.parts[i].symbol, begin + e->work.parts[i].start};
}

/* The first part that both have, and that does not end near the end of `a`: a longer text might
 * follow there. */
static bool find_common(const struct window *a, size_t *in_a, const struct window *b, size_t *in_b,
                        size_t margin)
{
    size_t i = *in_a, k = 0;
    while (i + 1 < a->count && k + 1 < b->count && a->parts[i + 1].start + margin <= a->end) {
        const struct window_part *x = &a->parts[i], *y = &b->parts[k];
        if (x->start == y->start && x->symbol == y->symbol && x[1].start == y[1].start) {
            *in_a = i;
            *in_b = k;
            return true;
        }
        i += x->start <= y->start;
        k += y->start <= x->start;
    }
    return false;
}

static void emit_parts(struct encoding *e, const struct window *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        emit_symbol(e, w->parts[i].symbol);
}

/* The last part of the window that begins `overlap` bytes before its end, or earlier. */
static size_t last_before(const struct window *w, size_t overlap)
{
    size_t i = w->count;
    while (i > 0 && w->parts[i - 1].start + overlap > w->end)
        i--;
    return i > 0 ? i - 1 : 0;
}

static bool encode_by(struct encoding *e, const char *word, size_t bytes, size_t size)
{
    struct window *a = &e->work.windows[0], *b = &e->work.windows[1];
    size_t first = 0, overlap = size / OVERLAPS;
    merge_window(e, word, bytes, 0, size, a);
    while (!e->no_memory && a->end < bytes) {
        size_t next = last_before(a, overlap), common;
        if (next <= first)
            return false;
        merge_window(e, word, bytes, a->parts[next].start, size, b);
        if (e->no_memory || !find_common(a, &next, b, &common, overlap / 2))
            return false;
        emit_parts(e, a, first, next);
        first = common;
        struct window *swapped = a;
        a = b;
        b = swapped;
    }
    emit_parts(e, a, first, a->count);
    return !e->no_memory;
}

bool encode_in_windows(struct encoding *e, const char *word, size_t bytes)
{
    size_t before = e->count;
    for (size_t size = WINDOW; size < bytes / 2 && !e->no_memory; size *= GROWTH) {
        if (encode_by(e, word, bytes, size))
            return true;
        e->count = before;
    }
    return e->no_memory;
}
