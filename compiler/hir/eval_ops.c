/* The meaning of elementwise ops, gathers, row reductions and matrix products. In: values of
 * the operands; out: the node's. */
#include "compiler/hir/eval.h"
#include "compiler/hir/rows.h"
#include "compiler/hir/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- elementwise ops ---- */

/* Where the row that begins at element `at` of the result begins in operand `from`, which
 * broadcasts. */
static uint64_t broadcast_offset(const struct hir_eval *e, hir_id id, hir_id from, uint64_t at)
{
    uint64_t offset = 0, stride = 1;

    for (uint32_t axis = 0; axis < hir_shape_of(e->graph, id)->rank; axis++) {
        uint64_t size = eval_last_axis(e, id, axis), here = eval_last_axis(e, from, axis);
        offset += here == 1 ? 0 : at % size * stride;
        at /= size;
        stride *= here;
    }
    return offset;
}

void eval_map(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_node *n = hir_at(e->graph, id);
    const struct scalar_code *code =
        n->op == HIR_formula ? &hir_attr(e->graph, id)->formula.code : hir_op_info[n->op].code;
    uint64_t width = eval_last_axis(e, id, 0), elements = eval_elements(e, id);
    const float *x[SCALAR_MAX_OPERANDS] = {0}, *row[SCALAR_MAX_OPERANDS];
    uint64_t step[SCALAR_MAX_OPERANDS];
    float operands[SCALAR_MAX_OPERANDS];

    for (uint32_t i = 0; i < n->operand_count; i++) {
        x[i] = eval_operand(e, id, i);
        step[i] = eval_last_axis(e, hir_operand(e->graph, id, i), 0) != 1;
    }
    for (uint64_t at = 0; at < elements; at += width) {
        for (uint32_t i = 0; i < n->operand_count; i++)
            row[i] = x[i] + broadcast_offset(e, id, hir_operand(e->graph, id, i), at);
        for (uint64_t column = 0; column < width; column++) {
            for (uint32_t i = 0; i < n->operand_count; i++)
                operands[i] = row[i][column * step[i]];
            out[at + column] = scalar_eval(code, operands);
        }
    }
}

/* ---- gathers and reductions ---- */

void eval_gather(struct hir_eval *e, hir_id id, float *out)
{
    hir_id from = hir_operand(e->graph, id, 0);
    uint64_t width = eval_inner(e, from, 1), end = eval_axis(e, from, 0);
    const float *indices = eval_operand(e, id, 1);

    for (uint64_t i = 0, rows = eval_axis(e, id, 0); i < rows; i++) {
        uint64_t row = eval_index(indices[i], end, "a token or row that is not there");
        memcpy(out + i * width, eval_weight_row(e, from, row), width * sizeof *out);
    }
}

void eval_columns(struct hir_eval *e, hir_id id, float *out)
{
    const float *x = eval_operand(e, id, 0), *order = eval_operand(e, id, 1);
    const uint64_t width = eval_last_axis(e, id, 0), elements = eval_elements(e, id);
    const bool gathers = hir_at(e->graph, id)->op == HIR_gather_columns;

    for (uint64_t at = 0; at < elements; at += width)
        for (uint64_t i = 0; i < width; i++) {
            const uint64_t column = eval_index(order[i], width, "a column that is not there");
            out[at + (gathers ? i : column)] = x[at + (gathers ? column : i)];
        }
}

/* (x - mean) / sqrt(mean((x - mean)^2) + epsilon) * weight + bias; the first mean is 0 unless the norm
 * is centered. */
