/* The graph: op table, nodes, shapes, rewriting. In: calls of the families and passes; out: arrays
 * in the graph's arena. */
#include "compiler/hir/attr.h"
#include "compiler/hir/hir.h"
#include "compiler/hir/scalar.h"
#include "compiler/hir/shape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- the op table ---- */

/* Each formula of map_ops.def as postfix bytes: an operand's bytes, then the op's. */
#define X S_X
#define Y S_Y
#define Z S_Z
#define NUMBER(i) S_NUMBER, i
#define NEG(a) a, S_NEG
#define EXP(a) a, S_EXP
#define TANH(a) a, S_TANH
#define SQRT(a) a, S_SQRT
#define ERF(a) a, S_ERF
#define ADD(a, b) a, b, S_ADD
#define SUB(a, b) a, b, S_SUB
#define MUL(a, b) a, b, S_MUL
#define DIV(a, b) a, b, S_DIV
#define MAX(a, b) a, b, S_MAX
#define MIN(a, b) a, b, S_MIN
#define BYTES(...)                          \
    sizeof((const uint8_t[]){__VA_ARGS__}), \
    {                                       \
        __VA_ARGS__                         \
    }
#define NONE 0
#define MAP_OP(name, operands, formula, ...) \
    static const struct scalar_code code_##name = {BYTES(formula), {__VA_ARGS__}};
#include "compiler/hir/map_ops.def"
#undef MAP_OP
#undef X
#undef Y
#undef Z
#undef NUMBER
#undef NEG
#undef EXP
#undef TANH
#undef SQRT
#undef ERF
#undef ADD
#undef SUB
#undef MUL
#undef DIV
#undef MAX
#undef MIN
#undef BYTES
#undef NONE

