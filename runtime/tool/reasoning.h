/* Which part of an answer is reasoning: models that think before they answer put it between
 * markers, of which each family has its own.
 */
#ifndef RLX_REASONING_H
#define RLX_REASONING_H

#include <stdbool.h>
#include <stddef.h>

enum { REASONING_MARKER = 24 }; /* longest marker, in bytes */

struct reasoning {
    bool begun;                  /* the answer proper has begun: no marker opens any more */
    const char *closing;         /* what ends the reasoning; NULL: outside */
    char held[REASONING_MARKER]; /* the beginning of a marker, perhaps */
    size_t held_bytes;
};

/* `thought`: it is reasoning, or one of its markers. */
typedef void (*reasoning_fn)(void *context, const char *text, size_t bytes, bool thought);

/* A prompt that ends in an opening marker has begun the reasoning. */
void reasoning_begin(struct reasoning *r, const char *prompt_end, size_t bytes);
/* The next bytes of the answer, cut anywhere. All of them come out in order, in this call or a
 * later one. */
void reasoning_feed(struct reasoning *r, const char *text, size_t bytes, reasoning_fn out,
                    void *context);
/* The answer has ended: what was held comes out. */
void reasoning_end(struct reasoning *r, reasoning_fn out, void *context);
/* A token that is a marker and prints nothing. */
void reasoning_token(struct reasoning *r, const char *bytes, size_t count);

#endif
