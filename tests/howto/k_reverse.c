/* reverse: rows from their end to their beginning. In: x; out: f32 rows.
 * tests/command_line/howto.sh adds this kernel to a copy of the compiler. */
#include "targets/cpu/cpu.h"

void emit_reverse(const struct builder *b)
{
    const struct kernel_reverse *k = &b->kernel->reverse;
    const uint32_t *stride = b->kernel->stride;
    struct loop rows, columns;

    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef from =
        at(b, b->args[REVERSE_x], times(b, rows.index, 4 * (int64_t)stride[REVERSE_x]));
    LLVMValueRef to =
        at(b, b->args[REVERSE_out], times(b, rows.index, 4 * (int64_t)stride[REVERSE_out]));
    loop_begin_counted(b, &columns, 4 * (int64_t)k->k, 4, NULL, 0);
    LLVMValueRef mirrored = subtract(b, i64_number(b, 4 * (int64_t)k->k - 4), columns.index);
    store(b, load(b, b->f32, at(b, from, columns.index), 4), at(b, to, mirrored), 4);
    loop_end(b, &columns, NULL);
    loop_end(b, &rows, NULL);
}
