/* Runs a graph in plain loops. In: a graph, weights through a callback, sizes and inputs of a run;
 * out: the values of its outputs.
 *
 * This is the meaning of every op, to which passes and targets are held, so it is written for
 * reading. Values between nodes are f32; sums are f64. An op that is a fusion of others rounds
 * where they would, so that fusing changes no bit here. A value is freed after its last reader;
 * constants stay until the evaluator is closed.
 */
#include "compiler/hir/eval.h"
#include "compiler/hir/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct eval_memory {
    struct hir_segment *segments; /* of this run */
    uint32_t segment_count, segment_capacity;
    hir_id *last_reader; /* by node; node_count for outputs */
    bool *owned;         /* values[id] was allocated for this node */
    bool *constant;      /* does not change from run to run */
    uint64_t *state_elements;
    const void **inputs; /* by node: what the caller gave */
    bool *needed;        /* by node: of the entry that runs */
};

/* ---- sizes and memory ---- */

uint64_t eval_axis(const struct hir_eval *e, hir_id id, uint32_t axis)
{
    const struct hir_shape *shape = hir_shape_of(e->graph, id);
    return (uint64_t)dim_value(&e->graph->dims, shape->dims[axis], e->symbols);
}

uint64_t eval_last_axis(const struct hir_eval *e, hir_id id, uint32_t axis)
{
    uint32_t rank = hir_shape_of(e->graph, id)->rank;
    return axis < rank ? eval_axis(e, id, rank - 1 - axis) : 1;
}

uint64_t eval_elements(const struct hir_eval *e, hir_id id)
{
    uint64_t elements = 1;

    for (uint32_t i = 0; i < hir_shape_of(e->graph, id)->rank; i++)
        if (!checked_mul(elements, eval_axis(e, id, i), &elements))
            unreachable("a value that is too large to evaluate");
    return elements;
}

struct eval_place eval_place(const struct hir_eval *e, hir_id id, uint64_t row)
{
    const struct dim *rows = &e->graph->dims.all[hir_shape_of(e->graph, id)->dims[0]];
    uint64_t count = eval_axis(e, id, 0), batch = e->memory->segment_count, s = 0;
    struct eval_place at = {.item = e->first_item, .row = row, .rows = count};

    if (rows->kind == DIM_SYMBOL && rows->value == SYMBOL_OUT_ROWS) { /* as many of each segment */
        s = row * batch / count;
        at.item += s;
        at.rows = e->memory->segments[s].rows;
    } else if (rows->kind == DIM_SYMBOL && rows->value == SYMBOL_ROWS) {
        for (; s + 1 < batch && at.row >= e->memory->segments[s].rows; s++)
            at.row -= e->memory->segments[s].rows;
        at.item += s;
        at.rows = e->memory->segments[s].rows;
    }
    at.past = e->memory->segments[at.item - e->first_item].past;
    return at;
}

/* The segments of this run: those of the caller, or equal parts. */
static void take_segments(struct hir_eval *e)
{
    uint64_t batch = (uint64_t)e->symbols[SYMBOL_BATCH], rows = (uint64_t)e->symbols[SYMBOL_ROWS];
    struct eval_memory *m = e->memory;
    uint64_t count = batch == 0 ? 1 : batch, sum = 0;

    m->segments = arena_grow(e->arena, m->segments, 0, &m->segment_capacity, (uint32_t)count,
                             sizeof *m->segments);
    m->segment_count = (uint32_t)count;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t first = ceil_div(i * rows, count), next = ceil_div((i + 1) * rows, count);
        m->segments[i] =
            (struct hir_segment){(uint32_t)(next - first), (uint32_t)e->symbols[SYMBOL_PAST_SEQ]};
        if (e->segments != NULL)
            m->segments[i] = e->segments[i];
        sum += m->segments[i].rows;
    }
    if (sum != rows)
        unreachable("segments that are not the rows of the run");
}

uint64_t eval_index(float value, uint64_t end, const char *what)
{
    if (!(value >= 0 && value < (double)end)) /* false for NaN too */
        unreachable(what);
    return (uint64_t)value;
}

/* Zeroed by the system page by page, so that a large state costs what is used of it. */
static float *allocate(uint64_t elements)
{
    float *memory = elements > SIZE_MAX / sizeof *memory
                        ? NULL
                        : calloc(elements == 0 ? 1 : elements, sizeof *memory);

    if (memory == NULL)
        unreachable("no memory for a value");
    return memory;
}

static void release(struct hir_eval *e, hir_id id)
{
    if (e->memory->owned[id])
        free(e->values[id]);
    e->memory->owned[id] = false;
    e->values[id] = NULL;
}

/* ---- leaves and constants ---- */

