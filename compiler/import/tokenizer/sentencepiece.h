/* SentencePiece's models (tokenizer.model), and the steps of its normalizer and decoder, which GGUF
 * files describe by single keys. Semantics: SentencePiece 0.2.3. */
#ifndef RLXC_SENTENCEPIECE_H
#define RLXC_SENTENCEPIECE_H

#include "compiler/import/vocabulary.h"

struct sentencepiece_normalizer {
    struct step_text charsmap; /* precompiled; no bytes: none */
    bool prefix;               /* a space in front of text that is not empty */
    bool remove_spaces;        /* at both ends, and all but one of several */
    bool spaces_stay;          /* they do not become U+2581 */
    bool removes_marks;        /* with remove_spaces: U+2581 at the end goes, too */
    const char *object;        /* for messages */
};

/* A model file. All texts are copied to `a`. */
bool sentencepiece_read(const char *path, const uint8_t *data, size_t bytes, struct vocabulary *v,
                        struct arena *a, struct diags *d);

/* <0x0A>, the spelling of a byte. */
bool sentencepiece_names_byte(const char *text, size_t bytes);

/* ---- steps (sentencepiece_steps.c) ---- */

void sentencepiece_add_normalizer(struct pipeline *p, struct arena *a,
                                  const struct sentencepiece_normalizer *n);
/* Spaces become U+2581. */
void sentencepiece_add_marks(struct pipeline *p, struct arena *a);
/* U+2581 becomes a space, <0x0A> a byte; with `prefix`, one space in front of a text goes. */
void sentencepiece_add_decoders(struct pipeline *p, struct arena *a, bool prefix);
/* The map with texts that it never changes, which get sorted (sentencepiece_map.c). The map itself
 * if it is damaged: who reads it next says so. */
struct step_text sentencepiece_keep(struct step_text map, struct step_text *kept, uint32_t count,
                                    struct arena *a);

#endif
