/* rows: picks rows. In: x and indices; out: row r is x[indices[r]]. */
#include "targets/cpu/cpu.h"

void emit_rows(const struct builder *b)
{
    const struct lir_kernel *k = b->kernel;
    uint32_t whole = k->k / LANES * LANES;
    struct loop rows, columns;

    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef index = load(b, b->i32, at(b, b->args[1], times(b, rows.index, 4)), 4);
    index = LLVMBuildZExt(b->ir, index, b->i64, "");
    LLVMValueRef from = at(b, b->args[0], times(b, index, 4 * (int64_t)k->stride[0]));
    LLVMValueRef to = at(b, b->args[2], times(b, rows.index, 4 * (int64_t)k->stride[2]));
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
