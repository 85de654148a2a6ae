/* Matches of scanners for the steps that normalize text. */
#ifndef RLX_MATCH_H
#define RLX_MATCH_H

#include "runtime/tokenizer/normal.h"
#include "runtime/tokenizer/scan.h"

/* What finds matches, one text at a time. All zeros but `tables` at first. */
struct matcher {
    const struct scan_tables *tables;
    struct scan scan;
    struct scan_memory memory;
    bool no_memory; /* a search could not begin */
};

/* The normal_match of a struct normal whose context is a struct matcher. A search begins where
 * `from` is 0. */
bool matcher_match(void *context, uint32_t expression, const char *text, size_t bytes, size_t from,
                   size_t *start, size_t *end);

#endif
