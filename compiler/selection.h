/* What the user selected on the command line: for which machines and for which numbers of new
 * tokens code is made. In: text; out: lists that hold together, or errors that say what was
 * expected.
 */
#ifndef RLXC_SELECTION_H
#define RLXC_SELECTION_H

#include "compiler/pack/artifact.h"

enum { LEVELS_MAX = 8 };

struct level_list {
    const struct target *target;
    uint32_t all[LEVELS_MAX]; /* indices in target->levels, rising, each once */
    uint32_t count;
};

/* `text`: names of levels, "native" or "all", commas between them. */
bool select_levels(const char *text, struct level_list *out, struct diags *d);

/* `text`: "decode=1,blocks=2:16,batch=2:16,prefill=32:512": after each kind numbers, or ranges
 * from:to that stand for powers of two; NULL means just this. Blocks have at most BLOCK_ROWS_MAX
 * new tokens, prefill more. Batches are numbers of sequences, at most BLOCK_ROWS_MAX, with a new
 * token each. Nothing larger than the context is made. Each variant serves the numbers from the one
 * before it of one or several sequences, exclusive, to its own; the list rises, batches last. */
bool select_variants(const char *text, uint32_t context, struct packed_variant *out,
                     uint32_t capacity, uint32_t *count, struct diags *d);
/* `text`: one of them, "decode-N", "batch-N" or "prefill-N". */
bool select_variant(const char *text, struct variant *out, struct diags *d);

#endif
