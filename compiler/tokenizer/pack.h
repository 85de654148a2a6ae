/* Packs a published vocabulary into the TOKENIZER section (rlx/tokenizer_format.h): merges and
 * words as hash tables, special tokens sorted for search, tables of Unicode properties. */
#ifndef RLXC_PACK_TOKENIZER_H
#define RLXC_PACK_TOKENIZER_H

#include "compiler/base/build_cache.h"
#include "compiler/import/vocabulary.h"

/* `section` is in `a`, aligned to 8 bytes. False if the vocabulary is inconsistent; `d` has every
 * problem. A model without a vocabulary (m->vocabulary NULL) has no section: true, with *section
 * NULL. */
bool tokenizer_pack(const struct model *m, struct arena *a, uint8_t **section, uint64_t *bytes,
                    struct diags *d);
/* The same, taken from the build cache if it was packed before (NULL: no build cache). *checked:
 * whether a new section must pass tokenizer_check; afterwards, whether this one has. */
bool tokenizer_pack_cached(const struct model *m, struct build_cache *build_cache, bool *checked,
                           struct arena *a, uint8_t **section, uint64_t *bytes, struct diags *d);

#endif
