/* Scanners at work: finds the matches of an expression that the compiler turned into tables
 * (rlx/scanner_format.h), and the pieces into which they cut a text.
 *
 * In: tables, text. Out: matches as byte offsets. The time is linear in the length of the text.
 * Nothing is allocated, except by scanners with marks: one byte for each byte of text, in memory
 * that the caller keeps from text to text.
 */
#ifndef RLX_SCAN_H
#define RLX_SCAN_H

#include "rlx/scanner_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Views of the tables; they outlive this. Filled in by the caller, then checked once. */
struct scan_tables {
    const struct rlx_scanner *scanners;
    const uint16_t *transitions;
    const uint16_t *class_index; /* [RLX_SCAN_PAGES] */
    const uint8_t *class_pages;
    uint32_t scanner_count, transition_count, class_page_count;
};

/* Whether all that the tables point to lies inside of them. Reads the scanners and the class index;
 * the contents of transitions and pages cannot do harm. */
bool scan_tables_check(const struct scan_tables *t);

/* The class of a code point (< 0x110000). */
static inline uint8_t scan_class(const struct scan_tables *t, uint32_t point)
{
    return t->class_pages[(size_t)t->class_index[point / RLX_SCAN_PAGE] * RLX_SCAN_PAGE +
                          point % RLX_SCAN_PAGE];
}

/* Room for marks. All zeros at first. */
struct scan_memory {
    uint8_t *symbols;
    size_t capacity;
};
void scan_memory_free(struct scan_memory *m);

/* A pass's table, ready for use. */
struct scan_rows {
    const uint16_t *entries;
    uint32_t state_mask, symbol_mask, shift;
};

/* A search through one text. */
struct scan {
    const struct scan_tables *tables;
    const struct rlx_scanner *scanner;
    const uint8_t *byte_symbols;
    const uint8_t *symbols; /* with marks, [bytes + 1]; NULL: the scanner has none */
    const char *text;
    size_t bytes;
    struct scan_rows rows;
    uint32_t start; /* state, where nothing depends on what precedes a match */
    uint32_t edge;  /* symbol */
    size_t at;      /* where the search goes on */
    size_t end;     /* of the last match; SIZE_MAX: there was none */
};

/* `number` < scanner_count. `spelled`: the text comes after the byte-level step: each byte stands
 * for the character that spells it. `text` and `memory` are in use until the search ends. False
 * without memory. */
bool scan_start(struct scan *s, const struct scan_tables *tables, uint32_t number, const char *text,
                size_t bytes, bool spelled, struct scan_memory *memory);
/* The next match; false if there is none. Matches do not overlap. A match may be empty, but not at
 * the end of the one before it, and an empty text has none (as in the tokenizers library). */
bool scan_next(struct scan *s, size_t *start, size_t *end);

/* ---- pieces ---- */

struct scan_item {
    size_t start, end;
    bool match;
};

struct scan_pieces {
    struct scan scan;
    enum rlx_split_behavior behavior;
    bool invert; /* what lies between matches counts as the matches */
    bool has_next;
    bool has_match;        /* `match` is found, and still to come */
    struct scan_item next; /* that follows what was given out */
    struct scan_item match;
    size_t position; /* the end of the last item */
};

/* The arguments of scan_start, and how to cut. */
bool scan_pieces_start(struct scan_pieces *p, const struct scan_tables *tables, uint32_t number,
                       const char *text, size_t bytes, bool spelled,
                       enum rlx_split_behavior behavior, bool invert, struct scan_memory *memory);
/* The next piece, which is not empty; false at the end. */
bool scan_pieces_next(struct scan_pieces *p, size_t *start, size_t *end);

#endif
