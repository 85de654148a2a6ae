/* Shape rules, one function each. In: an op, its attribute and operands; out: the result's shape
 * and type, or why there is none. */
#include "compiler/hir/shape.h"

#include <stdarg.h>

/* ---- helpers ---- */

static bool bad(const struct shape_question *q, struct shape_answer *out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool bad(const struct shape_question *q, struct shape_answer *out, const char *format, ...)
{
    char why[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    out->why = arena_printf(q->arena, "%s", why);
    return false;
}

void shape_text(const struct dims *d, const struct hir_shape *shape, struct text *out)
{
    text_add(out, "[");
    for (uint32_t i = 0; i < shape->rank; i++) {
        if (i != 0)
            text_add(out, ", ");
        dim_text(d, shape->dims[i], out);
    }
    text_add(out, "]");
}

static const char *print(const struct shape_question *q, const struct hir_shape *shape)
{
    struct text t = {.arena = q->arena};

    shape_text(q->dims, shape, &t);
    return t.data;
}

static const struct hir_shape *shape_at(const struct shape_question *q, uint32_t i)
{
    return hir_shape_of(q->graph, q->operands[i]);
}

static enum dtype dtype_at(const struct shape_question *q, uint32_t i)
{
    return (enum dtype)hir_at(q->graph, q->operands[i])->dtype;
}

static uint16_t op_at(const struct shape_question *q, uint32_t i)
{
    return hir_at(q->graph, q->operands[i])->op;
}

static bool same_shape(const struct hir_shape *a, const struct hir_shape *b)
{
    bool same = a->rank == b->rank;

    for (uint32_t i = 0; same && i < a->rank; i++)
        same = a->dims[i] == b->dims[i];
    return same;
}

/* Operand i is numbers (not indices) of this rank. */
static bool want(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                 uint32_t rank)
{
    if (dtype_at(q, i) == DTYPE_i32)
        return bad(q, out, "operand %u: expected numbers, found i32", i + 1);
    if (shape_at(q, i)->rank != rank)
        return bad(q, out, "operand %u: expected rank %u, found %s", i + 1, rank,
                   print(q, shape_at(q, i)));
    return true;
}

/* Operand i is i32 of this shape, or of any one-dimensional one where `size` is 0. */
static bool want_indices(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                         dim_id size)
{
    const struct hir_shape *shape = shape_at(q, i);

    if (dtype_at(q, i) != DTYPE_i32)
        return bad(q, out, "operand %u: expected i32, found %s", i + 1,
                   dtype_info[dtype_at(q, i)].name);
    if (shape->rank != 1)
        return bad(q, out, "operand %u: expected rank 1, found %s", i + 1, print(q, shape));
    if (size != 0 && shape->dims[0] != size) {
        struct hir_shape wanted = {1, {size}};
        return bad(q, out, "operand %u: expected %s, found %s", i + 1, print(q, &wanted),
                   print(q, shape));
    }
    return true;
}

static bool want_shape(const struct shape_question *q, struct shape_answer *out, uint32_t i,
                       uint32_t rank, const dim_id *dims)
{
    struct hir_shape wanted = {.rank = rank};

    for (uint32_t j = 0; j < rank; j++)
        wanted.dims[j] = dims[j];
    if (!same_shape(shape_at(q, i), &wanted))
        return bad(q, out, "operand %u: expected %s, found %s", i + 1, print(q, &wanted),
                   print(q, shape_at(q, i)));
    return true;
}

static bool want_state(const struct shape_question *q, struct shape_answer *out, uint32_t i)
{
    uint16_t op = op_at(q, i);

    if (op != HIR_state && !hir_op_info[op].writes)
        return bad(q, out, "operand %u: expected a state, found %s", i + 1, hir_op_info[op].name);
    return true;
}

static bool is_weight(uint16_t op)
{
    return op == HIR_weight || op == HIR_concat || op == HIR_interleave;
}

static bool answer(struct shape_answer *out, enum dtype dtype, uint32_t rank, const dim_id *dims)
{
    out->dtype = dtype;
    out->shape = (struct hir_shape){.rank = rank};
    for (uint32_t i = 0; i < rank; i++)
        out->shape.dims[i] = dims[i];
    return true;
}

static bool answer_declared(const struct shape_question *q, struct shape_answer *out)
{
    out->dtype = q->declared_dtype;
    out->shape = q->declared;
    return true;
}

/* ---- leaves ---- */

/* Axes from `first` on are known numbers above 0. */
static bool want_numbers(const struct shape_question *q, struct shape_answer *out, uint32_t first)
{
    int64_t value;

    for (uint32_t i = first; i < q->declared.rank; i++)
        if (!dim_is_const(q->dims, q->declared.dims[i], &value) || value == 0)
            return bad(q, out, "expected sizes that are numbers above 0, found %s",
                       print(q, &q->declared));
    return true;
}

static bool rule_input(const struct shape_question *q, struct shape_answer *out)
{
    if (q->declared_dtype != DTYPE_i32 || q->declared.rank != 1)
        return bad(q, out, "expected i32 of rank 1, found %s %s",
                   dtype_info[q->declared_dtype].name, print(q, &q->declared));
    return answer_declared(q, out);
}

static bool rule_weight(const struct shape_question *q, struct shape_answer *out)
{
    const struct dtype_info *type = &dtype_info[q->declared_dtype];
    int64_t width;

    if (q->declared_dtype == DTYPE_i32)
        return bad(q, out, "expected a type of numbers, found i32");
    if (q->declared.rank == 0)
        return bad(q, out, "expected a rank of at least 1, found []");
    if (!want_numbers(q, out, 0))
        return false;
    dim_is_const(q->dims, q->declared.dims[q->declared.rank - 1], &width);
    if (width % type->block != 0)
        return bad(q, out, "%s: expected rows of a multiple of %u elements, found %s", type->name,
                   type->block, print(q, &q->declared));
    return answer_declared(q, out);
}

static bool rule_state(const struct shape_question *q, struct shape_answer *out)
{
    enum dtype dtype = q->declared_dtype;

    if (dtype != DTYPE_f32 && dtype != DTYPE_f16 && dtype != DTYPE_q8_0)
        return bad(q, out, "expected f32, f16 or q8_0, found %s", dtype_info[dtype].name);
    if (q->declared.rank != 4)
        return bad(q, out, "expected [BATCH, context, heads, head_dim], found %s",
                   print(q, &q->declared));
    return want_numbers(q, out, 1) && answer_declared(q, out);
}

static bool rule_rope_table(const struct shape_question *q, struct shape_answer *out)
{
    int64_t n_rot;

    if (q->declared_dtype != DTYPE_f32 || q->declared.rank != 2)
        return bad(q, out, "expected f32 [context, n_rot], found %s %s",
                   dtype_info[q->declared_dtype].name, print(q, &q->declared));
    if (!want_numbers(q, out, 0))
        return false;
    dim_is_const(q->dims, q->declared.dims[1], &n_rot);
    if (n_rot % 2 != 0)
        return bad(q, out, "expected an even n_rot, found %s", print(q, &q->declared));
    dim_id half = dim_const(q->dims, n_rot / 2);
    if (q->count == 1 && !(want(q, out, 0, 1) && want_shape(q, out, 0, 1, &half)))
        return false;
    return answer_declared(q, out);
}

static bool rule_declared(const struct shape_question *q, struct shape_answer *out)
{
    switch (q->op) {
    case HIR_input:
        return rule_input(q, out);
    case HIR_weight:
        return rule_weight(q, out);
    case HIR_state:
        return rule_state(q, out);
    case HIR_rope_table:
        return rule_rope_table(q, out);
    default:
        unreachable("an op that declares its shape without a rule");
    }
}

static bool rule_scalar(const struct shape_question *q, struct shape_answer *out)
{
    (void)q;
    return answer(out, DTYPE_f32, 0, NULL);
}

/* ---- views ---- */

/* Number of elements; 0 where it is not known. */
static dim_id elements(const struct shape_question *q, const struct hir_shape *shape)
{
    dim_id all = dim_const(q->dims, 1);

    for (uint32_t i = 0; i < shape->rank; i++)
        all = dim_mul(q->dims, all, shape->dims[i]);
    return all;
}

static bool rule_reshape(const struct shape_question *q, struct shape_answer *out)
{
    dim_id before = elements(q, shape_at(q, 0)), after = elements(q, &q->declared);

    if (before == 0 || before != after)
        return bad(q, out, "expected as many elements as %s, found %s", print(q, shape_at(q, 0)),
                   print(q, &q->declared));
    if (q->declared_dtype != dtype_at(q, 0))
        return bad(q, out, "expected %s, found %s", dtype_info[dtype_at(q, 0)].name,
                   dtype_info[q->declared_dtype].name);
    return answer_declared(q, out);
}

static bool rule_slice(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape wanted = *shape_at(q, 0);
    uint32_t axis = q->attr->slice.axis;
    int64_t end;

    if (axis >= wanted.rank || q->declared.rank != wanted.rank)
        return bad(q, out, "axis %u: expected an axis of %s, found %s", axis, print(q, &wanted),
                   print(q, &q->declared));
    dim_id whole = wanted.dims[axis];
    if (q->dims->all[q->declared.dims[axis]].max == 0)
        return bad(q, out, "expected a range that is not empty, found %s", print(q, &q->declared));
    dim_id last = dim_add(q->dims, q->attr->slice.start, q->declared.dims[axis]);
    bool inside =
        last != 0 &&
        (last == whole || (dim_is_const(q->dims, last, &end) && end <= q->dims->all[whole].min));
    wanted.dims[axis] = q->declared.dims[axis];
    if (!inside || !same_shape(&wanted, &q->declared))
        return bad(q, out, "expected a range inside %s, found %s", print(q, shape_at(q, 0)),
                   print(q, &q->declared));
    if (q->declared_dtype != dtype_at(q, 0))
        return bad(q, out, "expected %s, found %s", dtype_info[dtype_at(q, 0)].name,
                   dtype_info[q->declared_dtype].name);
    return answer_declared(q, out);
}

static bool rule_concat(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_at(q, 0);

    for (uint32_t i = 0; i < q->count; i++) {
        struct hir_shape wanted = *shape_at(q, 0), found = *shape_at(q, i);
        if (!is_weight(op_at(q, i)))
            return bad(q, out, "operand %u: expected a weight, found %s", i + 1,
                       hir_op_info[op_at(q, i)].name);
        if (dtype_at(q, i) != dtype_at(q, 0))
            return bad(q, out, "operand %u: expected %s, found %s", i + 1,
                       dtype_info[dtype_at(q, 0)].name, dtype_info[dtype_at(q, i)].name);
        wanted.dims[0] = found.dims[0];
        if (wanted.rank == 0 || !same_shape(&wanted, &found))
            return bad(q, out, "operand %u: expected rows as in %s, found %s", i + 1,
                       print(q, shape_at(q, 0)), print(q, &found));
        if (i != 0)
            shape.dims[0] = dim_add(q->dims, shape.dims[0], found.dims[0]);
        if (shape.dims[0] == 0)
            return bad(q, out, "operand %u: the sum of rows is too large", i + 1);
    }
    if (q->op == HIR_interleave && shape.rank != 2)
        return bad(q, out, "expected weights of rank 2, found %s", print(q, shape_at(q, 0)));
    return answer(out, dtype_at(q, 0), shape.rank, shape.dims);
}

/* ---- rows ---- */

static bool rule_embed(const struct shape_question *q, struct shape_answer *out)
{
    if (!want(q, out, 0, 2) || !want_indices(q, out, 1, 0))
        return false;
    dim_id dims[] = {shape_at(q, 1)->dims[0], shape_at(q, 0)->dims[1]};
    return answer(out, DTYPE_f32, 2, dims);
}

static bool rule_rows(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_at(q, 0);

    if (shape.rank == 0)
        return bad(q, out, "operand 1: expected a rank of at least 1, found []");
    if (!want_indices(q, out, 1, 0))
        return false;
    shape.dims[0] = shape_at(q, 1)->dims[0];
    return answer(out, dtype_at(q, 0), shape.rank, shape.dims);
}

static bool rule_reduce(const struct shape_question *q, struct shape_answer *out)
{
    struct hir_shape shape = *shape_at(q, 0);

    if (shape.rank == 0)
        return bad(q, out, "operand 1: expected a rank of at least 1, found []");
    if (!want(q, out, 0, shape.rank))
        return false;
    shape.dims[shape.rank - 1] = dim_const(q->dims, 1);
    return answer(out, DTYPE_f32, shape.rank, shape.dims);
}

static bool want_rope(const struct shape_question *q, struct shape_answer *out, uint32_t table,
                      dim_id head_dim)
{
    int64_t size, n_rot = q->attr->rope.n_rot;

    if (!want(q, out, table, 2))
        return false;
    dim_id width = shape_at(q, table)->dims[1];
    if (!dim_is_const(q->dims, width, &size) || size != n_rot || n_rot == 0 || n_rot % 2 != 0)
        return bad(q, out, "n_rot: expected the even width of the table %s, found %lld",
                   print(q, shape_at(q, table)), (long long)n_rot);
    if (!dim_is_const(q->dims, head_dim, &size) || n_rot > size)
        return bad(q, out, "n_rot: expected at most the head's width, found %lld",
                   (long long)n_rot);
    return true;
}

/* state [B, context, heads, head_dim], x [R, heads, head_dim], positions [R] */
static bool want_append(const struct shape_question *q, struct shape_answer *out,
                        uint32_t positions)
{
    if (!want_state(q, out, 0) || !want(q, out, 0, 4) || !want(q, out, 1, 3))
        return false;
    const struct hir_shape *state = shape_at(q, 0);
    dim_id rows = shape_at(q, 1)->dims[0];
    dim_id wanted[] = {rows, state->dims[2], state->dims[3]};
    return want_shape(q, out, 1, 3, wanted) && want_indices(q, out, positions, rows);
}

static bool rule_same(const struct shape_question *q, struct shape_answer *out)
{
    const struct hir_shape *shape = shape_at(q, 0);
    dim_id width = shape->rank == 0 ? 0 : shape->dims[shape->rank - 1];
    bool fits = false;

    switch (q->op) {
    case HIR_rms_norm:
        if (shape->rank == 0)
            return bad(q, out, "operand 1: expected a rank of at least 1, found []");
        fits =
            want(q, out, 0, shape->rank) && want(q, out, 1, 1) && want_shape(q, out, 1, 1, &width);
        break;
    case HIR_rope:
        fits = want(q, out, 0, 3) && want_rope(q, out, 1, width) &&
               want_indices(q, out, 2, shape->dims[0]);
        break;
    case HIR_kv_append:
        fits = want_append(q, out, 2);
        break;
    case HIR_rope_kv:
        fits = want_append(q, out, 3) && want_rope(q, out, 2, width) &&
               (q->count == 4 || (want(q, out, 4, 1) && want_shape(q, out, 4, 1, &width)));
        break;
    default:
        unreachable("an op that keeps its shape without a rule");
    }
    enum dtype dtype = hir_op_info[q->op].writes ? dtype_at(q, 0) : DTYPE_f32;
    return fits && answer(out, dtype, shape->rank, shape->dims);
}

/* ---- contractions ---- */

static bool rule_matmul(const struct shape_question *q, struct shape_answer *out)
{
    if (!want(q, out, 0, 2) || !want(q, out, 1, 2))
        return false;
    const struct hir_shape *x = shape_at(q, 0), *weight = shape_at(q, 1);
    if (x->dims[1] != weight->dims[1])
        return bad(q, out, "expected equal last axes, found %s and %s", print(q, x),
                   print(q, weight));
    dim_id dims[] = {x->dims[0], weight->dims[0]};
    return answer(out, DTYPE_f32, 2, dims);
}

static bool rule_gated(const struct shape_question *q, struct shape_answer *out)
{
    if (op_at(q, 1) != HIR_interleave)
        return bad(q, out, "operand 2: expected interleave, found %s",
                   hir_op_info[op_at(q, 1)].name);
    if (!rule_matmul(q, out))
        return false;
    dim_id gate = hir_shape_of(q->graph, hir_operand(q->graph, q->operands[1], 0))->dims[0];
    dim_id up = hir_shape_of(q->graph, hir_operand(q->graph, q->operands[1], 1))->dims[0];
    if (gate != up)
        return bad(q, out, "operand 2: expected gate and up of one size");
    out->shape.dims[1] = gate;
    return true;
}

static bool rule_attention(const struct shape_question *q, struct shape_answer *out)
{
    uint64_t heads = q->attr->attention.heads, kv_heads = q->attr->attention.kv_heads;

    if (heads == 0 || kv_heads == 0 || heads % kv_heads != 0)
        return bad(q, out, "expected heads to be a multiple of kv_heads, found %u and %u",
                   (unsigned)heads, (unsigned)kv_heads);
    if (!want(q, out, 0, 3) || !want_state(q, out, 1) || !want_state(q, out, 2))
        return false;
    if (!want(q, out, 1, 4) || !want(q, out, 2, 4))
        return false;
    const struct hir_shape *k = shape_at(q, 1);
    dim_id rows = shape_at(q, 0)->dims[0];
    dim_id head_dim = dim_const(q->dims, q->attr->attention.head_dim);
    dim_id wanted_q[] = {rows, dim_const(q->dims, (int64_t)heads), head_dim};
    dim_id wanted_kv[] = {k->dims[0], k->dims[1], dim_const(q->dims, (int64_t)kv_heads), head_dim};
    if (!want_shape(q, out, 0, 3, wanted_q) || !want_shape(q, out, 1, 4, wanted_kv) ||
        !want_shape(q, out, 2, 4, wanted_kv) || !want_indices(q, out, 3, rows))
        return false;
    dim_id dims[] = {rows, dim_mul(q->dims, wanted_q[1], head_dim)};
    return answer(out, DTYPE_f32, 2, dims);
}

/* As in numpy: axes are aligned at the last one; equal, or one of the two is 1. */
static bool rule_broadcast(const struct shape_question *q, struct shape_answer *out)
{
    dim_id one = dim_const(q->dims, 1);
    struct hir_shape all = {0};

    for (uint32_t i = 0; i < q->count; i++) {
        struct hir_shape x = *shape_at(q, i), before = all;
        if (!want(q, out, i, x.rank))
            return false;
        all.rank = x.rank > all.rank ? x.rank : all.rank;
        for (uint32_t axis = 0; axis < all.rank; axis++) { /* counted from the last */
            dim_id a = axis < before.rank ? before.dims[before.rank - 1 - axis] : one;
            dim_id b = axis < x.rank ? x.dims[x.rank - 1 - axis] : one;
            if (a != b && a != one && b != one)
                return bad(q, out, "operand %u: expected a shape that broadcasts to %s, found %s",
                           i + 1, print(q, &before), print(q, &x));
            all.dims[all.rank - 1 - axis] = a == one ? b : a;
        }
    }
    return answer(out, DTYPE_f32, all.rank, all.dims);
}

bool shape_infer(const struct shape_question *q, struct shape_answer *out)
{
    static bool (*const rule[])(const struct shape_question *, struct shape_answer *) = {
        [SHAPE_declared] = rule_declared,   [SHAPE_scalar] = rule_scalar,
        [SHAPE_reshape] = rule_reshape,     [SHAPE_slice] = rule_slice,
        [SHAPE_concat] = rule_concat,       [SHAPE_embed] = rule_embed,
        [SHAPE_rows] = rule_rows,           [SHAPE_reduce] = rule_reduce,
        [SHAPE_same] = rule_same,           [SHAPE_matmul] = rule_matmul,
        [SHAPE_gated] = rule_gated,         [SHAPE_attention] = rule_attention,
        [SHAPE_broadcast] = rule_broadcast,
    };
    const struct hir_op_info *info = &hir_op_info[q->op];

    assert(q->count >= info->least && q->count <= info->most);
    *out = (struct shape_answer){0};
    return rule[info->shape_rule](q, out);
}
