/* Thin helpers over LLVM's builder, for code over vectors of 16 lanes. In: positions and values of
 * the function under construction; out: instructions at its end. Nothing here knows a kernel kind.
 */
#ifndef RLXC_CPU_BUILDER_H
#define RLXC_CPU_BUILDER_H

#include "compiler/lir/lir.h"
#include "targets/cpu/llvm_compat.h"

enum { LANES = 16, LOOP_MAX_CARRIED = 64 };

struct isa;

struct builder {
    const struct isa *isa;
    const struct lir_kernel *kernel;
    /* Names of kernels that may be called for this one: an equal one for ROWS, and one that does
     * for one token what this does for several. NULL: there is none (emit.c). */
    const char *equal, *single;
    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef ir;
    LLVMValueRef function;
    LLVMBasicBlockRef entry; /* holds the allocas */
    LLVMTypeRef i1, i8, i16, i32, i64, f16, f32, pointer;
    LLVMTypeRef f32x16, i32x16;
    LLVMValueRef first_tile, end_tile;
    LLVMValueRef args[LIR_MAX_ARGS]; /* by argument of the kernel's kind; NULL: absent */
    LLVMValueRef dims;
};

LLVMTypeRef vector_of(LLVMTypeRef element, unsigned lanes);

/* Constants. Those of vectors fill all 16 lanes. */
LLVMValueRef i64_number(const struct builder *b, int64_t value);
LLVMValueRef i32_number(const struct builder *b, int64_t value);
LLVMValueRef f32_number(const struct builder *b, double value);
LLVMValueRef f32x16_number(const struct builder *b, double value);
LLVMValueRef i32x16_number(const struct builder *b, int64_t value);
LLVMValueRef filled(LLVMValueRef element, unsigned lanes); /* a constant in every lane */
LLVMValueRef zeros(const struct builder *b);               /* f32x16 */
/* <16 x i1>: lanes below `lanes` are true. */
LLVMValueRef first_lanes(const struct builder *b, uint32_t lanes);
/* The same for a number known at run time (i64; more than 16 counts as 16). */
LLVMValueRef lanes_below(const struct builder *b, LLVMValueRef lanes);

