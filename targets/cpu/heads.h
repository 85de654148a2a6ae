/* One head of q, K or V on its way into a kernel's memory: shared by k_rope.c, k_append.c and
 * k_kv_write.c. A head is read (and normed), rotated in place, and written as a row of f32, as a key
 * or as a value. The bits do not depend on which of the kernels does it.
 */
#ifndef RLXC_CPU_HEADS_H
#define RLXC_CPU_HEADS_H

#include "targets/cpu/attention.h"
#include "targets/cpu/segments.h"

struct head {
    const struct builder *b;
    struct kernel_rope rotation; /* what is done to a head: all of it but the numbers of heads */
    LLVMValueRef table;          /* row of the rope table: n_rot/2 cosines, n_rot/2 sines */
    LLVMValueRef scratch;        /* f32 [head_dim], room to 16 and 16 more */
    LLVMValueRef halves;         /* the same as f16 bits */
    bool norm_last;              /* the norm of head_turn comes after rope */
};

/* ---- k_rope.c ---- */

struct head head_open(const struct builder *b, const struct kernel_rope *rotation);
/* The row of the table for a position (i64); nothing where the kernel has no table. */
void head_find_angles(struct head *h, uint32_t table, LLVMValueRef position);
/* A head into scratch, normed where `weight` is not NULL; the lanes after its end are zeros. */
void head_read(const struct head *h, LLVMValueRef from, LLVMValueRef weight);
/* A head into scratch: the norm, where `weight` is not NULL, and rope, in the head's order; then
 * perhaps the Hadamard rotation. */
void head_turn(const struct head *h, LLVMValueRef from, LLVMValueRef weight);
void head_write(const struct head *h, LLVMValueRef to);

LLVMValueRef head_row(const struct builder *b, uint32_t arg, LLVMValueRef row); /* of a matrix */
LLVMValueRef head_position(const struct builder *b, uint32_t positions, LLVMValueRef row); /* i64 */
/* Nobody has arrived yet: the counter of a row and kv head (attention with split_kv) is 0. */
void head_clear_counter(const struct builder *b, uint32_t counters, LLVMValueRef row,
                        LLVMValueRef kv_head, uint32_t kv_heads);

/* ---- k_append.c ---- */

/* Where a row's state begins: of its sequence, or of this run alone. */
LLVMValueRef head_state(const struct builder *b, uint32_t arg, const struct segment *s);
/* Where a row stands in it, by the class of the state. `position` may be NULL: row by row. */
LLVMValueRef head_place(const struct builder *b, const struct segment *s, LLVMValueRef row,
                        LLVMValueRef position);
/* One line of each piece of memory that the write of this place touches. */
void head_find_pages(const struct builder *b, LLVMValueRef state, LLVMValueRef head,
                     LLVMValueRef place, bool is_value);
/* What is in scratch, as a key. */
void head_write_key(const struct head *h, LLVMValueRef state, LLVMValueRef head,
                    LLVMValueRef place);
/* A head of V where it stands. */
void head_write_value(const struct head *h, LLVMValueRef from, LLVMValueRef state,
                      LLVMValueRef head, LLVMValueRef place);

#endif