void eval_norm_row(const float *x, const struct eval_norm *norm, uint64_t width, float *out)
{
    double sum = 0, mean = 0;

    for (uint64_t i = 0; i < width && norm->centered; i++)
        mean += x[i] / (double)width;
    for (uint64_t i = 0; i < width; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    double factor = 1 / sqrt(sum / (double)width + norm->epsilon);
    for (uint64_t i = 0; i < width; i++)
        out[i] = (float)((x[i] - mean) * factor * norm->weight[i] +
                         (norm->bias == NULL ? 0 : norm->bias[i]));
}

/* NULL for operand 0. */
static const float *operand_if(struct hir_eval *e, hir_id id, uint32_t i)
{
    return i == 0 ? NULL : eval_operand(e, id, i);
}

struct eval_norm eval_norm_of(struct hir_eval *e, hir_id id)
{
    const struct hir_norm_form form = hir_norm_form(e->graph, id);

    if (hir_at(e->graph, id)->operand_count < 2)
        return (struct eval_norm){NULL, NULL, 0, false};
    return (struct eval_norm){eval_operand(e, id, 1), operand_if(e, id, form.bias), form.epsilon,
                              form.centered};
}

void eval_reduce(struct hir_eval *e, hir_id id, float *out)
{
    hir_id from = hir_operand(e->graph, id, 0);
    uint64_t width = eval_last_axis(e, from, 0), elements = eval_elements(e, from);
    const float *x = eval_value(e, from);
    const bool is_norm = hir_at(e->graph, id)->op != HIR_mean;
    const struct eval_norm norm = eval_norm_of(e, id);
    const struct hir_norm_form form = hir_norm_form(e->graph, id);
    const float *added = operand_if(e, id, form.added), *scale = operand_if(e, id, form.scale);

    for (uint64_t at = 0; at < elements; at += width) {
        if (is_norm) {
            eval_norm_row(x + at, &norm, width, out + at);
            for (uint64_t i = 0; i < width && added != NULL; i++)
                out[at + i] += added[at + i];
            for (uint64_t i = 0; i < width && scale != NULL; i++)
                out[at + i] *= scale[i];
            continue;
        }
        double sum = 0;
        for (uint64_t i = 0; i < width; i++)
            sum += x[at + i];
        out[at / width] = (float)(sum / (double)width);
    }
}

/* ---- matrix products ---- */

/* Products of two f32 are exact in f64. Eight sums, so that additions need not wait for each other.
 */
static double dot(const double *a, const double *b, uint64_t count)
{
    double sum[8] = {0};
    uint64_t i = 0;

    for (; i + 8 <= count; i += 8)
        for (uint32_t j = 0; j < 8; j++)
            sum[j] += a[i + j] * b[i + j];
    for (; i < count; i++)
        sum[0] += a[i] * b[i];
    return (sum[0] + sum[4]) + (sum[1] + sum[5]) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

static void widen(const float *x, uint64_t count, double *out)
{
    for (uint64_t i = 0; i < count; i++)
        out[i] = x[i];
}

/* out[r, n] = sum over k of x[r, k] * weight[n, k], row after row of the weight. */
static void product(struct hir_eval *e, const float *x, uint64_t rows, uint64_t width,
                    hir_id weight, float *out)
{
    uint64_t columns = eval_axis(e, weight, 0);
    double *wide = calloc((rows + 1) * width, sizeof *wide);

    if (wide == NULL)
        unreachable("no memory for a product");
    double *line = wide + rows * width;
    widen(x, rows * width, wide);
    for (uint64_t n = 0; n < columns; n++) {
        widen(eval_weight_row(e, weight, n), width, line);
        for (uint64_t r = 0; r < rows; r++)
            out[r * columns + n] = (float)dot(wide + r * width, line, width);
    }
    free(wide);
}

/* activation(x gate') * (x up'), each factor rounded as the separate nodes would. */
static float gated(const struct hir_attr *attr, const float *values)
{
    return scalar_eval(hir_op_info[attr->product.activation].code, values) * values[1];
}

void eval_finish(struct hir_eval *e, hir_id id, float *const *products, uint32_t count, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    uint32_t first = hir_first_operand(e->graph, id);
    uint32_t operands = hir_at(e->graph, id)->operand_count;
    uint64_t width = eval_axis(e, id, 1), elements = eval_elements(e, id);
    const float *from[HIR_MAX_OPERANDS];
    uint64_t rows[HIR_MAX_OPERANDS], columns[HIR_MAX_OPERANDS]; /* what an operand has of each */
    float values[SCALAR_MAX_OPERANDS];

    for (uint32_t i = first; i < operands; i++) {
        from[i] = eval_operand(e, id, i);
        hir_id operand = hir_operand(e->graph, id, i);
        rows[i] = hir_shape_of(e->graph, operand)->rank == 1 ? 1 : eval_axis(e, operand, 0);
        columns[i] = eval_last_axis(e, operand, 0);
    }
    for (uint64_t at = 0; at < elements; at++) {
        for (uint32_t i = 0; i < count; i++)
            values[i] = products[i][at];
        for (uint32_t i = first; i < operands; i++)
            values[count + i - first] =
                from[i][(rows[i] == 1 ? 0 : at / width * columns[i]) + at % width % columns[i]];
        out[at] = attr->product.code.bytes != 0 ? scalar_eval(&attr->product.code, values)
                  : count == 2                  ? gated(attr, values)
                                                : values[0];
    }
}

void eval_matmul(struct hir_eval *e, hir_id id, float *out)
{
    hir_id x = hir_operand(e->graph, id, 0), weight = hir_operand(e->graph, id, 1);
    bool two = hir_at(e->graph, id)->op == HIR_gated_matmul;
    uint64_t rows = eval_axis(e, x, 0), width = eval_axis(e, x, 1), elements = eval_elements(e, id);

    if (elements == 0)
        return;
    float *up = two ? calloc(elements, sizeof *up) : NULL;
    if (two && up == NULL)
        unreachable("no memory for a product");
    product(e, eval_value(e, x), rows, width, two ? hir_operand(e->graph, weight, 0) : weight, out);
    if (two)
        product(e, eval_value(e, x), rows, width, hir_operand(e->graph, weight, 1), up);
    eval_finish(e, id, (float *const[]){out, up}, two ? 2 : 1, out);
    free(up);
}
