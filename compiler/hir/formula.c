/* Formulas of steps; see formula.h. An operand that occurs twice is read once, and operands are
 * numbered in the order in which the code meets them, so that equal formulas are equal code. */
#include "compiler/hir/formula.h"

#include "compiler/hir/rows.h"
#include "compiler/hir/scalar.h"

#include <float.h>
#include <math.h>

_Static_assert(EPILOGUE_MAX_OPERANDS + 2 <= (int)SCALAR_MAX_OPERANDS &&
                   FORMULA_MAX_OPERANDS <= (int)SCALAR_MAX_OPERANDS,
               "gate and up stand before the operands");

static bool put_operand(struct formula *to, hir_id id)
{
    uint32_t i = 0;

    while (i < to->operand_count && to->operands[i] != id)
        i++;
    if (i == to->max_operands)
        return false;
    if (i == to->operand_count)
        to->operands[to->operand_count++] = id;
    return scalar_put(&to->code, (uint8_t)(S_X + to->base + i));
}

/* The op, or the number that it reads, at *i of `from`, which then stands at its last byte. */
static bool put_op(struct formula *to, const struct scalar_code *from, uint32_t *i)
{
    if (from->code[*i] == S_NUMBER)
        return scalar_put_number(&to->code, from->numbers[from->code[++*i]]);
    return scalar_put(&to->code, from->code[*i]);
}

/* All of `from`. The values before its operands, where it has any, are those of `to`. */
static bool put_formula(struct formula *to, const struct formula *from)
{
    const struct scalar_code *code = &from->code;
    bool fits = true;

    for (uint32_t i = 0; i < code->bytes && fits; i++) {
        uint8_t op = code->code[i];
        if (op >= S_X + from->base && op < S_X + SCALAR_MAX_OPERANDS)
            fits = put_operand(to, from->operands[op - S_X - from->base]);
        else
            fits = put_op(to, code, &i);
    }
    return fits;
}

static bool put_value(const struct hir_graph *g, hir_id operand, const struct formula *inlined,
                      struct formula *to)
{
    if (inlined != NULL)
        return put_formula(to, inlined);
    if (hir_at(g, operand)->op == HIR_number)
        return scalar_put_number(&to->code, (float)hir_attr(g, operand)->number.value);
    return put_operand(to, operand);
}

bool formula_of(const struct hir_graph *g, hir_id id, const struct formula *const *inlined,
                struct formula *to)
{
    const struct scalar_code *code = hir_op_info[hir_at(g, id)->op].code;
    bool fits = true;

    for (uint32_t i = 0; i < code->bytes && fits; i++) {
        uint32_t operand = (uint32_t)code->code[i] - S_X;
        if (code->code[i] >= S_X && operand < SCALAR_MAX_OPERANDS)
            fits = put_value(g, hir_operand(g, id, operand), inlined[operand], to);
        else
            fits = put_op(to, code, &i);
    }
    return fits && scalar_valid(&to->code, SCALAR_MAX_OPERANDS);
}

void formula_of_product(const struct hir_graph *g, hir_id id, struct formula *to)
{
    const struct hir_attr *attr = hir_attr(g, id);
    bool gated = hir_is_gated(g, id);

    *to = (struct formula){.base = gated ? 2 : 1, .max_operands = EPILOGUE_MAX_OPERANDS};
    to->code = attr->product.code;
    for (uint32_t i = hir_first_operand(g, id); i < hir_at(g, id)->operand_count; i++)
        to->operands[to->operand_count++] = hir_operand(g, id, i);
    if (to->code.bytes != 0)
        return;
    if (!gated) {
        scalar_put(&to->code, S_X);
        return;
    }
    to->code = *hir_op_info[attr->product.activation].code;
    bool fits = scalar_put(&to->code, S_Y) && scalar_put(&to->code, S_MUL);
    assert(fits);
    (void)fits;
}

/* ---- refusals ---- */

static const char *refuses_operand(const struct hir_graph *g, hir_id id, hir_id operand,
                                   struct arena *a)
{
    const struct hir_node *n = hir_at(g, operand);
    uint64_t width = hir_row_width(g, id);

    if (n->op == HIR_number) {
        double value = hir_attr(g, operand)->number.value;
        return fabs(value) <= FLT_MAX
                   ? NULL
                   : arena_printf(a, "the number %g is none that f32 holds", value);
    }
    if (hir_is_vector(g, operand)) {
        uint64_t found = hir_width(g, operand);
        return found == width
                   ? NULL
                   : arena_printf(a,
                                  "a vector of %llu elements is not served here: expected %llu, "
                                  "one for each column",
                                  (unsigned long long)found, (unsigned long long)width);
    }
    if (hir_rows_symbol(g, operand) != hir_rows_symbol(g, id) ||
        (hir_row_width(g, operand) != width && hir_row_width(g, operand) != 1))
        return arena_printf(
            a, "operand '%s' is neither a vector, a column nor a matrix of the same shape",
            hir_op_info[n->op].name);
    return NULL;
}

const char *formula_refuses(const struct hir_graph *g, hir_id id, struct arena *a)
{
    const struct formula *const plain[HIR_MAX_OPERANDS] = {NULL};
    struct formula alone = {.max_operands = FORMULA_MAX_OPERANDS};
    const char *why = NULL;

    if (hir_rows_symbol(g, id) < 0 || hir_row_width(g, id) == 0)
        return "arithmetic on anything but rows is not served";
    for (uint32_t i = 0; why == NULL && i < hir_at(g, id)->operand_count; i++)
        why = refuses_operand(g, id, hir_operand(g, id, i), a);
    if (why != NULL)
        return why;
    formula_of(g, id, plain, &alone);
    return alone.operand_count == 0 ? "a formula that reads nothing" : NULL;
}
