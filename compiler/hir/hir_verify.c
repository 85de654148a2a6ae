/* Checks a graph against every rule of the tables. In: a graph that a family, a pass or the parser
 * made; out: what is wrong with it, node by node.
 *
 * Rules of one node: number of operands, attribute, shape, type. Rules of the whole: operands stand
 * before their readers; inputs, weights and states have names. Rules of each entry, over the nodes
 * that it needs: a state value is written at most once and, where it was, read by nobody else,
 * because the write happens in place; the outputs have different names, and hold every written
 * state after its last write, under its own name.
 */
#include "compiler/hir/attr.h"
#include "compiler/hir/rows.h"
#include "compiler/hir/shape.h"

#include <string.h>

/* ---- one node ---- */

bool hir_check_node(const struct shape_question *q, const struct hir_shape *shape, enum dtype dtype,
                    const char **why)
{
    const struct hir_op_info *info = &hir_op_info[q->op];
    struct shape_answer answer;

    if (q->count < info->min || q->count > info->max) {
        *why = info->min == info->max
                   ? arena_printf(q->arena, "expected %u operand%s, found %u", info->min,
                                  info->min == 1 ? "" : "s", q->count)
                   : arena_printf(q->arena, "expected %u to %u operands, found %u", info->min,
                                  info->max, q->count);
        return false;
    }
    *why = attr_problem(q->arena, q->op, q->attr, dtype);
    if (*why != NULL)
        return false;
    if (!shape_infer(q, &answer)) {
        *why = answer.why;
        return false;
    }
    if (answer.dtype == dtype && memcmp(&answer.shape, shape, sizeof *shape) == 0)
        return true;
    struct text text = {.arena = q->arena};
    text_add(&text, "expected %s ", dtype_info[answer.dtype].name);
    shape_text(q->dims, &answer.shape, &text);
    text_add(&text, ", found %s ", dtype_info[dtype].name);
    shape_text(q->dims, shape, &text);
    *why = text.data;
    return false;
}

/* ---- the whole graph ---- */

struct verifier {
    const struct hir_graph *graph;
    struct diags *diags;
    struct arena scratch;
    struct dims dims;
    bool *reported; /* by node: entries share nodes, and each mistake is told once */
};

static bool problem(struct verifier *v, hir_id id, const char *why)
{
    const struct hir_node *n = &v->graph->nodes[id];
    const char *op = n->op < HIR_OP_COUNT ? hir_op_info[n->op].name : "?";
    const char *name = n->name == 0 ? "" : str_text(v->graph->strings, n->name);
    const char *object =
        arena_printf(&v->scratch, n->name == 0 ? "%%%u %s%s" : "%%%u %s '%s'", id, op, name);

    if (v->reported[id])
        return false;
    v->reported[id] = true;
    return diag_error(v->diags, (struct place){.object = object}, "%s", why);
}

/* What must hold before anything else can be looked at: every index points to something. */
static bool check_indices(struct verifier *v, hir_id id)
{
    const struct hir_graph *g = v->graph;
    const struct hir_node *n = &g->nodes[id];
    uint64_t last = (uint64_t)n->operands + n->operand_count;

    if (n->op == HIR_none || n->op >= HIR_OP_COUNT)
        return problem(v, id, "expected a known op");
    if (n->dtype == DTYPE_none || n->dtype >= DTYPE_COUNT)
        return problem(v, id, "expected a known type");
    if (n->shape >= g->shape_count || n->attr >= g->attr_count || last > g->edge_count)
        return problem(v, id, "expected indices inside the graph");
    if ((n->attr == 0) != (hir_op_info[n->op].attr == ATTR_none))
        return problem(v, id, "expected an attribute exactly where the op has one");
    for (uint32_t i = 0; i < n->operand_count; i++)
        if (g->edges[n->operands + i] == 0 || g->edges[n->operands + i] >= id)
            return problem(v, id, "expected operands that stand before their reader");
    return true;
}

