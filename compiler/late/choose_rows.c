/* Computes logits only of the rows that somebody asks for: a run that generates needs the last one.
 *
 *     rows(head(norm(x + mlp(...))), out_rows)
 *         =>   the same of rows(x, out_rows), rows(..., out_rows)
 *
 * An op that works on each row alone gives the same result whether rows are chosen before or after
 * it, and costs less for fewer rows. So prompts choose them as soon as nothing else needs the other
 * rows. In a model of layers that is right after the last attention, whose keys and values look at
 * all rows. A norm that others read too is computed again for the chosen rows, which costs less
 * than storing it for all rows.
 *
 * Short runs and batches may ask for all rows at once. There an early choice saves nothing: it
 * copies more values than a late one, and needs kernels of its own for what the body has. They
 * choose rows where a single value leads to the logits, before the last norm. Where the stream does
 * not narrow to one value, they choose as prompts do.
 *
 * Needs: the `rows` that specialize puts at the logits; norms that are one node. Keeps: the names;
 * the named values that follow the choice then hold the chosen rows only. Not done where the graph
 * has an input out_rows of its own, where the logits have another reader, or where the op that
 * makes them does not work on each row alone.
 */
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

#include <string.h>

struct choice {   /* arrays by old node */
    bool *chosen; /* computed for the rows of out_rows alone */
    bool *needed; /* somebody needs all its rows */
    bool *read;   /* by a chosen node */
    hir_id *made; /* of values that are needed and read: what chosen nodes read; a new node */
    hir_id root, logits, out_rows; /* root: rows(logits, out_rows) */
    hir_id stream; /* the single value that the last norm reads, where rows are chosen there */
};

static bool has_rows(const struct hir_graph *g, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(g, id);

    if (shape->rank == 0)
        return false;
    const struct dim *first = &g->dims.all[shape->dims[0]];
    return first->kind == DIM_SYMBOL && first->value == SYMBOL_ROWS;
}

/* Attention looks at the rows before; indices are looked up by their readers, not computed. */
static bool works_on_each_row(const struct hir_graph *g, hir_id id)
{
    const struct hir_node *n = hir_at(g, id);
    uint8_t fusion = hir_op_info[n->op].fusion;
    uint32_t count = 0;

    if (!has_rows(g, id) || n->op == HIR_attention ||
        !(fusion == FUSE_view || fusion == FUSE_map || fusion == FUSE_row ||
          fusion == FUSE_contract))
        return false;
    for (uint32_t i = 0; i < n->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        if (has_rows(g, operand) && hir_at(g, operand)->dtype == DTYPE_i32)
            return false;
        count += has_rows(g, operand);
    }
    return count != 0;
}

/* From the last node up: a node is chosen when chosen nodes alone read it. */
static void choose(const struct hir_graph *g, struct choice *c)
{
    memset(c->read, 0, g->node_count * sizeof *c->read);
    c->read[c->logits] = true;
    for (hir_id id = g->node_count - 1; id > 0; id--) {
        if (id == c->root)
            continue;
        c->chosen[id] = c->read[id] && !c->needed[id] && works_on_each_row(g, id);
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            (c->chosen[id] ? c->read : c->needed)[hir_operand(g, id, i)] = true;
    }
}

/* ---- short runs ---- */

/* The operand that carries the rows of a node; 0 where several or none do. */
static hir_id row_operand(const struct hir_graph *g, hir_id id)
{
    hir_id found = 0;

    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        if (!has_rows(g, operand))
            continue;
        if (found != 0)
            return 0;
        found = operand;
    }
    return found;
}

/* What the last norm reads, which all that is chosen before it leads to; 0 where two values meet
 * after the norm, or where that is not chosen. */
static hir_id find_stream(const struct hir_graph *g, const struct choice *c)
{
    hir_id id = c->logits;

    while (id != 0 && c->chosen[id]) {
        bool is_norm = match_is(g, id, HIR_rms_norm);
        id = row_operand(g, id);
        if (is_norm)
            return id != 0 && c->chosen[id] ? id : 0;
    }
    return 0;
}

/* ---- rewriting ---- */

static hir_id pick(struct choice *c, struct hir_rewrite *r, hir_id old)
{
    if (c->made[old] == 0) {
        hir_id out_rows = rewrite_leaf(r, c->out_rows);
        c->made[old] = hir_add2(r->graph, HIR_rows, r->translated[old], out_rows);
        rewrite_name(r, c->made[old], old, ".rows");
    }
    return c->made[old];
}

