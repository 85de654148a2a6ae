/* Compiles regular expressions to scanners: tables with which the runtime finds matches in one go,
 * in a time that is linear in the length of the text (rlx/scanner_format.h).
 *
 * Matches are those of a backtracking engine: the leftmost, and there the one that the order of
 * alternatives and the greed of quantifiers prefer.
 */
#ifndef RLXC_SCANNER_H
#define RLXC_SCANNER_H

#include "compiler/tokenizer/expression.h"
#include "runtime/tokenizer/scan.h"

#include "rlx/scanner_format.h"

/* All scanners of a tokenizer, while they are made. */
struct scanners {
    struct arena *arena;
    struct point_partition partition; /* finished */
    struct rlx_scanner *all;
    uint32_t count, capacity;
    uint16_t *transitions;
    uint32_t transition_count, transition_capacity;
    uint16_t *class_index; /* [RLX_SCAN_PAGES] */
    uint8_t *class_pages;
    uint32_t class_page_count;
};

/* Finishes the partition, to which all sets were added (expression_partition, and those that other
 * tables need), and makes the tables of classes. False, with an error, where there are too many. */
bool scanners_start(struct scanners *s, struct point_partition partition, struct arena *a,
                    struct place place, struct diags *d);
/* Adds a scanner; *number is its place in s->all. False, with an error, where the expression needs
 * too many states, or more than linear time. */
bool scanners_add(struct scanners *s, const struct expression *e, struct place place,
                  struct diags *d, uint32_t *number);
/* The tables as the runtime sees them; valid until the next scanner is added. */
struct scan_tables scanners_view(const struct scanners *s);

#endif
