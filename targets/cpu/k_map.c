/* map: a formula over matrices and vectors, 16 elements at a time. In: its operands; out: f32 rows.
 */
#include "targets/cpu/cpu.h"

static void map_lanes(const struct builder *b, LLVMValueRef row, LLVMValueRef offset,
                      uint32_t lanes)
{
    const struct scalar_code *code = &b->kernel->map.code;
    const uint32_t *stride = b->kernel->stride, count = lir_operand_count(b->kernel);
    LLVMValueRef operands[SCALAR_MAX_OPERANDS], value;

    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef from =
            at(b, b->args[MAP_operand + i], times(b, row, 4 * (int64_t)stride[MAP_operand + i]));
        operands[i] = load_operand(b, i, from, offset);
    }
    value = code->bytes > 0 ? scalar_value(b, code, operands) : operands[0];
    LLVMValueRef to = at(b, b->args[MAP_out], times(b, row, 4 * (int64_t)stride[MAP_out]));
    store_first(b, value, at(b, to, offset), lanes);
}

void emit_map(const struct builder *b)
{
    const struct kernel_map *k = &b->kernel->map;
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
