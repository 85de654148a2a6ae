/* Encoders that search for scales (quant_search.h). In: values, and the importance of each or NULL;
 * out: blocks. */
#ifndef RLXC_QUANT_ENCODERS_H
#define RLXC_QUANT_ENCODERS_H

#include "compiler/base/dtype.h"

/* `count` values of any type that has such an encoder; false: it has none. quant_encode_32.c */
bool quant_encode_searched(enum dtype dtype, const float *values, const float *importance,
                           uint64_t count, uint8_t *out);
/* Formats of 256. quant_encode_k.c */
void quant_encode_k(enum dtype dtype, const float *values, const float *importance, uint64_t count,
                    uint8_t *out);

#endif
