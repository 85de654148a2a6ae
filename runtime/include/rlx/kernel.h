/* The calling interface of generated code: everything that a kernel sees. Stands alone; the
 * compiler and the runtime include it. A kernel computes the tiles first_tile .. end_tile-1 of one
 * step. It imports nothing, allocates nothing, and uses at most RLX_KERNEL_STACK_BYTES of stack.
 */
#ifndef RLX_KERNEL_H
#define RLX_KERNEL_H

#include <stdint.h>

#define RLX_KERNEL_STACK_BYTES (192 * 1024)
#define RLX_LAUNCH_VALUES 12

/* Indices into rlx_launch.dims. */
enum rlx_dim {
    RLX_DIM_BATCH,
    RLX_DIM_SEQ,
    RLX_DIM_ROWS,
    RLX_DIM_PAST_SEQ,
    RLX_DIM_OUT_ROWS,
    RLX_DIM_KEYS, /* positions of the longest sequence of the run, including its new rows */
    RLX_DIM_COUNT = 8
};

struct rlx_launch {
    void *const *args;   /* addresses: inputs, then outputs, in the order of the kernel's kind;
                             64-byte aligned unless a view of a row */
    const int64_t *dims; /* sizes of this run, by rlx_dim */
    uint32_t values[RLX_LAUNCH_VALUES]; /* numbers of this step, bits of u32 or f32, in the order of
                                           the kernel's kind; zero after the last */
};
_Static_assert(sizeof(struct rlx_launch) == 64, "one cache line");

/* One sequence's part of a run. Row r of the run, counted in rows of ROWS, belongs to the segment with
 * first_row <= r < first_row + rows. */
struct rlx_segment {
    int64_t state;                   /* bytes added to addresses of the home `state` */
    int64_t carried_in, carried_out; /* the same for the homes of these names */
    uint32_t first_row, rows, past;
    uint32_t scratch_position; /* the first position in a scratch state */
    uint32_t reserved[6];
};
_Static_assert(sizeof(struct rlx_segment) == 64, "one cache line");

typedef void (*rlx_kernel_fn)(const struct rlx_launch *launch, uint64_t first_tile,
                              uint64_t end_tile);

#endif
