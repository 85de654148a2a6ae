/* Normalization form C (Unicode Standard Annex 15), with the tables of a tokenizer's section. It
 * takes text in runs: a character that normalization never touches, and all after it that it may
 * touch. It decomposes, orders and composes only such runs.
 */
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    HANGUL_BASE = 0xac00,
    HANGUL_COUNT = 11172,
    LEAD_BASE = 0x1100,
    LEAD_COUNT = 19,
    VOWEL_BASE = 0x1161,
    VOWEL_COUNT = 21,
    TAIL_BASE = 0x11a7,
    TAIL_COUNT = 28,
};

struct run {
    uint32_t *points, *ordered; /* `capacity` each */
    uint8_t *classes;           /* combining class of each point */
    size_t count, capacity;
    bool failed;
};

static uint32_t combining_class(const struct tokenizer *t, uint32_t point)
{
    const struct rlx_nfc_class *ranges = tokenizer_table(t, RLX_TABLE_NFC_CLASSES);
    uint32_t low = 0, high = t->header->tables[RLX_TABLE_NFC_CLASSES].count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (point > ranges[middle].last)
            low = middle + 1;
        else if (point < ranges[middle].first)
            high = middle;
        else
            return ranges[middle].combining_class & 255;
    }
    return 0;
}

static void add_point(struct run *r, uint32_t point, uint32_t class)
{
    if (r->count == r->capacity) {
        size_t capacity = r->capacity * 2 + 64;
        uint32_t *points = realloc(r->points, capacity * sizeof *points);
        if (points)
            r->points = points;
        uint32_t *ordered = realloc(r->ordered, capacity * sizeof *ordered);
        if (ordered)
            r->ordered = ordered;
        uint8_t *classes = realloc(r->classes, capacity);
        if (classes)
            r->classes = classes;
        if (!points || !ordered || !classes) {
            r->failed = true;
            return;
        }
        r->capacity = capacity;
    }
    r->points[r->count] = point;
    r->classes[r->count++] = (uint8_t) class;
}

static void add_decomposed(const struct tokenizer *t, struct run *r, uint32_t point)
{
    const struct rlx_nfc_decomposition *parts = tokenizer_table(t, RLX_TABLE_NFC_DECOMPOSITIONS);
    const uint32_t *points = tokenizer_table(t, RLX_TABLE_NFC_POINTS);
    uint32_t point_count = t->header->tables[RLX_TABLE_NFC_POINTS].count;
    uint32_t low = 0, high = t->header->tables[RLX_TABLE_NFC_DECOMPOSITIONS].count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (parts[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < t->header->tables[RLX_TABLE_NFC_DECOMPOSITIONS].count && parts[low].point == point) {
        uint32_t first = parts[low].first_count >> 3, count = parts[low].first_count & 7;
        if (first <= point_count && count <= point_count - first) {
            for (uint32_t i = 0; i < count; i++)
                add_point(r, points[first + i], combining_class(t, points[first + i]));
            return;
        }
    }
    add_point(r, point, combining_class(t, point));
}

/* Sorts each stretch of marks by class, keeping the order of equal ones: by counting, so that a
 * text of nothing but marks is no trap. */
static void order_marks(struct run *r)
{
    for (size_t start = 0; start < r->count;) {
        size_t end = start, starts[257] = {0};
        bool sorted = true;
        while (end < r->count && r->classes[end]) {
            sorted = sorted && (end == start || r->classes[end - 1] <= r->classes[end]);
            starts[r->classes[end++] + 1]++;
        }
        if (!sorted) {
            for (uint32_t class = 1; class < 257; class ++)
                starts[class] += starts[class - 1];
            for (size_t i = start; i < end; i++)
                r->ordered[starts[r->classes[i]]++] = r->points[i];
            /* starts[c] now is where class c ends */
            memcpy(r->points + start, r->ordered, (end - start) * sizeof *r->points);
            for (size_t i = 0, class = 0; i < end - start; i++) {
                while (i >= starts[class])
                    class ++;
                r->classes[start + i] = (uint8_t) class;
            }
        }
        start = end + (end < r->count);
    }
}

/* The composition of two points, or 0. */
static uint32_t compose(const struct tokenizer *t, uint32_t first, uint32_t second)
{
    uint32_t lead = first - LEAD_BASE, vowel = second - VOWEL_BASE, syllable = first - HANGUL_BASE,
             tail = second - TAIL_BASE;
    if (lead < LEAD_COUNT && vowel < VOWEL_COUNT)
        return HANGUL_BASE + (lead * VOWEL_COUNT + vowel) * TAIL_COUNT;
    if (syllable < HANGUL_COUNT && syllable % TAIL_COUNT == 0 && tail > 0 && tail < TAIL_COUNT)
        return first + tail;
    const struct rlx_nfc_composition *pairs = tokenizer_table(t, RLX_TABLE_NFC_COMPOSITIONS);
    uint32_t low = 0, high = t->header->tables[RLX_TABLE_NFC_COMPOSITIONS].count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct rlx_nfc_composition *p = &pairs[middle];
        if (p->first < first || (p->first == first && p->second < second))
            low = middle + 1;
        else if (p->first == first && p->second == second)
            return p->result;
        else
            high = middle;
    }
    return 0;
}

