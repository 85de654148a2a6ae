/* Makes the tree of a weight expression, and follows rows through it. Contract: expression.h. */
#include "compiler/pack/expression.h"

#include "compiler/hir/rows.h"
#include "compiler/import/quant.h"

static const uint64_t MAX_ELEMENTS = (uint64_t)1 << 48;

/* ---- the tree ---- */

static uint32_t push(struct expression *x, struct expression_op o, struct arena *a)
{
    ARENA_PUSH(a, x->ops, x->count, x->capacity) = o;
    return x->count - 1;
}

/* False: broadcasting made more elements than anything can hold. */
static bool set_shape(struct expression_op *o, const struct hir_graph *g, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(g, id);
    uint64_t elements = 1;
    int64_t size = 0;

    o->rank = shape->rank;
    o->rows = o->width = 1;
    for (uint32_t i = 0; i < o->rank; i++) {
        bool known = dim_is_const(&g->dims, shape->dims[i], &size);
        assert(known && size > 0);
        if (!known || !checked_mul(elements, (uint64_t)size, &elements) || elements > MAX_ELEMENTS)
            return false;
        o->shape[i] = (uint64_t)size;
        *(i + 1 < o->rank ? &o->rows : &o->width) *= (uint64_t)size;
    }
    return true;
}

/* Whether a pack of blocks needs no f32: the other type holds the same values. */
static bool is_recoded(enum dtype from, enum dtype to)
{
    return from != to && dtype_packed(from) == to;
}

/* A tensor of the model; under a pack, where the graph wants its rows in another type. */
static bool add_tensor(struct expression *x, const struct hir_graph *g, hir_id id, struct arena *a,
                       uint32_t *at, struct diags *d)
{
    const struct hir_node *n = hir_at(g, id);
    const struct tensor *t = model_tensor(x->model, n->name);
    struct place place = {.file = x->model->path, .object = model_source_name(x->model, n->name)};
    struct expression_op o = {.op = HIR_weight, .tensor = t};

    if (t == NULL)
        return diag_error(d, place, "the graph reads this weight, but the model does not have it");
    bool fits = set_shape(&o, g, id);
    assert(fits && o.width == tensor_width(t) && o.rows == tensor_rows(t));
    (void)fits;
    o.dtype = (uint8_t)t->dtype;
    *at = push(x, o, a);
    if (n->dtype == o.dtype || o.rank < 2)
        return true;
    o.op = HIR_pack;
    o.dtype = n->dtype;
    o.computed = !is_recoded(t->dtype, (enum dtype)n->dtype);
    o.tensor = NULL;
    o.operands[0] = *at;
    o.operand_count = 1;
    *at = push(x, o, a);
    return true;
}

/* What an op has besides its operands. */
static void set_attributes(struct expression_op *o, const struct hir_graph *g, hir_id id)
{
    const struct hir_attr *attr = hir_attr(g, id);
    int64_t start = 0;

    if (o->op == HIR_number)
        o->number = (float)attr->number.value;
    if (o->op == HIR_concat)
        o->axis = attr->weight.axis;
    if (o->op != HIR_slice)
        return;
    bool known = dim_is_const(&g->dims, attr->slice.start, &start);
    assert(known);
    (void)known;
    o->axis = attr->slice.axis;
    o->start = (uint64_t)start;
    o->step = attr->slice.step <= 1 ? 1 : attr->slice.step;
}

/* Its rows have elements of several rows. */
static bool joins_rows(const struct expression *x, const struct expression_op *o)
{
    return (o->op == HIR_concat || o->op == HIR_reshape) && !expression_moves_rows(x, o);
}

/* Moved are rows, and whole blocks of rows whose bytes can be had without computing; what is stored
 * element by element loses nothing in f32. Rows that are recoded are moved too. */
static bool is_computed(const struct expression *x, const struct expression_op *o)
{
    bool blocks = dtype_info[o->dtype].block != 1; /* encoded values are not always the same */

    if (o->op == HIR_transpose || o->op == HIR_scatter_columns || o->op == HIR_number ||
        hir_op_info[o->op].code != NULL)
        return true;
    if (o->op == HIR_pack &&
        is_recoded((enum dtype)x->ops[o->operands[0]].dtype, (enum dtype)o->dtype))
        return false;
    if (dtype_scales_rows((enum dtype)o->dtype) && joins_rows(x, o))
        return true;
    for (uint32_t i = 0; i < o->operand_count; i++)
        if (x->ops[o->operands[i]].dtype != o->dtype ||
            (x->ops[o->operands[i]].computed && !blocks && !expression_moves_rows(x, o)))
            return true;
    return o->op == HIR_slice && o->step != 1 && (o->axis + 1 == o->rank || (o->turned && !blocks));
}

