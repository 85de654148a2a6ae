/* unfold: rows between rows of zeros. In: x; out: `pad` rows of zeros, x, and `pad` rows of zeros,
 * row after row.
 */
#include "targets/cpu/cpu.h"

/* Zeros in `count` rows of the output from address `to` on. */
static void store_zeros(const struct builder *b, LLVMValueRef to)
{
    const struct kernel_unfold *k = &b->kernel->unfold;
    const uint64_t elements = (uint64_t)k->pad * k->n, whole = elements / LANES * LANES;
    struct loop l;

    if (whole > 0) {
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 4 * LANES, NULL, 0);
        store(b, zeros(b), at(b, to, l.index), 4);
        loop_end(b, &l, NULL);
    }
    if (elements > whole)
        store_first(b, zeros(b), at_number(b, to, 4 * (int64_t)whole),
                    (uint32_t)(elements - whole));
}

static void copy_row(const struct builder *b, LLVMValueRef from, LLVMValueRef to)
{
    const struct kernel_unfold *k = &b->kernel->unfold;
    const uint32_t whole = k->n / LANES * LANES;
    struct loop l;

    if (whole > 0) {
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 4 * LANES, NULL, 0);
        store(b, load_f32x16(b, at(b, from, l.index)), at(b, to, l.index), 4);
        loop_end(b, &l, NULL);
    }
    if (k->n > whole)
        store_first(b, load_f32x16(b, at_number(b, from, 4 * (int64_t)whole)),
                    at_number(b, to, 4 * (int64_t)whole), k->n - whole);
}

void emit_unfold(const struct builder *b)
{
    const struct kernel_unfold *k = &b->kernel->unfold;
    const int64_t row = 4 * (int64_t)k->n, pad = row * k->pad;
    LLVMValueRef out = b->args[UNFOLD_out], rows = load_dim(b, b->kernel->rows_symbol);
    struct loop l;

    loop_begin(b, &l, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef to = at_number(b, at(b, out, times(b, l.index, row)), pad);
    copy_row(b,
             at(b, b->args[UNFOLD_x], times(b, l.index, 4 * (int64_t)b->kernel->stride[UNFOLD_x])),
             to);
    LLVMValueRef next = add_number(b, l.index, 1);
    LLVMBasicBlockRef after =
        when_begin(b, LLVMBuildICmp(b->ir, LLVMIntEQ, l.index, i64_number(b, 0), ""));
    store_zeros(b, out);
    when_end(b, after);
    after = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntEQ, next, rows, ""));
    store_zeros(b, at_number(b, to, row));
    when_end(b, after);
    loop_end(b, &l, NULL);
}
