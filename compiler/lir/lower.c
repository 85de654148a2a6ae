/* HIR -> LIR for one variant: which nodes become steps, in which order. In: a graph after the
 * passes; out: a straight line of steps over buffers that have no places yet. First it plans the
 * groups (lower_group.c, lower_attention.c). Then it walks the nodes twice, first those of all
 * rows, last those of the rows whose logits are wanted. Each node that is not part of another step
 * becomes a step.
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

int lower_symbol(const struct lowering *l, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(l->graph, id);

    if (shape->rank == 0)
        return -1;
    const struct dim *rows = &l->graph->dims.all[shape->dims[0]];
    if (rows->kind != DIM_SYMBOL || (rows->value != SYMBOL_ROWS && rows->value != SYMBOL_OUT_ROWS))
        return -1;
    return l->facts[id].whole ? SYMBOL_ROWS : (int)rows->value;
}

uint64_t lower_width(const struct lowering *l, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(l->graph, id);
    uint64_t width = 1;

    for (uint32_t i = 1; i < shape->rank; i++) {
        int64_t size;
        if (!dim_is_const(&l->graph->dims, shape->dims[i], &size))
            return 0;
        width *= (uint64_t)size;
    }
    return width;
}

bool lower_is_vector(const struct lowering *l, hir_id id)
{
    uint16_t op = hir_at(l->graph, id)->op;

    return (op == HIR_weight || op == HIR_concat) && hir_shape_of(l->graph, id)->rank == 1;
}

hir_id lower_unshape(const struct lowering *l, hir_id id)
{
    while (hir_at(l->graph, id)->op == HIR_reshape)
        id = hir_operand(l->graph, id, 0);
    return id;
}

hir_id lower_unview(const struct lowering *l, hir_id id)
{
    while (hir_at(l->graph, id)->op == HIR_reshape || hir_at(l->graph, id)->op == HIR_slice)
        id = hir_operand(l->graph, id, 0);
    return id;
}

/* ---- what the variant needs to know of the graph ---- */

/* Uses by what an output needs; a node without uses is dead. */
static void count_uses(struct lowering *l)
{
    const struct hir_graph *g = l->graph;

    for (uint32_t i = 0; i < g->output_count; i++)
        l->facts[g->outputs[i].node].uses++;
    for (hir_id id = g->node_count - 1; id > 0; id--)
        for (uint32_t i = 0; l->facts[id].uses != 0 && i < hir_at(g, id)->operand_count; i++)
            l->facts[hir_operand(g, id, i)].uses++;
}

static bool find_outputs(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    bool good = true;

    for (uint32_t i = 0; i < g->output_count; i++) {
        hir_id id = g->outputs[i].node;
        uint16_t op = hir_at(g, id)->op;
        if (hir_op_info[op].writes || op == HIR_state)
            continue;
        if (strcmp(str_text(g->strings, g->outputs[i].name), "logits") != 0)
            good = lower_error(l, id, "output '%s' is not served: expected 'logits' and states",
                               str_text(g->strings, g->outputs[i].name));
        else
            l->logits = lower_unshape(l, id);
    }
    if (good && l->logits == 0)
        return diag_error(l->diags, (struct place){.object = str_text(g->strings, g->name)},
                          "the graph has no output 'logits'");
    return good;
}

/* Places in the state home are the same for all variants: every state of the graph gets its buffer
 * first, in the graph's order. */
static bool declare_states(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    bool good = true;

    for (hir_id id = 1; id < g->node_count; id++) {
        const struct hir_shape *shape = hir_shape_of(g, id);
        int64_t context, heads, width;
        if (hir_at(g, id)->op != HIR_state)
            continue;
        if (shape->rank != 4 || !dim_is_const(&g->dims, shape->dims[1], &context) ||
            !dim_is_const(&g->dims, shape->dims[2], &heads) ||
            !dim_is_const(&g->dims, shape->dims[3], &width)) {
            good = lower_error(l, id, "expected a state [BATCH, context, heads, head_dim]");
            continue;
        }
        uint64_t bytes = kv_state_bytes(l->numerics->kv, (uint32_t)heads, (uint32_t)width,
                                        (uint32_t)context, !l->facts[id].holds_keys);
        l->facts[id].buffer = lower_buffer(l, HOME_state, bytes, hir_at(g, id)->name, id);
        int64_t *most = &l->program->upper[SYMBOL_PAST_SEQ];
        *most = *most == 0 || context < *most ? context : *most;
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
        if (id == 0 || hir_at(l->graph, id)->op != HIR_input || l->facts[id].uses == 0)
            continue;
        *known[i].id = lower_buffer(l, HOME_input, (uint64_t)p->upper[known[i].symbol] * 4,
                                    hir_at(l->graph, id)->name, id);
        l->facts[id].buffer = *known[i].id;
    }
    if (p->upper[SYMBOL_BATCH] > 1)
        p->row_states = lower_buffer(l, HOME_input, (uint64_t)p->upper[SYMBOL_ROWS] * 8,
                                     str_of(p->strings, "row_states"), 0);
}

