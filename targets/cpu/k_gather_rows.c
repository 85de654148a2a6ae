/* gather_rows: picks rows. In: x and indices; out: row r is x[indices[r]]. */
#include "targets/cpu/cpu.h"

void emit_gather_rows(const struct builder *b)
{
    const struct kernel_gather_rows *k = &b->kernel->gather_rows;
    const uint32_t *stride = b->kernel->stride;
    uint32_t whole = k->k / LANES * LANES;
    struct loop rows, columns;

    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef index =
        load(b, b->i32, at(b, b->args[GATHER_ROWS_indices], times(b, rows.index, 4)), 4);
    index = LLVMBuildZExt(b->ir, index, b->i64, "");
    LLVMValueRef from =
        at(b, b->args[GATHER_ROWS_x], times(b, index, 4 * (int64_t)stride[GATHER_ROWS_x]));
    LLVMValueRef to =
        at(b, b->args[GATHER_ROWS_out], times(b, rows.index, 4 * (int64_t)stride[GATHER_ROWS_out]));
    if (whole > 0) {
        loop_begin_counted(b, &columns, 4 * (int64_t)whole, 64, NULL, 0);
        store(b, load_f32x16(b, at(b, from, columns.index)), at(b, to, columns.index), 4);
        loop_end(b, &columns, NULL);
    }
    if (k->k > whole) {
        LLVMValueRef last = load_f32x16(b, at_number(b, from, 4 * (int64_t)whole));
        store_first(b, last, at_number(b, to, 4 * (int64_t)whole), k->k - whole);
    }
    loop_end(b, &rows, NULL);
}
