/* Which sequence a row belongs to: struct rlx_segment of rlx/kernel.h, for the kernels that know
 * sequences. */
#ifndef RLXC_CPU_SEGMENTS_H
#define RLXC_CPU_SEGMENTS_H

#include "targets/cpu/builder.h"

struct segment { /* i64 each */
    LLVMValueRef state, carried_in, carried_out;
    LLVMValueRef first_row, rows, past, scratch_position;
};

/* Whether the rows of this kernel may be of several segments: it has this argument. */
bool has_segments(const struct builder *b, uint32_t row_segments);
/* The segment of a row, by the arguments of these numbers. Where all rows are of the first segment,
 * it has them all, and `row` may be NULL. */
struct segment load_segment(const struct builder *b, uint32_t segments, uint32_t row_segments,
                            LLVMValueRef row);

#endif
