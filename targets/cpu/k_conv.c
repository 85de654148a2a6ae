/* conv: a causal convolution of each column over the rows of a segment. In: x, the weight and the
 * carried rows before; out: a row for each of x, and the rows that what follows begins with.
 *
 * The last k - 1 rows are in registers: each row is read once.
 */
#include "targets/cpu/sequence.h"

enum { TAPS_MAX = 8 };

/* The sum of a row: `tail` are the k - 1 rows before it, the oldest first. */
static LLVMValueRef convolved(const struct builder *b, const LLVMValueRef *weight,
                              const LLVMValueRef *tail, LLVMValueRef newest)
{
    const uint32_t k = b->kernel->conv.k;
    LLVMValueRef sum = zeros(b);

    for (uint32_t j = 0; j < k; j++)
        sum = fma16(b, weight[j], j + 1 < k ? tail[j] : newest, sum);
    return sum;
}

static void emit_tile(const struct builder *b, const struct sequence *s)
{
    const struct kernel_conv *k = &b->kernel->conv;
    const int64_t row_bytes = 4 * (int64_t)k->n;
    const uint32_t kept = k->k - 1;
    LLVMValueRef weight[TAPS_MAX], tail[TAPS_MAX], newest;
    struct unit u = {.layout = k->layout};
    struct loop rows;

    u.at = row_group_at(b, b->args[CONV_weight], k->layout, k->k, s->column_tile);
    for (uint32_t j = 0; j < k->k; j++)
        weight[j] = unpack_element(b, &u, j);
    for (uint32_t j = 0; j < kept; j++)
        tail[j] = sequence_load(b, s, at_number(b, s->before, j * row_bytes));
    loop_begin(b, &rows, s->first, s->end, 1, tail, kept);
    newest = load_f32x16(b, sequence_row(b, s, CONV_x, rows.index));
    sequence_store(b, s, convolved(b, weight, tail, newest),
                   sequence_row(b, s, CONV_out, rows.index));
    for (uint32_t j = 0; j + 1 < kept; j++)
        tail[j] = tail[j + 1];
    tail[kept - 1] = newest;
    loop_end(b, &rows, tail);
    for (uint32_t j = 0; j < kept; j++)
        sequence_store(b, s, tail[j], at_number(b, s->after, j * row_bytes));
}

void emit_conv(const struct builder *b)
{
    const struct sequence_arguments arguments = {CONV_segments, CONV_before, CONV_after};
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    struct sequence s = sequence_of(b, tiles.index, b->kernel->conv.n, arguments);
    emit_tile(b, &s);
    loop_end(b, &tiles, NULL);
}
