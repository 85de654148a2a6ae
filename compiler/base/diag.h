/* Diagnostics: collects the user's mistakes, each with place, expected, found and a hint. The
 * function that finds a problem reports it once and returns false; its callers return false in
 * silence.
 */
#ifndef RLXC_DIAG_H
#define RLXC_DIAG_H

#include "compiler/base/arena.h"

#include <stdio.h>

enum severity { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

/* What is known of these; zero or NULL otherwise. */
struct place {
    const char *file;      /* model.gguf, graph.hir */
    uint32_t line, column; /* text inputs, from 1 */
    uint64_t offset; /* binary inputs, bytes from the start; printed where `file` is set, line is 0
                        and it is not 0 */
    const char *object; /* tensor, hyper-parameter or node name */
};

struct diag {
    struct diag *next;
    enum severity severity;
    struct place place;
    const char *text;
};

struct diags {
    struct arena *arena;
    struct diag *first, *last;
    uint32_t error_count, warning_count;
    uint32_t max; /* maximum number of errors, and of warnings; later ones are only counted; 0
                      means 20 */
};

/* Records an error and returns false, so that a caller can write
 *     return diag_error(d, at, "expected %u tensors, found %u", …);              */
bool diag_error(struct diags *d, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for functions that take a format themselves. */
bool diag_verror(struct diags *d, struct place at, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
void diag_warning(struct diags *d, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Explains the diagnostic before it. */
void diag_note(struct diags *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints all, one line each: `file:line:column: object: text`. Escapes bytes that are not printable
 * text. */
void diags_print(const struct diags *d, FILE *out);

#endif