/* The operand of a chosen node. */
static hir_id operand_of(struct choice *c, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;

    if (c->chosen[old] || !has_rows(g, old))
        return r->translated[old];
    if (!match_is(g, old, HIR_rms_norm) || old == c->stream)
        return pick(c, r, old);
    if (c->made[old] == 0) {
        hir_id operands[2] = {pick(c, r, hir_operand(g, old, 0)),
                              r->translated[hir_operand(g, old, 1)]};
        c->made[old] = hir_add(r->graph, HIR_rms_norm, hir_attr(g, old), operands, 2);
        rewrite_name(r, c->made[old], old, ".rows");
    }
    return c->made[old];
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    struct choice *c = context;
    struct hir_graph *g = r->graph;
    const struct hir_node *node = hir_at(&r->old, old);
    enum hir_op op = (enum hir_op)node->op;
    hir_id operands[HIR_MAX_OPERANDS], made;

    (void)index;
    for (uint32_t i = 0; i < node->operand_count; i++)
        operands[i] = operand_of(c, r, hir_operand(&r->old, old, i));
    if (hir_op_info[op].fusion != FUSE_view) {
        made = hir_add(g, op, hir_attr(&r->old, old), operands, node->operand_count);
    } else {
        struct hir_shape shape = *hir_shape_of(&r->old, old);
        shape.dims[0] = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);
        made = hir_declare(g, op, (enum dtype)node->dtype, hir_shape(g, shape.rank, shape.dims),
                           NULL, hir_attr(&r->old, old), operands, node->operand_count);
    }
    if (old == c->logits)
        r->translated[c->root] = made;
    return made;
}

static void note_choices(struct pass_report *report, const struct hir_graph *g,
                         const struct choice *c)
{
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!c->read[id] || c->chosen[id] || !has_rows(g, id))
            continue;
        if (match_is(g, id, HIR_rms_norm) && id != c->stream)
            note_done(report, g, id, "is made again for the rows of out_rows");
        else
            note_done(report, g, id, "what follows is made for the rows of out_rows alone");
    }
}

static hir_id find_output(const struct hir_graph *g, const char *name)
{
    for (uint32_t i = 0; i < g->output_count; i++)
        if (strcmp(str_text(g->strings, g->outputs[i].name), name) == 0)
            return g->outputs[i].node;
    return 0;
}

bool pass_choose_rows(struct hir_graph *g, const struct pass_context *context,
                      struct pass_report *report, struct diags *d)
{
    struct arena *a = g->arena;
    struct choice c = {.root = find_output(g, "logits")};

    (void)context;
    (void)d;
    if (c.root == 0)
        return true;
    if (!match_is(g, c.root, HIR_rows) || g->origins[hir_operand(g, c.root, 1)] != 0) {
        note_left(report, g, c.root, "the graph has an input out_rows of its own");
        return true;
    }
    c.chosen = arena_new(a, bool, g->node_count);
    c.needed = arena_new(a, bool, g->node_count);
    c.read = arena_new(a, bool, g->node_count);
    c.made = arena_new(a, hir_id, g->node_count);
    c.logits = hir_operand(g, c.root, 0);
    c.out_rows = hir_operand(g, c.root, 1);
    match_begin(g);
    for (uint32_t i = 0; i < g->output_count; i++)
        c.needed[g->outputs[i].node] = true;
    choose(g, &c);
    if (!c.chosen[c.logits]) {
        note_left(report, g, c.logits,
                  c.needed[c.logits] ? "the logits have another reader"
                                     : "the op that makes the logits does not work on each row "
                                       "alone");
        return true;
    }
    c.stream = dim_max(&g->dims, SYMBOL_ROWS) <= HEAD_ROWS_MAX ? find_stream(g, &c) : 0;
    if (c.stream != 0) {
        c.needed[c.stream] = true;
        choose(g, &c);
    }
    note_choices(report, g, &c);
    for (hir_id id = 1; id < g->node_count; id++)
        hir_at(g, id)->mark = c.chosen[id];
    hir_at(g, c.root)->mark = MATCH_DROP;
    rewrite_marked(g, "choose-rows", emit, &c);
    return true;
}
