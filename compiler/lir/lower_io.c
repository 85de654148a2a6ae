/* What a run brings and leaves: states, inputs, outputs. In: a graph in late form; out: their
 * buffers, and the program's table of inputs and outputs. */
#include "compiler/lir/lower.h"

#include <rlx/kernel.h>

/* ---- states ---- */

/* Of keys or values [BATCH, capacity, heads, width]; 0 bytes: refused. */
static uint64_t rows_state_bytes(struct lowering *l, const struct hir_graph *g, hir_id id,
                                 uint64_t capacity)
{
    const struct hir_node *n = hir_at(g, id);
    const uint32_t role = hir_attr(g, id)->state.role;

    if (role == STATE_ROLE_data || hir_shape_of(g, id)->rank != 4 || capacity == 0 ||
        hir_size(g, id, 2) == 0 || hir_size(g, id, 3) == 0)
        return hir_refuse(l->diags, g, id,
                          "expected a state [BATCH, capacity, heads, width] of role key or value");
    if (!kv_is_served((enum dtype)n->dtype))
        return hir_refuse(l->diags, g, id, "expected a state of f32, f16 or q8_0, found %s",
                          dtype_info[n->dtype].name);
    return kv_state_bytes((enum dtype)n->dtype, hir_size(g, id, 2), hir_size(g, id, 3),
                          (uint32_t)capacity, role == STATE_ROLE_value);
}

/* One of [BATCH, rows, width], in both homes. */
static buf_id carried_buffer(struct lowering *l, const struct hir_graph *g, hir_id id,
                             enum home home)
{
    const struct hir_node *n = hir_at(g, id);
    const uint64_t bytes = hir_row_width(g, id) * sizeof(float);

    if (n->dtype != DTYPE_f32 || hir_shape_of(g, id)->rank != 3 || bytes == 0) {
        hir_refuse(l->diags, g, id, "expected a carried state f32 [BATCH, rows, width]");
        return 0;
    }
    return lir_add_buffer(l->program, home, bytes, n->name, id);
}

/* Places of states are the same in all programs of an artifact: every state of its graph gets its
 * buffer first, in the graph's order. */
static bool artifact_states(struct lowering *l, buf_id *in, buf_id *out)
{
    const struct hir_graph *g = l->artifact;
    bool good = true;

    for (hir_id id = 1; id < g->node_count; id++) {
        const uint32_t class = hir_attr(g, id)->state.class;
        if (hir_at(g, id)->op != HIR_state || class == STATE_scratch)
            continue;
        if (class == STATE_carried) {
            in[id] = carried_buffer(l, g, id, HOME_carried_in);
            out[id] = in[id] == 0 ? 0 : carried_buffer(l, g, id, HOME_carried_out);
            good = good && out[id] != 0;
            continue;
        }
        uint64_t bytes = rows_state_bytes(l, g, id, hir_size(g, id, 1));
        good = good && bytes != 0;
        if (bytes != 0)
            in[id] = lir_add_buffer(l->program, HOME_state, bytes, hir_at(g, id)->name, id);
    }
    return good;
}

/* Positions of each sequence begin at a multiple of 64. */
static uint64_t scratch_capacity(const struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    dim_id rows = hir_shape_of(g, id)->dims[1];
    uint64_t segments =
        dim_slot(&g->dims, rows) == SYMBOL_ROWS ? (uint64_t)l->program->upper[SYMBOL_BATCH] : 1;

    return round_up((uint64_t)g->dims.all[rows].max, 64) + 64 * (segments - 1);
}

bool lower_states(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    buf_id *in = arena_new(g->arena, buf_id, l->artifact->node_count),
           *out = arena_new(g->arena, buf_id, l->artifact->node_count);
    bool good = artifact_states(l, in, out);

    for (hir_id id = 1; id < g->node_count; id++) {
        struct fact *f = &l->facts[id];
        if (hir_at(g, id)->op != HIR_state)
            continue;
        if (hir_attr(g, id)->state.class == STATE_scratch) {
            f->capacity = scratch_capacity(l, id);
            uint64_t bytes = rows_state_bytes(l, g, id, f->capacity);
            good = good && bytes != 0;
            if (bytes != 0)
                f->buffer = lower_buffer(l, HOME_scratch, bytes, hir_at(g, id)->name, id);
            continue;
        }
        hir_id origin = g->origins == NULL ? id : g->origins[id];
        f->buffer = in[origin];
        f->carried_out = out[origin];
        f->capacity = hir_size(g, id, 1);
    }
    return good;
}

/* ---- inputs and outputs ---- */