static void eval_input(struct hir_eval *e, hir_id id, float *out)
{
    const void *from = e->memory->inputs[id];
    uint64_t elements = eval_elements(e, id);

    if (from == NULL)
        unreachable("an input that was not given");
    if (hir_at(e->graph, id)->dtype == DTYPE_f32) {
        memcpy(out, from, elements * sizeof *out);
        return;
    }
    for (uint64_t i = 0; i < elements; i++)
        out[i] = (float)((const int32_t *)from)[i]; /* exact: indices are below 2^24 */
}

float *eval_state(struct hir_eval *e, hir_id id)
{
    id = hir_state_leaf(e->graph, id);
    uint64_t items = e->first_item + (uint64_t)e->memory->segment_count, one = 1;
    uint64_t *now = &e->memory->state_elements[id];

    for (uint32_t i = 1; i < hir_shape_of(e->graph, id)->rank; i++)
        if (!checked_mul(one, eval_axis(e, id, i), &one))
            unreachable("a state that is too large to evaluate");
    bool kept = hir_attr(e->graph, id)->state.class != STATE_scratch;
    if (e->states[id] != NULL && (kept ? *now >= items * one : *now == items * one))
        return e->states[id];
    float *grown = allocate(items * one);
    if (kept && e->states[id] != NULL)
        memcpy(grown, e->states[id], *now * sizeof *grown);
    free(e->states[id]);
    *now = items * one;
    return e->states[id] = grown;
}

const struct hir_attr *eval_state_attr(const struct hir_eval *e, hir_id id)
{
    return hir_attr(e->graph, hir_state_leaf(e->graph, id));
}

/* Fills a value that was allocated for this node. */
static void compute(struct hir_eval *e, hir_id id, float *out)
{
    switch ((enum hir_op)hir_at(e->graph, id)->op) {
    case HIR_input:
        eval_input(e, id, out);
        return;
    case HIR_number:
        out[0] = (float)hir_attr(e->graph, id)->number.value;
        return;
    case HIR_rope_table:
        eval_rope_table(e, id, out);
        return;
    case HIR_reshape:
    case HIR_slice:
    case HIR_transpose:
    case HIR_stack:
    case HIR_concat:
    case HIR_interleave:
    case HIR_pack:
        eval_view(e, id, out);
        return;
    case HIR_scatter_columns:
    case HIR_gather_columns:
        eval_columns(e, id, out);
        return;
    case HIR_embed:
    case HIR_gather_rows:
        eval_gather(e, id, out);
        return;
    case HIR_mean:
    case HIR_rms_norm:
    case HIR_norm_add:
        eval_reduce(e, id, out);
        return;
    case HIR_norm_quant:
        eval_norm_quant(e, id, out);
        return;
    case HIR_matmul:
    case HIR_gated_matmul:
        eval_matmul(e, id, out);
        return;
    case HIR_route:
        eval_route(e, id, out);
        return;
    case HIR_expert_matmul:
    case HIR_gated_expert_matmul:
    case HIR_expert_mix:
        eval_experts(e, id, out);
        return;
    case HIR_rope:
        eval_rope(e, id, out);
        return;
    case HIR_kv_write:
        eval_kv_write(e, id, out);
        return;
    case HIR_scan:
        eval_scan(e, id, out);
        return;
    case HIR_conv:
        eval_conv(e, id, out);
        return;
    case HIR_unfold:
        eval_unfold(e, id, out);
        return;
    case HIR_attention:
        eval_attention(e, id, out);
        return;
    default:
        assert(hir_op_info[hir_at(e->graph, id)->op].fusion == FUSE_map);
        eval_map(e, id, out);
    }
}

static void make(struct hir_eval *e, hir_id id)
{
    const struct hir_node *n = hir_at(e->graph, id);

    if (n->op == HIR_weight) {
        e->values[id] = (float *)e->weight(e->weight_context, e->graph, id); /* only read */
        assert(e->values[id] != NULL);
    } else if (hir_is_state(e->graph, id)) {
        if (hir_op_info[n->op].writes)
            eval_append(e, id);
        e->values[id] = eval_state(e, id);
    } else {
        e->values[id] = allocate(eval_elements(e, id));
        e->memory->owned[id] = true;
        compute(e, id, e->values[id]);
    }
}

const float *eval_value(struct hir_eval *e, hir_id id)
{
    if (e->values[id] == NULL) {
        assert(e->memory->constant[id]); /* all others are made in their turn */
        make(e, id);
    }
    return e->values[id];
}

const float *eval_operand(struct hir_eval *e, hir_id id, uint32_t i)
{
    return eval_value(e, hir_operand(e->graph, id, i));
}

/* ---- life of an evaluator ---- */

