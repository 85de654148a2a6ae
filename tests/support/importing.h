/* A model being imported by a test, with the arena, strings and diagnostics it needs; and checks of
 * what an error says. */
#ifndef TESTS_IMPORTING_H
#define TESTS_IMPORTING_H

#include "compiler/import/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct importing {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
};

static inline void importing_open(struct importing *i)
{
    memset(i, 0, sizeof *i);
    strings_init(&i->strings, &i->arena);
    i->diags.arena = &i->arena;
    i->model.arena = &i->arena;
    i->model.strings = &i->strings;
}

static inline bool importing_read(struct importing *i, const char *path, bool vocabulary_only)
{
    const struct import_options options = {.vocabulary_only = vocabulary_only};

    importing_open(i);
    bool good = import_model(path, &options, &i->model, &i->diags);
    if (good != (i->diags.error_count == 0)) {
        fprintf(stderr, "%s: the result does not agree with %u errors\n", path,
                i->diags.error_count);
        abort();
    }
    return good;
}

static inline void importing_close(struct importing *i)
{
    model_close(&i->model);
    arena_free(&i->arena);
}

/* True where one error names a file and the object (NULL: any), says what it expected and found,
 * and contains the text. */
static inline bool importing_said(const struct importing *i, const char *object, const char *text)
{
    for (const struct diag *d = i->diags.first; d != NULL; d = d->next)
        if (d->severity == DIAG_ERROR && d->place.file != NULL &&
            strstr(d->text, "expected") != NULL && strstr(d->text, "found") != NULL &&
            strstr(d->text, text) != NULL &&
            (object == NULL || (d->place.object != NULL && strcmp(d->place.object, object) == 0)))
            return true;
    fprintf(stderr, "no error about '%s' says '%s'; said was:\n",
            object == NULL ? "anything" : object, text);
    diags_print(&i->diags, stderr);
    return false;
}

#endif
