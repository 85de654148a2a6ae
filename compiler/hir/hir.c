/* The graph: op table, nodes, shapes, rewriting. In: calls of the families and passes; out: arrays
 * in the graph's arena. */
#include "compiler/hir/attr.h"
#include "compiler/hir/hir_build.h"
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

void hir_start_empty(struct hir_graph *g, uint32_t nodes, uint32_t edges)
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

void hir_push_entry(struct hir_graph *g, str_id name)
{
    ARENA_PUSH(g->arena, g->entries, g->entry_count, g->entry_capacity) =
        (struct hir_entry){.name = name, .first_output = g->output_count};
}

void hir_init(struct hir_graph *g, struct arena *a, struct strings *s, const char *name)
{
    *g = (struct hir_graph){.arena = a, .strings = s, .name = str_of(s, name)};
    dims_init(&g->dims, a);
    hir_start_empty(g, 1, 1);
    hir_push_entry(g, str_of(s, "main"));
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

hir_id hir_push_node(struct hir_graph *g, struct hir_node node, const hir_id *operands,
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

hir_id hir_push(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
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
    return hir_push_node(g, node, operands, count);
}

hir_id hir_declare(struct hir_graph *g, enum hir_op op, enum dtype dtype, shape_id shape,
                   const char *name, const struct hir_attr *attr, const hir_id *operands,
                   uint32_t count)
{
    assert(hir_is_declared(op));
    hir_id id = hir_push(g, op, attr, operands, count, dtype, shape);
    if (name != NULL)
        hir_at(g, id)->name = str_of(g->strings, name);
    return id;
}

hir_id hir_add(struct hir_graph *g, enum hir_op op, const struct hir_attr *attr,
               const hir_id *operands, uint32_t count)
{
    assert(!hir_is_declared(op));
    return hir_push(g, op, attr, operands, count, DTYPE_none, 0);
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

void hir_push_output(struct hir_graph *g, str_id name, hir_id id, uint32_t role)
{
    assert(id != 0 && id < g->node_count && g->entry_count != 0);
    ARENA_PUSH(g->arena, g->outputs, g->output_count, g->output_capacity) =
        (struct hir_output){name, id, hir_is_state(g, id) ? OUTPUT_state : role};
    g->entries[g->entry_count - 1].output_count++;
}

void hir_output(struct hir_graph *g, const char *name, hir_id id, enum output_role role)
{
    hir_push_output(g, str_of(g->strings, name), id, role);
}

void hir_entry(struct hir_graph *g, const char *name)
{
    if (g->output_count == 0)
        g->entry_count = 0;
    hir_push_entry(g, str_of(g->strings, name));
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
    if (attr->rope.k_table)
        at.k_table = at.count++;
    if (count > at.count + attr->rope.v_norm) {
        at.q_norm = at.count++;
        at.k_norm = at.count++;
    }
    if (attr->rope.v_norm)
        at.v_norm = at.count++;
    return at;
}

struct attention_operands attention_operands(const struct hir_graph *g, const hir_id *operands,
                                             uint32_t count)
{
    struct attention_operands at = {0};

    if (count > 3 && hir_at(g, operands[3])->dtype == DTYPE_i32)
        at.positions = 3;
    if (count > 3 + (at.positions != 0))
        at.sinks = 3 + (at.positions != 0);
    return at;
}

static struct attention_operands operands_of(const struct hir_graph *g, hir_id attention)
{
    hir_id operands[HIR_MAX_OPERANDS];
    uint32_t count = hir_at(g, attention)->operand_count;

    for (uint32_t i = 0; i < count; i++)
        operands[i] = hir_operand(g, attention, i);
    return attention_operands(g, operands, count);
}

hir_id hir_attention_positions(const struct hir_graph *g, hir_id attention)
{
    uint32_t i = operands_of(g, attention).positions;

    return i == 0 ? 0 : hir_operand(g, attention, i);
}

hir_id hir_attention_sinks(const struct hir_graph *g, hir_id attention)
{
    uint32_t i = operands_of(g, attention).sinks;

    return i == 0 ? 0 : hir_operand(g, attention, i);
}

bool hir_is_expert_bias(const struct hir_graph *g, hir_id id)
{
    int64_t rows;

    return hir_shape_of(g, id)->rank == 2 &&
           dim_is_const(&g->dims, hir_shape_of(g, id)->dims[0], &rows);
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
