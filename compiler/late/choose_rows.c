/* Computes logits only of the rows that somebody asks for: a run that generates needs the last one.
 *
 *     gather_rows(head(norm(x + mlp(...))), out_rows)
 *         =>   the same of gather_rows(x, out_rows), gather_rows(..., out_rows)
 *
 * An op that works on each row alone gives the same result whether rows are chosen before or after
 * it, and costs less for fewer rows. So prompts choose them as soon as nothing else needs the other
 * rows. In a model of layers that is right after the last attention, whose keys and values look at
 * all rows. A norm that others read too is computed again for the chosen rows, which costs less
 * than storing it for all rows. A mixture of experts is chosen whole: its router, the products by
 * expert and the mix.
 *
 * Short runs and batches may ask for all rows at once. There an early choice saves nothing: it
 * copies more values than a late one, and needs kernels of its own for what the body has. They
 * choose rows where a single value leads to the logits, before the last norm. Where the stream does
 * not narrow to one value, they choose as prompts do.
 *
 * Needs: the gather_rows that specialize puts at the logits; norms that are one node. Keeps: the
 * names; the named values that follow the choice then hold the chosen rows only. Not done where the
 * graph has an input out_rows of its own, where the logits have another reader, or where the op
 * that makes them does not work on each row alone.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

#include <string.h>

struct choice {          /* arrays by old node */
    bool *chosen;        /* computed for the rows of out_rows alone */
    bool *needed, *read; /* all its rows, by others; by a chosen node */
    hir_id root, logits,
        last; /* root: gather_rows(logits, out_rows); last: what the last norm reads, if
                                  rows are chosen there */
};

static bool has_rows(const struct hir_graph *g, hir_id id)
{
    return hir_rows_symbol(g, id) == SYMBOL_ROWS;
}

/* What products by expert pass on: of each row the rows of its experts, or which these are. Such
 * values are computed for chosen rows or for all, but nobody takes rows out of them. */
static bool is_by_expert(const struct hir_graph *g, hir_id id)
{
    int slot = hir_rows_symbol(g, id);

    return match_is(g, id, HIR_route) ||
           (slot > 0 && slot != SYMBOL_ROWS &&
            dims_slot(&g->dims, (uint32_t)slot).symbol == SYMBOL_ROWS);
}

/* Whether the rows of a node have a slot for those that are chosen of them. */
static bool has_chosen_rows(const struct hir_graph *g, hir_id id)
{
    const int slot = hir_rows_symbol(g, id);

    if (has_rows(g, id))
        return true;
    if (!is_by_expert(g, id))
        return false;
    const struct dim_slot_info rows = dims_slot(&g->dims, (uint32_t)slot);
    for (uint32_t i = 0; i < dims_slot_count(&g->dims); i++) {
        const struct dim_slot_info out = dims_slot(&g->dims, i);
        if (out.symbol == SYMBOL_OUT_ROWS && out.multiply == rows.multiply && out.add == rows.add &&
            out.divide == rows.divide)
            return true;
    }
    return false;
}

/* Attention looks at the rows before. Products by expert alone have other rows than what they read.
 * Who reads tokens or positions looks something up by them, or writes a state. */
static bool works_on_each_row(const struct hir_graph *g, hir_id id)
{
    const bool is_product = hir_is_product(g, id) && hir_experts(g, id) != 0;
    const int rows = hir_rows_symbol(g, id);
    bool carries = false;

    if (!has_chosen_rows(g, id) || match_is(g, id, HIR_attention))
        return false;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        const bool counts = has_rows(g, operand) || is_by_expert(g, operand);
        if ((counts && hir_at(g, operand)->dtype == DTYPE_i32) ||
            (counts && !is_product && hir_rows_symbol(g, operand) != rows))
            return false;
        carries = carries || counts;
    }
    return carries;
}

/* From the last node up: a node is chosen when chosen nodes alone read it. */
static void choose_once(const struct hir_graph *g, struct choice *c)
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

/* Who reads what products by expert pass on is chosen with it. What is needed grows, so that this
 * ends. */
static void choose(const struct hir_graph *g, struct choice *c)
{
    bool again = true;

    while (again) {
        again = false;
        choose_once(g, c);
        for (hir_id id = 1; id < g->node_count; id++)
            for (uint32_t i = 0; c->chosen[id] && i < hir_at(g, id)->operand_count; i++) {
                hir_id operand = hir_operand(g, id, i);
                if (c->chosen[operand] || !is_by_expert(g, operand))
                    continue;
                c->needed[id] = again = true;
            }
    }
}

