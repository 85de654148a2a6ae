/* Lays out weights and states. In: programs whose weight buffers name HIR nodes. Out: offsets,
 * sizes, and the expression of each packed weight. weights.c makes the bytes. */
#include "compiler/pack/weight_plan.h"

#include "compiler/hir/rows.h"

#include <string.h>

/* State of add_program: whether the program is the first one, and which uses of weights it adds. */
struct adding {
    bool first, indexed;
    const struct model *model;
    struct diags *diags;
};

enum { WEIGHT_ALIGN = 256, VECTOR_ALIGN = 16, MAX_CONTEXT_ROWS = 1 << 26, MAX_NAME_BYTES = 400 };

const struct lir_buffer *buffer_root(const struct lir_program *p, buf_id id, uint64_t *offset)
{
    const struct lir_buffer *b = &p->buffers[id];

    *offset = 0;
    while (b->is_view) {
        *offset += b->offset;
        b = &p->buffers[b->inside];
    }
    return b;
}

static uint64_t dim_number(const struct hir_graph *g, hir_id id, uint32_t axis)
{
    const struct hir_shape *shape = hir_shape_of(g, id);
    int64_t value = 0;
    bool known = axis < shape->rank && dim_is_const(&g->dims, shape->dims[axis], &value);

    assert(known && value > 0);
    return known ? (uint64_t)value : 1;
}

/* An interleave has a root for each half: its halves are padded to whole groups. */
static bool add_expression(const struct hir_graph *g, hir_id id, struct packed_weight *w,
                           struct arena *a, struct diags *d)
{
    w->interleaved = hir_at(g, id)->op == HIR_interleave;
    if (!w->interleaved)
        return expression_add(&w->expression, g, id, a, &w->roots[0], d);
    for (uint32_t i = 0; i < 2; i++)
        if (!expression_add(&w->expression, g, hir_operand(g, id, i), a, &w->roots[i], d))
            return false;
    return true;
}

static void size_matrix(struct packed_weight *w)
{
    uint64_t groups = 0; /* of a matrix */

    for (uint32_t i = 0; i <= w->interleaved; i++) {
        const struct expression_op *root = &w->expression.ops[w->roots[i]];
        assert((root->rank == 2 || root->rank == 3) && (i == 0 || root->width == w->columns));
        w->matrices = root->rank == 3 ? root->shape[0] : 1;
        w->columns = root->width;
        w->rows += root->rows;
        groups += ceil_div(root->rows / w->matrices, ROW_GROUP);
    }
    w->kind = PACKED_matrix;
    w->units = w->matrices * ceil_div(groups, layout_info[w->layout].groups);
    w->unit_bytes = layout_groups_bytes(w->layout, 1, w->columns);
}

static void size_vector(const struct hir_graph *g, struct packed_weight *w)
{
    const struct expression_op *root = &w->expression.ops[w->roots[0]];

    assert(root->rank == 1 || root->rank == 2);
    w->columns = root->rows * root->width;
    w->kind = PACKED_vector;
    w->rows = w->units = 1;
    w->unit_bytes = hir_vector_elements(g, w->source) * sizeof(float);
}

static void size_table(const struct hir_graph *g, struct packed_weight *w)
{
    w->kind = PACKED_table;
    w->rows = w->units = dim_number(g, w->source, 0);
    w->columns = dim_number(g, w->source, 1);
    w->unit_bytes = w->columns * sizeof(float);
    assert(w->rows <= MAX_CONTEXT_ROWS);
}

/* What is computed has no name of its own. */
static const char *name_of(const struct hir_graph *g, const struct packed_weight *w,
                           struct arena *a)
{
    const struct tensor *last = NULL;
    struct text name = {.arena = a};

    if (hir_at(g, w->source)->name != 0)
        return str_text(g->strings, hir_at(g, w->source)->name);
    for (uint32_t i = 0; i < w->expression.count && name.bytes < MAX_NAME_BYTES; i++) {
        const struct tensor *t = w->expression.ops[i].tensor;
        if (t != NULL && t != last)
            text_add(&name, "%s%s", name.bytes == 0 ? "" : "+", str_text(g->strings, t->name));
        last = t != NULL ? t : last;
    }
    return name.data == NULL ? "" : name.data;
}

