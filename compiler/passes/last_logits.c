/* Computes logits only of the rows that somebody asks for: a run that generates needs the last one.
 *
 *     logits = head(norm(x + mlp(...)))   =>   the same of rows(x, out_rows), rows(..., out_rows)
 *
 * An op that works on each row alone gives the same result whether rows are chosen before or after
 * it, and costs less for fewer rows. So the pass chooses them as soon as nothing else needs the
 * other rows. In a model of layers that is right after the last attention, whose keys and values
 * look at all rows; what follows it is then computed for the rows of out_rows, i32 [OUT_ROWS],
 * which becomes an input. A norm that others read too is computed again for the chosen rows, which
 * costs less than storing it for all rows.
 *
 * Needs: fuse-norm, so that a norm is one node. Keeps: the names; the named values that follow the
 * choice (hidden.L, hidden.final) then hold the chosen rows only. Not done when there is an input
 * out_rows already, when the logits have another reader, or when the op that makes them does not
 * work on each row alone.
 */
#include "compiler/passes/match.h"

#include <string.h>

struct choice {   /* arrays by old node */
    bool *chosen; /* computed for the rows of out_rows alone */
    bool *needed; /* somebody needs all its rows */
    bool *read;   /* by a chosen node */
    hir_id *made; /* of values that are needed and read: what chosen nodes read; a new node */
    hir_id logits, out_rows; /* out_rows: a new node */
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
    for (uint32_t i = 0; i < g->output_count; i++) {
        hir_id id = g->outputs[i].node;
        bool is_logits = strcmp(str_text(g->strings, g->outputs[i].name), "logits") == 0;
        *(is_logits ? &c->read[id] : &c->needed[id]) = true;
        if (is_logits)
            c->logits = id;
    }
    for (hir_id id = g->node_count - 1; id > 0; id--) {
        if (hir_at(g, id)->use_count == 0)
            continue;
        c->chosen[id] = c->read[id] && !c->needed[id] && works_on_each_row(g, id);
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            (c->chosen[id] ? c->read : c->needed)[hir_operand(g, id, i)] = true;
    }
}

static const char *why_left(const struct hir_graph *g, const struct choice *c)
{
    if (match_is(g, hir_find(g, "out_rows"), HIR_input))
        return "there is an input out_rows already";
    if (c->needed[c->logits])
        return "the logits have another reader";
    return c->chosen[c->logits] ? NULL
                                : "the op that makes the logits does not work on each row "
                                  "alone";
}

/* ---- rewriting ---- */

static void name_after(struct hir_rewrite *r, hir_id made, hir_id old)
{
    str_id name = hir_at(&r->old, old)->name;

    if (name != 0)
        hir_name(r->graph, made, "%s.rows", str_text(r->graph->strings, name));
}

static hir_id pick(struct choice *c, struct hir_rewrite *r, hir_id old)
{
    struct hir_graph *g = r->graph;
    dim_id dim = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);

    if (c->out_rows == 0)
        c->out_rows =
            hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &dim), "out_rows", NULL, NULL, 0);
    if (c->made[old] == 0) {
        c->made[old] = hir_add2(g, HIR_rows, r->translated[old], c->out_rows);
        name_after(r, c->made[old], old);
    }
    return c->made[old];
}

/* The operand of a chosen node. */
static hir_id operand_of(struct choice *c, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;

    if (c->chosen[old] || !has_rows(g, old))
        return r->translated[old];
    if (!match_is(g, old, HIR_rms_norm))
        return pick(c, r, old);
    if (c->made[old] == 0) {
        hir_id operands[2] = {pick(c, r, hir_operand(g, old, 0)),
                              r->translated[hir_operand(g, old, 1)]};
        c->made[old] = hir_add(r->graph, HIR_rms_norm, hir_attr(g, old), operands, 2);
        name_after(r, c->made[old], old);
    }
    return c->made[old];
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    struct choice *c = context;
    struct hir_graph *g = r->graph;
    const struct hir_node *node = hir_at(&r->old, old);
    enum hir_op op = (enum hir_op)node->op;
    hir_id operands[HIR_MAX_OPERANDS];

    (void)index;
    for (uint32_t i = 0; i < node->operand_count; i++)
        operands[i] = operand_of(c, r, hir_operand(&r->old, old, i));
    if (hir_op_info[op].fusion != FUSE_view)
        return hir_add(g, op, hir_attr(&r->old, old), operands, node->operand_count);
    struct hir_shape shape = *hir_shape_of(&r->old, old);
    shape.dims[0] = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);
    return hir_declare(g, op, (enum dtype)node->dtype, hir_shape(g, shape.rank, shape.dims), NULL,
                       hir_attr(&r->old, old), operands, node->operand_count);
}

static void note_choices(struct pass_report *report, const struct hir_graph *g,
                         const struct choice *c)
{
    for (hir_id id = 1; id < g->node_count; id++) {
        if (!c->read[id] || c->chosen[id] || !has_rows(g, id))
            continue;
        if (match_is(g, id, HIR_rms_norm))
            note_done(report, g, id, "is made again for the rows of out_rows");
        else
            note_done(report, g, id, "what follows is made for the rows of out_rows alone");
    }
}

bool pass_last_logits(struct hir_graph *g, const struct pass_context *context,
                      struct pass_report *report, struct diags *d)
{
    struct arena *a = g->arena;
    struct choice c = {.chosen = arena_new(a, bool, g->node_count),
                       .needed = arena_new(a, bool, g->node_count),
                       .read = arena_new(a, bool, g->node_count),
                       .made = arena_new(a, hir_id, g->node_count)};

    (void)context;
    (void)d;
    match_begin(g);
    choose(g, &c);
    if (c.logits == 0)
        return true;
    const char *why = why_left(g, &c);
    if (why != NULL) {
        note_left(report, g, c.logits, "%s", why);
        return true;
    }
    note_choices(report, g, &c);
    for (hir_id id = 1; id < g->node_count; id++)
        hir_at(g, id)->mark = c.chosen[id];
    rewrite_marked(g, "last-logits", emit, &c);
    return true;
}