/* i64 arithmetic on addresses and counts. */
LLVMValueRef add(const struct builder *b, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef add_number(const struct builder *b, LLVMValueRef x, int64_t y);
LLVMValueRef subtract(const struct builder *b, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef times(const struct builder *b, LLVMValueRef x, int64_t y);
LLVMValueRef lesser(const struct builder *b, LLVMValueRef x, LLVMValueRef y);  /* signed */
LLVMValueRef greater(const struct builder *b, LLVMValueRef x, LLVMValueRef y); /* signed */
LLVMValueRef tiles_of(const struct builder *b, LLVMValueRef count,
                      uint32_t unit); /* ceil(count / unit) */

/* Memory. Offsets are in bytes. */
LLVMValueRef at(const struct builder *b, LLVMValueRef base, LLVMValueRef offset);
LLVMValueRef at_number(const struct builder *b, LLVMValueRef base, int64_t offset);
LLVMValueRef load(const struct builder *b, LLVMTypeRef type, LLVMValueRef from, unsigned align);
LLVMValueRef load_dim(const struct builder *b, uint32_t symbol); /* i64 */
/* A launch value, at its index in the launch: i32 or f32. */
LLVMValueRef load_value(const struct builder *b, LLVMTypeRef type, uint32_t index);
LLVMValueRef load_f32x16(const struct builder *b, LLVMValueRef from);
/* The first `lanes` (1..16, or fewer for narrower vectors) elements; nothing beyond is touched,
 * other lanes are zero. */
LLVMValueRef load_first(const struct builder *b, LLVMTypeRef type, LLVMValueRef from,
                        uint32_t lanes);
/* Lanes whose mask is false are zero, and nothing of them is touched. */
LLVMValueRef load_where(const struct builder *b, LLVMValueRef mask, LLVMTypeRef type,
                        LLVMValueRef from);
void store(const struct builder *b, LLVMValueRef value, LLVMValueRef to, unsigned align);
void store_first(const struct builder *b, LLVMValueRef value, LLVMValueRef to, uint32_t lanes);
void store_where(const struct builder *b, LLVMValueRef mask, LLVMValueRef value, LLVMValueRef to);
LLVMValueRef stack_array(const struct builder *b, uint64_t bytes); /* 64-byte aligned */
/* Into all caches, or all but the first (LLVM's numbers). */
enum caches { CACHES_all = 3, CACHES_outer = 2 };
void prefetch_into(const struct builder *b, enum caches caches, LLVMValueRef from);
static inline void prefetch(const struct builder *b, LLVMValueRef from)
{
    prefetch_into(b, CACHES_all, from);
}
/* How far ahead this processor wants weights prefetched (rlx_launch.ahead; i64). */
LLVMValueRef load_ahead(const struct builder *b, enum caches caches);

/* Values. */
LLVMValueRef broadcast(const struct builder *b, LLVMValueRef scalar);
LLVMValueRef element(const struct builder *b, LLVMValueRef vector, unsigned lane);
LLVMValueRef cast(const struct builder *b, LLVMValueRef value,
                  LLVMTypeRef type); /* the same bits */
LLVMValueRef shuffled(const struct builder *b, LLVMValueRef x, LLVMValueRef y, const int *lanes,
                      unsigned count);
LLVMValueRef joined(const struct builder *b, LLVMValueRef low, LLVMValueRef high);
LLVMValueRef fma16(const struct builder *b, LLVMValueRef x, LLVMValueRef y,
                   LLVMValueRef z); /* x * y + z, rounded once */
LLVMValueRef maximum(const struct builder *b, LLVMValueRef x, LLVMValueRef y); /* f32, any width */
LLVMValueRef minimum(const struct builder *b, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef absolute(const struct builder *b, LLVMValueRef x);
LLVMValueRef square_root(const struct builder *b, LLVMValueRef x);
LLVMValueRef widened(const struct builder *b,
                     LLVMValueRef halves); /* <n x i16> f16 bits to <n x float> */
/* The reverse, nearest even; beyond 65504: that, with the sign of x. */
LLVMValueRef narrowed(const struct builder *b, LLVMValueRef x);
LLVMValueRef intrinsic(const struct builder *b, const char *name, LLVMTypeRef overload,
                       LLVMValueRef *arguments, unsigned count);
/* Sum and maximum of 16 lanes as scalars, halves folded onto each other: 8, 4, 2, 1. */
LLVMValueRef sum_of_lanes(const struct builder *b, LLVMValueRef x);
LLVMValueRef maximum_of_lanes(const struct builder *b, LLVMValueRef x);
/* The larger of non-negative numbers. Compares them as integers, so that NaN is the largest and is
 * not lost; of 16 lanes. */
LLVMValueRef greater_magnitude(const struct builder *b, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef magnitude_of_lanes(const struct builder *b, LLVMValueRef x);

/* Loops over an i64 index. Values in `carried` change from round to round: loop_begin replaces them
 * by their values in this round, loop_end takes the values for the next round and replaces them by
 * those after the last. */
struct loop {
    LLVMBasicBlockRef head, body, exit;
    LLVMValueRef index, end;
    int64_t step;
    uint32_t count;
    LLVMValueRef phis[LOOP_MAX_CARRIED];
    bool runs; /* at least once: tested at the end only */
};
void loop_begin(const struct builder *b, struct loop *l, LLVMValueRef from, LLVMValueRef to,
                int64_t step, LLVMValueRef *carried, uint32_t count);
/* 0, step, 2 * step, … below `to`, which is above 0. */
void loop_begin_counted(const struct builder *b, struct loop *l, int64_t to, int64_t step,
                        LLVMValueRef *carried, uint32_t count);
void loop_end(const struct builder *b, struct loop *l, LLVMValueRef *carried);
/* The same, and the index of the next round is `next` in place of one step more. */
void loop_end_at(const struct builder *b, struct loop *l, LLVMValueRef next, LLVMValueRef *carried);

/* Code that runs only where a condition holds. */
LLVMBasicBlockRef when_begin(const struct builder *b, LLVMValueRef condition);
/* The same where that is rare: other code has the registers. */
LLVMBasicBlockRef rarely_begin(const struct builder *b, LLVMValueRef condition);
void when_end(const struct builder *b, LLVMBasicBlockRef after);

#endif
