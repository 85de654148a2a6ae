/* What a vocabulary's pipeline does, in words. */
#ifndef RLXC_DESCRIBE_TOKENIZER_H
#define RLXC_DESCRIBE_TOKENIZER_H

#include "compiler/base/out.h"
#include "compiler/import/vocabulary.h"

/* Adds lines that each end with '\n': the model, each step, decoding, what stands around a text,
 * and whether the build compared the result with its description (`checked`). Expressions of more
 * than 600 bytes are cut, and bytes that do not print are escaped. */
void tokenizer_describe(const struct vocabulary *v, bool checked, struct text *out);

#endif
