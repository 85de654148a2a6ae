/* Tokens of a Jinja template. */
#ifndef RLXC_TEMPLATE_LEX_H
#define RLXC_TEMPLATE_LEX_H

#include "compiler/template/template.h"

enum token_type {
    TOKEN_end,
    TOKEN_data, /* text outside of tags, white space around tags cut as the tags say */
    TOKEN_block_begin,
    TOKEN_block_end,
    TOKEN_variable_begin,
    TOKEN_variable_end,
    TOKEN_name,
    TOKEN_integer,
    TOKEN_float,
    TOKEN_string,   /* escapes resolved */
    TOKEN_operator, /* text: its spelling */
};

struct token {
    enum token_type type;
    uint32_t line;
    const char *text;
    uint32_t bytes;
    int64_t integer;
    double real;
};

struct tokens {
    struct token *all; /* the last one is TOKEN_end */
    uint32_t count, capacity;
};

/* False where the source is not a template; `refusal` says why. */
bool template_lex(const char *source, size_t bytes, struct arena *a, struct tokens *out,
                  struct template_refusal *refusal);

#endif
