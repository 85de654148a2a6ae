/* What the files of this target share: the target's seam by machine, one emitter per kernel kind,
 * unpacking of weights, mathematics, formulas, and the linker of flat images.
 */
#ifndef RLXC_CPU_CPU_H
#define RLXC_CPU_CPU_H

#include "targets/cpu/isa.h"

enum {
    TILE_MAX_GROUPS = 8,
    TILE_MAX_TOKENS = 16,
    TILE_MAX_SUMS = 48,
    HEAD_DIM_MAX = 512,
    EXPERTS_MAX = 1024
};

/* The body of a kernel: from the builder's position, which ends after it. */
#define KERNEL(kind, KIND, title) void emit_##kind(const struct builder *b);
#include "compiler/lir/kernel_kinds.def"

/* math.c: f32x16 in and out. */
LLVMValueRef math_exp(const struct builder *b, LLVMValueRef x);
LLVMValueRef math_tanh(const struct builder *b, LLVMValueRef x);
LLVMValueRef math_erf(const struct builder *b, LLVMValueRef x);

/* k_norm_quant.c: of k elements of f32 at x. Four running sums of 16 lanes, so that additions do
 * not wait for each other; a fixed order. */
LLVMValueRef sum_of_squares(const struct builder *b, LLVMValueRef x, uint32_t k);

/* scalar_ll.c: the value of a formula over 16 lanes, and those lanes of its operand i at `offset`
 * (bytes) of the row at `row`: of a column, its one value. */
LLVMValueRef scalar_value(const struct builder *b, const struct scalar_code *code,
                          const LLVMValueRef *operands);
LLVMValueRef load_operand(const struct builder *b, uint32_t i, LLVMValueRef row,
                          LLVMValueRef offset);

/* unpack.c: a unit (layout.def) of a row group. Values have 16 lanes, one for each row; scales and
 * minimums can be had of a single row as well. `element` and `quad` count from the unit's start. */
struct unit {
    enum layout layout;
    LLVMValueRef at;
    LLVMValueRef row;  /* i64; NULL: all 16 rows */
    LLVMValueRef step; /* i64, 0..3: so many blocks of 32 further on than `element`, `quad` and
                          `block` say, which then count from a fourth one; NULL: none */
    LLVMValueRef
        row_scales; /* f32x16: of a layout that scales rows; of one row, where `row` says so */
    LLVMValueRef d, minus_dmin; /* f32x16: of all its blocks (unpack_head); NULL: loaded for each */
    bool staged;        /* `at` is one block as stage_block left it: element, quad and block count
                          from its start */
    bool folded;        /* quads are multiplied by the scales of their parts, as staged ones are */
    bool unbiased;      /* bytes of quads are less the bias, with signs */
    bool in_place;      /* of 2 bits: quads of second halves of blocks are 4 times as large */
    LLVMValueRef split; /* unpack_split: where its scales and minimums are apart; NULL: nowhere */
};
LLVMValueRef unpack_e4m3(const struct builder *b, LLVMValueRef bytes);
LLVMValueRef unpack_element(const struct builder *b, const struct unit *u, uint32_t element);
/* Where row group `group` (i64) of a matrix of k columns begins. */
LLVMValueRef row_group_at(const struct builder *b, LLVMValueRef matrix, enum layout layout,
                          uint64_t k, LLVMValueRef group);
/* The scales of a row group whose layout has one for each row, or of one of its rows in all lanes
 * (row: i64; NULL: all); NULL: the layout has others. `group`: its first unit. */
LLVMValueRef unpack_row_scales(const struct builder *b, enum layout layout, LLVMValueRef group,
                               LLVMValueRef row);
/* Loads what all blocks of a unit share, once for those that follow. */
void unpack_head(const struct builder *b, struct unit *u);
/* What the integers of a block of 32 are multiplied by (part: of its first or second 16, where
 * those differ), and what is then added to each (layout_has_minimum). */
LLVMValueRef unpack_scale(const struct builder *b, const struct unit *u, uint32_t block,
                          uint32_t part);
LLVMValueRef unpack_minimum(const struct builder *b, const struct unit *u, uint32_t block,
                            uint32_t part);
/* Of layouts that fold: d of the unit, and the integer that a part of a block is multiplied by besides
 * (i32x16; NULL: none, as in staged and folded weights), or of split units 256 times it (1024
 * times in first parts) as both words of a lane. */
