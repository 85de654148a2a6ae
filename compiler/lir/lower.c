/* HIR -> LIR for one variant: one node, one step. In: a graph in late form, in which everything is
 * decided; out: a straight line of steps over buffers that have no places yet. The nodes are walked
 * twice, first those of all rows, then those of the rows whose logits are wanted.
 */
#include "compiler/lir/lower.h"
#include "compiler/lir/target.h"

#include <rlx/kernel.h>

/* ---- what the program has before its first step ---- */

/* The sizes that the variant binds; a state says how long its sequence may be. */
static void set_bounds(struct lir_program *p, const struct dims *dims)
{
    for (uint32_t i = 0; i < SYMBOL_MAX; i++) {
        int64_t max = dim_max(dims, i);
        p->upper[i] = i == SYMBOL_PAST_SEQ || max == INT32_MAX ? 0 : max;
    }
}

static void find_facts(struct lowering *l)
{
    const struct hir_graph *g = l->graph;

    l->logits = hir_unshape(g, hir_find_output(g, 0, OUTPUT_logits));
    for (hir_id id = 1; id < g->node_count; id++) {
        const struct hir_node *n = hir_at(g, id);
        if (n->op == HIR_kv_write)
            l->facts[hir_operand(g, id, 0)].holds_keys = true;
        if (n->op != HIR_attention)
            continue;
        l->windowed = l->windowed || hir_attr(g, id)->attention.window != 0;
        if (hir_at(g, hir_operand(g, id, 1))->op == HIR_written)
            l->facts[hir_operand(g, hir_operand(g, id, 1), 0)].attention = id;
    }
}

/* Places in the state home are the same for all variants: every state gets its buffer first, in the
 * graph's order. */
static bool declare_states(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    bool good = true;

    for (hir_id id = 1; id < g->node_count; id++) {
        const struct hir_node *n = hir_at(g, id);
        if (n->op != HIR_state)
            continue;
        if (hir_shape_of(g, id)->rank != 4 || hir_row_width(g, id) == 0) {
            good =
                hir_refuse(l->diags, g, id, "expected a state [BATCH, context, heads, head_dim]");
            continue;
        }
        uint32_t context = hir_size(g, id, 1);
        uint64_t bytes = kv_state_bytes((enum dtype)n->dtype, hir_size(g, id, 2),
                                        hir_size(g, id, 3), context, !l->facts[id].holds_keys);
        l->facts[id].buffer = lower_buffer(l, HOME_state, bytes, n->name, id);
        int64_t *shortest = &l->program->upper[SYMBOL_PAST_SEQ];
        *shortest = *shortest == 0 || context < *shortest ? context : *shortest;
    }
    return good;
}

static void declare_inputs(struct lowering *l)
{
    struct lir_program *p = l->program;
    const struct {
        enum input_role role;
        buf_id *id;
    } known[] = {{INPUT_tokens, &p->tokens},
                 {INPUT_positions, &p->positions},
                 {INPUT_out_rows, &p->out_rows}};

    for (uint32_t i = 0; i < countof(known); i++) {
        hir_id id = hir_find_input(l->graph, known[i].role);
        if (id == 0)
            continue;
        *known[i].id = lower_buffer(l, HOME_input, hir_max_rows(l->graph, id) * 4,
                                    hir_at(l->graph, id)->name, id);
        l->facts[id].buffer = *known[i].id;
    }
    p->segments =
        lower_buffer(l, HOME_input, (uint64_t)p->upper[SYMBOL_BATCH] * sizeof(struct rlx_segment),
                     str_of(p->strings, "segments"), 0);
    if (p->upper[SYMBOL_BATCH] > 1)
        p->row_segments = lower_buffer(l, HOME_input, (uint64_t)p->upper[SYMBOL_ROWS] * 4,
                                       str_of(p->strings, "row_segments"), 0);
}

/* ---- the walk ---- */

static bool lower_rows_of(struct lowering *l, const bool *needed, int symbol)
{
    bool good = true;

    for (hir_id id = 1; id < l->graph->node_count; id++)
        if (needed[id] && hir_rows_symbol(l->graph, id) == symbol &&
            hir_op_info[hir_at(l->graph, id)->op].fusion != FUSE_leaf && !lower_node(l, id)) {
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
                                .name = variant_name(a, v)};
    set_bounds(out, &late->dims);
    hir_mark_needed(late, HIR_ALL_ENTRIES, needed);
    find_facts(&l);
    if (!declare_states(&l))
        return false;
    declare_inputs(&l);
    bool good = lower_rows_of(&l, needed, SYMBOL_ROWS);
    out->lm_head_step = out->step_count;
    if (!good || !lower_rows_of(&l, needed, SYMBOL_OUT_ROWS))
        return false;
    out->logits = l.facts[l.logits].buffer;
    out->logits_stride = l.facts[l.logits].stride;
    return out->logits != 0
               ? kernels_accepted(target, level, kernels, first_kernel, d)
               : hir_refuse(d, late, l.logits, "expected logits of the rows that are asked for");
}
