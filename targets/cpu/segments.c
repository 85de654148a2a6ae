/* Segments of a run. In: a row and the arguments of its kernel; out: the numbers of its sequence. */
#include "targets/cpu/segments.h"

#include "compiler/lir/arguments.h"

#include <rlx/kernel.h>

#include <stddef.h>

bool has_segments(const struct builder *b, uint32_t row_segments)
{
    return lir_has(b->kernel, row_segments);
}

static LLVMValueRef u32_at(const struct builder *b, LLVMValueRef segment, size_t offset)
{
    LLVMValueRef value = load(b, b->i32, at_number(b, segment, (int64_t)offset), 4);

    return LLVMBuildZExt(b->ir, value, b->i64, "");
}

static LLVMValueRef i64_at(const struct builder *b, LLVMValueRef segment, size_t offset)
{
    return load(b, b->i64, at_number(b, segment, (int64_t)offset), 8);
}

struct segment load_segment(const struct builder *b, uint32_t segments, uint32_t row_segments,
                            LLVMValueRef row)
{
    const bool several = has_segments(b, row_segments);
    LLVMValueRef from = b->args[segments];

    if (several) {
        LLVMValueRef which = load(b, b->i32, at(b, b->args[row_segments], times(b, row, 4)), 4);
        which = LLVMBuildZExt(b->ir, which, b->i64, "");
        from = at(b, from, times(b, which, sizeof(struct rlx_segment)));
    }
    struct segment s = {.state = i64_at(b, from, offsetof(struct rlx_segment, state)),
                        .carried_in = i64_at(b, from, offsetof(struct rlx_segment, carried_in)),
                        .carried_out = i64_at(b, from, offsetof(struct rlx_segment, carried_out)),
                        .past = u32_at(b, from, offsetof(struct rlx_segment, past)),
                        .first_row = i64_number(b, 0),
                        .scratch_position = i64_number(b, 0)};
    if (several) {
        s.first_row = u32_at(b, from, offsetof(struct rlx_segment, first_row));
        s.rows = u32_at(b, from, offsetof(struct rlx_segment, rows));
        s.scratch_position = u32_at(b, from, offsetof(struct rlx_segment, scratch_position));
    } else {
        s.rows = load_dim(b, b->kernel->rows_symbol);
    }
    return s;
}
