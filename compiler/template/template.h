/* Chat templates, compiled: Jinja source becomes the TEMPLATE section of an artifact
 * (rlx/template_format.h), which the runtime's machine executes. The language is Jinja 3.1 as
 * Hugging Face transformers sets it up for chats.
 *
 * lex.c: source → tokens. parse*.c: tokens → tree. emit*.c: tree → code. section.c: code, constants
 * and Unicode tables → bytes.
 */
#ifndef RLXC_TEMPLATE_H
#define RLXC_TEMPLATE_H

#include "compiler/base/arena.h"

/* A variable that conversations see unless they say otherwise: bos_token and its kin. */
struct template_variable {
    const char *name, *value; /* end with NULs */
};

struct template_source {
    const char *text; /* Jinja, UTF-8 */
    size_t bytes;
    const char *tool_text; /* of conversations that have tools, where they have one of their own */
    size_t tool_bytes;
    const struct template_variable *variables;
    uint32_t variable_count;
};

/* Why a template could not be compiled. */
struct template_refusal {
    uint32_t line; /* from 1; 0: compiled */
    const char *reason;
};

/* Makes the section, in `a`, aligned to 8 bytes. A template that cannot be compiled gives a section
 * without code that says why, and false. */
bool template_compile(const struct template_source *source, struct arena *a, uint8_t **section,
                      uint64_t *bytes, struct template_refusal *refusal);

#endif