static bool too_large(const struct hir_graph *g, hir_id id, struct diags *d)
{
    return hir_refuse(d, g, id, "expected a weight expression of at most %d ops, found more",
                      EXPRESSION_MAX_OPS);
}

bool expression_add(struct expression *x, const struct hir_graph *g, hir_id id, struct arena *a,
                    uint32_t *root, struct diags *d)
{
    const struct hir_node *n = hir_at(g, id);
    struct expression_op o = {.op = n->op, .dtype = n->dtype, .operand_count = n->operand_count};

    if (x->count >= EXPRESSION_MAX_OPS)
        return too_large(g, id, d);
    if (n->op == HIR_weight)
        return add_tensor(x, g, id, a, root, d);
    for (uint32_t i = 0; i < n->operand_count; i++) {
        if (!expression_add(x, g, hir_operand(g, id, i), a, &o.operands[i], d))
            return false;
        o.turned = o.turned || x->ops[o.operands[i]].turned;
    }
    if (!set_shape(&o, g, id))
        return hir_refuse(d, g, id, "expected a weight of fewer than 2^48 elements");
    set_attributes(&o, g, id);
    o.turned = o.turned || o.op == HIR_transpose;
    o.computed = is_computed(x, &o);
    if (o.computed && !quant_has_encoder((enum dtype)o.dtype))
        return hir_refuse(d, g, id,
                          "expected a type with an encoder for a computed weight, found %s",
                          dtype_info[o.dtype].name);
    *root = push(x, o, a);
    return true;
}

/* ---- rows ---- */

bool expression_moves_rows(const struct expression *x, const struct expression_op *o)
{
    switch (o->op) {
    case HIR_pack:
    case HIR_stack:
    case HIR_interleave:
        return true;
    case HIR_reshape:
        return x->ops[o->operands[0]].width == o->width;
    case HIR_slice:
    case HIR_concat:
        return o->axis + 1 < o->rank;
    default:
        return false;
    }
}

/* Rows of one step along axis `axis`. */
static uint64_t inner_rows(const struct expression_op *o, uint32_t axis)
{
    uint64_t rows = 1;

    for (uint32_t i = axis + 1; i + 1 < o->rank; i++)
        rows *= o->shape[i];
    return rows;
}

static struct moved_row find_sliced(const struct expression *x, const struct expression_op *o,
                                    uint64_t row)
{
    uint64_t inner = inner_rows(o, o->axis), part = o->shape[o->axis] * inner;
    uint64_t whole = x->ops[o->operands[0]].shape[o->axis] * inner;
    uint64_t block = row / part, rest = row % part, step = rest / inner;

    return (struct moved_row){o->operands[0],
                              block * whole + (o->start + step * o->step) * inner + rest % inner,
                              o->step == 1 ? part - rest : inner - rest % inner};
}

static struct moved_row find_joined(const struct expression *x, const struct expression_op *o,
                                    uint64_t row)
{
    uint64_t inner = inner_rows(o, o->axis), part = o->shape[o->axis] * inner;
    uint64_t block = row / part, rest = row % part;

    for (uint32_t i = 0;; i++) {
        uint64_t here = x->ops[o->operands[i]].shape[o->axis] * inner;
        if (rest < here)
            return (struct moved_row){o->operands[i], block * here + rest, here - rest};
        rest -= here;
    }
}

/* Groups of 16 rows alternate, in each matrix of a stack; the last group of each may be short. */
static struct moved_row find_interleaved(const struct expression *x, const struct expression_op *o,
                                         uint64_t row)
{
    const uint64_t matrices = o->rank == 3 ? o->shape[0] : 1, each = o->rows / matrices;
    const uint64_t matrix = row / each;
    const uint64_t rows[] = {x->ops[o->operands[0]].rows / matrices,
                             x->ops[o->operands[1]].rows / matrices};

    row %= each;
    uint64_t pair = min_u64(row / (2 * ROW_GROUP), min_u64(rows[0], rows[1]) / ROW_GROUP);
    row -= pair * 2 * ROW_GROUP;
    for (uint64_t group = pair * ROW_GROUP;; group += ROW_GROUP)
        for (uint32_t i = 0; i < 2; i++) {
            uint64_t here = group < rows[i] ? min_u64(ROW_GROUP, rows[i] - group) : 0;
            if (row < here)
                return (struct moved_row){o->operands[i], matrix * rows[i] + group + row,
                                          here - row};
            row -= here;
        }
}

