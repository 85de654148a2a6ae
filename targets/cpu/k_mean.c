/* mean: of the elements of each row. In: x; out: one number per row. */
#include "targets/cpu/norm_quant.h"

void emit_mean(const struct builder *b)
{
    const uint32_t k = b->kernel->mean.k, *stride = b->kernel->stride;
    struct loop rows;

    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef x = at(b, b->args[MEAN_x], times(b, rows.index, 4 * (int64_t)stride[MEAN_x]));
    LLVMValueRef to = at(b, b->args[MEAN_out], times(b, rows.index, 4 * (int64_t)stride[MEAN_out]));
    store(b, LLVMBuildFDiv(b->ir, sum_of_elements(b, x, k), f32_number(b, k), ""), to, 4);
    loop_end(b, &rows, NULL);
}