static bool add_weight(struct weight_plan *plan, const struct hir_graph *g, hir_id id,
                       const struct model *m, struct arena *a, struct diags *d)
{
    struct packed_weight w = {.source = id, .expression = {.model = m}};
    const struct hir_node *n = hir_at(g, id);

    if (n->op == HIR_rope_table) {
        if (n->operand_count != 0 && !add_expression(g, hir_operand(g, id, 0), &w, a, d))
            return false;
        size_table(g, &w);
    } else {
        if (!add_expression(g, id, &w, a, d))
            return false;
        w.layout = hir_attr(g, id)->weight.layout;
        if (w.layout == LAYOUT_none)
            size_vector(g, &w);
        else
            size_matrix(&w);
    }
    w.name = name_of(g, &w, a);
    w.offset = plan->bytes;
    w.bytes = round_up(w.units * w.unit_bytes, WEIGHT_ALIGN);
    plan->bytes += w.bytes;
    ARENA_PUSH(a, plan->weights, plan->weight_count, plan->weight_capacity) = w;
    plan->weight_of[id] = plan->weight_count;
    return true;
}

/* The bytes that one row of the first program reads: all of a matrix or vector, the chosen matrices of
 * a stack, one row of an indexed weight. */
static uint64_t row_bytes_read(const struct packed_weight *w, const struct lir_kernel *k)
{
    if (w->kind == PACKED_table)
        return w->unit_bytes;
    if (w->kind == PACKED_matrix && k->kind == KERNEL_embed)
        return layout_group_bytes(w->layout, w->columns) / ROW_GROUP;
    return k->kind == KERNEL_matmul && k->matmul.experts != 0
               ? k->matmul.slots * matmul_expert_bytes(&k->matmul)
               : w->bytes;
}

/* Looked up by row, not read from beginning to end, as norms of an embedding's rows are. */
static bool is_indexed(const struct hir_graph *g, const struct lir_buffer *b,
                       const struct lir_kernel *k)
{
    return (k->kind == KERNEL_embed && hir_layout(g, b->source) != LAYOUT_none) ||
           hir_at(g, b->source)->op == HIR_rope_table;
}

static bool add_argument(struct weight_plan *plan, const struct lir_program *p, buf_id id,
                         const struct lir_kernel *k, struct arena *a, const struct adding *now)
{
    uint64_t offset;
    const struct lir_buffer *b = buffer_root(p, id, &offset);

    if (id == 0 || b->home != HOME_weight || is_indexed(p->graph, b, k) != now->indexed)
        return true;
    if (plan->weight_of[b->source] == 0 &&
        !add_weight(plan, p->graph, b->source, now->model, a, now->diags))
        return false;
    const struct packed_weight *w = &plan->weights[plan->weight_of[b->source] - 1];
    assert(b->bytes <= w->bytes);
    if (now->first)
        plan->decode_bytes += row_bytes_read(w, k);
    return true;
}

static bool add_program(struct weight_plan *plan, const struct lir_program *p, struct arena *a,
                        const struct adding *now)
{
    bool good = true;

    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *step = &p->steps[i];
        const struct lir_kernel *k = &p->kernels->all[step->kernel];
        for (uint32_t j = 0; j < lir_argument_count(k); j++)
            good = add_argument(plan, p, p->args[step->first_arg + j], k, a, now) && good;
    }
    return good;
}

bool weight_plan_make(const struct lir_program *const *programs, uint32_t program_count,
                      const struct model *model, struct arena *a, struct weight_plan *out,
                      struct diags *d)
{
    const struct hir_graph *g = programs[0]->graph;
    bool good = true;

    *out = (struct weight_plan){0};
    out->weight_of = arena_new(a, uint32_t, g->node_count);
    for (uint32_t i = 0; i < 2 * program_count; i++) {
        const struct adding now = {i % program_count == 0, i >= program_count, model, d};
        good = add_program(out, programs[i % program_count], a, &now) && good;
    }
    plan_states(out, g, a);
    return good;
}
