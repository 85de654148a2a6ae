/* What the files of this target share: one emitter a kernel kind, unpacking of weights,
 * mathematics, formulas, and the linker of flat images.
 */
#ifndef RLXC_CPU_CPU_H
#define RLXC_CPU_CPU_H

#include "compiler/lir/target.h"
#include "targets/cpu/builder.h"

enum cpu_level { LEVEL_v3, LEVEL_v4, LEVEL_COUNT };
enum { TILE_MAX_GROUPS = 8, TILE_MAX_TOKENS = 16, TILE_MAX_SUMS = 48, HEAD_DIM_MAX = 512 };

/* The body of a kernel: from the builder's position, which is left at the end. */
void emit_embed(const struct builder *b);
void emit_rows(const struct builder *b);
void emit_row(const struct builder *b);
void emit_matmul(const struct builder *b);
void emit_kv_write(const struct builder *b);
void emit_attention(const struct builder *b);
void emit_map(const struct builder *b);

/* math.c: f32x16 in and out. */
LLVMValueRef math_exp(const struct builder *b, LLVMValueRef x);
LLVMValueRef math_tanh(const struct builder *b, LLVMValueRef x);

/* k_row.c: of k elements of f32 at x. Four running sums of 16 lanes, so that additions do not wait
 * for each other; a fixed order. */
LLVMValueRef sum_of_squares(const struct builder *b, LLVMValueRef x, uint32_t k);

/* scalar_ll.c: the value of a formula over 16 lanes. */
LLVMValueRef scalar_value(const struct builder *b, const uint8_t *code, uint32_t code_bytes,
                          const LLVMValueRef *operands);

/* unpack.c: 16 rows of a weight. `unit` points to a unit (layout.def) of a row group; `element` and
 * `quad` count from its start. */
LLVMValueRef unpack_element(const struct builder *b, enum layout layout, LLVMValueRef unit,
                            uint32_t element);
LLVMValueRef unpack_scale(const struct builder *b, LLVMValueRef unit,
                          uint32_t block); /* d of a block of 32 */
LLVMValueRef unpack_minimum(const struct builder *b, LLVMValueRef unit,
                            uint32_t block); /* m, q4_1 */
/* Four consecutive elements of each row as stored (before the bias), as operands of the level's
 * integer dot product. AVX-512: one vector of 64 bytes. AVX2: two of 32 x i16, elements 0 and 2 of
 * each row, then 1 and 3. Returns how many. */
uint32_t unpack_quad(const struct builder *b, enum layout layout, LLVMValueRef unit, uint32_t quad,
                     LLVMValueRef out[2]);

/* image.c: links relocatable objects, each with one global function, into one flat image. */
struct object {
    const uint8_t *data;
    uint64_t bytes;
};
bool image_link(const struct object *objects, uint32_t count, struct arena *a,
                struct target_code *out, struct diags *d);

/* emit.c: struct target's emit. */
bool cpu_emit(uint32_t level, const struct lir_kernel *kernels, uint32_t count, uint32_t threads,
              const struct target_dump *dump, struct arena *a, struct target_code *out,
              struct diags *d);

/* Bytes of stack that the attention of this tile needs. */
uint64_t attention_stack_bytes(uint32_t level, const struct lir_kernel *k);

#endif
