/* The memory of a sequence that outlives a run: K and V caches of every layer, at their final
 * address and size. All of it is reserved, and the system commits each page when a row is first
 * written to it. */
#ifndef RLX_RUNTIME_STATE_H
#define RLX_RUNTIME_STATE_H

#include "runtime/base/artifact_check.h"
#include "runtime/base/kv_layout.h"

/* Zeroed memory that costs nothing until it is touched, aligned to at least 64 bytes. NULL: the
 * system refuses. */
void *memory_reserve(uint64_t bytes);
void memory_release(void *at, uint64_t bytes);

/* Rows first .. first+count-1 of one state, packed as [row][kv_head][head_dim]. `as`: RLX_F32, or
 * the state's own element for unconverted values (RLX_Q8: each head's integers, then its scale).
 * `home` is the start of the state home. */
void state_read(const uint8_t *home, const struct rlx_state_entry *state, uint32_t as, size_t first,
                size_t count, void *rows);
/* The reverse; `rows` NULL: zeros. f16 rounds to nearest, ties to even; RLX_Q8 quantizes f32 as
 * compiled code does. */
void state_write(uint8_t *home, const struct rlx_state_entry *state, uint32_t as, size_t first,
                 size_t count, const void *rows);

/* Copies the first rows of one state from home to home. */
void state_copy(uint8_t *to, const uint8_t *from, const struct rlx_state_entry *state, size_t rows);

static inline size_t state_row_bytes(const struct rlx_state_entry *state, uint32_t as)
{
    size_t scale = as == RLX_Q8 ? 2 : 0;
    return state->heads * (state->width * state_element_bytes(as) + scale);
}

#endif
