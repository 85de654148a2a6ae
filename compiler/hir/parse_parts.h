/* Inside the parser of graphs: sizes, shapes, types and attributes (parse_parts.c). */
#ifndef RLXC_PARSE_PARTS_H
#define RLXC_PARSE_PARTS_H

#include "compiler/base/lexer.h"
#include "compiler/hir/hir.h"

enum { PARSE_MAX_SIZES = 4096 /* different sizes in the text */ };

/* Each reads one part, into the sizes of the graph; false after an error. */
bool parse_symbol(struct lexer *l, const struct dims *dims, uint32_t *symbol);
bool parse_shape(struct lexer *l, struct dims *dims, struct hir_shape *shape);
bool parse_dtype(struct lexer *l, enum dtype *dtype);
/* Attributes and name, up to the end of the line, in any order. */
bool parse_rest(struct lexer *l, struct dims *dims, enum hir_op op, struct hir_attr *attr,
                char name[LEXER_MAX_NAME + 1]);

#endif
