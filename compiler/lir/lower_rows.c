/* For which rows a node is computed. In: a graph in which rows are chosen as early as they may be
 * (last-logits); out: facts, by which lower_symbol answers.
 *
 * A prompt keeps that: it needs logits of few rows, and what follows the choice is the head. Where
 * the head may be asked for all rows of a run at once, in blocks and batches, an early choice saves
 * nothing: it copies more values than a late one, and needs kernels of its own for what the body
 * has. There rows are chosen where a single value leads to the logits, before the last norm; nodes
 * up to it are computed for all rows, and `rows` on the way is another name for what it reads.
 */
#include "compiler/lir/lower.h"

/* The operand that carries the rows of a node; 0 where several or none do. */
static hir_id row_operand(const struct lowering *l, hir_id id)
{
    hir_id found = 0;

    for (uint32_t i = 0; i < hir_at(l->graph, id)->operand_count; i++) {
        hir_id operand = hir_operand(l->graph, id, i);
        if (lower_symbol(l, operand) < 0)
            continue;
        if (found != 0)
            return 0;
        found = operand;
    }
    return found;
}

/* What the last norm reads; 0 where those are rows just chosen, or where two values meet after the
 * norm. */
static hir_id find_stream(const struct lowering *l)
{
    hir_id id = l->logits;

    while (id != 0 && lower_symbol(l, id) == SYMBOL_OUT_ROWS) {
        uint16_t op = hir_at(l->graph, id)->op;
        if (op == HIR_rows)
            return 0;
        id = row_operand(l, id);
        if (op == HIR_rms_norm)
            return id != 0 && hir_at(l->graph, id)->op != HIR_rows ? id : 0;
    }
    return 0;
}

static bool is_late(const struct lowering *l, hir_id id)
{
    return l->facts[id].uses != 0 && lower_symbol(l, id) == SYMBOL_OUT_ROWS &&
           hir_op_info[hir_at(l->graph, id)->op].fusion != FUSE_leaf;
}

static void mark_whole(struct lowering *l, hir_id stream)
{
    l->facts[stream].whole = true;
    for (hir_id id = stream; id > 0; id--)
        for (uint32_t i = 0; l->facts[id].whole && i < hir_at(l->graph, id)->operand_count; i++) {
            hir_id operand = hir_operand(l->graph, id, i);
            if (is_late(l, operand))
                l->facts[operand].whole = true;
        }
}

/* The norm is all that reads values of all rows. */
static bool stands_alone(const struct lowering *l, hir_id stream)
{
    for (hir_id id = 1; id < l->graph->node_count; id++)
        for (uint32_t i = 0; is_late(l, id) && i < hir_at(l->graph, id)->operand_count; i++) {
            hir_id operand = hir_operand(l->graph, id, i);
            if (l->facts[operand].whole &&
                (operand != stream || hir_at(l->graph, id)->op != HIR_rms_norm))
                return false;
        }
    return true;
}

void lower_plan_rows(struct lowering *l)
{
    const struct lir_program *p = l->program;
    hir_id stream = p->upper[SYMBOL_ROWS] <= HEAD_ROWS_MAX ? find_stream(l) : 0;

    if (stream == 0)
        return;
    mark_whole(l, stream);
    if (stands_alone(l, stream)) {
        l->stream = stream;
        l->facts[stream].as_matrix = true;
        return;
    }
    for (hir_id id = 1; id < l->graph->node_count; id++)
        l->facts[id].whole = false;
}
