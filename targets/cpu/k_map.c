/* map: a formula over matrices and vectors, 16 elements at a time. In: its operands; out: f32 rows.
 */
#include "targets/cpu/cpu.h"

static void map_lanes(const struct builder *b, LLVMValueRef row, LLVMValueRef offset,
                      uint32_t lanes)
{
    const struct lir_kernel *k = b->kernel;
    LLVMValueRef operands[SCALAR_MAX_OPERANDS], value;
    uint32_t out = k->input_count;

    for (uint32_t i = 0; i < k->input_count; i++) {
        LLVMValueRef from = at(b, b->args[i], times(b, row, 4 * (int64_t)k->stride[i]));
        operands[i] = load_f32x16(b, at(b, from, offset));
    }
    value = k->code_bytes > 0 ? scalar_value(b, k->code, k->code_bytes, operands) : operands[0];
    LLVMValueRef to = at(b, b->args[out], times(b, row, 4 * (int64_t)k->stride[out]));
    store_first(b, value, at(b, to, offset), lanes);
}

void emit_map(const struct builder *b)
{
    const struct lir_kernel *k = b->kernel;
    uint32_t whole = k->n / LANES * LANES;
    struct loop rows, columns;

    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    if (whole > 0) {
        loop_begin_counted(b, &columns, 4 * (int64_t)whole, 64, NULL, 0);
        map_lanes(b, rows.index, columns.index, LANES);
        loop_end(b, &columns, NULL);
    }
    if (k->n > whole)
        map_lanes(b, rows.index, i64_number(b, 4 * (int64_t)whole), k->n - whole);
    loop_end(b, &rows, NULL);
}
