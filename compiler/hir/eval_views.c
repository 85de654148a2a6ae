/* The meaning of views, and of what joins and turns weights. In: values of the operands; out: the
 * node's. A type is how values are stored: pack changes none. */
#include "compiler/hir/eval.h"

#include <string.h>

uint64_t eval_inner(const struct hir_eval *e, hir_id id, uint32_t first)
{
    uint64_t elements = 1;

    for (uint32_t i = first; i < hir_shape_of(e->graph, id)->rank; i++)
        elements *= eval_axis(e, id, i);
    return elements;
}

static void eval_slice(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    hir_id from = hir_operand(e->graph, id, 0);
    uint64_t start = (uint64_t)dim_value(&e->graph->dims, attr->slice.start, e->symbols);
    uint64_t step = attr->slice.step <= 1 ? 1 : attr->slice.step;
    uint64_t inner = eval_inner(e, from, attr->slice.axis + 1);
    uint64_t whole = eval_axis(e, from, attr->slice.axis) * inner;
    uint64_t part = eval_inner(e, id, attr->slice.axis), run = step == 1 ? part : inner;
    const float *x = eval_value(e, from) + start * inner;

    for (uint64_t at = 0, elements = eval_elements(e, id); at < elements; at += part, x += whole)
        for (uint64_t i = 0; i < part; i += run)
            memcpy(out + at + i, x + i * step, run * sizeof *out);
}

/* [..., N, K] -> [..., K, N] */
static void eval_transpose(struct hir_eval *e, hir_id id, float *out)
{
    uint64_t k = eval_last_axis(e, id, 1), n = eval_last_axis(e, id, 0);
    const float *x = eval_operand(e, id, 0);

    for (uint64_t at = 0, elements = eval_elements(e, id); at < elements; at += n * k)
        for (uint64_t i = 0; i < k; i++)
            for (uint64_t j = 0; j < n; j++)
                out[at + i * n + j] = x[at + j * k + i];
}

/* Along any axis; a stack is a concat of operands [1, N, K] along the first. */
static void eval_concat(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_node *n = hir_at(e->graph, id);
    uint32_t axis = n->op == HIR_stack ? 0 : hir_attr(e->graph, id)->weight.axis;
    uint64_t whole = eval_inner(e, id, axis), elements = eval_elements(e, id), start = 0;

    for (uint32_t i = 0; i < n->operand_count; i++) {
        const float *x = eval_operand(e, id, i);
        uint64_t part = eval_inner(e, hir_operand(e->graph, id, i), axis);
        for (uint64_t at = 0; at < elements; at += whole, x += part)
            memcpy(out + at + start, x, part * sizeof *out);
        start += part;
    }
}

/* Row n of matrix `expert` of a stack, or of the one matrix that there is. */
static const float *matrix_row(struct hir_eval *e, hir_id id, uint64_t expert, uint64_t n)
{
    if (hir_shape_of(e->graph, id)->rank == 2)
        return eval_weight_row(e, id, n);
    return eval_weight_row(e, id, expert) + n * eval_last_axis(e, id, 0);
}

/* interleave: where row n of the result comes from. Groups of 16 rows alternate; the last group of
 * each may be short. */
static const float *interleaved_row(struct hir_eval *e, hir_id id, uint64_t expert, uint64_t n)
{
    hir_id part[] = {hir_operand(e->graph, id, 0), hir_operand(e->graph, id, 1)};
    uint64_t rows[] = {eval_last_axis(e, part[0], 1), eval_last_axis(e, part[1], 1)};

    for (uint64_t group = 0;; group += ROW_GROUP) {
        for (uint32_t i = 0; i < 2; i++) {
            uint64_t here = group < rows[i] ? min_u64(ROW_GROUP, rows[i] - group) : 0;
            if (n < here)
                return matrix_row(e, part[i], expert, group + n);
            n -= here;
        }
    }
}

const float *eval_weight_row(struct hir_eval *e, hir_id id, uint64_t row)
{
    const struct hir_graph *g = e->graph;

    for (;;) {
        uint16_t op = hir_at(g, id)->op;
        if (op == HIR_interleave && hir_shape_of(g, id)->rank == 2)
            return interleaved_row(e, id, 0, row);
        if (op != HIR_pack && (op != HIR_concat || hir_attr(g, id)->weight.axis != 0))
            return eval_value(e, id) + row * eval_inner(e, id, 1);
        uint32_t i = 0;
        while (row >= eval_axis(e, hir_operand(g, id, i), 0))
            row -= eval_axis(e, hir_operand(g, id, i++), 0);
        id = hir_operand(g, id, i);
    }
}

static void eval_interleave(struct hir_eval *e, hir_id id, float *out)
{
    const uint64_t width = eval_last_axis(e, id, 0), rows = eval_last_axis(e, id, 1);

    for (uint64_t i = 0, all = eval_elements(e, id) / width; i < all; i++)
        memcpy(out + i * width, interleaved_row(e, id, i / rows, i % rows), width * sizeof *out);
}

void eval_view(struct hir_eval *e, hir_id id, float *out)
{
    switch (hir_at(e->graph, id)->op) {
    case HIR_slice:
        eval_slice(e, id, out);
        return;
    case HIR_transpose:
        eval_transpose(e, id, out);
        return;
    case HIR_stack:
    case HIR_concat:
        eval_concat(e, id, out);
        return;
    case HIR_interleave:
        eval_interleave(e, id, out);
        return;
    default: /* reshape, pack */
        memcpy(out, eval_operand(e, id, 0), eval_elements(e, id) * sizeof *out);
    }
}
