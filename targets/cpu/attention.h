/* Shared by the kernels that touch K and V: k_kv_write.c, k_attention.c. Not for others.
 */
#ifndef RLXC_CPU_ATTENTION_H
#define RLXC_CPU_ATTENTION_H

#include "targets/cpu/cpu.h"

/* k_kv_write.c: where the state of argument `arg` begins for a row: batched kernels add what their
 * argument `offsets` (row_states) says. */
LLVMValueRef row_state(const struct builder *b, uint32_t arg, uint32_t offsets, LLVMValueRef row);

#endif
