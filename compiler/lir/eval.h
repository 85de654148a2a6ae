/* Shared by the files of the evaluator (lir_eval.c, eval_*.c). Private to them. */
#ifndef RLXC_LIR_EVAL_H
#define RLXC_LIR_EVAL_H

#include "compiler/lir/arguments.h"

#include <rlx/kernel.h>

struct call { /* one step in the running program */
    const struct lir_kernel *kernel;
    const struct lir_values *values;
    uint8_t *args[LIR_MAX_ARGS]; /* by argument; NULL: absent */
    const int64_t *dims;
    uint64_t rows;
};

static inline float *row_at(const struct call *c, uint32_t argument, uint64_t row)
{
    return (float *)(void *)c->args[argument] + row * c->kernel->stride[argument];
}

/* NULL where the argument is absent. */
static inline const float *row_if(const struct call *c, uint32_t argument, uint64_t row)
{
    return lir_has(c->kernel, argument) ? row_at(c, argument, row) : NULL;
}

/* The segment of a row, by the arguments that say so. Where all rows are of one segment, it has them
 * all. */
struct rlx_segment lir_segment(const struct call *c, uint32_t segments, uint32_t row_segments,
                               uint64_t row);
/* What operand i of a formula is at an element of a row; `argument`: of the first operand. */
static inline float operand_at(const struct call *c, uint32_t argument, uint32_t i, uint64_t row,
                               uint32_t n)
{
    return row_at(c, argument + i, row)[(lir_columns(c->kernel) >> i & 1) != 0 ? 0 : n];
}

/* One row of an activation buffer of width k in the evaluator's own form: per tile the elements of
 * its rows, then scale and sum of each block. */
struct act_row {
    uint8_t *elements; /* f32, bf16, i16 or i8 [k] */
    uint8_t *blocks;   /* i16, i8: { f32 scale; sums [block_sums] } of each 32 */
};
struct act_row lir_act_row(const struct act_format *f, uint32_t k, uint8_t *buffer, uint64_t row);

/* The greater of `max` and |x|; NaN is the greatest of all. */
float lir_greater_magnitude(float max, float x);

/* 1 / sqrt(mean(x^2) + epsilon) */
float lir_rms_factor(const float *x, uint64_t width, float epsilon);
/* y = x / sqrt(mean(x^2) + epsilon) * weight */
void lir_rms(const float *x, const float *weight, uint64_t width, float epsilon, float *y);

/* y = x, less its mean where centered, normed where there is a weight, plus bias and residual, times
 * scale: of vectors, NULL is none. */
struct lir_norm {
    const float *weight, *bias, *residual, *scale;
    float epsilon;
    bool centered;
};
void lir_norm(const float *x, const struct lir_norm *n, uint64_t width, float *y);
void lir_norm_stored(const struct call *c); /* the norms of what the kernel stored (lir_after) */

void lir_run_norm_quant(const struct call *c); /* eval_norm_quant.c */
void lir_run_matmul(const struct call *c);     /* eval_matmul.c */
void lir_run_route(const struct call *c);      /* eval_experts.c */
void lir_run_sort(const struct call *c);
void lir_run_kv_write(const struct call *c); /* eval_attention.c */
void lir_run_append(const struct call *c);
void lir_run_rope(const struct call *c);
void lir_run_attention(const struct call *c);
void lir_run_scan(const struct call *c); /* eval_sequence.c */
void lir_run_conv(const struct call *c);

#endif
