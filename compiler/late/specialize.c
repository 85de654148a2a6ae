/* The graph of one variant. Contract: late.h. Symbols stay open, so that one program serves every
 * size of a bucket; only their upper bounds are the variant's. */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

/* A run may ask for logits of every row; the lm_head serves LM_HEAD_ROWS_MAX of them at a time. */
static void bound_symbols(struct hir_graph *g, const struct variant *v)
{
    int64_t symbols[SYMBOL_MAX];

    variant_bind(v, symbols);
    symbols[SYMBOL_OUT_ROWS] =
        symbols[SYMBOL_ROWS] < LM_HEAD_ROWS_MAX ? symbols[SYMBOL_ROWS] : LM_HEAD_ROWS_MAX;
    symbols[SYMBOL_PAST_SEQ] = -1; /* the states bound it */
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        if (symbols[i] >= 0)
            dim_bound(&g->dims, i, symbols[i] < 1 ? symbols[i] : 1, symbols[i]);
}

static bool outputs_are_served(const struct hir_graph *g, hir_id logits, struct diags *d)
{
    bool good = true;

    for (uint32_t i = 0; i < g->output_count; i++)
        if (g->outputs[i].node != logits && !hir_is_state(g, g->outputs[i].node))
            good = hir_refuse(d, g, g->outputs[i].node,
                              "output '%s' is not served: expected 'logits' and states",
                              str_text(g->strings, g->outputs[i].name));
    if (good && logits == 0)
        return diag_error(d, (struct place){.object = str_text(g->strings, g->name)},
                          "the graph has no output 'logits'");
    return good;
}

/* The output becomes gather_rows(logits, out_rows). */
static void pick_logits(struct hir_rewrite *r, hir_id logits)
{
    struct hir_graph *g = r->graph;
    const struct hir_attr attr = {.input = {INPUT_out_rows}};
    hir_id asked = hir_find_input(g, INPUT_out_rows);
    dim_id dim = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);

    if (asked == 0)
        asked =
            hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &dim), "out_rows", &attr, NULL, 0);
    hir_id rows = hir_add2(g, HIR_gather_rows, r->translated[logits], asked);
    rewrite_name(r, rows, logits, ".rows");
    r->translated[logits] = rows;
}

bool specialize(const struct hir_graph *g, const struct specialization *s, struct arena *a,
                struct hir_graph *out, struct diags *d)
{
    bool *needed = arena_new(a, bool, g->node_count);
    struct hir_rewrite r;
    hir_id logits = hir_find_output(g, 0, OUTPUT_logits);

    if (!variant_is_served(s->variant, d) || !outputs_are_served(g, logits, d))
        return false;
    hir_mark_needed(g, 0, needed);
    hir_copy_begin(&r, out, a, g, "specialize");
    bound_symbols(out, s->variant);
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id])
            hir_rewrite_node(&r, id);
    if (hir_rows_symbol(g, logits) == SYMBOL_ROWS)
        pick_logits(&r, logits);
    hir_rewrite_end(&r);
    return true;
}
