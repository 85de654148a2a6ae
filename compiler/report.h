/* Reports of a build, for people: which kernels serve which steps, what memory each variant needs,
 * and which types matrices have and had. */
#ifndef RLXC_REPORT_H
#define RLXC_REPORT_H

#include "compiler/pack/artifact.h"

void report_kernels(const struct packed_level *level, uint32_t variant_count, struct text *out);
void report_memory(const struct packed_level *level, const struct packed_variant *variants,
                   uint32_t variant_count, struct text *out);
/* `stored`: the tensors as the file has them, those of the model being what is packed. */
void report_types(const struct model *m, const struct tensor *stored, struct text *out);

#endif
