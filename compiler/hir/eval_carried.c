/* The meaning of ops over rows that stand one after the other: windows of rows, recurrences,
 * convolutions. In: values of the operands, the states before the run; out: the node's value, the
 * states after the run. */
#include "compiler/hir/eval.h"

#include <math.h>
#include <string.h>

void eval_unfold(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    hir_id from = hir_operand(e->graph, id, 0);
    const float *x = eval_value(e, from);
    uint64_t rows = eval_axis(e, from, 0), width = eval_axis(e, from, 1);
    uint64_t kernel = attr->unfold.kernel, pad = attr->unfold.pad;

    for (uint64_t i = 0, end = eval_axis(e, id, 0) * kernel; i < end; i++) {
        uint64_t row = i / kernel * attr->unfold.stride + i % kernel; /* pad rows too far */
        float *to = out + i * width;
        memset(to, 0, width * sizeof *to);
        if (row >= pad && row - pad < rows)
            memcpy(to, x + (row - pad) * width, width * sizeof *to);
    }
}

void eval_scan(struct hir_eval *e, hir_id id, float *out)
{
    const float *a = eval_operand(e, id, 1), *b = eval_operand(e, id, 2);
    float *state = eval_state(e, hir_operand(e->graph, id, 0));
    uint64_t rows = eval_axis(e, id, 0), width = eval_axis(e, id, 1);

    for (uint64_t row = 0; row < rows; row++) {
        float *h = state + eval_place(e, id, row).item * width;
        for (uint64_t i = 0; i < width; i++) {
            float kept = a[row * width + i] * h[i];
            out[row * width + i] = h[i] = kept + b[row * width + i];
        }
    }
}

void eval_conv(struct hir_eval *e, hir_id id, float *out)
{
    const float *x = eval_operand(e, id, 1), *weight = eval_operand(e, id, 2);
    float *state = eval_state(e, hir_operand(e->graph, id, 0));
    uint64_t rows = eval_axis(e, id, 0), width = eval_axis(e, id, 1);
    uint64_t kernel = eval_axis(e, hir_operand(e->graph, id, 2), 1), before = kernel - 1;

    for (uint64_t row = 0; row < rows; row++) {
        float *last = state + eval_place(e, id, row).item * before * width; /* oldest row first */
        for (uint64_t i = 0; i < width; i++) {
            float sum = 0;
            for (uint64_t j = 0; j < kernel; j++)
                sum = fmaf(weight[i * kernel + j],
                           j < before ? last[j * width + i] : x[row * width + i], sum);
            out[row * width + i] = sum;
        }
        memmove(last, last + width, (before - 1) * width * sizeof *last);
        memcpy(last + (before - 1) * width, x + row * width, width * sizeof *last);
    }
}
