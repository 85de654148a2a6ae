/* Which variants a graph gets. In: the sizes that the user asked for, or none; out: variants with
 * their buckets. Contract: selection.h. */
#include "compiler/hir/rows.h"
#include "compiler/selection_sizes.h"

#include <string.h>

static bool is_main(const char *entry)
{
    return strcmp(entry, MAIN_ENTRY) == 0;
}

static bool resolve_extras(const struct sizes *s, const struct size *size, struct variant *v)
{
    for (uint32_t i = 0; s->graph != NULL && i < size->extra_count; i++) {
        const char *name = size->extra[i].symbol;
        const struct dims *dims = &s->graph->dims;
        uint32_t symbol = dims_find(dims, name, strlen(name)), value = size->extra[i].size;
        if (symbol == SYMBOL_MAX || symbol < SYMBOL_FIRST_FREE)
            return diag_error(s->diags, size_place(s),
                              "%s: expected a symbol that the graph declares", name);
        const int64_t min = dim_min(dims, symbol), max = dim_max(dims, symbol);
        if (value < min || value > max)
            return diag_error(s->diags, size_place(s), "%s: expected %lld to %lld, found %u", name,
                              (long long)min, (long long)max, value);
        *v = variant_with_extra(*v, symbol, value);
    }
    return true;
}

/* Serves any past, because the past is a size of the run, not of the code. */
static struct variant variant_of(const struct sizes *s, const struct size *size, uint32_t rows)
{
    struct variant v = size->kind == KIND_encoder ? variant_encoder(size->batch, rows)
                       : size->kind == KIND_batch ? variant_decode(rows, 0, 1)
                       : rows > SHORT_RUN_MAX     ? variant_prefill(1, rows)
                                                  : variant_decode(1, 0, rows);

    v.has_past = false;
    v.entry = s->graph == NULL ? 0 : hir_find_entry(s->graph, size->entry);
    v.entry_name = size->entry;
    if (s->graph != NULL) /* which lives as long as the variant */
        v.entry_name = str_text(s->graph->strings, s->graph->entries[v.entry].name);
    return v;
}

/* Batches come after single runs, encoders last, as they were given. */
static bool comes_before(const struct size *a, const struct size *b)
{
    static const int order[KIND_COUNT] = {[KIND_batch] = 1, [KIND_encoder] = 2};

    if (order[a->kind] != order[b->kind])
        return order[a->kind] < order[b->kind];
    return a->kind != KIND_encoder && a->rows < b->rows;
}

