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
    for (uint32_t i = 0; i < g->dims.symbol_count; i++) {
        int64_t min = dim_min(&g->dims, i);
        if (symbols[i] >= 0)
            dim_bound(&g->dims, i, symbols[i] < min ? symbols[i] : min, symbols[i]);
    }
}

/* ---- what is not served ---- */

/* Rows of one sequence in a run, at most. */
static uint64_t rows_of_sequence(const struct variant *v)
{
    return v->phase == PHASE_encoder ? (uint64_t)v->batch * v->seq : v->seq;
}

/* A ring keeps what the first row of a run sees until its last one is written. */
static bool ring_holds(const struct hir_graph *g, const struct variant *v, hir_id attention,
                       struct diags *d)
{
    hir_id state = hir_state_leaf(g, hir_operand(g, attention, 1));
    const uint64_t window = hir_attr(g, attention)->attention.window,
                   capacity = hir_size(g, state, 1), rows = rows_of_sequence(v);

    return hir_attr(g, state)->state.class != STATE_ring || capacity + 1 >= window + rows ||
           hir_refuse(d, g, state,
                      "a ring of %llu positions serves runs of at most %lld rows with a window of "
                      "%llu, and '%s' may have %llu",
                      (unsigned long long)capacity, (long long)(capacity + 1 - window),
                      (unsigned long long)window, variant_name(d->arena, v),
                      (unsigned long long)rows);
}

/* All carried states of a sequence change homes at once. */
static bool carries_all(const struct hir_graph *g, uint32_t entry, struct diags *d)
{
    const struct hir_entry *e = &g->entries[entry];
    hir_id written = 0, kept = 0;

    for (hir_id id = 1; id < g->node_count; id++) {
        bool is_written = false;
        if (hir_at(g, id)->op != HIR_state || hir_attr(g, id)->state.class != STATE_carried)
            continue;
        for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++)
            is_written =
                is_written || (g->outputs[i].role == OUTPUT_state && g->outputs[i].node != id &&
                               hir_state_leaf(g, g->outputs[i].node) == id);
        *(is_written ? &written : &kept) = id;
    }
    return written == 0 || kept == 0 ||
           hir_refuse(d, g, kept,
                      "entry '%s' writes '%s' and not this carried state: expected all of them, or "
                      "none",
                      str_text(g->strings, e->name),
                      str_text(g->strings, hir_at(g, written)->name));
}

static bool is_served(const struct hir_graph *g, const struct variant *v, const bool *needed,
                      struct diags *d)
{
    bool good = variant_is_served(v, d);

    good = carries_all(g, v->entry, d) && good;
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id] && hir_at(g, id)->op == HIR_attention)
            good = ring_holds(g, v, id, d) && good;
    return good;
}

/* ---- the clone ---- */

/* The logits become gather_rows(logits, out_rows); other outputs of the same node keep all rows. */
static void pick_logits(struct hir_graph *g, hir_id logits)
{
    const struct hir_attr attr = {.input = {INPUT_out_rows}};
    hir_id asked = hir_find_input(g, INPUT_out_rows);
    dim_id dim = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);

    if (asked == 0)
        asked =
            hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &dim), "out_rows", &attr, NULL, 0);
    hir_id rows = hir_add2(g, HIR_gather_rows, logits, asked);
    if (hir_at(g, logits)->name != 0)
        hir_name(g, rows, "%s.rows", str_text(g->strings, hir_at(g, logits)->name));
    for (uint32_t i = 0; i < g->output_count; i++)
        if (g->outputs[i].role == OUTPUT_logits)
            g->outputs[i].node = rows;
}

bool specialize(const struct hir_graph *g, const struct specialization *s, struct arena *a,
                struct hir_graph *out, struct diags *d)
{
    const uint32_t entry = s->variant->entry;
    bool *needed = arena_new(a, bool, g->node_count);
    struct hir_rewrite r;

    assert(entry < g->entry_count);
    hir_mark_needed(g, entry, needed);
    if (!is_served(g, s->variant, needed, d))
        return false;
    hir_copy_begin(&r, out, a, g, "specialize");
    bound_symbols(out, s->variant);
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id])
            hir_rewrite_node(&r, id);
    r.old.entries = &g->entries[entry];
    r.old.entry_count = 1;
    hir_id logits = hir_find_output(&r.old, 0, OUTPUT_logits);
    bool is_picked = logits != 0 && hir_rows_symbol(g, logits) == SYMBOL_ROWS;
    hir_rewrite_end(&r);
    if (is_picked)
        pick_logits(out, r.translated[logits]);
    hir_count_uses(out);
    return true;
}
