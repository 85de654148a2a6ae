/* The graph of one variant. Contract: late.h. Symbols stay open, so that one program serves every
 * size of a bucket; only their upper bounds are the variant's. */
#include "compiler/late/late.h"

#include <string.h>

static bool sizes_are_served(const struct variant *v, struct diags *d)
{
    struct place at = {.object = variant_name(d->arena, v)};

    if (v->phase == PHASE_encoder)
        return diag_error(d, at, "encoders are not served yet");
    if (v->batch == 0 || v->batch > BLOCK_ROWS_MAX)
        return diag_error(d, at, "a batch of %u is not served: expected 1 to %d", v->batch,
                          BLOCK_ROWS_MAX);
    if (v->batch != 1 && (v->phase != PHASE_decode || v->seq != 1))
        return diag_error(d, at, "a batch is served for decoding 1 new token each alone");
    return v->seq != 0 || diag_error(d, at, "expected at least 1 new token");
}

/* A run may ask for logits of every row; the head serves HEAD_ROWS_MAX of them at a time. */
static void bound_symbols(struct hir_graph *g, const struct variant *v)
{
    int64_t symbols[SYMBOL_MAX];

    variant_bind(v, symbols);
    symbols[SYMBOL_OUT_ROWS] =
        symbols[SYMBOL_ROWS] < HEAD_ROWS_MAX ? symbols[SYMBOL_ROWS] : HEAD_ROWS_MAX;
    symbols[SYMBOL_PAST_SEQ] = -1; /* the states bound it */
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        if (symbols[i] >= 0)
            dim_bound(&g->dims, i, symbols[i] < 1 ? symbols[i] : 1, symbols[i]);
}

static bool find_logits(const struct hir_graph *g, hir_id *logits, struct diags *d)
{
    bool good = true;

    *logits = 0;
    for (uint32_t i = 0; i < g->output_count; i++) {
        hir_id id = g->outputs[i].node;
        const struct hir_node *n = hir_at(g, id);
        if (hir_is_state(g, id))
            continue;
        if (strcmp(str_text(g->strings, g->outputs[i].name), "logits") == 0) {
            *logits = id;
            continue;
        }
        const char *name = n->name != 0 ? str_text(g->strings, n->name) : hir_op_info[n->op].name;
        good = diag_error(d, (struct place){.object = name},
                          "output '%s' is not served: expected 'logits' and states",
                          str_text(g->strings, g->outputs[i].name));
    }
    if (good && *logits == 0)
        return diag_error(d, (struct place){.object = str_text(g->strings, g->name)},
                          "the graph has no output 'logits'");
    return good;
}

static void mark_needed(const struct hir_graph *g, bool *needed)
{
    for (uint32_t i = 0; i < g->output_count; i++)
        needed[g->outputs[i].node] = true;
    for (hir_id id = g->node_count - 1; id > 0; id--)
        for (uint32_t i = 0; needed[id] && i < hir_at(g, id)->operand_count; i++)
            needed[hir_operand(g, id, i)] = true;
}

static bool is_of_all_rows(const struct hir_graph *g, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(g, id);

    if (shape->rank == 0)
        return false;
    const struct dim *first = &g->dims.all[shape->dims[0]];
    return first->kind == DIM_SYMBOL && first->value == SYMBOL_ROWS;
}

/* The output becomes rows(logits, out_rows). */
static void pick_logits(struct hir_rewrite *r, hir_id logits)
{
    struct hir_graph *g = r->graph;
    hir_id asked = hir_find(g, "out_rows");
    dim_id dim = dim_symbol(&g->dims, SYMBOL_OUT_ROWS);

    if (asked == 0 || hir_at(g, asked)->op != HIR_input)
        asked =
            hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &dim), "out_rows", NULL, NULL, 0);
    hir_id rows = hir_add2(g, HIR_rows, r->translated[logits], asked);
    str_id name = hir_at(&r->old, logits)->name;
    if (name != 0)
        hir_name(g, rows, "%s.rows", str_text(g->strings, name));
    r->translated[logits] = rows;
}

bool specialize(const struct hir_graph *g, const struct specialization *s, struct arena *a,
                struct hir_graph *out, struct diags *d)
{
    bool *needed = arena_new(a, bool, g->node_count);
    struct hir_rewrite r;
    hir_id logits;

    if (!sizes_are_served(s->variant, d) || !find_logits(g, &logits, d))
        return false;
    mark_needed(g, needed);
    hir_copy_begin(&r, out, a, g, "specialize");
    bound_symbols(out, s->variant);
    for (hir_id id = 1; id < g->node_count; id++)
        if (needed[id])
            hir_rewrite_node(&r, id);
    if (is_of_all_rows(g, logits))
        pick_logits(&r, logits);
    hir_rewrite_end(&r);
    return true;
}
