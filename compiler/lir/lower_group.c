/* Which ops become one step. A matrix product takes the elementwise ops after it as its epilogue,
 * as long as each has one reader, the other operands are vectors or matrices of the same rows that
 * stand before it, and the code fits; elementwise ops without a product join into one formula. A
 * step is launched where its last op stands, so that everything that it reads was made.
 */
#include "compiler/lir/lower.h"

#include <string.h>

enum { MOST_EPILOGUE_OPERANDS = 4, MOST_MAP_OPERANDS = 6 };
_Static_assert(MOST_EPILOGUE_OPERANDS + 2 <= SCALAR_MAX_OPERANDS,
               "gate and up stand before the operands");

static bool is_map(const struct lowering *l, hir_id id)
{
    return hir_op_info[hir_at(l->graph, id)->op].fusion == FUSE_map;
}

/* ---- code ---- */

static bool put(struct group *to, uint8_t byte)
{
    if (to->code_bytes >= SCALAR_MAX_CODE - 1)
        return false;
    to->code[to->code_bytes++] = byte;
    return true;
}

/* The operand of the code that stands for this node's matrix or vector. */
static bool put_operand(struct group *to, hir_id id)
{
    uint32_t most = to->contract != 0 ? MOST_EPILOGUE_OPERANDS : MOST_MAP_OPERANDS, i = 0;

    while (i < to->operand_count && to->operands[i] != id)
        i++;
    if (i == most)
        return false;
    if (i == to->operand_count)
        to->operands[to->operand_count++] = id;
    return put(to, (uint8_t)(S_X + to->base + i));
}

/* Adds the whole value of another group. Its product, where it has one, is that of `to`. */
static bool put_group(struct group *to, const struct group *from)
{
    bool fits = true;

    if (from->code_bytes == 0)
        return put(to, S_X);
    for (uint32_t i = 0; i < from->code_bytes && fits; i++) {
        uint8_t op = from->code[i];
        if (op >= S_X + from->base && op < S_X + SCALAR_MAX_OPERANDS)
            fits = put_operand(to, from->operands[op - S_X - from->base]);
        else
            fits = put(to, op);
        if (op == S_K && fits)
            fits = put(to, from->code[++i]);
    }
    return fits;
}

static int constant_index(double value)
{
    for (uint32_t i = 0; i <= SCALAR_CONSTANT_gelu_cubic; i++)
        if (scalar_constants[i] == value)
            return (int)i;
    return -1;
}

static bool put_value(struct lowering *l, struct group *to, hir_id operand, const bool *inlined)
{
    const struct hir_node *n = hir_at(l->graph, operand);

    if (*inlined)
        return put_group(to, l->facts[operand].group);
    if (n->op == HIR_number)
        return put(to, S_K) &&
               put(to, (uint8_t)constant_index(hir_attr(l->graph, operand)->number.value));
    return put_operand(to, operand);
}

/* ---- choice ---- */

static bool may_inline(const struct lowering *l, hir_id id, hir_id into)
{
    const struct fact *f = &l->facts[id];

    return f->group != NULL && f->uses == 1 && id != l->logits &&
           lower_width(l, id) == lower_width(l, into) &&
           lower_symbol(l, id) == lower_symbol(l, into);
}

/* The formula of node `id` with the operands of `inlined` replaced by their own. */
static bool build(struct lowering *l, hir_id id, hir_id product, const bool *inlined,
                  struct group *out)
{
    const uint8_t *formula = hir_op_info[hir_at(l->graph, id)->op].code;
    bool fits = true;

    *out = (struct group){0};
    if (product != 0) {
        out->contract = l->facts[product].group->contract;
        out->base = l->facts[product].group->base;
    }
    for (; *formula != S_END && fits; formula++) {
        uint32_t i = (uint32_t)*formula - S_X;
        if (*formula >= S_X && i < SCALAR_MAX_OPERANDS)
            fits = put_value(l, out, hir_operand(l->graph, id, i), &inlined[i]);
        else
            fits = put(out, *formula);
        if (*formula == S_K && fits)
            fits = put(out, *++formula);
    }
    return fits && scalar_valid(out->code, out->code_bytes, SCALAR_MAX_OPERANDS);
}

