/* scan: h = a * h + b for the rows of a segment in order, element by element. In: a, b and the
 * carried state before; out: h of every row, and the carried state after.
 */
#include "targets/cpu/sequence.h"

void emit_scan(const struct builder *b)
{
    const struct sequence_arguments arguments = {SCAN_segments, SCAN_before, SCAN_after};
    struct loop tiles, rows;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    struct sequence s = sequence_of(b, tiles.index, b->kernel->scan.n, arguments);
    LLVMValueRef h = sequence_load(b, &s, s.before);
    loop_begin(b, &rows, s.first, s.end, 1, &h, 1);
    LLVMValueRef factor = load_f32x16(b, sequence_row(b, &s, SCAN_a, rows.index));
    LLVMValueRef added = load_f32x16(b, sequence_row(b, &s, SCAN_b, rows.index));
    h = LLVMBuildFAdd(b->ir, LLVMBuildFMul(b->ir, factor, h, ""), added, "");
    sequence_store(b, &s, h, sequence_row(b, &s, SCAN_out, rows.index));
    loop_end(b, &rows, &h);
    sequence_store(b, &s, h, s.after);
    loop_end(b, &tiles, NULL);
}
