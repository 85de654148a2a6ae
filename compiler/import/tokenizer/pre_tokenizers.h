/* The known ways in which byte-level vocabularies of GGUF files split text into words
 * (pre_tokenizers.def). */
#ifndef RLXC_PRE_TOKENIZERS_H
#define RLXC_PRE_TOKENIZERS_H

#include "compiler/import/vocabulary.h"

enum pre_tokenizer_flags {
    PRE_TOKENIZER_WHOLE_WORDS = 1,   /* a word that is a token is not split */
    PRE_TOKENIZER_ADD_BOS = 2,       /* unless the file says otherwise */
    PRE_TOKENIZER_ALWAYS_BOS = 4,    /* whatever the file says */
    PRE_TOKENIZER_CHARACTERS = 8,    /* tokens are texts, not spellings of bytes */
    PRE_TOKENIZER_MARKED_SPACES = 16 /* the same, with U+2581 for a space */
};

enum { PRE_TOKENIZER_MAX_STEPS = 8 };

struct pre_tokenizer_step {
    enum text_step_kind kind; /* STEP_split or STEP_byte_level */
    const char *expression;   /* NULL in a split: any punctuation */
    enum split_behavior behavior;
};

struct pre_tokenizer {
    const char *names; /* separated by spaces */
    unsigned flags;
    struct pre_tokenizer_step steps[PRE_TOKENIZER_MAX_STEPS]; /* the last one is STEP_form */
};

/* NULL if unknown. */
const struct pre_tokenizer *pre_tokenizer_by_name(const char *name, size_t bytes);
/* The one that models of that architecture have with such a vocabulary; NULL if there are several.
 */
const struct pre_tokenizer *pre_tokenizer_infer(const char *architecture,
                                                const struct vocabulary *v);
/* For messages: the first name of each, separated by commas. */
const char *pre_tokenizer_names(struct arena *a);
/* For messages, after an unknown name: the names that resemble it, or if there are none the first
 * name of each. */
const char *pre_tokenizer_near(const char *name, size_t bytes, struct arena *a);
/* Appends its steps to those of `v`, and sets what its flags say of the model. */
void pre_tokenizer_apply(const struct pre_tokenizer *p, struct vocabulary *v, struct arena *a);

#endif
