/* Diagnostics as people see them, for tests that search for words in them. */
#ifndef TESTS_DIAGNOSTICS_H
#define TESTS_DIAGNOSTICS_H

#include "compiler/base/diag.h"

#include <stdio.h>
#include <stdlib.h>

/* All of them, printed; lives in the arena. */
static inline const char *diags_text(const struct diags *d, struct arena *a)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *memory = open_memstream(&text, &bytes);

    diags_print(d, memory);
    fclose(memory);
    const char *copy = arena_text(a, text, bytes);
    free(text);
    return copy;
}

#endif
