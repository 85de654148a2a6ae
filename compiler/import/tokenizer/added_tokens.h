/* Tokens that are added to a vocabulary and recognized as a whole in text. In: the lists in
 * tokenizer.json and the files next to it. Out: tokens of a vocabulary. */
#ifndef RLXC_ADDED_TOKENS_H
#define RLXC_ADDED_TOKENS_H

#include "compiler/import/vocabulary.h"

#include <jansson.h>

struct added_token {
    const char *text; /* points into the JSON */
    uint32_t bytes;
    int64_t id; /* as in the file; -1: none */
    bool special, left_strip, right_strip, single_word, normalized;
    bool says_normalized; /* otherwise it follows from `special` */
};

/* From a text, or an object with content and flags; false if it is neither. */
bool added_token_read(const json_t *value, int64_t id, bool special, struct added_token *out);

/* The vocabulary has its model's own tokens, and those added before. */
bool added_tokens_add(struct vocabulary *v, const struct added_token *list, uint32_t count,
                      struct place place, struct arena *arena, struct diags *d);

/* The files next to tokenizer.json; NULL: there is no such file. */
struct token_files {
    json_t *config;             /* tokenizer_config.json */
    json_t *special_tokens_map; /* special_tokens_map.json */
    json_t *added_tokens;       /* added_tokens.json */
};
/* Merges special_tokens_map.json into the configuration, creating it if necessary. Does nothing if
 * the configuration lists the added tokens itself. */
void added_tokens_merge_map(struct token_files *files);
/* Adds the tokens that the merged files name. `directory` is for messages. */
bool added_tokens_from_files(const struct token_files *files, const char *directory,
                             struct vocabulary *v, struct arena *arena, struct diags *d);
/* Calls `each` for every token that the merged configuration has a name for ("eos_token"). */
void added_tokens_each_named(json_t *config,
                             void (*each)(void *context, const char *name, const json_t *value),
                             void *context);

#endif
