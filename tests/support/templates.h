/* For tests and fuzz entries: a chat template, compiled and opened. */
#ifndef TESTS_TEMPLATES_H
#define TESTS_TEMPLATES_H

#include "compiler/template/template.h"
#include "runtime/text/chat.h"

#include <stdlib.h>
#include <string.h>

struct chat_template {
    struct arena arena;
    uint8_t *section;
    uint64_t bytes;
    struct template_refusal refusal;
    struct template template;
};

/* What could not be compiled is opened too, and refuses to run. */
static inline struct chat_template *compile_template(const char *text, size_t bytes,
                                                     const struct template_variable *variables,
                                                     uint32_t variable_count)
{
    struct chat_template *t = calloc(1, sizeof *t);
    const struct template_source source = {
        .text = text, .bytes = bytes, .variables = variables, .variable_count = variable_count};

    template_compile(&source, &t->arena, &t->section, &t->bytes, &t->refusal);
    if (template_open(&t->template, t->section, t->bytes, NULL) != RLX_OK)
        abort();
    return t;
}

static inline void free_template(struct chat_template *t)
{
    arena_free(&t->arena);
    free(t);
}

#endif
