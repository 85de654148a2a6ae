/* map: a formula over matrices, vectors and columns, 16 elements at a time. In: its operands; out:
 * f32 rows.
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

/* All columns of a row. */
static void map_row(const struct builder *b, LLVMValueRef row)
{
    const struct kernel_map *k = &b->kernel->map;
    const uint32_t whole = k->n / LANES * LANES;
    struct loop columns;

    if (whole > 0) {
        loop_begin_counted(b, &columns, 4 * (int64_t)whole, 64, NULL, 0);
        map_lanes(b, row, columns.index, LANES);
        loop_end(b, &columns, NULL);
    }
    if (k->n > whole)
        map_lanes(b, row, i64_number(b, 4 * (int64_t)whole), k->n - whole);
}

/* tile_columns of a row; the last column tile of a row has what is left. */
static void map_columns(const struct builder *b, LLVMValueRef tile)
{
    const struct kernel_map *k = &b->kernel->map;
    const uint32_t tiles = (uint32_t)ceil_div(k->n, k->tile_columns), whole = k->n / LANES * LANES;
    const int64_t bytes = 4 * (int64_t)k->tile_columns;
    LLVMValueRef row = LLVMBuildUDiv(b->ir, tile, i64_number(b, tiles), "");
    LLVMValueRef column_tile = subtract(b, tile, times(b, row, tiles));
    LLVMValueRef from = times(b, column_tile, bytes);
    LLVMValueRef end = lesser(b, add_number(b, from, bytes), i64_number(b, 4 * (int64_t)whole));
    struct loop columns;

    loop_begin(b, &columns, from, end, 64, NULL, 0);
    map_lanes(b, row, columns.index, LANES);
    loop_end(b, &columns, NULL);
    if (k->n == whole)
        return;
    LLVMBasicBlockRef after =
        when_begin(b, LLVMBuildICmp(b->ir, LLVMIntEQ, column_tile, i64_number(b, tiles - 1), ""));
    map_lanes(b, row, i64_number(b, 4 * (int64_t)whole), k->n - whole);
    when_end(b, after);
}

void emit_map(const struct builder *b)
{
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    if (b->kernel->map.tile_columns == 0)
        map_row(b, tiles.index);
    else
        map_columns(b, tiles.index);
    loop_end(b, &tiles, NULL);
}
