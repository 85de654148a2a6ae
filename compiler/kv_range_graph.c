/* Bounds what a graph of the user's own writes to its states, node by node. A product of a
 * normalized row has the bound of kv_range.c; any other product that of its operand times the sum
 * of a weight row's magnitudes. What no rule covers is not known. Contract: kv_range.h. */
#include "compiler/kv_range.h"

#include "compiler/hir/rows.h"
#include "compiler/pack/expression.h"

#include <math.h>

enum { MAX_VISITS = 10000 }; /* of nodes that other nodes share */

static const double unknown = INFINITY;

struct bounding {
    const struct hir_graph *graph;
    const struct model *model;
    struct arena *arena;
    struct diags *diags;
    uint32_t visits;
};

/* Rows [first, first + count) of a weight as f32; NULL where it is none. */
static const float *weight_rows(struct bounding *b, hir_id id, uint64_t first, uint64_t count)
{
    struct expression x = {.model = b->model};
    uint32_t root;

    if (hir_op_info[hir_at(b->graph, id)->op].attr != ATTR_weight ||
        hir_at(b->graph, id)->op == HIR_interleave ||
        !expression_add(&x, b->graph, id, b->arena, &root, b->diags))
        return NULL;
    uint64_t width = x.ops[root].width;
    float *values = arena_new(b->arena, float, count *width);
    expression_values(&x, root, (struct region){first, count, 0, width, values, width});
    return values;
}

/* The largest magnitude of a vector. */
static double vector_bound(struct bounding *b, hir_id id)
{
    const float *values = weight_rows(b, id, 0, 1);
    double max = 0;

    for (uint64_t i = 0; values != NULL && i < hir_width(b->graph, id); i++)
        max = fmax(max, fabs((double)values[i]));
    return values == NULL ? unknown : max;
}

static double node_bound(struct bounding *b, hir_id id, uint64_t first, uint64_t count);

/* Columns of a product are rows of its weight. */
static double product_bound(struct bounding *b, hir_id id, uint64_t first, uint64_t count)
{
    const struct hir_graph *g = b->graph;
    hir_id x = hir_operand(g, id, 0), weight = hir_operand(g, id, 1);
    uint64_t width = hir_width(g, x);
    bool normed = hir_at(g, x)->op == HIR_rms_norm && hir_at(g, x)->operand_count == 2;
    const float *scale = normed ? weight_rows(b, hir_operand(g, x, 1), 0, 1) : NULL;
    double of_x = normed ? sqrt((double)width) : node_bound(b, x, 0, width), longest = 0;

    if (hir_at(g, id)->operand_count != 2 || (normed && scale == NULL) || of_x == unknown)
        return unknown;
    for (uint64_t row = first; row < first + count; row++) {
        struct arena_mark mark = arena_mark(b->arena);
        const float *values = weight_rows(b, weight, row, 1);
        double sum = 0;
        for (uint64_t i = 0; values != NULL && i < width; i++) {
            double value = (double)values[i];
            sum += normed ? value * scale[i] * value * scale[i] : fabs(value);
        }
        arena_release(b->arena, mark);
        if (values == NULL)
            return unknown;
        longest = fmax(longest, normed ? sqrt(sum) : sum);
    }
    return of_x * longest;
}

static double view_bound(struct bounding *b, hir_id id, uint64_t first, uint64_t count)
{
    const struct hir_graph *g = b->graph;
    hir_id from = hir_operand(g, id, 0);

    if (hir_at(g, id)->op == HIR_slice) {
        int64_t start = hir_slice_start(g, id);
        return start < 0 ? unknown : node_bound(b, from, first + (uint64_t)start, count);
    }
    return hir_row_width(g, from) == hir_row_width(g, id) ? node_bound(b, from, first, count)
                                                          : unknown;
}

/* Elements [first, first + count) of each row. */
static double node_bound(struct bounding *b, hir_id id, uint64_t first, uint64_t count)
{
    const struct hir_graph *g = b->graph;

    if (++b->visits > MAX_VISITS)
        return unknown;
    switch (hir_at(g, id)->op) {
    case HIR_weight:
    case HIR_concat:
    case HIR_pack:
        return hir_is_vector(g, id) ? vector_bound(b, id) : unknown;
    case HIR_number:
        return fabs(hir_attr(g, id)->number.value);
    case HIR_reshape:
    case HIR_slice:
        return view_bound(b, id, first, count);
    case HIR_rope: /* it makes an element at most sqrt(2) times as large, and may amplify */
        return 2 * node_bound(b, hir_operand(g, id, 0), first, count);
    case HIR_neg:
        return node_bound(b, hir_operand(g, id, 0), first, count);
    case HIR_add:
    case HIR_sub:
        return node_bound(b, hir_operand(g, id, 0), first, count) +
               node_bound(b, hir_operand(g, id, 1), first, count);
    case HIR_mul:
        return node_bound(b, hir_operand(g, id, 0), first, count) *
               node_bound(b, hir_operand(g, id, 1), first, count);
    case HIR_rms_norm:
        return sqrt((double)hir_width(g, id)) * vector_bound(b, hir_operand(g, id, 1)) +
               (hir_at(g, id)->operand_count == 3 ? vector_bound(b, hir_operand(g, id, 2)) : 0);
    case HIR_matmul:
        return product_bound(b, id, first, count);
    default:
        return unknown;
    }
}

void kv_range_warn(const struct hir_graph *g, const struct model *m, bool given, struct diags *d)
{
    struct arena scratch = {0};
    struct bounding b = {g, m, &scratch, d, 0};

    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_at(g, id)->op != HIR_kv_append)
            continue;
        hir_id state = hir_state_leaf(g, id), x = hir_operand(g, id, 1);
        enum dtype kv = (enum dtype)hir_at(g, state)->dtype;
        struct place at = {.object = str_text(g->strings, hir_at(g, state)->name)};
        if (kv == DTYPE_f32)
            continue;
        b.visits = 0;
        double max = node_bound(&b, x, 0, hir_row_width(g, x));
        arena_free(&scratch);
        if (!isfinite(max) && given)
            diag_warning(d, at, "nothing bounds what is written to it, and %s holds at most %.0f",
                         dtype_info[kv].name, kv_range_max(kv));
        else if (isfinite(max) && max > kv_range_max(kv))
            diag_warning(d, at, "what is written to it may reach %.3g, but %s holds at most %.0f",
                         max, dtype_info[kv].name, kv_range_max(kv));
    }
}