static bool check_node(struct verifier *v, hir_id id)
{
    const struct hir_graph *g = v->graph;
    const struct hir_node *n = hir_at(g, id);
    const struct hir_shape *shape = hir_shape_of(g, id);
    const char *why = NULL;
    struct shape_question q = {g,
                               &v->dims,
                               &v->scratch,
                               (enum hir_op)n->op,
                               hir_attr(g, id),
                               n->operand_count == 0 ? NULL : g->edges + n->operands,
                               n->operand_count,
                               *shape,
                               (enum dtype)n->dtype};
    if (!hir_check_node(&q, shape, (enum dtype)n->dtype, &why))
        return problem(v, id, why);
    bool named = n->op == HIR_input || n->op == HIR_weight || n->op == HIR_state;
    return !named || n->name != 0 || problem(v, id, "expected a name");
}

/* A weight of i32 is the order of rows or columns, and nothing else. */
static void check_orders(struct verifier *v, hir_id id)
{
    const struct hir_graph *g = v->graph;
    const uint16_t op = hir_at(g, id)->op;

    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        const hir_id operand = hir_operand(g, id, i);
        const bool ordered = i == 1 && (op == HIR_scatter_columns || op == HIR_gather_columns);
        if (hir_at(g, operand)->op == HIR_weight && hir_at(g, operand)->dtype == DTYPE_i32 &&
            !ordered)
            problem(v, id,
                    arena_printf(&v->scratch, "operand %u: expected anything but an order", i + 1));
    }
}

/* Ops that the packer computes. Whoever follows an expression to its leaves calls itself for each
 * op. */
static void check_weights(struct verifier *v)
{
    enum { MAX_DEPTH = 1000 };
    const struct hir_graph *g = v->graph;
    bool *made = arena_new(&v->scratch, bool, g->node_count);
    uint32_t *depth = arena_new(&v->scratch, uint32_t, g->node_count);

    hir_mark_weights(g, made);
    for (hir_id id = 1; id < g->node_count; id++) {
        for (uint32_t i = 0; made[id] && i < hir_at(g, id)->operand_count; i++)
            depth[id] = (uint32_t)max_u64(depth[id], depth[hir_operand(g, id, i)] + 1);
        if (depth[id] == MAX_DEPTH + 1)
            problem(v, id, "expected a weight of at most 1000 ops one after the other");
        check_orders(v, id);
        uint16_t op = hir_at(g, id)->op;
        if (op != HIR_transpose && op != HIR_stack && op != HIR_concat && op != HIR_interleave &&
            op != HIR_scatter_columns && op != HIR_pack)
            continue;
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            if (!made[hir_operand(g, id, i)])
                problem(v, id, "expected weights, or what only weights and numbers make");
    }
}

static bool takes_state(const struct hir_graph *g, hir_id reader, uint32_t i)
{
    uint16_t op = hir_at(g, reader)->op;
    return i < hir_op_info[op].writes || (op == HIR_attention && (i == 1 || i == 2));
}

static enum state_class class_of(const struct hir_graph *g, hir_id id)
{
    return (enum state_class)hir_attr(g, hir_state_leaf(g, id))->state.class;
}

/* `writer[id]`: the node of the entry that writes over state value `id`. */
static void find_writers(struct verifier *v, const bool *needed, hir_id *writer)
{
    const struct hir_graph *g = v->graph;

    memset(writer, 0, g->node_count * sizeof *writer);
    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; needed[id] && i < hir_op_info[hir_at(g, id)->op].writes; i++) {
            hir_id from = hir_operand(g, id, i);
            if (writer[from] != 0)
                problem(v, id, "expected a state value that nobody else writes");
            writer[from] = id;
        }
}

static void check_read(struct verifier *v, hir_id id, hir_id from, const hir_id *writer)
{
    const struct hir_graph *g = v->graph;
    bool writes = writer[from] == id;

    if (writer[from] != 0 && !writes)
        problem(v, id, "expected to read a state after its last write");
    if (!hir_is_state(g, from) || writes)
        return;
    if (class_of(g, from) == STATE_scratch && hir_at(g, from)->op == HIR_state)
        problem(v, id, "expected to read a scratch state after its write");
    if (class_of(g, from) == STATE_cross && hir_at(g, from)->op != HIR_state)
        problem(v, id,
                "expected to read a cross state in another entry than the one that writes it");
}

