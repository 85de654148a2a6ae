/* Shared by the files that read the text form of programs (lir_parse.c, lir_parse_interface.c,
 * lir_parse_kernel.c).
 * Private to them. */
#ifndef RLXC_LIR_PARSE_PARTS_H
#define RLXC_LIR_PARSE_PARTS_H

#include "compiler/base/lexer.h"
#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

#define MAX_BYTES ((uint64_t)1 << 50)

struct parser {
    struct lexer lexer;
    struct lir_program *program;
    uint32_t *kernels; /* by number in the text: index in program->kernels; UINT32_MAX: an error */
    uint32_t kernel_count, kernel_capacity;
    bool has_lm_head;
};

/* NAME=: false and nothing taken where the next word is another one. */
bool take_key(struct lexer *l, const char *name);
/* NAME=, NAME=NUMBER, or an error. */
bool require_key(struct lexer *l, const char *name);
bool require_count(struct lexer *l, const char *name, uint32_t max, uint32_t *out);
int take_symbol(struct lexer *l); /* -1: the next word is none */
/* b12, k3: a number below `end`, and of a buffer not 0. */
bool parse_id(struct lexer *l, char letter, uint32_t end, uint32_t *out);
/* The number of a new one: they follow each other. */
bool parse_next(struct lexer *l, char letter, uint32_t next);
bool parse_name(struct parser *p, str_id *out);

/* A line after its first word. */
bool parse_variant(struct parser *p);
bool parse_upper(struct parser *p);
bool parse_homes(struct parser *p);
bool parse_slot(struct parser *p);
bool parse_io(struct parser *p);
bool parse_segments(struct parser *p, buf_id *out);
bool parse_kernel(struct parser *p);
bool parse_step(struct parser *p);

#endif