/* Each point joins the last starter before it, unless one between them blocks it: a starter, or a
 * mark of the same or a higher class. */
static void compose_run(const struct tokenizer *t, struct run *r)
{
    size_t used = 0, starter = SIZE_MAX;
    uint32_t last_class = 0;
    for (size_t i = 0; i < r->count; i++) {
        uint32_t class = r->classes[i];
        bool adjacent = starter != SIZE_MAX && used == starter + 1;
        if (starter != SIZE_MAX && (adjacent || last_class < class)) {
            uint32_t whole = compose(t, r->points[starter], r->points[i]);
            if (whole) {
                r->points[starter] = whole;
                continue;
            }
        }
        if (class == 0)
            starter = used;
        last_class = class;
        r->points[used++] = r->points[i];
    }
    r->count = used;
}

static void finish_run(const struct tokenizer *t, struct run *r, struct bytes *out)
{
    order_marks(r);
    compose_run(t, r);
    for (size_t i = 0; i < r->count; i++) {
        char encoded[4];
        bytes_add(out, encoded, utf8_write(r->points[i] & 0x1fffff, encoded));
    }
    r->count = 0;
}

/* Where the next run begins: at the character before the first one that normalization may touch. */
static size_t next_run(const struct tokenizer *t, const char *text, size_t bytes, size_t at)
{
    size_t before = at;
    while (at < bytes) {
        uint32_t point, length = utf8_read(text, bytes, at, &point);
        if (point >= 0x300 && (point_class(t, point) & RLX_CLASS_NFC))
            return utf8_valid_at(text, bytes, before) ? before : at;
        before = at;
        at += length;
    }
    return bytes;
}

bool nfc_append(const struct tokenizer *t, const char *text, size_t bytes, struct bytes *out)
{
    struct run run = {0};
    size_t at = 0;
    while (at < bytes && !run.failed && !out->failed) {
        size_t start = next_run(t, text, bytes, at);
        bytes_add(out, text + at, start - at);
        for (at = start; at < bytes;) {
            uint32_t point, length = utf8_read(text, bytes, at, &point);
            bool touched =
                utf8_valid_at(text, bytes, at) && (point_class(t, point) & RLX_CLASS_NFC);
            if (at != start && !touched)
                break;
            add_decomposed(t, &run, point);
            at += length;
        }
        if (!run.failed)
            finish_run(t, &run, out);
    }
    free(run.points);
    free(run.ordered);
    free(run.classes);
    return !run.failed && !out->failed;
}
