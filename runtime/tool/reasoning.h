/* Separates the reasoning of an answer. Models that think before they answer put it between
 * markers, which differ by family. In: text; out: pieces, each reasoning or not. */
#ifndef RLX_REASONING_H
#define RLX_REASONING_H

#include <stdbool.h>
#include <stddef.h>

enum { REASONING_MARKER = 24 }; /* longest marker, in bytes */

struct reasoning {
    bool begun;                  /* the answer itself has begun, so no marker opens any more */
    const char *closing;         /* the marker that ends the reasoning; NULL: outside */
    char held[REASONING_MARKER]; /* possibly the beginning of a marker */
    size_t held_bytes;
};

/* `thought`: the text is reasoning, or one of its markers. */
typedef void (*reasoning_fn)(void *context, const char *text, size_t bytes, bool thought);

/* If the prompt ends in an opening marker, the answer begins with reasoning. */
void reasoning_begin(struct reasoning *r, const char *prompt_end, size_t bytes);
/* Takes the next bytes of the answer, cut anywhere. All of them are passed on in order, in this
 * call or a later one. */
void reasoning_feed(struct reasoning *r, const char *text, size_t bytes, reasoning_fn out,
                    void *context);
/* The answer has ended: passes on what was held. */
void reasoning_end(struct reasoning *r, reasoning_fn out, void *context);
/* Takes a token that is a marker and prints nothing. */
void reasoning_token(struct reasoning *r, const char *bytes, size_t count);

#endif
