/* Reads line-oriented text from foreign bytes: words, numbers, quoted names, punctuation. Both text
 * forms, of graphs and of programs, are read through it.
 *
 * A statement is a line. `#` starts a comment that ends with the line. Every error has line and
 * column; after one the caller goes on with lexer_next_line, so that all mistakes are told. What
 * reads a token passes over spaces and a comment before it, stays on its line, and where it fails
 * says what was expected and found and stays where it was.
 */
#ifndef RLXC_LEXER_H
#define RLXC_LEXER_H

#include "compiler/base/diag.h"

enum {
    LEXER_MAX_NAME = 1000,  /* bytes of a quoted name */
    LEXER_MAX_ERRORS = 100, /* text with more is no such text: the rest is not read */
};

struct lexer {
    struct diags *diags;
    const char *path; /* for messages */
    const char *at, *end, *line_start;
    uint32_t line; /* 0: before the first */
    uint32_t error_count;
};

void lexer_open(struct lexer *l, const char *path, const char *data, size_t bytes, struct diags *d);
/* Passes over the rest of the line and over lines without a token. False at the end of the text or
 * after too many errors. */
bool lexer_next_line(struct lexer *l);

/* An error at `at`, which is on this line. Returns false. */
bool lexer_error(struct lexer *l, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "expected WHAT, found ..." at the next token. Returns false. */
bool lexer_expected(struct lexer *l, const char *what);
const char *lexer_found(struct lexer *l); /* what stands here, for a message */

/* Where the next token begins. */
const char *lexer_here(struct lexer *l);
bool lexer_line_ends(struct lexer *l);
/* Whether the next token begins with this character. */
bool lexer_sees(struct lexer *l, char c);

/* Takes this text, or these letters, digits and underscores as a whole word, if they are next. */
bool lexer_take(struct lexer *l, const char *text);
bool lexer_take_word(struct lexer *l, const char *word);
/* The same, and an error where they are not. */
bool lexer_require(struct lexer *l, const char *text);
bool lexer_require_word(struct lexer *l, const char *word);
bool lexer_require_line_end(struct lexer *l);

/* A word, which is not NUL-terminated; empty where there is none. */
size_t lexer_word(struct lexer *l, const char **word);
bool lexer_word_is(const char *word, size_t bytes, const char *text);
/* The index of the next word in a list, in which NULL stands for no word; -1, and nothing taken,
 * where it is not there. */
int lexer_word_index(struct lexer *l, const char *const *words, uint32_t count);

bool lexer_count(struct lexer *l, uint64_t max, uint64_t *out); /* decimal digits */
bool lexer_count_u32(struct lexer *l, uint32_t max, uint32_t *out);
bool lexer_number(struct lexer *l, double *out); /* decimal, finite */
/* A name in quotes, its escapes undone: \", \\, \xHH. Never holds a NUL, but one at its end. */
bool lexer_name(struct lexer *l, char name[LEXER_MAX_NAME + 1]);

#endif