static bool bind_sizes(struct lowering *l, const struct variant *v)
{
    struct lir_program *p = l->program;
    struct place at = {.object = p->name};
    int64_t symbols[SYMBOL_MAX];

    if (v->phase == PHASE_encoder)
        return diag_error(l->diags, at, "encoders are not served yet");
    if (v->batch == 0 || v->batch > BLOCK_ROWS_MAX)
        return diag_error(l->diags, at, "a batch of %u is not served: expected 1 to %d", v->batch,
                          BLOCK_ROWS_MAX);
    if (v->batch != 1 && (v->phase != PHASE_decode || v->seq != 1))
        return diag_error(l->diags, at, "a batch is served for decoding 1 new token each alone");
    if (v->seq == 0)
        return diag_error(l->diags, at, "expected at least 1 new token");
    variant_bind(v, symbols);
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        p->upper[i] = i == SYMBOL_PAST_SEQ || symbols[i] < 0 ? 0 : symbols[i];
    p->upper[SYMBOL_OUT_ROWS] =
        p->upper[SYMBOL_ROWS] < HEAD_ROWS_MAX ? p->upper[SYMBOL_ROWS] : HEAD_ROWS_MAX;
    return true;
}

/* ---- the walk ---- */

static bool lower_rows_of(struct lowering *l, int symbol)
{
    bool good = true;

    for (hir_id id = 1; id < l->graph->node_count; id++) {
        const struct fact *f = &l->facts[id];
        bool done = f->inlined || f->absorbed || f->buffer != 0;
        if (f->uses != 0 && !done && lower_symbol(l, id) == symbol &&
            hir_op_info[hir_at(l->graph, id)->op].fusion != FUSE_leaf)
            good = lower_node(l, id) && good;
    }
    return good;
}

static bool plan(struct lowering *l)
{
    bool good = true;

    lower_plan_rows(l);
    for (hir_id id = 1; id < l->graph->node_count; id++)
        if (l->facts[id].uses != 0 && hir_at(l->graph, id)->op == HIR_attention) {
            good = lower_plan_attention(l, id) && good;
            l->windowed = l->windowed || hir_attr(l->graph, id)->attention.window != 0;
        }
    return good && lower_plan_groups(l);
}

static bool kernels_accepted(struct lowering *l, uint32_t first)
{
    const struct lir_kernels *kernels = l->program->kernels;
    bool good = true;

    for (uint32_t i = first; l->target->accepts != NULL && i < kernels->count; i++)
        good = l->target->accepts(l->level, &kernels->all[i], l->diags) && good;
    return good;
}

bool lower(const struct hir_graph *g, const struct variant *v, const struct numerics *numerics,
           const struct target *target, uint32_t level, struct lir_kernels *kernels,
           struct lir_program *out, struct diags *d)
{
    struct arena *a = kernels->arena;
    struct lowering l = {.graph = g,
                         .numerics = numerics,
                         .target = target,
                         .level = level,
                         .program = out,
                         .diags = d,
                         .facts = arena_new(a, struct fact, g->node_count)};
    uint32_t first_kernel = kernels->count;

    *out = (struct lir_program){.arena = a,
                                .strings = g->strings,
                                .graph = g,
                                .kernels = kernels,
                                .variant = *v,
                                .name = variant_name(a, v)};
    ARENA_PUSH(a, out->buffers, out->buffer_count, out->buffer_capacity) = (struct lir_buffer){0};
    count_uses(&l);
    if (!bind_sizes(&l, v) || !find_outputs(&l) || !plan(&l) || !declare_states(&l))
        return false;
    declare_inputs(&l);
    bool all_rows = lower_symbol(&l, l.logits) != SYMBOL_OUT_ROWS;
    hir_id logits = l.logits;
    if (all_rows) /* then the head picks its rows from this matrix */
        l.logits = 0;
    if (!lower_rows_of(&l, SYMBOL_ROWS))
        return false;
    out->head_step = out->step_count;
    if (l.stream != 0 && !lower_pick_rows(&l, l.stream, HOME_scratch))
        return false;
    if (!lower_rows_of(&l, SYMBOL_OUT_ROWS) || !lower_matrix(&l, logits) ||
        (all_rows && !lower_pick_rows(&l, logits, HOME_output)))
        return false;
    out->logits = l.facts[logits].buffer;
    out->logits_stride = l.facts[logits].stride;
    return kernels_accepted(&l, first_kernel);
}