/* Weights, tables, numbers, and what is made of these alone. */
static bool is_constant(const struct hir_eval *e, hir_id id)
{
    const struct hir_node *n = hir_at(e->graph, id);
    bool constant = n->op != HIR_input && n->op != HIR_state;

    for (uint32_t i = 0; i < n->operand_count; i++)
        constant = constant && e->memory->constant[hir_operand(e->graph, id, i)];
    return constant;
}

void hir_eval_open(struct hir_eval *e, const struct hir_graph *g, struct arena *a)
{
    e->graph = g;
    e->arena = a;
    e->values = arena_new(a, float *, g->node_count);
    e->states = arena_new(a, float *, g->node_count);
    e->memory = arena_new(a, struct eval_memory, 1);
    e->memory->last_reader = arena_new(a, hir_id, g->node_count);
    e->memory->owned = arena_new(a, bool, g->node_count);
    e->memory->constant = arena_new(a, bool, g->node_count);
    e->memory->state_elements = arena_new(a, uint64_t, g->node_count);
    e->memory->inputs = arena_new(a, const void *, g->node_count);
    e->memory->needed = arena_new(a, bool, g->node_count);
    for (hir_id id = 1; id < g->node_count; id++) {
        e->memory->constant[id] = is_constant(e, id);
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            e->memory->last_reader[hir_operand(g, id, i)] = id;
    }
    /* Readers of a route choose from its scores again. */
    for (hir_id id = 1; id < g->node_count; id++) {
        const struct hir_node *n = hir_at(g, id);
        for (uint32_t i = 0; n->op == HIR_route && i < n->operand_count; i++)
            e->memory->last_reader[hir_operand(g, id, i)] = g->node_count;
    }
    for (uint32_t i = 0; i < g->output_count; i++)
        e->memory->last_reader[g->outputs[i].node] = g->node_count;
}

bool hir_eval_input(struct hir_eval *e, const char *name, const void *data)
{
    const struct hir_graph *g = e->graph;

    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->op == HIR_input &&
            strcmp(str_text(g->strings, hir_at(g, id)->name), name) == 0) {
            e->memory->inputs[id] = data;
            return true;
        }
    return false;
}

bool hir_eval_role(struct hir_eval *e, enum input_role role, const void *data)
{
    hir_id id = hir_find_input(e->graph, role);

    if (id != 0)
        e->memory->inputs[id] = data;
    return id != 0;
}

/* What the entry needs; where it is the only one, everything that is to be kept. */
static void mark_needed(struct hir_eval *e)
{
    bool all = e->keep_all && e->graph->entry_count == 1;

    memset(e->memory->needed, all, e->graph->node_count);
    hir_mark_needed(e->graph, e->entry, e->memory->needed);
}

void hir_eval_run(struct hir_eval *e)
{
    const struct hir_graph *g = e->graph;
    const struct hir_entry *entry = &g->entries[e->entry];

    take_segments(e);
    mark_needed(e);
    for (hir_id id = 1; id < g->node_count; id++)
        if (!e->memory->constant[id])
            release(e, id);
    for (hir_id id = 1; id < g->node_count; id++) {
        const struct hir_node *n = hir_at(g, id);
        if (e->memory->constant[id] || !e->memory->needed[id])
            continue;
        make(e, id);
        for (uint32_t i = 0; i < n->operand_count && !e->keep_all; i++) {
            hir_id from = hir_operand(g, id, i);
            if (e->memory->last_reader[from] == id && !e->memory->constant[from])
                release(e, from);
        }
    }
    for (uint32_t i = 0; i < entry->output_count; i++)
        eval_value(e, g->outputs[entry->first_output + i].node);
}

const float *hir_eval_value(const struct hir_eval *e, const char *name)
{
    const struct hir_graph *g = e->graph;
    const struct hir_entry *entry = &g->entries[e->entry];

    for (uint32_t i = entry->first_output; i < entry->first_output + entry->output_count; i++)
        if (strcmp(str_text(g->strings, g->outputs[i].name), name) == 0)
            return e->values[g->outputs[i].node];
    hir_id id = hir_find(g, name);
    return id == 0 ? NULL : e->values[id];
}

hir_id hir_eval_not_finite(const struct hir_eval *e, uint64_t *count)
{
    for (hir_id id = 1; id < e->graph->node_count; id++) {
        const float *values = e->values[id];
        uint64_t elements = values == NULL ? 0 : eval_elements(e, id);
        *count = 0;
        for (uint64_t i = 0; i < elements; i++)
            *count += !isfinite(values[i]);
        if (*count != 0)
            return id;
    }
    return 0;
}

void hir_eval_close(struct hir_eval *e)
{
    for (hir_id id = 1; id < e->graph->node_count; id++) {
        release(e, id);
        free(e->states[id]);
        e->states[id] = NULL;
    }
}
