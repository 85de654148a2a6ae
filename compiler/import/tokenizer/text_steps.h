/* Builds the steps of a pipeline. In: parts of a published description. Out: the lists of struct
 * pipeline. All texts live in the arena. */
#ifndef RLXC_TEXT_STEPS_H
#define RLXC_TEXT_STEPS_H

#include "compiler/import/vocabulary.h"

/* Sets of characters that the tokenizers library has tables of; see frozen_sets.def. */
enum frozen_set {
    FROZEN_punctuation,
    FROZEN_word,
    FROZEN_unclean,
    FROZEN_nonspacing,
    FROZEN_combining,
};

/* GPT-2's published regular expression. */
#define STEP_GPT2_EXPRESSION \
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

struct step_text step_text_of(struct arena *a, const char *text, size_t bytes);
struct step_text step_text_literal(const char *text); /* of a constant */
/* What stands between the brackets of a class: "\x{21}-\x{2F}...". */
const char *step_class(struct arena *a, enum frozen_set set);

/* `object` is where the description has the step, for messages. */
struct text_step *step_add(struct text_steps *steps, struct arena *a, enum text_step_kind kind,
                           const char *object);
/* Each match of a regular expression becomes `content`. Both are NUL-terminated and stay. */
struct text_step *step_add_replace(struct text_steps *steps, struct arena *a, const char *object,
                                   const char *expression, const char *content);
/* Cuts at the matches of a regular expression, which is NUL-terminated and stays. */
struct text_step *step_add_split(struct text_steps *steps, struct arena *a, const char *object,
                                 const char *expression, enum split_behavior behavior);
struct decoder_step *step_add_decoder(struct decoder_steps *steps, struct arena *a,
                                      enum decoder_step_kind kind);
/* The character that spells a byte in byte-level vocabularies: printable Latin-1 stands for itself,
 * the other 68 bytes are U+0100 and up, in their order. Source: bytes_to_unicode of GPT-2. */
uint32_t gpt2_spelling(uint8_t byte);
/* Whether the alphabet is bytes after these steps. */
bool steps_have_bytes(const struct text_steps *steps);

#endif
