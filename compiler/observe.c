/* Adds an entry to a model's graph that shows what its layers' weights are multiplied with. In: the
 * graph as the family made it, where each product has the weights of the file. Out: the entry
 * "observe", with an output for each value that products read and each state that the model writes.
 *
 * The name of an output lists the weights that read it, as GGUF files call them, a space between
 * them: "blk.0.attn_q.weight blk.0.attn_k.weight". Where experts read it, the first word is
 * "@N/EXPERTS": the output "@N" says which expert has each row, by a product of zeros whose bias is
 * the number of the expert. A row of values stands for as many rows of that output as a token has
 * experts, or for one.
 */
#include "compiler/observe.h"

#include "compiler/import/import.h"

#include <string.h>

enum { PROBE_ROWS = 16 /* of each expert; a layout has no fewer */ };

/* A value that products read; route 0: of all rows. */
struct observed {
    hir_id x, route;
    struct text names;
};

struct observer {
    struct hir_graph *graph;
    struct model *model;
    struct observed *all;
    uint32_t count, capacity;
    hir_id *routes; /* each once */
    uint32_t route_count, route_capacity;
};

static bool is_product(const struct hir_graph *g, hir_id id)
{
    const enum hir_op op = hir_at(g, id)->op;

    return op == HIR_matmul || op == HIR_expert_matmul || op == HIR_expert_mix;
}

static struct observed *observed_of(struct observer *o, hir_id x, hir_id route)
{
    for (uint32_t i = 0; i < o->count; i++)
        if (o->all[i].x == x && o->all[i].route == route)
            return &o->all[i];
    struct observed *new = &ARENA_PUSH(o->graph->arena, o->all, o->count, o->capacity);
    *new = (struct observed){.x = x, .route = route, .names = {.arena = o->graph->arena}};
    return new;
}

/* Whether the list has the name. */
static bool lists(const struct text *names, const char *name)
{
    const size_t bytes = strlen(name);

    for (const char *at = names->data; at != NULL && (at = strstr(at, name)) != NULL; at += bytes)
        if ((at == names->data || at[-1] == ' ') && (at[bytes] == ' ' || at[bytes] == 0))
            return true;
    return false;
}

/* Lists the tensors that an operand is made of; those of layers alone, as llama.cpp does it. */
static void add_names(struct observer *o, hir_id weight, struct observed *to)
{
    const struct hir_graph *g = o->graph;

    for (uint32_t i = 0; i < hir_at(g, weight)->operand_count; i++)
        add_names(o, hir_operand(g, weight, i), to);
    if (hir_at(g, weight)->op != HIR_weight || hir_at(g, weight)->dtype == DTYPE_i32)
        return;
    const str_id ours = hir_at(g, weight)->name;
    const char *name =
        model_is_gguf(o->model)
            ? model_source_name(o->model, ours)
            : tensor_name_in_gguf(o->model->kind, str_text(g->strings, ours), g->arena);
    if (strncmp(name, "blk.", 4) == 0 && !lists(&to->names, name))
        text_add(&to->names, "%s%s", to->names.data == NULL ? "" : " ", name);
}

static void collect(struct observer *o)
{
    const struct hir_graph *g = o->graph;

    for (hir_id id = 1; id < g->node_count; id++) {
        if (!is_product(g, id))
            continue;
        const hir_id route = hir_at(g, id)->op == HIR_matmul ? 0 : hir_operand(g, id, 2);
        add_names(o, hir_operand(g, id, 1), observed_of(o, hir_operand(g, id, 0), route));
    }
}

/* ---- which expert ---- */

/* A weight of the model whose values are made here. */
static hir_id add_weight(struct observer *o, const char *name, uint32_t rank, const uint64_t *shape,
                         const float *values)
{
    struct hir_graph *g = o->graph;
    struct tensor t = {.name = str_of(o->model->strings, name), .dtype = DTYPE_f32, .rank = rank};
    dim_id dims[3];

    for (uint32_t i = 0; i < rank; i++) {
        t.shape[i] = shape[i];
        dims[i] = dim_const(&g->dims, (int64_t)shape[i]);
    }
    if (model_tensor(o->model, t.name) == NULL)
        model_add_memory(o->model, t, (const uint8_t *)values);
    return hir_declare(g, HIR_weight, DTYPE_f32, hir_shape(g, rank, dims), name, NULL, NULL, 0);
}

/* f32 [R * slots, PROBE_ROWS]: the number of the expert of each pair of a row of x and a slot. */
static hir_id probe(struct observer *o, hir_id x, hir_id route, uint64_t experts)
{
    struct hir_graph *g = o->graph;
    const uint64_t width = hir_width(g, x), zero_shape[] = {experts, PROBE_ROWS, width};
    float *zeros = arena_new(g->arena, float, experts *PROBE_ROWS *width);
    float *numbers = arena_new(g->arena, float, experts *PROBE_ROWS);

    for (uint64_t i = 0; i < experts * PROBE_ROWS; i++)
        numbers[i] = (float)(i / PROBE_ROWS);
    const char *suffix =
        arena_printf(g->arena, "%llux%llu", (unsigned long long)experts, (unsigned long long)width);
    hir_id operands[] = {
        x, add_weight(o, arena_printf(g->arena, "observe.zeros.%s", suffix), 3, zero_shape, zeros),
        route,
        add_weight(o, arena_printf(g->arena, "observe.numbers.%s", suffix), 2, zero_shape,
                   numbers)};
    return hir_add(g, HIR_expert_matmul, NULL, operands, 4);
}

/* The number of a route among those that have a probe; makes its probe where it is new. */
static uint32_t number_of(struct observer *o, const struct observed *of, uint64_t experts)
{
    for (uint32_t i = 0; i < o->route_count; i++)
        if (o->routes[i] == of->route)
            return i;
    hir_output(o->graph, arena_printf(o->graph->arena, "@%u", o->route_count),
               probe(o, of->x, of->route, experts), OUTPUT_data);
    ARENA_PUSH(o->graph->arena, o->routes, o->route_count, o->route_capacity) = of->route;
    return o->route_count - 1;
}

static void add_output(struct observer *o, const struct observed *of)
{
    struct hir_graph *g = o->graph;
    const char *name = of->names.data;

    if (name == NULL) /* of the lm_head alone */
        return;
    if (of->route != 0) {
        const uint64_t experts = hir_width(g, hir_operand(g, of->route, 0));
        name = arena_printf(g->arena, "@%u/%llu %s", number_of(o, of, experts),
                            (unsigned long long)experts, name);
    }
    hir_output(g, name, of->x, OUTPUT_data);
}

/* ---- the entry ---- */

bool observe_products(struct hir_graph *g, struct model *m, struct diags *d)
{
    struct observer o = {.graph = g, .model = m};
    const uint32_t outputs = g->output_count;

    collect(&o);
    hir_entry(g, OBSERVE_ENTRY);
    for (uint32_t i = 0; i < o.count; i++)
        add_output(&o, &o.all[i]);
    for (uint32_t i = 0; i < outputs; i++)
        if (g->outputs[i].role == OUTPUT_state)
            hir_output(g, str_text(g->strings, g->outputs[i].name), g->outputs[i].node,
                       OUTPUT_state);
    return hir_verify(g, d);
}
