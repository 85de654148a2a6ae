/* Norms that products and embeddings make of their rows (fuse-matmul-norm). In: a product, and the norms
 * that read it; out: further arguments of the product's step, and the step that clears what its tiles
 * count.
 */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lower.h"

void lower_find_norms(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    uint32_t products = 0;

    for (hir_id id = 1; id < g->node_count; id++) {
        if (!hir_norm_form(g, id).by_product)
            continue;
        const hir_id x = hir_operand(g, id, 0);
        hir_id *after = l->facts[x].after;
        products += after[0] == 0 && hir_is_product(g, x);
        after[after[0] != 0] = id;
    }
    if (products != 0)
        l->counters = lir_add_zeros(l->program, products, str_of(l->program->strings, "counters"));
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

/* The i-th of the norms: its vectors, what it adds, and its rows. */
static bool fill_norm(struct lowering *l, struct step *s, hir_id norm, uint32_t i)
{
    const struct hir_graph *g = l->graph;
    const struct lir_after after = lir_after(&s->kernel);
    const struct hir_norm_form form = hir_norm_form(g, norm);
    const uint32_t from[] = {1, form.bias, form.added, form.scale},
                   to[] = {after.norms[i].weight, after.norms[i].bias, after.norms[i].residual,
                           after.norms[i].scale};

    if (!lower_norm_weight(l, norm, hir_operand(g, norm, 1)))
        return false;
    for (uint32_t j = 0; j < countof(from); j++)
        if (from[j] != 0 && !lower_operand(l, s, to[j], hir_operand(g, norm, from[j])))
            return false;
    lower_out(l, s, after.norms[i].normed, norm, lower_name(l, norm));
    return true;
}

bool fill_after(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const hir_id *norms = l->facts[id].after;

    if (norms[0] == 0)
        return true;
    const struct hir_norm_form form = hir_norm_form(g, norms[0]);
    if (s->kernel.kind == KERNEL_embed) {
        s->kernel.embed.after_epsilon = (float)form.epsilon;
        s->kernel.embed.after_centered = form.centered;
    } else {
        s->kernel.matmul.after_epsilon = (float)form.epsilon;
        s->kernel.matmul.after_centered = form.centered;
    }
    if (!fill_norm(l, s, norms[0], 0) || (norms[1] != 0 && !fill_norm(l, s, norms[1], 1)))
        return false;
    if (s->kernel.kind == KERNEL_matmul)
        add_column(l, s);
    return true;
}
