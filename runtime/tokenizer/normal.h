/* Normalizing a stretch of text by the tables of rlx/normal_format.h. In: a block of tables, and
 * text, which need not be UTF-8. Out: the normalized text: the same pointer where nothing changed.
 */
#ifndef RLX_NORMAL_H
#define RLX_NORMAL_H

#include "rlx/normal_format.h"
#include "runtime/base/bytes.h"

#include <stdbool.h>

/* Finds the first match of an expression that begins at `from` or later, in the whole of the text;
 * false if there is none. [*start, *end) may be empty. */
typedef bool normal_match(void *context, uint32_t expression, const char *text, size_t bytes,
                          size_t from, size_t *start, size_t *end);

/* A view; immutable after normal_open, shared by any number of threads. */
struct normal {
    const uint8_t *block;
    const struct rlx_normal_step *steps;
    uint32_t step_count;
    /* The owner sets both where there are expressions. Without `match`, none matches. */
    normal_match *match;
    void *context;
};

/* `block` must be aligned to 8 bytes and outlive `n`. False where the tables do not hold together,
 * or name an expression with a number of `expression_count` or more. Zero bytes are a block without
 * steps. */
bool normal_open(struct normal *n, const void *block, size_t bytes, uint32_t expression_count);

enum normal_failure { NORMAL_done, NORMAL_no_memory, NORMAL_too_long };

struct normal_text {
    const char *text; /* in the input, or in one of the buffers */
    size_t bytes;
    enum normal_failure failure; /* too long: beyond RLX_NORMAL_GROWTH */
};

/* All steps, in order. The two buffers are the caller's, who frees them and may use them again;
 * their contents are replaced, and the input may be in neither. */
struct normal_text normal_apply(const struct normal *n, const char *text, size_t bytes,
                                struct bytes *out, struct bytes *scratch);

#endif
