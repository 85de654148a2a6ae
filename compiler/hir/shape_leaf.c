/* Shape rules of leaves: ops whose shape is declared. */
#include "compiler/hir/shape_rules.h"

/* ---- leaves ---- */

enum {
    MAX_SIZE = 1 << 28, /* of one axis: the runtime's limit of rows of states */
    MAX_TABLE_ROWS = 1 << 26,
};
#define MAX_ELEMENTS (INT64_C(1) << 40) /* of a leaf, of the axes that are numbers */

/* Sizes multiply without overflow, here and in all that reads them. */
static bool want_elements(const struct shape_question *q, struct shape_answer *out)
{
    int64_t value, elements = 1;

    for (uint32_t i = 0; i < q->declared.rank; i++)
        if (dim_is_const(q->dims, q->declared.dims[i], &value) && value != 0) {
            if (value > MAX_ELEMENTS / elements)
                return shape_misfit(q, out, "expected at most %lld elements, found %s",
                                    (long long)MAX_ELEMENTS, shape_print(q, &q->declared));
            elements *= value;
        }
    return true;
}

/* Axes from `first` on are known numbers. */
static bool want_numbers(const struct shape_question *q, struct shape_answer *out, uint32_t first)
{
    int64_t value;

    for (uint32_t i = first; i < q->declared.rank; i++) {
        if (!dim_is_const(q->dims, q->declared.dims[i], &value) || value == 0)
            return shape_misfit(q, out, "expected sizes that are numbers above 0, found %s",
                                shape_print(q, &q->declared));
        if (value > MAX_SIZE)
            return shape_misfit(q, out, "expected sizes of at most %d, found %s", MAX_SIZE,
                                shape_print(q, &q->declared));
    }
    return want_elements(q, out);
}

static bool rule_input(const struct shape_question *q, struct shape_answer *out)
{
    bool indices = q->declared_dtype == DTYPE_i32 && q->declared.rank == 1;
    bool numbers = q->declared_dtype == DTYPE_f32 && q->declared.rank != 0;
    uint32_t role = q->attr->input.role,
             rows = role == INPUT_out_rows ? SYMBOL_OUT_ROWS : SYMBOL_ROWS;
    bool fits = role == INPUT_data ? indices || numbers
                                   : indices && q->declared.dims[0] == dim_symbol(q->dims, rows);

    if (!fits)
        return shape_misfit(q, out, "expected %s%s%s, found %s %s",
                            role == INPUT_data ? "f32 or i32 of rank 1" : "i32 [",
                            role == INPUT_data ? "" : symbol_name(rows),
                            role == INPUT_data ? "" : "]", dtype_info[q->declared_dtype].name,
                            shape_print(q, &q->declared));
    return want_elements(q, out) && shape_give_declared(q, out);
}

static bool rule_weight(const struct shape_question *q, struct shape_answer *out)
{
    const struct dtype_info *type = &dtype_info[q->declared_dtype];
    int64_t width;

    if (q->declared_dtype == DTYPE_i32 && q->declared.rank != 1)
        return shape_misfit(q, out, "expected a type of numbers, or i32 [K], found i32 %s",
                            shape_print(q, &q->declared));
    if (q->declared.rank == 0)
        return shape_misfit(q, out, "expected a rank of at least 1, found []");
    if (!want_numbers(q, out, 0))
        return false;
    dim_is_const(q->dims, q->declared.dims[q->declared.rank - 1], &width);
    if (width % type->block != 0)
        return shape_misfit(q, out, "%s: expected rows of a multiple of %u elements, found %s",
                            type->name, type->block, shape_print(q, &q->declared));
    return shape_give_declared(q, out);
}

/* Where the rows of a state stand: a cross state counts them by a symbol; the places of a ring are
 * tiles of 64; a scratch state has one for each row of the run. */
static bool want_capacity(const struct shape_question *q, struct shape_answer *out)
{
    const struct dim *rows = &q->dims->all[q->attr->state.rows];
    uint32_t class = q->attr->state.class;
    dim_id capacity = q->declared.dims[1];
    struct dim_slot_info info;
    int64_t number = 0;

    dim_is_const(q->dims, capacity, &number);
    if ((class == STATE_cross) != (q->attr->state.rows != 0))
        return shape_misfit(q, out, "rows: expected %s",
                            class == STATE_cross ? "the symbol that counts the rows of the state"
                                                 : "a state of class cross");
    if (class == STATE_cross &&
        (rows->kind != DIM_SYMBOL || rows->value < SYMBOL_FIRST_FREE || rows->max > number))
        return shape_misfit(q, out,
                            "rows: expected a symbol of the graph's own that is at most %lld",
                            (long long)number);
    if (class == STATE_ring && number % 64 != 0)
        return shape_misfit(q, out, "expected a ring with a multiple of 64 places, found %lld",
                            (long long)number);
    if (class == STATE_scratch && !dim_row_size(q->dims, capacity, &info))
        return shape_misfit(q, out, "expected a scratch state whose capacity counts rows, found %s",
                            shape_print(q, &q->declared));
    return true;
}

static bool rule_state(const struct shape_question *q, struct shape_answer *out)
{
    enum dtype dtype = q->declared_dtype;
    uint32_t class = q->attr->state.class, first = class == STATE_scratch ? 2 : 1;
    bool carried = class == STATE_carried, data = q->attr->state.role == STATE_ROLE_data;

    if (dtype != DTYPE_f32 && (carried || (dtype != DTYPE_f16 && dtype != DTYPE_q8_0)))
        return shape_misfit(q, out, "expected %s, found %s", carried ? "f32" : "f32, f16 or q8_0",
                            dtype_info[dtype].name);
    if (data != carried)
        return shape_misfit(q, out, "role: expected %s",
                            carried ? "data of a carried state" : "key or value");
    if (q->declared.rank != (carried ? 3 : 4) ||
        q->declared.dims[0] != dim_symbol(q->dims, SYMBOL_BATCH))
        return shape_misfit(q, out, "expected [BATCH, %s], found %s",
                            carried ? "rows, width" : "capacity, heads, head_dim",
                            shape_print(q, &q->declared));
    return want_numbers(q, out, first) && want_capacity(q, out) && shape_give_declared(q, out);
}

static bool rule_rope_table(const struct shape_question *q, struct shape_answer *out)
{
    int64_t n_rot, rows;

    if (q->declared_dtype != DTYPE_f32 || q->declared.rank != 2)
        return shape_misfit(q, out, "expected f32 [context, n_rot], found %s %s",
                            dtype_info[q->declared_dtype].name, shape_print(q, &q->declared));
    if (!want_numbers(q, out, 0))
        return false;
    dim_is_const(q->dims, q->declared.dims[0], &rows);
    dim_is_const(q->dims, q->declared.dims[1], &n_rot);
    if (rows > MAX_TABLE_ROWS)
        return shape_misfit(q, out, "expected at most %d rows, found %s", MAX_TABLE_ROWS,
                            shape_print(q, &q->declared));
    if (n_rot % 2 != 0)
        return shape_misfit(q, out, "expected an even n_rot, found %s",
                            shape_print(q, &q->declared));
    dim_id half = dim_const(q->dims, n_rot / 2);
    if (q->count == 1 && !(shape_want(q, out, 0, 1) && shape_want_dims(q, out, 0, 1, &half)))
        return false;
    return shape_give_declared(q, out);
}

bool rule_declared(const struct shape_question *q, struct shape_answer *out)
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

bool rule_scalar(const struct shape_question *q, struct shape_answer *out)
{
    (void)q;
    return shape_give(out, DTYPE_f32, 0, NULL);
}
