/* What the two halves of matmul share: matmul_sums.c says what one round over k adds to the sums of
 * a tile, k_matmul.c has the loops around it and what becomes of the sums.
 */
#ifndef RLXC_CPU_MATMUL_H
#define RLXC_CPU_MATMUL_H

#include "targets/cpu/cpu.h"

struct tile {
    const struct builder *b;
    const struct lir_kernel *k;
    enum layout layout;
    uint32_t groups, tokens;
    LLVMValueRef first_group;              /* i64 */
    LLVMValueRef weights[TILE_MAX_GROUPS]; /* start of each row group */
    LLVMValueRef first_row;                /* i64 */
    LLVMValueRef activations;              /* the packed tile */
    LLVMValueRef rows[TILE_MAX_TOKENS];    /* f32: the rows themselves */
    LLVMValueRef sums[TILE_MAX_SUMS];      /* [groups][tokens] */
    /* The bytes of each row group that, fetched from the groups of the next tile instead, are this
     * tile's part of looking ahead (i64; more than one token). */
    LLVMValueRef ahead_from, ahead_bytes;
};

/* Bytes that the packed activations of `elements` columns take. */
uint32_t activation_bytes(const struct tile *t, uint32_t elements);

/* Adds `elements` columns from a point on to the sums: `at_weight` and `at_activation` are bytes
 * from the start of the groups and of the activations. */
void sum_elements(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation,
                  uint32_t elements);

#endif