/* What the last norm reads, which everything chosen before it leads to. 0: that is not chosen, or
 * two values meet after the norm. */
static hir_id find_last(const struct hir_graph *g, const struct choice *c)
{
    for (hir_id id = c->logits, next; c->chosen[id]; id = next) {
        next = 0;
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
            hir_id operand = hir_operand(g, id, i);
            if (has_rows(g, operand) && next != 0)
                return 0;
            next = has_rows(g, operand) ? operand : next;
        }
        if (match_is(g, id, HIR_rms_norm))
            return c->chosen[next] ? next : 0;
    }
    return 0;
}

/* ---- rewriting ---- */

static hir_id pick(const struct choice *c, struct hir_rewrite *r, hir_id old)
{
    hir_id operands[2] = {r->translated[old], rewrite_weight(r, hir_operand(&r->old, c->root, 1))};

    return rewrite_once(r, HIR_gather_rows, NULL, operands, 2, old, ".rows", NULL);
}

static bool is_made_again(const struct hir_graph *g, const struct choice *c, hir_id id)
{
    return match_is(g, id, HIR_rms_norm) && id != c->last;
}

/* The operand of a chosen node. */
static hir_id operand_of(const struct choice *c, struct hir_rewrite *r, hir_id old)
{
    const struct hir_graph *g = &r->old;

    if (c->chosen[old] || !has_rows(g, old))
        return r->translated[old];
    if (!is_made_again(g, c, old))
        return pick(c, r, old);
    const uint32_t count = hir_at(g, old)->operand_count;
    hir_id operands[3] = {pick(c, r, hir_operand(g, old, 0))};
    for (uint32_t i = 1; i < count; i++)
        operands[i] = r->translated[hir_operand(g, old, i)];
    return rewrite_once(r, HIR_rms_norm, hir_attr(g, old), operands, count, old, ".rows", NULL);
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct choice *c = call->found;
    hir_id operands[HIR_MAX_OPERANDS];

    for (uint32_t i = 0; i < hir_at(&r->old, old)->operand_count; i++)
        operands[i] = operand_of(c, r, hir_operand(&r->old, old, i));
    hir_id made = rewrite_like(r, old, hir_attr(&r->old, old), operands);
    if (old == c->logits)
        r->translated[c->root] = made;
    return made;
}

static void mark(const struct pass_call *call, const struct choice *c)
{
    struct hir_graph *g = call->graph;

    for (hir_id id = 1; id < g->node_count; id++) {
        hir_at(g, id)->mark = c->chosen[id];
        if (c->read[id] && !c->chosen[id] && has_rows(g, id))
            note_done(call, id, "%s",
                      is_made_again(g, c, id)
                          ? "is made again for the rows of out_rows"
                          : "only the rows of out_rows are computed from here on");
    }
    hir_at(g, c->root)->mark = MATCH_DROP;
}

bool pass_choose_rows(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    bool *flags = arena_new(g->arena, bool, 3 * g->node_count);
    struct choice c = {.chosen = flags,
                       .needed = flags + g->node_count,
                       .read = flags + 2 * g->node_count,
                       .root = hir_find_output(g, 0, OUTPUT_logits)};

    if (c.root == 0 || hir_rows_symbol(g, c.root) != SYMBOL_OUT_ROWS)
        return true; /* no logits, or of rows that nobody chooses */
    if (!match_is(g, c.root, HIR_gather_rows) || g->origins[hir_operand(g, c.root, 1)] != 0) {
        note_left(call, c.root, "the graph has an input out_rows of its own");
        return true;
    }
    c.logits = hir_operand(g, c.root, 0);
    for (uint32_t i = 0; i < g->output_count; i++)
        c.needed[g->outputs[i].node] = true;
    choose(g, &c);
    if (!c.chosen[c.logits]) {
        note_left(call, c.logits, "%s",
                  c.needed[c.logits] ? "the logits have another reader"
                                     : "the op that makes the logits does not work on each row "
                                       "alone");
        return true;
    }
    c.last = dim_max(&g->dims, SYMBOL_ROWS) <= LM_HEAD_ROWS_MAX ? find_last(g, &c) : 0;
    c.needed[c.last] = true;
    choose(g, &c);
    mark(call, &c);
    rewrite_marked(call, emit, &c);
    return true;
}
