/* What a vocabulary's pipeline does, in words. */
#ifndef RLXC_DESCRIBE_TOKENIZER_H
#define RLXC_DESCRIBE_TOKENIZER_H

#include "compiler/base/out.h"
#include "compiler/import/vocabulary.h"

/* Adds lines that each end with '\n': the model first, then one for each step. Long expressions are
 * cut, and bytes that do not print are escaped. */
void tokenizer_describe(const struct vocabulary *v, struct text *out);

#endif
