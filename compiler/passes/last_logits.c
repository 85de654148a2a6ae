/* Logits only of the rows that are asked for: a run that generates needs the last one.
 *
 *     logits = head(rms_norm(x))   =>   logits = head(rms_norm(rows(x, out_rows)))
 *
 * head is a matmul, and elementwise ops after it (a scale, a soft cap). out_rows, i32 [OUT_ROWS],
 * becomes an input; logits become [OUT_ROWS, V]. Every op between works on each row alone, so that
 * choosing rows may come first.
 *
 * Needs: fuse-norm. Keeps: the names; hidden.final then holds the chosen rows only, the stream
 * before it (hidden.L) all of them. Not done when there is an input out_rows already, or when the
 * way from the logits up to the norm meets another op, another reader, or an elementwise op of two
 * values of rows.
 */
#include "compiler/passes/match.h"

#include <string.h>

/* The way from the logits up to the value that the last norm reads. */
struct way {
    hir_id logits, norm, x;
    const char *why; /* NULL: the way is clear */
};

static bool is_rowless(const struct hir_graph *g, hir_id id)
{
    return match_is(g, id, HIR_number) || match_is(g, id, HIR_weight);
}

/* The operand that carries the rows of an elementwise op; 0 where several or none do. */
static hir_id row_operand(const struct hir_graph *g, hir_id id)
{
    hir_id found = 0;

    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id operand = hir_operand(g, id, i);
        if (is_rowless(g, operand))
            continue;
        if (found != 0)
            return 0;
        found = operand;
    }
    return found;
}

static hir_id find_logits(const struct hir_graph *g)
{
    for (uint32_t i = 0; i < g->output_count; i++)
        if (strcmp(str_text(g->strings, g->outputs[i].name), "logits") == 0)
            return g->outputs[i].node;
    return 0;
}

/* Follows the rows from the logits to the norm. */
static void follow(struct hir_graph *g, struct way *w)
{
    hir_id id = w->logits;

    while (!match_is(g, id, HIR_rms_norm)) {
        hir_id next = 0;
        if (match_is(g, id, HIR_matmul))
            next = hir_operand(g, id, 0);
        else if (hir_op_info[hir_at(g, id)->op].code != NULL)
            next = row_operand(g, id);
        if (next == 0) {
            w->why = "an op between norm and logits does not work on one value of rows";
            return;
        }
        if (!match_single(g, id)) {
            w->why = "a value between norm and logits has another reader";
            return;
        }
        id = next;
    }
    if (!match_single(g, id)) {
        w->why = "the normalized stream has another reader";
        return;
    }
    w->norm = id;
    w->x = hir_operand(g, id, 0);
}

static hir_id emit(void *context, struct hir_rewrite *r, uint32_t index, hir_id old)
{
    const struct way *w = context;
    struct hir_graph *g = r->graph;
    dim_id dim = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);

    (void)index;
    hir_id out_rows =
        hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &dim), "out_rows", NULL, NULL, 0);
    hir_id operands[2] = {hir_add2(g, HIR_rows, r->translated[w->x], out_rows),
                          r->translated[hir_operand(&r->old, old, 1)]};
    return hir_add(g, HIR_rms_norm, hir_attr(&r->old, old), operands, 2);
}

bool pass_last_logits(struct hir_graph *g, struct pass_report *report, struct diags *d)
{
    struct way w = {.logits = find_logits(g)};

    (void)d;
    if (w.logits == 0)
        return true;
    match_begin(g);
    hir_id out_rows = hir_find(g, "out_rows");
    if (match_is(g, out_rows, HIR_input))
        w.why = "there is an input out_rows already";
    else
        follow(g, &w);
    if (w.why != NULL) {
        note_left(report, g, w.logits, "%s", w.why);
        return true;
    }
    note_done(report, g, w.norm, "the rows of out_rows are chosen before the last norm");
    hir_at(g, w.norm)->mark = 1;
    rewrite_marked(g, "last-logits", emit, &w);
    return true;
}
