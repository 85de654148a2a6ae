/* What the user selected on the command line: the machines and the numbers of new tokens to make
 * code for. In: text; out: consistent lists, or errors that say what was expected. */
#ifndef RLXC_SELECTION_H
#define RLXC_SELECTION_H

#include "compiler/pack/artifact.h"

enum { LEVELS_MAX = 8 };

struct level_list {
    const struct target *target;
    uint32_t all[LEVELS_MAX]; /* indices in target->levels, ascending, each once */
    uint32_t count;
};

/* `text`: names of levels, "native" or "all", separated by commas. */
bool select_levels(const char *text, struct level_list *out, struct diags *d);

/* `text`: "decode=1,blocks=2:16,batch=2:16,prefill=32:512": each kind takes numbers, or ranges
 * from:to that stand for powers of two. NULL means this default. Short runs have at most
 * SHORT_RUN_MAX new tokens, prefill more. Batches count sequences, at most SHORT_RUN_MAX, each with
 * one new token. No variant is larger than the context. Each variant serves the numbers above its
 * predecessor's (of one sequence, or of several) up to its own. The list ascends, batches last. */
bool select_variants(const char *text, uint32_t context, struct packed_variant *out,
                     uint32_t capacity, uint32_t *count, struct diags *d);
/* `text`: one of them, "decode-N", "batch-N" or "prefill-N". */
bool select_variant(const char *text, struct variant *out, struct diags *d);

#endif