static void check_states(struct verifier *v, const bool *needed, hir_id *writer)
{
    const struct hir_graph *g = v->graph;

    find_writers(v, needed, writer);
    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; needed[id] && i < hir_at(g, id)->operand_count; i++)
            check_read(v, id, hir_operand(g, id, i), writer);
}

/* A state is no operand but where an op takes one; what an op writes is named once each. */
static void check_operands(struct verifier *v)
{
    static const char *const once[] = {"expected one `written` with which=key",
                                       "expected one `written` with which=value",
                                       "expected one `written` with which=state"};
    const struct hir_graph *g = v->graph;
    uint8_t(*count)[3] = (uint8_t(*)[3])arena_alloc(&v->scratch, 3 * (size_t)g->node_count, 1);

    for (hir_id id = 1; id < g->node_count; id++) {
        uint32_t which = hir_attr(g, id)->written.which;
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            if (hir_is_state(g, hir_operand(g, id, i)) && !takes_state(g, id, i))
                problem(v, id, "expected no state as this operand");
        if (hir_at(g, id)->op == HIR_written && count[hir_operand(g, id, 0)][which] < 2)
            count[hir_operand(g, id, 0)][which]++;
    }
    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t which = 0; which < 3; which++)
            if (hir_written_operand(g, id, (enum written)which) != 0 && count[id][which] != 1)
                problem(v, id, once[which]);
}

static bool output_problem(struct verifier *v, uint32_t i, const char *why)
{
    const char *name = str_text(v->graph->strings, v->graph->outputs[i].name);
    const char *object = arena_printf(&v->scratch, "output '%s'", name);

    return diag_error(v->diags, (struct place){.object = object}, "%s", why);
}

static void check_output(struct verifier *v, uint32_t i, const hir_id *writer)
{
    const struct hir_graph *g = v->graph;
    hir_id id = g->outputs[i].node;

    if (!hir_is_state(g, id))
        return;
    if (g->outputs[i].name != hir_at(g, hir_state_leaf(g, id))->name)
        output_problem(v, i, "expected the name of the state that it holds");
    if (writer[id] != 0)
        output_problem(v, i, "expected a state after its last write");
    if (class_of(g, id) == STATE_scratch)
        output_problem(v, i, "expected no scratch state, which no run keeps");
}

static void check_outputs(struct verifier *v, const struct hir_entry *e, const bool *needed,
                          const hir_id *writer)
{
    const struct hir_graph *g = v->graph;
    bool *seen = arena_new(&v->scratch, bool, g->strings->count);
    bool *kept = arena_new(&v->scratch, bool, g->node_count);
    uint32_t logits = 0;

    for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++) {
        str_id name = g->outputs[i].name;
        if (name == 0 || seen[name])
            output_problem(v, i, "expected a name that no other output has");
        seen[name] = true;
        kept[g->outputs[i].node] = true;
        if (g->outputs[i].role == OUTPUT_logits && logits++ != 0)
            output_problem(v, i, "expected one output with role=logits");
        check_output(v, i, writer);
    }
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id] && hir_is_state(g, id) && hir_at(g, id)->op != HIR_state &&
            writer[id] == 0 && !kept[id] && class_of(g, id) != STATE_scratch)
            problem(v, id, "expected the last write of a state to be an output");
}

static bool entry_problem(struct verifier *v, const struct hir_entry *e, const char *why)
{
    const char *object =
        arena_printf(&v->scratch, "entry '%s'", str_text(v->graph->strings, e->name));

    return diag_error(v->diags, (struct place){.object = object}, "%s", why);
}

/* Each entry by itself. Where there is one, all nodes are its, the needless ones too; where there
 * are several, each write must belong to one. */
