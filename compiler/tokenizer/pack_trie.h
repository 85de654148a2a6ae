/* Builds the double array of rlx/trie_format.h. */
#ifndef RLXC_PACK_TRIE_H
#define RLXC_PACK_TRIE_H

#include "compiler/base/arena.h"

#include "rlx/trie_format.h"

struct trie_text {
    const char *text; /* not NUL-terminated; may hold any bytes */
    uint32_t bytes;   /* at least 1 */
    uint32_t number;  /* at most RLX_TRIE_MAX_NUMBER */
};

/* The table for these texts, in any order (sorts them). Of equal texts the one with the highest
 * number counts. The table is in `a`; NULL with *count 0 if there are no texts. */
struct rlx_trie_node *trie_build(struct arena *a, struct trie_text *texts, uint32_t text_count,
                                 uint32_t *count);

#endif