static bool check_operand(struct lowering *l, hir_id id, hir_id operand)
{
    const struct hir_node *n = hir_at(l->graph, operand);
    uint64_t width = lower_width(l, id);

    if (n->op == HIR_number) {
        double value = hir_attr(l->graph, operand)->number.value;
        return constant_index(value) >= 0 ||
               lower_error(l, id, "the number %g is none that formulas of steps can hold", value);
    }
    if (lower_is_vector(l, operand)) {
        uint64_t found = hir_width(l->graph, operand);
        return found == width ||
               lower_error(l, id,
                           "a vector of %llu elements is not served here: expected %llu, one for "
                           "each column",
                           (unsigned long long)found, (unsigned long long)width);
    }
    if (lower_symbol(l, operand) != lower_symbol(l, id) || lower_width(l, operand) != width)
        return lower_error(l, id, "operand '%s' is neither a vector nor a matrix of the same shape",
                           hir_op_info[n->op].name);
    hir_id made = lower_unview(l, operand);
    if (hir_at(l->graph, made)->op == HIR_rms_norm)
        l->facts[made].as_matrix = true;
    return true;
}

/* Takes everything into one step; if that does not fit, the product alone; otherwise nothing. */
static bool plan_map(struct lowering *l, hir_id id)
{
    struct group *group = arena_new(l->program->arena, struct group, 1);
    uint32_t count = hir_at(l->graph, id)->operand_count;
    hir_id product = 0;

    if (lower_symbol(l, id) < 0 || lower_width(l, id) == 0)
        return lower_error(l, id, "arithmetic on anything but rows is not served");
    for (uint32_t i = 0; i < count; i++) {
        hir_id operand = hir_operand(l->graph, id, i);
        if (!check_operand(l, id, operand))
            return false;
        if (operand > product && may_inline(l, operand, id) &&
            l->facts[operand].group->contract != 0)
            product = operand;
    }
    for (uint32_t attempt = 0; attempt < 3; attempt++) {
        bool inlined[HIR_MAX_OPERANDS] = {false};
        for (uint32_t i = 0; i < count && attempt < 2; i++) {
            hir_id operand = hir_operand(l->graph, id, i);
            inlined[i] = operand == product || (attempt == 0 && may_inline(l, operand, id) &&
                                                l->facts[operand].group->contract == 0);
        }
        if (!build(l, id, attempt < 2 ? product : 0, inlined, group))
            continue;
        for (uint32_t i = 0; i < count; i++)
            if (inlined[i])
                l->facts[hir_operand(l->graph, id, i)].inlined = true;
        l->facts[id].group = group;
        return true;
    }
    unreachable("a formula that does not fit a step alone");
}

/* gated: activation(X) * Y. */
static bool plan_product(struct lowering *l, hir_id id)
{
    struct group *group = arena_new(l->program->arena, struct group, 1);
    bool gated = hir_at(l->graph, id)->op == HIR_gated_matmul;

    *group = (struct group){.contract = id, .base = gated ? 2 : 1};
    if (gated) {
        const uint8_t *code = hir_op_info[hir_attr(l->graph, id)->product.activation].code;
        uint32_t bytes = scalar_length(code);
        assert(bytes + 2 < SCALAR_MAX_CODE);
        memcpy(group->code, code, bytes);
        group->code[bytes++] = S_Y;
        group->code[bytes++] = S_MUL;
        group->code_bytes = bytes;
    }
    l->facts[id].group = group;
    hir_id x = lower_unview(l, hir_operand(l->graph, id, 0));
    if (hir_at(l->graph, x)->op == HIR_rms_norm && x != hir_operand(l->graph, id, 0))
        l->facts[x].as_matrix = true;
    return true;
}

bool lower_plan_groups(struct lowering *l)
{
    bool good = true;

    for (hir_id id = 1; id < l->graph->node_count; id++) {
        uint16_t op = hir_at(l->graph, id)->op;
        if (l->facts[id].uses == 0)
            continue;
        if (op == HIR_matmul || op == HIR_gated_matmul)
            good = plan_product(l, id) && good;
        else if (is_map(l, id))
            good = plan_map(l, id) && good;
        else if (op == HIR_rows) {
            hir_id x = lower_unview(l, hir_operand(l->graph, id, 0));
            l->facts[x].as_matrix = true;
        }
    }
    if (hir_at(l->graph, l->logits)->op == HIR_rms_norm)
        l->facts[l->logits].as_matrix = true;
    return good;
}
