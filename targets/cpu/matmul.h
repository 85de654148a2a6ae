/* What the two halves of matmul share: matmul_sums.c says what one round over k adds to the sums of
 * a tile, k_matmul.c has the loops around it and what becomes of the sums.
 */
#ifndef RLXC_CPU_MATMUL_H
#define RLXC_CPU_MATMUL_H

#include "targets/cpu/cpu.h"

/* How far ahead of what is read: into all caches, and into all but the first (i64; NULL: not). */
struct looks {
    LLVMValueRef near, far;
};

struct tile {
    const struct builder *b;
    const struct kernel_matmul *k;
    enum layout layout;
    uint32_t groups;
    uint32_t tokens; /* that are computed; activations are packed for k->format.tile_rows */
    LLVMValueRef first_group;              /* i64 */
    LLVMValueRef weights[TILE_MAX_GROUPS]; /* start of each row group */
    LLVMValueRef first_row;                /* i64 */
    LLVMValueRef activations;              /* the packed tile */
    LLVMValueRef rows[TILE_MAX_TOKENS];    /* f32, and all by expert: the rows themselves */
    LLVMValueRef sums[TILE_MAX_SUMS]; /* [groups][tokens]; while i8_row adds: i32x16, else f32x16 */
    LLVMValueRef row_scales[TILE_MAX_GROUPS]; /* f32x16; NULL: the layout has others */
    /* The bytes of each row group that, fetched from the groups of the next tile instead, are this
     * tile's part of looking ahead (i64; more than one token). */
    LLVMValueRef ahead_from, ahead_bytes;
    LLVMValueRef ahead_step; /* i64: bytes from these groups to those of the next tile */
    struct looks ahead_far;  /* of a tile of several tokens, over its part: a single tile looks as
                             * far as one token does, of several each looks `ahead_step` */
    /* By expert: bytes up to the end of a stream of groups (i64), and how far a look goes that
     * passes it. */
    LLVMValueRef ahead_left;
    struct looks ahead_past;
    struct looks looks; /* how far a single tile of tokens looks */
    /* Where a round prefetches lines with each line that it reads: how far ahead. */
    struct looks ahead;
    /* Weights unpacked once for all tiles of tokens: weights[] are then blocks as stage_block
     * leaves them, groups side by side. */
    bool staged;
    LLVMValueRef blocks;                  /* i64: how many are there */
    LLVMValueRef packed[TILE_MAX_GROUPS]; /* the row groups that they come from */
    LLVMValueRef token;     /* i64: which row of a tile the only token is; NULL: the first */
    LLVMValueRef slot;      /* i64, mixed: which of its row the token is */
    LLVMValueRef biases[2]; /* by expert: its biases (gated: then those of up); or NULL */
};

/* k_matmul.c: how far this processor wants a single tile of tokens to look. */
struct looks matmul_looks(const struct builder *b);

/* Bytes that the packed activations of `elements` columns take. */
uint32_t activation_bytes(const struct tile *t, uint32_t elements);

/* Adds `elements` columns from a point on to the sums: `at_weight` and `at_activation` are bytes
 * from the start of the groups and of the activations. */
void sum_elements(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation,
                  uint32_t elements);

/* Of layouts that fold sum_elements adds to sums of a unit, for staged blocks. The sums of a unit
 * times its d, which is in its first block, or those of its minimums times dmin, in its second; and
 * the minimums of a staged block, once its unit is added. */
void add_unit(struct tile *t, LLVMValueRef at_weight, const LLVMValueRef *of_unit, bool minimums);
void add_minimums(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation);

/* matmul_sums.c: where the columns of a token begin, `offset` bytes after the first of its activations,
 * and its place in a packed tile; the sum of an output; looking ahead of elements first..end-1. */
LLVMValueRef columns_at(const struct tile *t, LLVMValueRef offset, uint32_t token);
uint32_t place_of(const struct tile *t, uint32_t token);
LLVMValueRef *sum_at(struct tile *t, uint32_t group, uint32_t token);
void fetch_ahead(const struct tile *t, const struct unit *units, uint32_t first, uint32_t end);

/* matmul_integers.c: what is done with block `index` of units, whose activations are at `offset`. */
typedef void (*block_step)(struct tile *t, const struct unit *units, LLVMValueRef offset,
                           uint32_t index);
void sum_block(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t index);
void sum_folded_block(struct tile *t, const struct unit *units, LLVMValueRef offset,
                      uint32_t index);
void add_block_minimums(struct tile *t, const struct unit *units, LLVMValueRef offset,
                        uint32_t index);
/* Splits units of a layout that folds where that saves steps. */
void split_units(const struct tile *t, struct unit *units);
/* Adds the sums of a unit of a layout that folds, times its d, or of its minimums, times dmin. */
void scale_unit(struct tile *t, const struct unit *units, const LLVMValueRef *of_unit,
                bool minimums);
/* Quads of i8_row. */
void sum_row_quads(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t quads);

/* What the sums begin with; and once all of K is added, activations of i8_row multiply them by what
 * scales a row: f32 from then on. */
void matmul_begin_sums(struct tile *t);
void end_sums(struct tile *t);

/* k_matmul.c: what is done with a tile of groups and tokens. The tile of tokens at `tile` (i64);
 * its part of looking ahead is one of `tiles`; NULL: it has none, and is not summed to the end. */
void matmul_place_tokens(struct tile *t, LLVMValueRef tile, LLVMValueRef rows, LLVMValueRef tiles);
void matmul_sum(struct tile *t); /* adds all of K, or of a stretch that is staged */
void matmul_store(struct tile *t, LLVMValueRef rows);

/* matmul_experts.c: a product by expert. */
void run_experts(const struct builder *b);
/* k_matmul.c: what part of the next groups tile number `tile` of `tiles` (i64) prefetches. */
void matmul_place_ahead(struct tile *t, LLVMValueRef tile, LLVMValueRef tiles);
/* k_matmul.c: the row groups of a tile in one matrix; the epilogue of a row of the result, one of
 * the tokens. */
void matmul_place_weights(struct tile *t, LLVMValueRef matrix, LLVMValueRef tile);
void matmul_store_row(struct tile *t, LLVMValueRef row, uint32_t token);
/* How far a round over so many tiles of groups goes: their number in one matrix. */
uint32_t matmul_group_tiles(const struct kernel_matmul *k);

/* matmul_matrices.c: a tile of groups with all tiles of tokens, as products of matrices. */
void run_matrices(struct tile *t, LLVMValueRef rows);
/* matmul_integers.c: adds what the sums of one token of i8_row should have begun with. */
void matmul_add_starts(struct tile *t);

/* matmul_stage.c: units `first` to `end` (i64) of the tile's groups at `packed`, in blocks at weights[0];
 * a last unit of fewer blocks, at `to`. */
void matmul_stage_units(const struct tile *t, LLVMValueRef first, LLVMValueRef end);
void matmul_stage_rest(const struct tile *t, LLVMValueRef to);
/* A tile of groups, unpacked once, with all tiles of tokens. */
bool matmul_is_staged(const struct tile *t);
void run_staged(struct tile *t, LLVMValueRef rows, LLVMValueRef token_tiles);
/* Where the stack holds all of K at once, the tile's groups are unpacked there once for many sums. */
bool matmul_is_staged_whole(const struct tile *t);
void matmul_stage_whole(struct tile *t);
void sum_staged(struct tile *t); /* t->blocks of them */

#endif
