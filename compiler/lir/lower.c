/* HIR -> LIR for one variant: one node, one step. In: a graph in late form, in which everything is
 * decided; out: a straight line of steps over buffers that have no places yet. The nodes are walked
 * twice, first those of all rows, then those of the rows whose logits are wanted.
 */
#include "compiler/lir/lower.h"

#include <stdarg.h>
#include <string.h>

bool lower_error(struct lowering *l, hir_id id, const char *format, ...)
{
    char text[512];
    va_list arguments;
    const struct hir_node *n = hir_at(l->graph, id);

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return diag_error(l->diags,
                      (struct place){.object = n->name != 0 ? str_text(l->graph->strings, n->name)
                                                            : hir_op_info[n->op].name},
                      "%s", text);
}

uint32_t lower_size(const struct lowering *l, hir_id id, uint32_t axis)
{
    int64_t size = 0;

    return dim_is_const(&l->graph->dims, hir_shape_of(l->graph, id)->dims[axis], &size)
               ? (uint32_t)size
               : 0;
}

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

    for (uint32_t i = 0; i < g->output_count; i++) {
        hir_id id = g->outputs[i].node;
        l->facts[id].needed = true;
        if (strcmp(str_text(g->strings, g->outputs[i].name), "logits") == 0)
            l->logits = id;
    }
    l->logits = hir_unshape(g, l->logits);
    for (hir_id id = g->node_count - 1; id > 0; id--) {
        const struct hir_node *n = hir_at(g, id);
        for (uint32_t i = 0; l->facts[id].needed && i < n->operand_count; i++)
            l->facts[hir_operand(g, id, i)].needed = true;
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
        uint32_t context = lower_size(l, id, 1), heads = lower_size(l, id, 2),
                 width = lower_size(l, id, 3);
        if (hir_shape_of(g, id)->rank != 4 || context == 0 || heads == 0 || width == 0) {
            good = lower_error(l, id, "expected a state [BATCH, context, heads, head_dim]");
            continue;
        }
        uint64_t bytes =
            kv_state_bytes((enum dtype)n->dtype, heads, width, context, !l->facts[id].holds_keys);
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
        const char *name;
        buf_id *id;
        uint32_t symbol;
    } known[] = {
        {"tokens", &p->tokens, SYMBOL_ROWS},
        {"positions", &p->positions, SYMBOL_ROWS},
        {"out_rows", &p->out_rows, SYMBOL_OUT_ROWS},
    };

    for (uint32_t i = 0; i < countof(known); i++) {
        hir_id id = hir_find(l->graph, known[i].name);
        if (id == 0 || hir_at(l->graph, id)->op != HIR_input || !l->facts[id].needed)
            continue;
        *known[i].id = lower_buffer(l, HOME_input, (uint64_t)p->upper[known[i].symbol] * 4,
                                    hir_at(l->graph, id)->name, id);
        l->facts[id].buffer = *known[i].id;
    }
    if (p->upper[SYMBOL_BATCH] > 1)
        p->row_states = lower_buffer(l, HOME_input, (uint64_t)p->upper[SYMBOL_ROWS] * 8,
                                     str_of(p->strings, "row_states"), 0);
}

/* ---- the walk ---- */

static bool lower_rows_of(struct lowering *l, int symbol)
{
    bool good = true;

    for (hir_id id = 1; id < l->graph->node_count; id++) {
        const struct hir_node *n = hir_at(l->graph, id);
        if (l->facts[id].needed && hir_rows_symbol(l->graph, id) == symbol &&
            hir_op_info[n->op].fusion != FUSE_leaf)
            good = lower_node(l, id) && good;
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
    uint32_t first_kernel = kernels->count;

    *out = (struct lir_program){.arena = a,
                                .strings = late->strings,
                                .graph = artifact,
                                .kernels = kernels,
                                .variant = *v,
                                .name = variant_name(a, v)};
    ARENA_PUSH(a, out->buffers, out->buffer_count, out->buffer_capacity) = (struct lir_buffer){0};
    set_bounds(out, &late->dims);
    find_facts(&l);
    if (!declare_states(&l))
        return false;
    declare_inputs(&l);
    if (!lower_rows_of(&l, SYMBOL_ROWS))
        return false;
    out->head_step = out->step_count;
    if (!lower_rows_of(&l, SYMBOL_OUT_ROWS))
        return false;
    const struct fact *logits = &l.facts[l.logits];
    if (logits->buffer == 0)
        return lower_error(&l, l.logits, "expected logits of the rows that are asked for");
    out->logits = logits->buffer;
    out->logits_stride = logits->stride;
    return kernels_accepted(target, level, kernels, first_kernel, d);
}
