/* Inside the evaluator: what its files share. */
#ifndef RLXC_EVAL_H
#define RLXC_EVAL_H

#include "compiler/hir/hir_eval.h"

/* Elements of a node's result in this run, and of its first `axes` axes. */
uint64_t eval_elements(const struct hir_eval *e, hir_id id);
uint64_t eval_axis(const struct hir_eval *e, hir_id id, uint32_t axis);
/* Axis from the last one: 0 is the row's width. 1 where there is no such axis. */
uint64_t eval_last_axis(const struct hir_eval *e, hir_id id, uint32_t axis);

/* Elements of the axes from `first` to the last. */
uint64_t eval_inner(const struct hir_eval *e, hir_id id, uint32_t first);

/* A node's value; constants (weights, and values made of weights alone) are computed on first use.
 */
const float *eval_value(struct hir_eval *e, hir_id id);
const float *eval_operand(struct hir_eval *e, hir_id id, uint32_t i);
/* Row `row` of a weight [N, K], without making a copy of joined weights. */
const float *eval_weight_row(struct hir_eval *e, hir_id id, uint64_t row);
/* An index (token, position, row) that must be below `end`. */
uint64_t eval_index(float value, uint64_t end, const char *what);

/* One function per kind of op; each fills `out`, which has the node's number of elements. */
void eval_view(struct hir_eval *e, hir_id id, float *out);    /* reshape … pack */
void eval_map(struct hir_eval *e, hir_id id, float *out);     /* elementwise ops, formula */
void eval_gather(struct hir_eval *e, hir_id id, float *out);  /* embed, rows */
void eval_columns(struct hir_eval *e, hir_id id, float *out); /* gather_, scatter_columns */
void eval_reduce(struct hir_eval *e, hir_id id, float *out);  /* mean, rms_norm, norm_add */
void eval_matmul(struct hir_eval *e, hir_id id, float *out);  /* matmul, gated_matmul */
void eval_route(struct hir_eval *e, hir_id id, float *out);
void eval_experts(struct hir_eval *e, hir_id id, float *out); /* products by expert */
void eval_norm_quant(struct hir_eval *e, hir_id id, float *out);
void eval_rope(struct hir_eval *e, hir_id id, float *out);
void eval_rope_table(struct hir_eval *e, hir_id id, float *out);
void eval_attention(struct hir_eval *e, hir_id id, float *out);
void eval_kv_write(struct hir_eval *e, hir_id id, float *q); /* and the states, in place */
void eval_append(struct hir_eval *e, hir_id id);             /* kv_append, in place */
void eval_scan(struct hir_eval *e, hir_id id, float *out);   /* and the state, in place */
void eval_conv(struct hir_eval *e, hir_id id, float *out);   /* and the state, in place */
void eval_unfold(struct hir_eval *e, hir_id id, float *out);

/* The formula of a product, or the product itself: `products` are one matrix, or gate and up. `out`
 * may be the first of them. */
void eval_finish(struct hir_eval *e, hir_id id, float *const *products, uint32_t count, float *out);

/* The memory of a state, before or after a write: its batch items, the first one first. */
float *eval_state(struct hir_eval *e, hir_id id);
/* What its leaf says of a state. */
const struct hir_attr *eval_state_attr(const struct hir_eval *e, hir_id id);
/* Where row `row` of a node stands: which batch item of the states it continues, at which row of
 * how many of this run, after how many positions. */
struct eval_place {
    uint64_t item, row, rows, past;
};
struct eval_place eval_place(const struct hir_eval *e, hir_id id, uint64_t row);
/* One row: x / sqrt(mean(x^2) + epsilon) * weight */
struct eval_norm {
    const float *weight, *bias; /* bias: NULL: none */
    double epsilon;
    bool centered;
};
/* Of a norm, or of a norm_quant with one. */
struct eval_norm eval_norm_of(struct hir_eval *e, hir_id id);
void eval_norm_row(const float *x, const struct eval_norm *norm, uint64_t width, float *out);
/* One head by a row of the table, which is that of a position; x may be out. */
void eval_rotate(const float *x, const float *table, const struct hir_attr *attr, uint64_t head_dim,
                 float *out);
const float *eval_table_row(struct hir_eval *e, hir_id table, float position);

#endif
