/* What the files of decoders share: one function for each block format, which quant_decode.c calls by
 * type. In: a block as model files hold it; out: its elements. */
#ifndef RLXC_QUANT_BLOCKS_H
#define RLXC_QUANT_BLOCKS_H

#include "compiler/base/dtype.h"
#include "compiler/base/float16.h"

#include <string.h>

typedef void quant_decoder(const uint8_t *block, float *out);

static inline uint16_t quant_half(const uint8_t *at)
{
    uint16_t bits;

    memcpy(&bits, at, sizeof bits);
    return bits;
}

/* quant_decode_k.c */
quant_decoder quant_decode_q2_k, quant_decode_q3_k, quant_decode_q4_k, quant_decode_q5_k,
    quant_decode_q6_k, quant_decode_iq4_xs, quant_decode_tq2_0;
/* quant_decode_places.c */
quant_decoder quant_decode_iq1_t3, quant_decode_iq2_t3, quant_decode_iq3_xxs_t4,
    quant_decode_iq3_s_t4;

#endif
