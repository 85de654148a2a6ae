/* What the files scan*.c share. Private to them. */
#ifndef RLX_SCAN_PARTS_H
#define RLX_SCAN_PARTS_H

#include "runtime/tokenizer/scan.h"

struct scan_rows scan_rows(const struct scan_tables *t, const struct rlx_scanner_pass *p);

/* A transition; whatever the table holds, it lies inside of the pass's. */
static inline uint32_t scan_entry(const struct scan_rows *r, uint32_t state, uint32_t symbol)
{
    return r->entries[((size_t)(state & r->state_mask) << r->shift) + (symbol & r->symbol_mask)];
}

/* Sets s->symbols: the text's symbols with the marks of all passes. False without memory. */
bool scan_mark(struct scan *s, struct scan_memory *memory);

#endif
