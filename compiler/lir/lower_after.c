/* Norms that products make of their rows (fuse-matmul-norm). In: a product, and the norm that reads it;
 * out: further arguments of the product's step, and the step that clears what its tiles count.
 */
#include "compiler/lir/lower.h"

bool lower_is_by_product(const struct hir_graph *g, hir_id id)
{
    switch (hir_at(g, id)->op) {
    case HIR_norm_quant:
        return hir_attr(g, id)->quant.by_product != 0;
    case HIR_rms_norm:
    case HIR_norm_add:
        return hir_attr(g, id)->norm.by_product != 0;
    default:
        return false;
    }
}

/* A matrix [ROWS, products] of zeros, which the first step of a run makes. */
static void add_counters(struct lowering *l, uint32_t products)
{
    const uint32_t stride = (uint32_t)round_up(products, 16);
    struct step s = {.name = str_of(l->program->strings, "counters")};

    l->counters = lower_buffer(l, HOME_scratch,
                               (uint64_t)l->program->upper[SYMBOL_ROWS] * stride * 4, s.name, 0);
    s.kernel.kind = KERNEL_map;
    s.kernel.rows_symbol = SYMBOL_ROWS;
    s.kernel.map.n = products;
    s.kernel.map.code = (struct scalar_code){.bytes = 2, .code = {S_NUMBER, 0}};
    lower_argument(&s, MAP_out, l->counters, stride);
    lir_add_step(l->program, &s.kernel, s.args, &s.values, s.name);
}

bool lower_find_norms(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    uint32_t products = 0;

    for (hir_id id = 1; id < g->node_count; id++) {
        if (!lower_is_by_product(g, id))
            continue;
        const hir_id product = hir_operand(g, id, 0);
        if (!hir_is_packed_product(g, product) || hir_experts(g, product) != 0 ||
            l->facts[product].after != 0 || hir_rows_symbol(g, product) != SYMBOL_ROWS)
            return hir_refuse(l->diags, g, id,
                              "by_product: expected the norm of a product of ROWS that makes no "
                              "other norm");
        l->facts[product].after = id;
        products++;
    }
    if (products != 0)
        add_counters(l, products);
    return true;
}

/* The next column of the counters. */
static void add_column(struct lowering *l, struct step *s)
{
    const struct lir_buffer *all = &l->program->buffers[l->counters];
    const uint64_t offset = 4 * (uint64_t)l->counted++;
    const uint32_t stride = (uint32_t)(all->bytes / 4 / (uint64_t)l->program->upper[SYMBOL_ROWS]);

    lower_argument(s, MATMUL_counters,
                   lir_add_view(l->program, l->counters, offset,
                                all->bytes - 4 * ((uint64_t)stride - 1), all->name),
                   stride);
}

bool fill_after(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const hir_id norm = l->facts[id].after;
    const struct hir_attr *attr = hir_attr(g, norm);
    const bool adds = hir_at(g, norm)->op == HIR_norm_add,
               quant = hir_at(g, norm)->op == HIR_norm_quant;
    const uint32_t bias = adds ? 3 : 2;
    struct kernel_matmul *k = &s->kernel.matmul;

    k->after_epsilon = (float)(quant ? attr->quant.epsilon : attr->norm.epsilon);
    k->after_centered = quant ? attr->quant.centered : attr->norm.centered;
    if (!lower_norm_weight(l, norm, hir_operand(g, norm, 1)) ||
        !lower_operand(l, s, MATMUL_after_norm, hir_operand(g, norm, 1)) ||
        (hir_at(g, norm)->operand_count > bias &&
         !lower_operand(l, s, MATMUL_after_bias, hir_operand(g, norm, bias))) ||
        (adds && !lower_operand(l, s, MATMUL_residual, hir_operand(g, norm, 2))))
        return false;
    lower_out(l, s, MATMUL_normed, norm, lower_name(l, norm));
    add_column(l, s);
    return true;
}