LLVMValueRef unpack_d(const struct builder *b, const struct unit *u);
LLVMValueRef unpack_multiplier(const struct builder *b, const struct unit *u, uint32_t block,
                               uint32_t part);
LLVMValueRef unpack_multiplier_words(const struct builder *b, const struct unit *u, uint32_t block,
                                     uint32_t part);
/* Stores the scales and minimums of a unit of q2_k apart, once for all its blocks. */
enum { SPLIT_BYTES = 2 * 256 };
void unpack_split(const struct builder *b, struct unit *u, LLVMValueRef to);
/* The minimum of a part is the product of the two. */
LLVMValueRef unpack_dmin(const struct builder *b, const struct unit *u);
LLVMValueRef unpack_integer_minimum(const struct builder *b, const struct unit *u, uint32_t block,
                                    uint32_t part);
/* Four consecutive elements of each row as stored (before the bias, unless `unbiased`): one vector of 64 bytes; or as
 * operands of a dot product of words, two of 32 x i16, elements 0 and 2 of each row, then 1 and 3. */
LLVMValueRef unpack_quad(const struct builder *b, const struct unit *u, uint32_t quad);
void unpack_quad_words(const struct builder *b, const struct unit *u, uint32_t quad,
                       LLVMValueRef out[2]);
/* A block of a quantized layout as 8 vectors of bytes, its scales and its minimums as f32: stored in
 * staged_bytes() at `to`, 64-byte aligned. The same for all layouts but for how many scales; of
 * those that fold, bytes are multiplied by their scales, and d follows, or dmin in odd blocks. */
uint32_t staged_bytes(enum layout layout);
void stage_block(const struct builder *b, const struct unit *u, uint32_t block, LLVMValueRef to);
/* The same as 16 lines of pairs of bf16: elements 2 i and 2 i + 1 of each row. */
void stage_bf16_block(const struct builder *b, const struct unit *u, uint32_t block,
                      LLVMValueRef to);
/* Where a quad's integers stand: byte 4 * row of the 64 at `low`, the lower `low_bits` from bit
 * low_bit of each byte on, and `high_bits` others from bit high_bit of those at `high` on. */
struct bits_place {
    uint32_t low, low_bit, low_bits, high, high_bit, high_bits;
};
struct bits_place unpack_place(enum layout layout, uint32_t quad);
/* Stored integers, a byte each in words of any type, become values of the layout's table plus the
 * bias, where it has a table. */
LLVMValueRef unpack_looked_up(const struct builder *b, enum layout layout, LLVMValueRef x);

/* matmul_stage.c: whether the stack holds the staged weights of so many row groups. Products by expert
 * stage them whole or not at all. */
bool matmul_stage_holds(enum layout layout, uint32_t groups, uint32_t k);

/* matmul_matrices.c: activations for registers that hold matrices, [columns][row]: so many columns of 16
 * rows at a time, where other tiles have a few of all rows side by side. */
bool act_is_matrix(const struct act_format *f);
uint32_t act_matrix_columns(const struct act_format *f, uint32_t k);
/* Products that multiply matrices; those that could. */
bool matmul_uses_matrices(const struct lir_kernel *k);
bool matmul_takes_matrices(enum act act, enum layout layout, uint32_t k);

/* image.c: links relocatable objects, each with one global function, into one flat image. */
struct object {
    const char *name; /* of its function, by which others may call it */
    const uint8_t *data;
    uint64_t bytes;
};
bool image_link(const struct machine *machine, const struct object *objects, uint32_t count,
                struct arena *a, struct target_code *out, struct diags *d);

/* The questions of struct target, by machine instead of by level. */
bool cpu_accepts(const struct isa *isa, const struct lir_kernel *k, struct diags *d); /* accept.c */
struct tile_choice cpu_choose_tile(const struct isa *isa,
                                   const struct tile_request *request);           /* tiles.c */
struct target_speed cpu_speed(const struct isa *isa, const struct lir_kernel *k); /* speed.c */
bool cpu_emit(const struct isa *isa, const struct lir_kernel *kernels, uint32_t count,
              uint32_t threads, const struct target_dump *dump, struct arena *a,
              struct target_code *out, struct diags *d); /* emit.c */

/* Bytes of stack that the attention of this tile needs. */
uint64_t attention_stack_bytes(const struct isa *isa, const struct kernel_attention *k);

#endif
