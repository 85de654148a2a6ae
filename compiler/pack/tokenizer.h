/* A vocabulary as published becomes the TOKENIZER section (rlx/tokenizer_format.h): merges and
 * words as hash tables, special tokens sorted for search, tables of Unicode properties.
 */
#ifndef RLXC_PACK_TOKENIZER_H
#define RLXC_PACK_TOKENIZER_H

#include "compiler/base/cache.h"
#include "compiler/import/vocabulary.h"

/* `section` lives in `a`, aligned to 8 bytes. False where the vocabulary does not hold together,
 * with everything found in `d`. A model without a vocabulary (m->vocabulary NULL) has no section:
 * true, with *section NULL. */
bool tokenizer_pack(const struct model *m, struct arena *a, uint8_t **section, uint64_t *bytes,
                    struct diags *d);
/* The same, found in the cache where it was packed before (NULL: no cache). */
bool tokenizer_pack_cached(const struct model *m, struct cache *cache, struct arena *a,
                           uint8_t **section, uint64_t *bytes, struct diags *d);

#endif
