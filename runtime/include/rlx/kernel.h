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
    RLX_DIM_KEYS,      /* positions of the longest sequence of the run, including its new rows */
    RLX_DIM_COUNT = 16 /* the rest: the model's own symbols, and row counts derived from them */
};

/* The part of a run that belongs to one sequence: rows first_row .. first_row + rows - 1 of ROWS,
 * which follow `past` positions that its states hold. A run has BATCH segments, which follow each
 * other without gaps. A kernel whose rows are not ROWS knows one segment, the first, of all its
 * rows, and takes from it no more than the three distances. */
struct rlx_segment {
    int64_t state;                   /* bytes that are added to addresses of the home STATE, */
    int64_t carried_in, carried_out; /* and of these homes */
    uint32_t first_row, rows, past;
    uint32_t scratch_position; /* where its rows begin in a state of this run alone: a multiple of
                                  64. The segments before have round_up(rows, 64) positions each */
    uint32_t reserved[6];      /* 0 */
};
_Static_assert(sizeof(struct rlx_segment) == 64, "one cache line");

/* How far ahead of what it reads a kernel prefetches weights that come from memory, in bytes: into
 * all caches, and into all but the first. 0: not at all. Numbers of the processor; no result
 * depends on them. */
struct rlx_ahead {
    uint32_t near, far;
};

struct rlx_launch {
    void *const *args;   /* addresses: inputs, then outputs, in the order of the kernel's kind;
                             64-byte aligned unless a view of a row */
    const int64_t *dims; /* sizes of this run, by rlx_dim */
    uint32_t values[RLX_LAUNCH_VALUES]; /* numbers of this step, bits of u32 or f32, in the order of
                                           the kernel's kind; zero after the last */
    struct rlx_ahead ahead;
};
_Static_assert(sizeof(void *) != 8 || sizeof(struct rlx_launch) == 72, "known to generated code");

typedef void (*rlx_kernel_fn)(const struct rlx_launch *launch, uint64_t first_tile,
                              uint64_t end_tile);

#endif