struct moved_row expression_find_row(const struct expression *x, const struct expression_op *o,
                                     uint64_t row)
{
    uint64_t each;

    switch (o->op) {
    case HIR_slice:
        return find_sliced(x, o, row);
    case HIR_concat:
        return find_joined(x, o, row);
    case HIR_interleave:
        return find_interleaved(x, o, row);
    case HIR_stack:
        each = x->ops[o->operands[0]].rows;
        return (struct moved_row){o->operands[row / each], row % each, each - row % each};
    default: /* pack, reshape of rows */
        return (struct moved_row){o->operands[0], row, o->rows - row};
    }
}

uint64_t expression_row_bytes(const struct expression *x, uint32_t at)
{
    const struct expression_op *o = &x->ops[at];

    return o->width / dtype_info[o->dtype].block * dtype_info[o->dtype].bytes;
}

/* ---- what rows are made of ---- */

/* The rows of an operand of an op that does not move whole rows. */
static void visit_operand(const struct expression *x, const struct expression_op *o, uint32_t at,
                          uint64_t first, uint64_t count,
                          void (*visit)(void *, const struct file *, uint64_t, uint64_t),
                          void *context)
{
    const struct expression_op *from = &x->ops[at];
    uint64_t end = first + count;

    if (o->op == HIR_reshape) {
        first = first * o->width / from->width;
        end = ceil_div(end * o->width, from->width);
    } else if (from->rows != o->rows) { /* it broadcasts */
        first = 0;
        end = from->rows;
    }
    expression_visit(x, at, first, end - first, visit, context);
}

void expression_visit(const struct expression *x, uint32_t at, uint64_t first, uint64_t count,
                      void (*visit)(void *, const struct file *, uint64_t, uint64_t), void *context)
{
    const struct expression_op *o = &x->ops[at];

    if (o->op == HIR_weight)
        model_visit_rows(x->model, o->tensor, first, count, visit, context);
    if (o->op == HIR_transpose || o->operand_count == 0 || count == 0)
        return;
    if (!expression_moves_rows(x, o)) {
        for (uint32_t i = 0; i < o->operand_count; i++)
            visit_operand(x, o, o->operands[i], first, count, visit, context);
        return;
    }
    uint64_t begin[HIR_MAX_OPERANDS], end[HIR_MAX_OPERANDS] = {0};
    for (uint64_t row = first, run; row < first + count; row += run) {
        struct moved_row from = expression_find_row(x, o, row);
        uint32_t i = 0;
        while (o->operands[i] != from.operand)
            i++;
        run = min_u64(from.run, first + count - row);
        begin[i] = end[i] == 0 ? from.row : min_u64(begin[i], from.row);
        end[i] = max_u64(end[i], from.row + run);
    }
    for (uint32_t i = 0; i < o->operand_count; i++)
        if (end[i] != 0)
            expression_visit(x, o->operands[i], begin[i], end[i] - begin[i], visit, context);
}

const struct tensor *expression_tensor(const struct expression *x, uint32_t at, uint64_t row,
                                       uint64_t column)
{
    for (;;) {
        const struct expression_op *o = &x->ops[at];
        if (o->operand_count == 0)
            return o->tensor;
        if (expression_moves_rows(x, o)) {
            struct moved_row from = expression_find_row(x, o, row);
            at = from.operand;
            row = from.row;
            continue;
        }
        uint32_t i = 0;
        while (o->op == HIR_concat && column >= x->ops[o->operands[i]].width)
            column -= x->ops[o->operands[i++]].width;
        while (o->op != HIR_concat && i + 1 < o->operand_count &&
               x->ops[o->operands[i]].op == HIR_number)
            i++;
        at = o->operands[i];
        row = min_u64(row, x->ops[at].rows - 1);
        column = min_u64(column, x->ops[at].width - 1);
    }
}
