/* Text to token ids and back, over the TOKENIZER section of an artifact (rlx/tokenizer_format.h).
 * The section is used where it lies: opening it checks its header and the bounds of all tables and
 * allocates nothing; encoding allocates working memory and frees it before it returns.
 */
#ifndef RLX_TOKENIZE_H
#define RLX_TOKENIZE_H

#include "rlx/rlx.h"
#include "rlx/tokenizer_format.h"
#include "runtime/base/marked_text.h"
#include "runtime/tokenizer/normal.h"
#include "runtime/tokenizer/scan.h"

/* Views into the section; immutable after tokenizer_open, shared by any number of threads. Tables
 * of the header by number; their contents are checked at use, so that opening touches little
 * memory. */
struct tokenizer {
    const struct rlx_tokenizer_header *header; /* NULL: not open */
    const uint8_t *section;
    struct normal normal; /* each call adds the scanners, so that this may be copied */
    struct scan_tables scanners;
};

/* `section` must be aligned to 8 bytes and outlive `t`. RLX_ERROR_BAD_FILE where any table does not hold
 * together. */
rlx_status tokenizer_open(struct tokenizer *t, const void *section, size_t bytes, rlx_error *error);

/* `flags`: RLX_TOKENIZE_ADD_BOS, RLX_TOKENIZE_PARSE_SPECIAL, RLX_TOKENIZE_LEAVE_OPEN. As rlx_tokenize: `count` is always the
 * whole number. `ids` may be NULL where capacity is 0. */
rlx_status tokenizer_encode(const struct tokenizer *t, const char *text, size_t bytes,
                            uint32_t flags, int32_t *ids, size_t capacity, size_t *count,
                            rlx_error *error);

/* A lower bound of the number of tokens, whatever the flags: cheap, and for most texts far below
 * what tokenizing gives. */
size_t tokenizer_min_tokens(const struct tokenizer *t, const char *text, size_t bytes);

/* The same with RLX_TOKENIZE_PARSE_SPECIAL outside of the plain parts. Words go across their borders: where
 * no control token is spelled in them, this gives what tokenizer_encode gives. */
rlx_status tokenizer_encode_marked(const struct tokenizer *t, const struct marked_text *text,
                                   int32_t *ids, size_t capacity, size_t *count, rlx_error *error);

/* As rlx_detokenize. A stream that continues earlier text (an answer after a prompt) sets
 * state->started before the first token, so that a leading space is kept. Tokens skipped by
 * skip_special do not count as the start. */
rlx_status detokenizer_step(const struct tokenizer *t, rlx_detokenizer *state, int32_t id,
                            char *text, size_t capacity, size_t *bytes, rlx_error *error);
rlx_status detokenizer_flush(const struct tokenizer *t, rlx_detokenizer *state, char *text,
                             size_t capacity, size_t *bytes, rlx_error *error);

/* The raw bytes of a token, not terminated; NULL for an id outside the vocabulary. */
const char *tokenizer_token_bytes(const struct tokenizer *t, int32_t id, size_t *bytes);
/* The text that the token is found by, likewise. */
const char *tokenizer_token_name(const struct tokenizer *t, int32_t id, size_t *bytes);
bool tokenizer_is_special(const struct tokenizer *t,
                          int32_t id); /* control tokens: no text where skip_special is set */
bool tokenizer_ends_generation(const struct tokenizer *t, int32_t id);

#endif
