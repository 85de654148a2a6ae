/* What the two halves of unpacking share: unpack.c has integers, unpack_scales.c their scales. */
#ifndef RLXC_CPU_UNPACK_H
#define RLXC_CPU_UNPACK_H

#include "targets/cpu/cpu.h"

/* Of vectors of integers. */
LLVMValueRef shifted_right(const struct builder *b, LLVMValueRef x, uint32_t bits);
LLVMValueRef masked(const struct builder *b, LLVMValueRef x, uint32_t mask);

/* A staged block is bytes, then scales, then minimums. */
enum { STAGED_INTEGERS = 8 * 64 };
uint32_t staged_scales(enum layout layout);

#endif