static void check_entries(struct verifier *v)
{
    const struct hir_graph *g = v->graph;
    hir_id *writer = arena_new(&v->scratch, hir_id, g->node_count);
    bool *seen = arena_new(&v->scratch, bool, g->strings->count);
    bool *any = arena_new(&v->scratch, bool, g->node_count);

    if (g->entry_count > HIR_MAX_ENTRIES)
        entry_problem(v, &g->entries[HIR_MAX_ENTRIES], "expected no more than 64 entries");
    for (uint32_t i = 0; i < g->entry_count; i++) {
        bool *needed = arena_new(&v->scratch, bool, g->node_count);
        if (g->entry_count == 1)
            memset(needed, true, g->node_count);
        hir_mark_needed(g, i, needed);
        check_states(v, needed, writer);
        check_outputs(v, &g->entries[i], needed, writer);
        for (hir_id id = 1; id < g->node_count; id++)
            any[id] = any[id] || needed[id];
        if (g->entries[i].name == 0 || seen[g->entries[i].name])
            entry_problem(v, &g->entries[i], "expected a name that no other entry has");
        seen[g->entries[i].name] = true;
    }
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_op_info[hir_at(g, id)->op].writes && !any[id])
            problem(v, id, "expected an entry that needs this write");
}

static bool check_indices_of_outputs(struct verifier *v)
{
    const struct hir_graph *g = v->graph;
    bool good = true;

    for (uint32_t i = 0; i < g->output_count; i++)
        if (g->outputs[i].node == 0 || g->outputs[i].node >= g->node_count)
            good = output_problem(v, i, "expected a node of the graph");
    return good;
}

/* Inputs and states are known by their names, and inputs by their roles. */
static void check_names(struct verifier *v)
{
    const struct hir_graph *g = v->graph;
    bool *inputs = arena_new(&v->scratch, bool, g->strings->count);
    bool *states = arena_new(&v->scratch, bool, g->strings->count);
    bool roles[INPUT_out_rows + 1] = {false};

    for (hir_id id = 1; id < g->node_count; id++) {
        uint16_t op = hir_at(g, id)->op;
        if (op != HIR_state && op != HIR_input)
            continue;
        bool *seen = &(op == HIR_state ? states : inputs)[hir_at(g, id)->name];
        bool *role = &roles[op == HIR_input ? hir_attr(g, id)->input.role : INPUT_data];
        if (*seen)
            problem(v, id,
                    op == HIR_state ? "expected a name that no other state has"
                                    : "expected a name that no other input has");
        if (*role && role != &roles[INPUT_data])
            problem(v, id, "expected a role that no other input has");
        *seen = *role = true;
    }
}

/* Norms that what makes their rows computes, too. */
static void check_norms(struct verifier *v)
{
    const struct hir_graph *g = v->graph;
    hir_id *made = arena_new(&v->scratch, hir_id, 2 * (size_t)g->node_count);

    for (hir_id id = 1; id < g->node_count; id++) {
        if (!hir_norm_form(g, id).by_product)
            continue;
        hir_id *others = made + 2 * (size_t)hir_operand(g, id, 0);
        const char *why = hir_norm_refused(g, id, others);
        if (why != NULL)
            problem(v, id,
                    arena_printf(&v->scratch,
                                 "by_product: expected a norm that a product or "
                                 "an embedding can make, but %s",
                                 why));
        others[others[0] != 0] = id;
    }
}

bool hir_verify(const struct hir_graph *g, struct diags *d)
{
    struct verifier v = {.graph = g, .diags = d, .dims = g->dims};
    uint32_t before = d->error_count;

    v.dims.arena = &v.scratch;
    v.dims.capacity = v.dims.count; /* what the rules add goes into the scratch arena */
    v.reported = arena_new(&v.scratch, bool, g->node_count);
    for (hir_id id = 1; id < g->node_count; id++)
        check_indices(&v, id);
    bool sound = d->error_count == before;
    for (hir_id id = 1; id < g->node_count && sound; id++)
        check_node(&v, id);
    if (d->error_count == before && check_indices_of_outputs(&v)) {
        check_operands(&v);
        check_weights(&v);
        check_names(&v);
        check_norms(&v);
        check_entries(&v);
    }
    arena_free(&v.scratch);
    return d->error_count == before;
}
