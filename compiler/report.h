/* Reports of a build, for people: the kernels and how many steps use each, the memory of each
 * variant, and the tokenizer. */
#ifndef RLXC_REPORT_H
#define RLXC_REPORT_H

#include "compiler/pack/artifact.h"

void report_kernels(const struct packed_level *level, uint32_t variant_count, struct text *out);
void report_memory(const struct packed_level *level, const struct packed_variant *variants,
                   uint32_t variant_count, struct text *out);
void report_tokenizer(const struct vocabulary *v, bool checked, struct text *out);

#endif
