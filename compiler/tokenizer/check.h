/* Compares a TOKENIZER section with the description that it was compiled from. In: a vocabulary,
 * its section. Out: an error where a text of the sample becomes other ids by the tables than by the
 * plain reading (reading.h), or ids become another text. */
#ifndef RLXC_TOKENIZER_CHECK_H
#define RLXC_TOKENIZER_CHECK_H

#include "compiler/import/vocabulary.h"

/* False where the two differ; `d` then has the text and both results. What the plain reading cannot
 * read is a warning, and true, with *compared false. `section` is aligned to 8 bytes. */
bool tokenizer_check(const struct vocabulary *v, const uint8_t *section, uint64_t bytes,
                     bool *compared, struct diags *d);

/* ---- check_texts.c: the sample ---- */

struct check_texts {
    struct step_text *all;
    uint32_t count, capacity;
};

/* Any good sequence of numbers will do, if it is always the same (xorshift64*). */
static inline uint32_t check_draw(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 0x2545f4914f6cdd1du >> 32) * below >> 32);
}

struct reading;
/* Texts of many kinds, then added tokens among other text, then texts of random tokens. Valid
 * UTF-8; the same for the same vocabulary. */
void check_texts_make(const struct vocabulary *v, const struct reading *r, struct arena *a,
                      struct check_texts *out);

#endif
