/* Computes logits only of the rows that somebody asks for: a run that generates needs the last one.
 *
 *     gather_rows(head(norm(x + mlp(...))), out_rows)
 *         =>   the same of gather_rows(x, out_rows), gather_rows(..., out_rows)
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

/* Attention looks at the rows before; the experts that a mix reads have several rows for each of a
 * router. Who reads tokens or positions looks something up by them, or
 * writes a state. */
static bool works_on_each_row(const struct hir_graph *g, hir_id id)
{
    bool carries = false;

    if (!has_rows(g, id) || match_is(g, id, HIR_attention) || match_is(g, id, HIR_expert_mix))
        return false;
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        if (has_rows(g, operand) && hir_at(g, operand)->dtype == DTYPE_i32)
            return false;
        carries = carries || has_rows(g, operand);
    }
    return carries;
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
