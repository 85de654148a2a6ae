/* Where the rows, columns and carried state of a tile stand; see sequence.h. */
#include "targets/cpu/sequence.h"

#include <rlx/kernel.h>

#include <stddef.h>

static LLVMValueRef load_field(const struct builder *b, LLVMValueRef segment, size_t offset,
                               size_t bytes)
{
    LLVMTypeRef type = bytes == 8 ? b->i64 : b->i32;
    LLVMValueRef value = load(b, type, at_number(b, segment, (int64_t)offset), (unsigned)bytes);

    return bytes == 8 ? value : LLVMBuildZExt(b->ir, value, b->i64, "");
}

#define FIELD_OF(segment, name)                                  \
    load_field(b, (segment), offsetof(struct rlx_segment, name), \
               sizeof(((struct rlx_segment *)0)->name))

struct sequence sequence_of(const struct builder *b, LLVMValueRef tile, uint32_t columns,
                            struct sequence_arguments arguments)
{
    const uint32_t tiles = (uint32_t)ceil_div(columns, LANES);
    LLVMValueRef number = LLVMBuildUDiv(b->ir, tile, i64_number(b, tiles), "");
    LLVMValueRef segment =
        at(b, b->args[arguments.segments], times(b, number, sizeof(struct rlx_segment)));
    struct sequence s = {.column_tile = subtract(b, tile, times(b, number, tiles))};

    s.column = times(b, s.column_tile, 4 * LANES);
    if (columns % LANES != 0)
        s.mask =
            lanes_below(b, subtract(b, i64_number(b, columns), times(b, s.column_tile, LANES)));
    if (b->kernel->rows_symbol == SYMBOL_ROWS) {
        s.first = FIELD_OF(segment, first_row);
        s.end = add(b, s.first, FIELD_OF(segment, rows));
    } else {
        s.first = i64_number(b, 0);
        s.end = load_dim(b, b->kernel->rows_symbol);
    }
    s.before = at(b, at(b, b->args[arguments.before], FIELD_OF(segment, carried_in)), s.column);
    s.after = at(b, at(b, b->args[arguments.after], FIELD_OF(segment, carried_out)), s.column);
    return s;
}

LLVMValueRef sequence_load(const struct builder *b, const struct sequence *s, LLVMValueRef from)
{
    return s->mask == NULL ? load_f32x16(b, from) : load_where(b, s->mask, b->f32x16, from);
}

void sequence_store(const struct builder *b, const struct sequence *s, LLVMValueRef value,
                    LLVMValueRef to)
{
    if (s->mask == NULL)
        store(b, value, to, 4);
    else
        store_where(b, s->mask, value, to);
}

LLVMValueRef sequence_row(const struct builder *b, const struct sequence *s, uint32_t argument,
                          LLVMValueRef row)
{
    const int64_t stride = 4 * (int64_t)b->kernel->stride[argument];

    return at(b, at(b, b->args[argument], times(b, row, stride)), s->column);
}