const struct hir_op_info hir_op_info[HIR_OP_COUNT] = {
    [HIR_none] = {.name = "none"},
#define HIR_OP(name, min, max, attr, shape, fusion, writes) \
    [HIR_##name] = {#name, min, max, ATTR_##attr, SHAPE_##shape, FUSE_##fusion, writes, NULL},
#include "compiler/hir/hir_ops.def"
#undef HIR_OP
#define MAP_OP(name, operands, ...)                                 \
    [HIR_##name] = {#name,           operands, operands, ATTR_none, \
                    SHAPE_broadcast, FUSE_map, 0,        &code_##name},
#include "compiler/hir/map_ops.def"
#undef MAP_OP
};

/* ---- building ---- */

/* Empty node, edge and output lists with room for `nodes` and `edges`; index 0 of nodes is "none".
 */
static void start_empty(struct hir_graph *g, uint32_t nodes, uint32_t edges)
{
    g->outputs = NULL;
    g->entries = NULL;
    g->entry_count = g->entry_capacity = 0;
    g->node_count = g->node_capacity = g->edge_count = g->edge_capacity = 0;
    g->output_count = g->output_capacity = 0;
    g->nodes = arena_grow(g->arena, NULL, 0, &g->node_capacity, nodes, sizeof *g->nodes);
    g->edges = arena_grow(g->arena, NULL, 0, &g->edge_capacity, edges, sizeof *g->edges);
    ARENA_PUSH(g->arena, g->nodes, g->node_count, g->node_capacity) = (struct hir_node){0};
}

static void push_entry(struct hir_graph *g, str_id name)
{
    ARENA_PUSH(g->arena, g->entries, g->entry_count, g->entry_capacity) =
        (struct hir_entry){.name = name, .first_output = g->output_count};
}

void hir_init(struct hir_graph *g, struct arena *a, struct strings *s, const char *name)
{
    *g = (struct hir_graph){.arena = a, .strings = s, .name = str_of(s, name)};
    dims_init(&g->dims, a);
    start_empty(g, 1, 1);
    push_entry(g, str_of(s, "main"));
    ARENA_PUSH(a, g->attrs, g->attr_count, g->attr_capacity) = (struct hir_attr){0};
    hir_shape(g, 0, NULL);
}

shape_id hir_shape(struct hir_graph *g, uint32_t rank, const dim_id *dims)
{
    struct hir_shape shape = {.rank = rank};

    assert(rank <= HIR_MAX_RANK);
    for (uint32_t i = 0; i < rank; i++) {
        assert(dims[i] != 0 && dims[i] < g->dims.count);
        shape.dims[i] = dims[i];
    }
    for (shape_id i = 0; i < g->shape_count; i++)
        if (memcmp(&g->shapes[i], &shape, sizeof shape) == 0)
            return i;
    ARENA_PUSH(g->arena, g->shapes, g->shape_count, g->shape_capacity) = shape;
    return g->shape_count - 1;
}

static uint32_t push_attr(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr)
{
    static const struct hir_attr absent;
    enum attr_kind kind = (enum attr_kind)hir_op_info[op].attr;

    if (kind == ATTR_none)
        return 0;
    assert(attr != NULL || attr_may_be_absent(kind));
    struct hir_attr *copy = &ARENA_PUSH(g->arena, g->attrs, g->attr_count, g->attr_capacity);
    attr_copy(copy, kind, attr != NULL ? attr : &absent);
    return g->attr_count - 1;
}

static hir_id push_node(struct hir_graph *g, struct hir_node node, const hir_id *operands,
                        uint32_t count)
{
    node.operands = g->edge_count;
    node.operand_count = (uint8_t)count;
    for (uint32_t i = 0; i < count; i++) {
        assert(operands[i] != 0 && operands[i] < g->node_count);
        ARENA_PUSH(g->arena, g->edges, g->edge_count, g->edge_capacity) = operands[i];
    }
    if (g->origins != NULL) {
        g->origins = arena_grow(g->arena, g->origins, g->node_count, &g->origin_capacity, 1,
                                sizeof *g->origins);
        g->origins[g->node_count] = 0;
    }
    ARENA_PUSH(g->arena, g->nodes, g->node_count, g->node_capacity) = node;
    return g->node_count - 1;
}

/* Slots of the sizes that count the rows of a node (dim.h). */
static void take_slots(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
                       const struct hir_shape *shape)
{
    bool scratch = op == HIR_state && attr != NULL && attr->state.class == STATE_scratch;

    if (op == HIR_state ? scratch : shape->rank != 0)
        dims_take_slot(&g->dims, shape->dims[op == HIR_state]);
}

/* Adds a node whose shape and type the rule gives; `declared` is the shape that was given, where
 * the op needs one. */
static hir_id add(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
                  const hir_id *operands, uint32_t count, enum dtype dtype, shape_id declared)
{
    struct shape_answer answer;
    struct hir_attr empty = {0};

    assert(op > HIR_none && op < HIR_OP_COUNT);
    assert(count >= hir_op_info[op].min && count <= hir_op_info[op].max);
    struct shape_question question = {g,
                                      &g->dims,
                                      g->arena,
                                      op,
                                      attr == NULL ? &empty : attr,
                                      operands,
                                      count,
                                      g->shapes[declared],
                                      dtype};
    if (!shape_infer(&question, &answer)) {
        fprintf(stderr, "rlxc: a wrong graph: %s: %s\n", hir_op_info[op].name, answer.why);
        unreachable("a node that does not fit its operands");
    }
    take_slots(g, op, attr, &answer.shape);
    struct hir_node node = {.op = (uint16_t)op, .dtype = (uint8_t)answer.dtype};
    node.shape = hir_shape(g, answer.shape.rank, answer.shape.dims);
    node.attr = push_attr(g, op, attr);
    return push_node(g, node, operands, count);
}

hir_id hir_declare(struct hir_graph *g, enum hir_op op, enum dtype dtype, shape_id shape,
                   const char *name, const struct hir_attr *attr, const hir_id *operands,
                   uint32_t count)
{
    assert(hir_is_declared(op));
    hir_id id = add(g, op, attr, operands, count, dtype, shape);
    if (name != NULL)
        hir_at(g, id)->name = str_of(g->strings, name);
    return id;
}

hir_id hir_add(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
               const hir_id *operands, uint32_t count)
{
    assert(!hir_is_declared(op));
    return add(g, op, attr, operands, count, DTYPE_none, 0);
}

hir_id hir_add1(struct hir_graph *g, enum hir_op op, hir_id a)
{
    return hir_add(g, op, NULL, &a, 1);
}

hir_id hir_add2(struct hir_graph *g, enum hir_op op, hir_id a, hir_id b)
{
    return hir_add(g, op, NULL, (hir_id[]){a, b}, 2);
}

hir_id hir_number(struct hir_graph *g, double value)
{
    struct hir_attr attr = {.number = {value}};
    return hir_add(g, HIR_number, &attr, NULL, 0);
}

void hir_name(struct hir_graph *g, hir_id id, const char *format, ...)
{
    char name[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    hir_at(g, id)->name = str_of(g->strings, name);
}

static void push_output(struct hir_graph *g, str_id name, hir_id id, uint32_t role)
{
    assert(id != 0 && id < g->node_count && g->entry_count != 0);
    ARENA_PUSH(g->arena, g->outputs, g->output_count, g->output_capacity) =
        (struct hir_output){name, id, hir_is_state(g, id) ? OUTPUT_state : role};
    g->entries[g->entry_count - 1].output_count++;
}

void hir_output(struct hir_graph *g, const char *name, hir_id id, enum output_role role)
{
    push_output(g, str_of(g->strings, name), id, role);
}

void hir_entry(struct hir_graph *g, const char *name)
{
    if (g->output_count == 0)
        g->entry_count = 0;
    push_entry(g, str_of(g->strings, name));
}

/* ---- questions ---- */

uint64_t hir_width(const struct hir_graph *g, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(g, id);
    int64_t width = 1;

    if (shape->rank != 0 && !dim_is_const(&g->dims, shape->dims[shape->rank - 1], &width))
        unreachable("a last axis that is not a known number");
    return (uint64_t)width;
}

hir_id hir_find(const struct hir_graph *g, const char *name)
{
    str_id wanted = str_find(g->strings, name, strlen(name));

    for (hir_id id = 1; wanted != 0 && id < g->node_count; id++)
        if (g->nodes[id].name == wanted)
            return id;
    return 0;
}

hir_id hir_find_input(const struct hir_graph *g, enum input_role role)
{
    for (hir_id id = 1; id < g->node_count; id++)
        if (g->nodes[id].op == HIR_input && hir_attr(g, id)->input.role == (uint32_t)role)
            return id;
    return 0;
}

hir_id hir_find_output(const struct hir_graph *g, uint32_t entry, enum output_role role)
{
    const struct hir_entry *e = &g->entries[entry];

    assert(entry < g->entry_count);
    for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++)
        if (g->outputs[i].role == (uint32_t)role)
            return g->outputs[i].node;
    return 0;
}

uint32_t hir_find_entry(const struct hir_graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->entry_count; i++)
        if (strcmp(str_text(g->strings, g->entries[i].name), name) == 0)
            return i;
    return HIR_ALL_ENTRIES;
}

void hir_count_uses(struct hir_graph *g)
{
    for (hir_id id = 1; id < g->node_count; id++) {
        g->nodes[id].use_count = 0;
        for (uint32_t i = 0; i < g->nodes[id].operand_count; i++)
            g->nodes[hir_operand(g, id, i)].use_count++;
    }
    for (uint32_t i = 0; i < g->output_count; i++)
        g->nodes[g->outputs[i].node].use_count++;
}

struct kv_write_operands kv_write_operands(const struct hir_attr *attr, uint32_t count)
{
    struct kv_write_operands at = {.count = 6};

    if (attr->rope.n_rot != 0)
        at.table = at.count++;
    if (count > at.count) {
        at.q_norm = at.count++;
        at.k_norm = at.count++;
    }
    return at;
}

bool hir_is_state(const struct hir_graph *g, hir_id id)
{
    uint16_t op = hir_at(g, id)->op;
    return op == HIR_state || op == HIR_written || op == HIR_kv_append;
}

hir_id hir_written_operand(const struct hir_graph *g, hir_id writer, enum written which)
{
    const struct hir_node *n = hir_at(g, writer);
    bool pair = n->op == HIR_kv_write && n->operand_count > 1 && which != WRITTEN_state;
    bool single =
        (n->op == HIR_scan || n->op == HIR_conv) && n->operand_count != 0 && which == WRITTEN_state;

    return pair || single ? hir_operand(g, writer, which == WRITTEN_value) : 0;
}

hir_id hir_state_leaf(const struct hir_graph *g, hir_id id)
{
    while (id != 0 && hir_at(g, id)->op != HIR_state) {
        hir_id from = hir_at(g, id)->operand_count == 0 ? 0 : hir_operand(g, id, 0);
        if (hir_at(g, id)->op == HIR_written)
            id = hir_written_operand(g, from, (enum written)hir_attr(g, id)->written.which);
        else
            id = hir_at(g, id)->op == HIR_kv_append ? from : 0;
    }
    return id;
}

/* ---- rewriting ---- */

/* Passes leave about as many nodes and edges as there are; more cost a copy. */
static void start_rewrite(struct hir_graph *g, const struct hir_graph *old)
{
    start_empty(g, old->node_count + 32, old->edge_count + 64);
}

/* Room for what every node of the graph, which has none but nodes[0], stands for. */
static void start_origins(struct hir_graph *g)
{
    g->origins = NULL;
    g->origin_capacity = 0;
    g->origins = arena_grow(g->arena, g->origins, 0, &g->origin_capacity, g->node_capacity,
                            sizeof *g->origins);
    g->origins[0] = 0;
}

void hir_copy_begin(struct hir_rewrite *r, struct hir_graph *to, struct arena *a,
                    const struct hir_graph *from, const char *pass)
{
    *to = (struct hir_graph){
        .arena = a, .strings = from->strings, .name = from->name, .dims = from->dims};
    to->dims.arena = a;
    to->dims.capacity = to->dims.count; /* no room left: growing makes a copy of the array */
    to->dims.all = arena_grow(a, from->dims.all, from->dims.count, &to->dims.capacity, 1,
                              sizeof *to->dims.all);
    start_rewrite(to, from);
    to->attrs = from->attrs; /* they never change; growing makes a copy of the array */
    to->attr_count = to->attr_capacity = from->attr_count;
    for (shape_id i = 0; i < from->shape_count; i++) /* shapes keep their ids */
        hir_shape(to, from->shapes[i].rank, from->shapes[i].dims);
    start_origins(to);
    *r = (struct hir_rewrite){.graph = to, .old = *from, .from = str_of(to->strings, pass)};
    r->translated = arena_new(a, hir_id, from->node_count);
}

void hir_rewrite_begin(struct hir_rewrite *r, struct hir_graph *g, const char *pass)
{
    hir_count_uses(g);
    for (hir_id id = 1; id < g->node_count; id++)
        if (g->nodes[id].from == 0)
            g->nodes[id].from = g->name; /* made by the family, before the first pass */
    *r = (struct hir_rewrite){.graph = g, .old = *g, .from = str_of(g->strings, pass)};
    r->translated = arena_new(g->arena, hir_id, g->node_count);
    start_rewrite(g, &r->old);
    if (r->old.origins != NULL)
        start_origins(g);
}

/* A node whose operands have become others is made by its rule; all others keep their shape, and
 * share their attribute with the old one. */
static hir_id copy_node(struct hir_rewrite *r, const struct hir_node *before,
                        const hir_id *operands, bool same)
{
    enum hir_op op = (enum hir_op)before->op;
    bool declared = hir_is_declared(op);

    if (same)
        return push_node(r->graph,
                         (struct hir_node){.op = before->op,
                                           .dtype = before->dtype,
                                           .shape = before->shape,
                                           .attr = before->attr},
                         operands, before->operand_count);
    return add(r->graph, op, &r->old.attrs[before->attr], operands, before->operand_count,
               declared ? (enum dtype)before->dtype : DTYPE_none, declared ? before->shape : 0);
}

hir_id hir_rewrite_node(struct hir_rewrite *r, hir_id old)
{
    const struct hir_node *before = hir_at(&r->old, old);
    hir_id operands[HIR_MAX_OPERANDS];
    bool same = before->op != HIR_written; /* its type is that of its operand's operand */

    for (uint32_t i = 0; i < before->operand_count; i++) {
        hir_id operand = hir_operand(&r->old, old, i);
        operands[i] = r->translated[operand];
        assert(operands[i] != 0); /* operands are translated before their readers */
        const struct hir_node *was = hir_at(&r->old, operand), *is = hir_at(r->graph, operands[i]);
        same = same && was->shape == is->shape && was->dtype == is->dtype;
    }
    hir_id id = copy_node(r, before, operands, same);
    hir_at(r->graph, id)->name = before->name;
    hir_at(r->graph, id)->from = before->from;
    if (r->graph->origins != NULL)
        r->graph->origins[id] = r->old.origins != NULL ? r->old.origins[old] : old;
    return r->translated[old] = id;
}

void hir_rewrite_end(struct hir_rewrite *r)
{
    struct hir_graph *g = r->graph;

    for (uint32_t e = 0; e < r->old.entry_count; e++) {
        const struct hir_entry *entry = &r->old.entries[e];
        push_entry(g, entry->name);
        for (uint32_t i = 0; i < entry->output_count; i++) {
            const struct hir_output *output = &r->old.outputs[entry->first_output + i];
            push_output(g, output->name, r->translated[output->node], output->role);
        }
    }
    for (hir_id id = 1; id < g->node_count; id++)
        if (g->nodes[id].from == 0)
            g->nodes[id].from = r->from;
    hir_count_uses(g);
}
