/* gather_columns: the columns of a matrix in another order. In: x and the order; out: column k of each
 * row is x[order[k]]. Element by element: a gather of vectors is no faster on most processors. */
#include "targets/cpu/cpu.h"

enum { ELEMENTS = 8 }; /* of one round */

static void copy_elements(const struct builder *b, LLVMValueRef order, LLVMValueRef from,
                          LLVMValueRef to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef column = LLVMBuildZExt(
            b->ir, load(b, b->i32, at_number(b, order, 4 * (int64_t)i), 4), b->i64, "");
        store(b, load(b, b->f32, at(b, from, times(b, column, 4)), 4),
              at_number(b, to, 4 * (int64_t)i), 4);
    }
}

void emit_gather_columns(const struct builder *b)
{
    const uint32_t *stride = b->kernel->stride, k = b->kernel->gather_columns.k;
    const uint32_t whole = k / ELEMENTS * ELEMENTS;
    LLVMValueRef order = b->args[GATHER_COLUMNS_order];
    struct loop rows, columns;

    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef from = at(b, b->args[GATHER_COLUMNS_x],
                           times(b, rows.index, 4 * (int64_t)stride[GATHER_COLUMNS_x]));
    LLVMValueRef to = at(b, b->args[GATHER_COLUMNS_out],
                         times(b, rows.index, 4 * (int64_t)stride[GATHER_COLUMNS_out]));
    if (whole > 0) {
        loop_begin_counted(b, &columns, 4 * (int64_t)whole, 4 * ELEMENTS, NULL, 0);
        copy_elements(b, at(b, order, columns.index), from, at(b, to, columns.index), ELEMENTS);
        loop_end(b, &columns, NULL);
    }
    copy_elements(b, at_number(b, order, 4 * (int64_t)whole), from,
                  at_number(b, to, 4 * (int64_t)whole), k - whole);
    loop_end(b, &rows, NULL);
}
