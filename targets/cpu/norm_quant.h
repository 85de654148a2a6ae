/* What the two halves of norm_quant share: k_norm_quant.c reads rows and writes f32 and bf16,
 * norm_quant_blocks.c writes blocks of integers.
 */
#ifndef RLXC_CPU_NORM_QUANT_H
#define RLXC_CPU_NORM_QUANT_H

#include "targets/cpu/cpu.h"

struct row_source {
    LLVMValueRef x, weight; /* start of the row; NULL where there is no norm */
    LLVMValueRef bias;      /* NULL: none */
    LLVMValueRef residual;  /* start of the row; NULL: none */
    LLVMValueRef scale;     /* vector that multiplies the sum; NULL: none */
    LLVMValueRef mean;      /* f32x16: of the row; NULL where the norm is not centered */
    LLVMValueRef factor;    /* f32x16: 1 / sqrt(mean(x^2) + epsilon), of x less the mean */
    LLVMValueRef inside;    /* i1: is there such a row? NULL: yes */
};

/* f32: the sum of the k elements of a row. */
LLVMValueRef sum_of_elements(const struct builder *b, LLVMValueRef x, uint32_t k);

/* y of the 16 elements at `offset` bytes (in f32) of the row; lanes from `lanes` on are zeros. */
LLVMValueRef row_load(const struct builder *b, const struct row_source *s, LLVMValueRef offset,
                      uint32_t lanes);

/* Where byte `offset` (i64) of a row stands in a tile of matrices whose rows are `row_bytes`, a power of
 * two; `to`: where its first byte does. */
LLVMValueRef matrix_at(const struct builder *b, LLVMValueRef to, LLVMValueRef offset,
                       uint32_t row_bytes);

struct norm_quant_part { /* tokens of a tile that are written together */
    struct row_source rows[TILE_MAX_TOKENS];
    uint32_t tokens;
    LLVMValueRef first; /* i64: in the tile; unused where these are all of it */
};

/* norm_quant_blocks.c: part of a tile as i8 or i16, block by block, into the tile at `to`. */
void norm_quant_write_blocks(const struct builder *b, const struct norm_quant_part *part,
                             LLVMValueRef to);
/* A tile as i8_row: one scale and one sum for all of a row, behind its integers. */
void norm_quant_write_tokens(const struct builder *b, const struct norm_quant_part *part,
                             LLVMValueRef to);

#endif