/* Those of an entry, in order; how many. */
static uint32_t sizes_of(const struct sizes *s, const char *entry, struct size *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t at = count;
        if (strcmp(s->all[i].entry, entry) != 0)
            continue;
        for (; at > 0 && comes_before(&s->all[i], &out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = s->all[i];
        count++;
    }
    return count;
}

struct selected { /* in the making */
    struct packed_variant *all;
    uint32_t count, capacity;
};

/* What runs may have: rows of one sequence, and sequences of one row each. */
struct limits {
    uint32_t rows, sequences;
};

/* An encoder's rows cannot be cut: whoever names them wants as many. */
static bool check_encoder(const struct sizes *s, const struct size *size)
{
    int64_t max = s->graph == NULL ? INT64_MAX : dim_max(&s->graph->dims, SYMBOL_ROWS);

    return (int64_t)size->batch * size->rows <= max ||
           diag_error(s->diags, size_place(s),
                      "encoder: the graph has at most %lld ROWS, found %llu", (long long)max,
                      (unsigned long long)size->batch * size->rows);
}

/* Runs beyond the limits are cut to them. Encoders serve what fits: their buckets may overlap. */
static bool add_variants(const struct sizes *s, const struct size *sizes, uint32_t size_count,
                         struct limits limits, struct selected *out)
{
    struct buckets buckets[2] = {{.count = 0}, {.count = 0}}; /* of one sequence, of several */
    uint32_t before[2] = {0, 1};

    for (uint32_t i = 0; i < size_count; i++) {
        const struct size *size = &sizes[i];
        const bool batch = size->kind == KIND_batch, encoder = size->kind == KIND_encoder;
        const uint32_t limit = encoder ? UINT32_MAX : batch ? limits.sequences : limits.rows;
        const uint32_t rows = (uint32_t)min_u64(size->rows, limit);
        if (!encoder && before[batch] >= limit)
            continue;
        if (out->count == out->capacity)
            return diag_error(s->diags, size_place(s), "expected at most %u variants",
                              out->capacity);
        struct packed_variant *v = &out->all[out->count++];
        *v = (struct packed_variant){variant_of(s, size, rows), .rows = {before[batch] + 1, rows}};
        if (!resolve_extras(s, size, &v->variant))
            return false;
        if (encoder) {
            if (!check_encoder(s, size))
                return false;
            v->rows = (struct bucket){1, size->batch * rows};
            continue;
        }
        buckets[batch].all[buckets[batch].count++] = v->rows;
        before[batch] = rows;
    }
    return buckets_check(&buckets[0], s->diags) && buckets_check(&buckets[1], s->diags);
}

/* An entry that a session runs: it makes logits, one token after the other. */
static bool generates(const struct hir_graph *g, const char *entry)
{
    return is_main(entry) &&
           (g == NULL || hir_find_output(g, hir_find_entry(g, entry), OUTPUT_logits) != 0);
}

/* The upper bounds that a graph gives to symbols: SEQ and ROWS, or BATCH and ROWS. */
static uint32_t bounded(const struct hir_graph *g, uint32_t symbol, uint64_t limit)
{
    if (g != NULL)
        limit = min_u64(limit, min_u64((uint64_t)dim_max(&g->dims, symbol),
                                       (uint64_t)dim_max(&g->dims, SYMBOL_ROWS)));
    return (uint32_t)limit;
}

/* How many rows of a sequence a run may have: rings keep no more. 0 as context: it is not known. */
static uint32_t rows_limit(const struct hir_graph *g, const char *entry, uint32_t context)
{
    struct arena a = {0};
    uint64_t limit = bounded(g, SYMBOL_SEQ, context == 0 ? UINT32_MAX : context);
    bool *needed = arena_new(&a, bool, g == NULL ? 1 : g->node_count);

    if (g != NULL)
        hir_mark_needed(g, hir_find_entry(g, entry), needed);
    for (hir_id id = 1; g != NULL && id < g->node_count; id++) {
        if (!needed[id] || hir_at(g, id)->op != HIR_attention)
            continue;
        hir_id state = hir_state_leaf(g, hir_operand(g, id, 1));
        uint64_t capacity = hir_size(g, state, 1), window = hir_attr(g, id)->attention.window;
        if (hir_attr(g, state)->state.class == STATE_ring && window <= capacity)
            limit = min_u64(limit, capacity - window + 1);
        if (hir_attr(g, state)->state.class == STATE_rows)
            limit = min_u64(limit, capacity);
    }
    arena_free(&a);
    return (uint32_t)limit;
}

static bool select_entry(const struct sizes *s, const char *entry, uint32_t context,
                         bool one_variant, struct selected *out)
{
    const char *standard =
        one_variant ? "prefill=64" : "decode=1,blocks=2:16,batch=2:16,prefill=32:512";
    struct sizes usual = {.graph = s->graph, .equals = '=', .diags = s->diags};
    struct size sizes[BUCKETS_MAX];
    uint32_t count = sizes_of(s, entry, sizes);

    if (count == 0) {
        if (!generates(s->graph, entry))
            usual.all[usual.count++] = encoder_size(s, entry);
        else if (!parse_sizes(standard, &usual))
            return false;
        count = sizes_of(&usual, entry, sizes);
    }
    if (!one_variant && generates(s->graph, entry) &&
        (sizes[0].kind == KIND_encoder || sizes[0].rows != 1))
        return diag_error(
            s->diags, size_place(s),
            "expected decode=1 among the variants, because every token after the first needs it");
    struct limits limits = {rows_limit(s->graph, entry, context),
                            bounded(s->graph, SYMBOL_BATCH, UINT32_MAX)};
    return add_variants(s, sizes, count, limits, out);
}

bool select_variants(const char *text, const struct hir_graph *g, uint32_t context,
                     bool one_variant, struct packed_variant *out, uint32_t capacity,
                     uint32_t *count, struct diags *d)
{
    struct sizes sizes = {.graph = g, .equals = '=', .diags = d};
    struct selected selected = {out, 0, capacity};
    const bool has_main = g == NULL || hir_find_entry(g, MAIN_ENTRY) != HIR_ALL_ENTRIES;

    bool good = (text == NULL || parse_sizes(text, &sizes)) &&
                (!has_main || select_entry(&sizes, MAIN_ENTRY, context, one_variant, &selected));
    for (uint32_t i = 0; good && g != NULL && i < g->entry_count; i++) {
        const char *entry = str_text(g->strings, g->entries[i].name);
        good = is_main(entry) || select_entry(&sizes, entry, context, one_variant, &selected);
    }
    *count = selected.count;
    return good;
}

bool select_variant(const char *text, const struct hir_graph *g, struct variant *out,
                    struct diags *d)
{
    struct sizes s = {.graph = g, .equals = '-', .diags = d};
    struct size size;

    if (!parse_one_size(text, &s, &size))
        return false;
    *out = variant_of(&s, &size, size.rows);
    return resolve_extras(&s, &size, out);
}
