/* Packs a part of one weight. In: its expression and layout; out: bytes of the WEIGHTS section. */
#ifndef RLXC_WEIGHT_BYTES_H
#define RLXC_WEIGHT_BYTES_H

#include "compiler/base/build_cache.h"
#include "compiler/pack/weight_plan.h"

/* What one thread keeps from call to call. The caller sets the first two and zeroes the rest. */
struct weight_packer {
    const struct hir_graph *graph;
    struct build_cache *build_cache; /* NULL: none */
    uint8_t *unit;                   /* a unit of which only a part is wanted */
    uint64_t unit_bytes;
    uint8_t *rows; /* ROW_GROUP computed rows */
    uint64_t rows_bytes;
    float *values; /* divisors of a table */
    uint64_t values_bytes;
    struct expression_reader reader; /* it knows of values that a type does not hold */
    const struct tensor *not_finite; /* a vector with values that are not finite; NULL: none */
};

/* Bytes [from, end) of a weight, without what pads it. Maps what it reads of the model's files, and
 * gives the pages back. */
void weight_pack(struct weight_packer *p, const struct packed_weight *w, uint64_t from,
                 uint64_t end, uint8_t *to);
void weight_packer_close(struct weight_packer *p);

#endif
