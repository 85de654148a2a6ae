/* The memory of a sequence that outlives a run: K and V caches of every layer, at their final
 * address and size. Reserved whole, committed by the system page by page as rows are first written.
 */
#ifndef RLX_RUNTIME_STATE_H
#define RLX_RUNTIME_STATE_H

#include "rlx/artifact.h"
#include "rlx/rlx.h"

/* Zeroed memory that costs nothing until it is touched; at least 64-byte aligned. NULL: the system
 * refuses. */
void *memory_reserve(uint64_t bytes);
void memory_release(void *at, uint64_t bytes);

/* Rows 0 .. row_count-1 of one state as [row][kv_head][head_dim] in f32. `home` is the start of the
 * state home. */
void state_export(const uint8_t *home, const struct rlx_state_entry *state, float *rows,
                  size_t row_count);

#endif
