/* What reading_dialect.c and reading_dialect_set.c share. No other file includes it. */
#ifndef RLXC_READING_DIALECT_H
#define RLXC_READING_DIALECT_H

#include "compiler/tokenizer/reading_parts.h"

#define WHITE_SPACE                                                                              \
    "\\x09-\\x0d\\x20\\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}" \
    "\\x{3000}"
/* The set [:word:], and what \\w matches. */
#define WORD "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"
#define WORD_ESCAPE WORD "\\xb2\\xb3\\xb9\\xbc-\\xbe"

enum { MAX_DEPTH = 64 };

struct dialect {
    const char *in;
    uint32_t at, bytes;
    struct arena *arena;
    const char *why; /* set once, where it fails */
};

static inline struct step_text dialect_text(const struct dialect *d)
{
    return (struct step_text){d->in, d->bytes};
}

/* Returns false. The first reason stays. */
bool dialect_refuse(struct dialect *d, const char *why);
bool dialect_sees(const struct dialect *d, const char *text);
/* Goes past the text if it is there. */
bool dialect_takes(struct dialect *d, const char *text);
uint32_t dialect_number(struct dialect *d, int base, uint32_t max_digits);
/* After a backslash: the content of the set that stands there; NULL: it is none. `inside`
 * brackets, \w has fewer characters. */
const char *dialect_set_escape(struct dialect *d, bool inside, bool *negated);
/* After a backslash: a single character. */
uint32_t dialect_point_escape(struct dialect *d);
/* After [: an expression for one character. */
const char *dialect_set(struct dialect *d, int depth);

#endif