static struct lir_io *add_io(struct lowering *l, hir_id id, str_id name, buf_id buffer,
                             uint32_t stride, uint32_t role)
{
    const struct hir_shape *shape = hir_shape_of(l->graph, id);
    struct lir_program *p = l->program;
    struct lir_io *io = &ARENA_PUSH(p->arena, p->io, p->io_count, p->io_capacity);

    *io = (struct lir_io){.name = name,
                          .role = (uint8_t)role,
                          .element = hir_at(l->graph, id)->dtype,
                          .rank = (uint8_t)shape->rank,
                          .buffer = buffer,
                          .stride = stride};
    for (uint32_t i = 0; i < shape->rank; i++) {
        int64_t size = 0;
        int slot = dim_is_const(&l->graph->dims, shape->dims[i], &size)
                       ? -1
                       : dim_slot(&l->graph->dims, shape->dims[i]);
        io->dims[i].slot = slot < 0 ? LIR_FIXED : (uint32_t)slot;
        io->dims[i].size = (uint32_t)size;
    }
    return io;
}

/* A list of numbers, or a matrix with the stride that all matrices have. */
static bool lower_input(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_node *n = hir_at(g, id);
    const uint64_t rows = hir_max_rows(g, id), width = hir_row_width(g, id);
    const bool is_list = n->dtype == DTYPE_i32 && hir_shape_of(g, id)->rank == 1;

    if (hir_rows_symbol(g, id) < 0 || width == 0 ||
        (!is_list && (n->dtype != DTYPE_f32 || hir_shape_of(g, id)->rank < 2)))
        return hir_refuse(l->diags, g, id,
                          "expected an input i32 [rows] or f32 [rows, width], whose rows a symbol "
                          "counts");
    struct fact *f = &l->facts[id];
    const uint32_t stride = is_list ? 1 : (uint32_t)round_up(width, 16);
    f->stride = is_list ? 0 : stride;
    f->buffer = lower_buffer(l, HOME_input, rows * stride * 4, n->name, id);
    add_io(l, id, n->name, f->buffer, stride, hir_attr(g, id)->input.role);
    return true;
}

/* What a run is made of: a sequence's part each. */
static void declare_segments(struct lowering *l)
{
    struct lir_program *p = l->program;

    p->segments =
        lower_buffer(l, HOME_input, (uint64_t)p->upper[SYMBOL_BATCH] * sizeof(struct rlx_segment),
                     str_of(p->strings, "segments"), 0);
    if (p->upper[SYMBOL_BATCH] > 1)
        p->row_segments = lower_buffer(l, HOME_input, (uint64_t)p->upper[SYMBOL_ROWS] * 4,
                                       str_of(p->strings, "row_segments"), 0);
}

/* Whatever reads or writes a state knows whose it is. */
static bool reads_segments(const struct hir_graph *g)
{
    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            if (hir_is_state(g, hir_operand(g, id, i)))
                return true;
    return false;
}

/* In the order of the artifact's graph, so that all programs of an entry have the same table. What
 * the artifact does not have comes last. */
bool lower_inputs(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    hir_id *late = arena_new(g->arena, hir_id, l->artifact->node_count);
    bool good = true;

    for (hir_id id = 1; id < g->node_count && g->origins != NULL; id++)
        if (hir_at(g, id)->op == HIR_input && g->origins[id] != 0)
            late[g->origins[id]] = id;
    for (hir_id id = 1; id < l->artifact->node_count; id++)
        good = (late[id] == 0 || lower_input(l, late[id])) && good;
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->op == HIR_input && l->facts[id].buffer == 0 &&
            (g->origins == NULL || g->origins[id] == 0))
            good = lower_input(l, id) && good;
    if (reads_segments(g))
        declare_segments(l);
    return good;
}

/* The node whose buffer an output's matrix stands in. */
static hir_id under_views(const struct hir_graph *g, hir_id id)
{
    while (hir_at(g, id)->op == HIR_reshape || hir_at(g, id)->op == HIR_slice)
        id = hir_operand(g, id, 0);
    return id;
}

void lower_find_outputs(struct lowering *l)
{
    const struct hir_graph *g = l->graph;

    for (uint32_t i = 0; i < g->output_count; i++)
        if (g->outputs[i].role != OUTPUT_state)
            l->facts[under_views(g, g->outputs[i].node)].is_output = true;
}

bool lower_outputs(struct lowering *l)
{
    const struct hir_graph *g = l->graph;
    bool good = true;

    for (uint32_t i = 0; i < g->output_count; i++) {
        const struct hir_output *output = &g->outputs[i];
        const struct fact *f = &l->facts[output->node];
        if (output->role == OUTPUT_state)
            continue;
        if (f->buffer == 0 || f->packed || l->program->buffers[f->buffer].home != HOME_output) {
            good = hir_refuse(l->diags, g, output->node,
                              "output '%s': expected a value f32 [rows, ...] that a step makes, "
                              "whose rows a symbol counts",
                              str_text(g->strings, output->name));
            continue;
        }
        add_io(l, output->node, output->name, f->buffer, f->stride, output->role)->is_output = true;
    }
    return good;
}
