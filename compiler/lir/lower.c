/* HIR -> LIR for one variant: one node, one step. In: a graph in late form, in which everything is
 * decided; out: a straight line of steps over buffers that have no places yet. The nodes are walked
 * twice, first those of all rows, then those of the rows whose logits are wanted.
 */
#include "compiler/lir/lower.h"
#include "compiler/lir/target.h"

/* The sizes that the variant binds. Sequences are as long as their rows states and what turns
 * positions, whichever is shorter. */
static void set_bounds(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    int64_t *upper = l->program->upper, *past = &upper[SYMBOL_PAST_SEQ];

    for (uint32_t i = 0; i < g->dims.symbol_count; i++) {
        int64_t max = dim_max(&g->dims, i);
        upper[i] = i == SYMBOL_PAST_SEQ || max == INT32_MAX ? 0 : max;
    }
    for (uint32_t i = g->dims.symbol_count; i < dims_slot_count(&g->dims); i++)
        l->program->slots[i] = dims_slot(&g->dims, i);
    lir_bind_slots(l->program, upper);
    for (hir_id id = 1; id < g->node_count; id++) {
        const uint16_t op = hir_at(g, id)->op;
        bool is_rows = op == HIR_state && hir_attr(g, id)->state.class == STATE_rows;
        if (!is_rows && op != HIR_rope_table)
            continue;
        int64_t rows = hir_size(g, id, is_rows ? 1 : 0);
        *past = *past == 0 || rows < *past ? rows : *past;
    }
}

/* ---- the walk ---- */

/* What has OUT_ROWS rows, or several for each, comes after all else. Values of weights alone have no rows. */
static bool lower_nodes(struct lowering *l, const bool *needed, bool of_out_rows)
{
    const struct hir_graph *g = l->graph;
    bool good = true;

    for (hir_id id = 1; id < g->node_count; id++) {
        int slot = lower_rows_symbol(g, id);
        bool is_out = slot >= 0 && dims_slot(&g->dims, (uint32_t)slot).symbol == SYMBOL_OUT_ROWS;
        if (!needed[id] || slot < 0 || is_out != of_out_rows ||
            hir_op_info[hir_at(g, id)->op].fusion == FUSE_leaf || lower_node(l, id))
            continue;
        l->facts[id].refused = true;
        good = false;
    }
    return good;
}

static bool kernels_accepted(const struct target *target, uint32_t level,
                             const struct lir_kernels *kernels, uint32_t first, struct diags *d)
{
    bool good = true;

    for (uint32_t i = first; target->accepts != NULL && i < kernels->count; i++)
        good = target->accepts(level, &kernels->all[i], d) && good;
    return good;
}

bool lower(const struct hir_graph *late, const struct hir_graph *artifact, const struct variant *v,
           const struct target *target, uint32_t level, struct lir_kernels *kernels,
           struct lir_program *out, struct diags *d)
{
    struct arena *a = kernels->arena;
    struct lowering l = {.graph = late,
                         .artifact = artifact,
                         .program = out,
                         .diags = d,
                         .facts = arena_new(late->arena, struct fact, late->node_count)};
    bool *needed = arena_new(late->arena, bool, late->node_count);
    uint32_t first_kernel = kernels->count;

    *out = (struct lir_program){.arena = a,
                                .strings = late->strings,
                                .graph = artifact,
                                .kernels = kernels,
                                .variant = *v,
                                .joins_tails = late->joins_tails,
                                .name = variant_name(a, v)};
    set_bounds(&l);
    hir_mark_needed(late, HIR_ALL_ENTRIES, needed);
    lower_find_attentions(&l);
    lower_find_outputs(&l);
    if (!lower_states(&l) || !lower_inputs(&l))
        return false;
    lower_find_norms(&l);
    bool good = lower_nodes(&l, needed, false);
    out->lm_head_step = out->step_count;
    return good && lower_nodes(&l, needed, true) && lower_outputs(&l) &&
           kernels_accepted(target, level, kernels, first_kernel, d);
}
