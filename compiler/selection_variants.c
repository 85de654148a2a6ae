/* Parses --variants. In: text from the user, and the graph whose entries and symbols it names. Out:
 * variants with their buckets. Contract: selection.h. */
#include "compiler/hir/rows.h"
#include "compiler/selection.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_decode, KIND_short_runs, KIND_prefill, KIND_batch, KIND_encoder, KIND_COUNT };
static const char *const kind_name[KIND_COUNT] = {"decode", "blocks", "prefill", "batch",
                                                  "encoder"};

/* Numbers of new tokens (batch: of sequences; encoder: of rows) that a kind allows. */
static const uint32_t min_rows[KIND_COUNT] = {1, 2, SHORT_RUN_MAX + 1, 2, 1};
static const uint32_t max_rows[KIND_COUNT] = {1, SHORT_RUN_MAX, 1 << 16, SHORT_RUN_MAX, 1 << 20};
enum { BATCH_MAX = 1 << 16, SIZE_MAX_BITS = 24, ENCODER_ROWS = 512 };

struct size { /* one variant */
    const char *entry;
    enum kind kind;
    uint32_t rows, batch;
    struct {
        const char *symbol;
        uint32_t size;
    } extra[VARIANT_MAX_EXTRA];
    uint32_t extra_count;
};

struct sizes {
    struct size all[BUCKETS_MAX];
    uint32_t count;
    const struct hir_graph *graph; /* NULL: only the text is checked */
    char equals;                   /* '=', or '-' where one variant is named */
    struct diags *diags;
};

/* The option that has a list; who names one variant says where. */
static struct place here(const struct sizes *s)
{
    return (struct place){.object = s->equals == '=' ? "--variants" : NULL};
}

static const char *things(enum kind kind)
{
    return kind == KIND_batch ? "sequences" : kind == KIND_encoder ? "rows" : "new tokens";
}

static bool is_main(const char *entry)
{
    return strcmp(entry, MAIN_ENTRY) == 0;
}

/* ---- one size ---- */

static bool is_repeated(const struct size *a, const struct size *b)
{
    return strcmp(a->entry, b->entry) == 0 && a->kind != KIND_encoder && b->kind != KIND_encoder &&
           a->rows == b->rows && (a->kind == KIND_batch) == (b->kind == KIND_batch);
}

static bool add_size(struct sizes *s, const struct size *size)
{
    const enum kind kind = size->kind;
    const char *name = kind_name[kind];

    if (size->rows < min_rows[kind] || size->rows > max_rows[kind])
        return diag_error(s->diags, here(s), "%s: expected %u to %u %s, found %u", name,
                          min_rows[kind], max_rows[kind], things(kind), size->rows);
    for (uint32_t i = 0; i < s->count; i++)
        if (is_repeated(&s->all[i], size))
            return diag_error(s->diags, here(s), "%s: %u %s occur twice", name, size->rows,
                              things(kind));
    if (s->count == countof(s->all))
        return diag_error(s->diags, here(s), "expected at most %zu variants", countof(s->all));
    s->all[s->count++] = *size;
    return true;
}

/* "32", up to a character of `ends` or the end of the text. */
static bool take_number(struct sizes *s, const char *what, const char **text, const char *ends,
                        uint32_t *out)
{
    char *end = (char *)*text;
    unsigned long long value = isdigit((unsigned char)**text) ? strtoull(*text, &end, 10) : 0;

    if (end == *text || (*end != 0 && strchr(ends, *end) == NULL) || value >> 32 != 0)
        return diag_error(s->diags, here(s),
                          "%s: expected a number or a range from:to, found '%.*s'", what,
                          (int)strcspn(*text, ","), *text);
    *text = end;
    *out = (uint32_t)value;
    return true;
}

/* "32" or "32:512" */
static bool take_range(struct sizes *s, struct size *size, const char **text)
{
    const char *name = kind_name[size->kind], *start = *text;
    struct buckets ladder;
    uint32_t first, last;
    bool good = true;

    if (!take_number(s, name, text, ",:", &first))
        return false;
    last = first;
    if (**text == ':' && (++*text, !take_number(s, name, text, ",", &last)))
        return false;
    size->rows = first;
    if (last == first)
        return add_size(s, size);
    if (last < first || first == 0 || last > max_rows[KIND_prefill])
        return diag_error(s->diags, here(s),
                          "%s: expected an ascending range up to %u, found '%.*s'", name,
                          max_rows[KIND_prefill], (int)(*text - start), start);
    if (!bucket_ladder(first, last, &ladder, s->diags))
        return false;
    for (uint32_t i = 0; i < ladder.count; i++) {
        size->rows = ladder.all[i].last;
        good = add_size(s, size) && good;
    }
    return good;
}

/* "4x512" or "512" */
static bool take_segments(struct sizes *s, struct size *size, const char **text)
{
    if (!take_number(s, "encoder", text, ",+x", &size->rows))
        return false;
    if (**text != 'x')
        return true;
    ++*text;
    size->batch = size->rows;
    if (!take_number(s, "encoder", text, ",+", &size->rows))
        return false;
    return (size->batch >= 1 && size->batch <= BATCH_MAX) ||
           diag_error(s->diags, here(s), "encoder: expected 1 to %d segments, found %u", BATCH_MAX,
                      size->batch);
}

/* FRAMES=3000, whose name was read already. */
static bool take_symbol_size(struct sizes *s, struct size *size, const char *symbol,
                             const char **text)
{
    uint32_t value = 0;

    if (size->extra_count == VARIANT_MAX_EXTRA)
        return diag_error(s->diags, here(s), "expected at most %d symbols", VARIANT_MAX_EXTRA);
    if (!take_number(s, symbol, text, ",+", &value))
        return false;
    size->extra[size->extra_count].symbol = symbol;
    size->extra[size->extra_count++].size = value;
    return value != 0 || diag_error(s->diags, here(s), "%s: expected at least 1", symbol);
}

/* ---- the list ---- */

/* The word before `equals`, which stands in these bytes. */
static const char *take_word(const struct sizes *s, const char **text)
{
    size_t bytes = strcspn(*text, (char[]){s->equals, 0});
    const char *word = arena_printf(s->diags->arena, "%.*s", (int)bytes, *text);

    *text += bytes + 1;
    return word;
}

/* +FRAMES=3000 */
static bool take_extras(struct sizes *s, struct size *size, const char **text)
{
    while (**text == '+') {
        size_t bytes = strcspn(++*text, ",+");
        if (memchr(*text, s->equals, bytes) == NULL)
            return diag_error(s->diags, here(s), "expected SYMBOL%cSIZE after '+', found '%.*s'",
                              s->equals, (int)bytes, *text);
        const char *symbol = take_word(s, text);
        if (!take_symbol_size(s, size, symbol, text))
            return false;
    }
    return true;
}

/* Whether the outputs of an entry need something of ROWS rows. */
static bool has_rows(const struct hir_graph *g, uint32_t entry)
{
    struct arena a = {0};
    bool *needed = arena_new(&a, bool, g->node_count), found = false;

    hir_mark_needed(g, entry, needed);
    for (hir_id id = 1; id < g->node_count; id++)
        found = found || (needed[id] && hir_rows_symbol(g, id) == SYMBOL_ROWS);
    arena_free(&a);
    return found;
}

static struct size encoder_size(const struct sizes *s, const char *entry)
{
    bool rows = s->graph == NULL || has_rows(s->graph, hir_find_entry(s->graph, entry));

    return (struct size){
        .entry = entry, .kind = KIND_encoder, .batch = 1, .rows = rows ? ENCODER_ROWS : 1};
}

#define expected_list \
    "expected decode=, blocks=, batch= or prefill=, ENTRY:KIND= or ENTRY:SYMBOL=, found '%s'"
#define expected_one \
    "expected decode-N, batch-N, prefill-N, ENTRY:encoder-SxR or ENTRY:SYMBOL-N, found '%s'"

/* What stands before the sizes: [ENTRY:]KIND= or ENTRY:SYMBOL=. */
struct head {
    const char *entry, *word;
    enum kind kind; /* KIND_COUNT: the word is a symbol */
};

static bool take_head(const struct sizes *s, const char **text, struct head *h)
{
    size_t bytes = strcspn(*text, s->equals == '=' ? ":=" : ":"), word;
    bool has_entry = (*text)[bytes] == ':';

    h->entry = MAIN_ENTRY;
    if (has_entry) {
        h->entry = arena_printf(s->diags->arena, "%.*s", (int)bytes, *text);
        *text += bytes + 1;
    }
    word = strcspn(*text, (char[]){s->equals, ',', 0});
    h->word = arena_printf(s->diags->arena, "%.*s", (int)word, *text);
    for (h->kind = KIND_decode; h->kind < KIND_COUNT; h->kind++)
        if (strcmp(h->word, kind_name[h->kind]) == 0)
            break;
    if ((*text)[word] != s->equals || (h->kind == KIND_COUNT && !has_entry))
        return diag_error(s->diags, here(s), s->equals == '=' ? expected_list : expected_one,
                          h->word);
    *text += word + 1;
    return s->graph == NULL || hir_find_entry(s->graph, h->entry) != HIR_ALL_ENTRIES ||
           diag_error(s->diags, here(s), "the graph has no entry '%s'", h->entry);
}

static bool take_sizes(struct sizes *s, const struct head *h, const char **text)
{
    struct size size = {.entry = h->entry, .kind = h->kind, .batch = 1};

    if (h->kind < KIND_encoder)
        return take_range(s, &size, text);
    size = encoder_size(s, h->entry);
    return (h->kind == KIND_encoder ? take_segments(s, &size, text)
                                    : take_symbol_size(s, &size, h->word, text)) &&
           take_extras(s, &size, text) && add_size(s, &size);
}

static bool parse_sizes(const char *text, struct sizes *s)
{
    struct head head = {.word = NULL};
    bool good = true;

    for (const char *at = text;; at++) {
        size_t bytes = strcspn(at, ",");
        const char *end = at + bytes;
        if (memchr(at, s->equals, bytes) != NULL || head.word == NULL) {
            if (!take_head(s, &at, &head))
                return false;
        }
        good = take_sizes(s, &head, &at) && good;
        at = end;
        if (*at == 0)
            return good;
    }
}

/* ---- variants ---- */

static bool resolve_extras(const struct sizes *s, const struct size *size, struct variant *v)
{
    for (uint32_t i = 0; s->graph != NULL && i < size->extra_count; i++) {
        const char *name = size->extra[i].symbol;
        const struct dims *dims = &s->graph->dims;
        uint32_t symbol = dims_find(dims, name, strlen(name)), value = size->extra[i].size;
        if (symbol == SYMBOL_MAX || symbol < SYMBOL_FIRST_FREE)
            return diag_error(s->diags, here(s), "%s: expected a symbol that the graph declares",
                              name);
        const struct dim *dim = &dims->all[dim_symbol((struct dims *)dims, symbol)];
        if (value < dim->min || value > dim->max)
            return diag_error(s->diags, here(s), "%s: expected %lld to %lld, found %u", name,
                              (long long)dim->min, (long long)dim->max, value);
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

/* Runs beyond the limit are cut to it. Encoders serve what fits: their buckets may overlap. */
static bool add_variants(const struct sizes *s, const struct size *sizes, uint32_t size_count,
                         uint32_t limit, struct selected *out)
{
    struct buckets buckets[2] = {{.count = 0}, {.count = 0}}; /* of one sequence, of several */
    uint32_t before[2] = {0, 1};

    for (uint32_t i = 0; i < size_count; i++) {
        const struct size *size = &sizes[i];
        const bool batch = size->kind == KIND_batch, encoder = size->kind == KIND_encoder;
        uint32_t rows = batch || encoder ? size->rows : (uint32_t)min_u64(size->rows, limit);
        if (!batch && !encoder && before[0] >= limit)
            continue;
        if (out->count == out->capacity)
            return diag_error(s->diags, here(s), "expected at most %u variants", out->capacity);
        struct packed_variant *v = &out->all[out->count++];
        *v = (struct packed_variant){variant_of(s, size, rows), .rows = {before[batch] + 1, rows}};
        if (!resolve_extras(s, size, &v->variant))
            return false;
        if (encoder) {
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

/* How many rows of a sequence a run may have: rings keep no more. 0 as context: it is not known. */
static uint32_t rows_limit(const struct hir_graph *g, const char *entry, uint32_t context)
{
    struct arena a = {0};
    uint64_t limit = context == 0 ? UINT32_MAX : context;
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
                         struct selected *out)
{
    struct sizes usual = {.graph = s->graph, .equals = '=', .diags = s->diags};
    struct size sizes[BUCKETS_MAX];
    uint32_t count = sizes_of(s, entry, sizes);

    if (count == 0) {
        if (!generates(s->graph, entry))
            usual.all[usual.count++] = encoder_size(s, entry);
        else if (!parse_sizes("decode=1,blocks=2:16,batch=2:16,prefill=32:512", &usual))
            return false;
        count = sizes_of(&usual, entry, sizes);
    }
    if (generates(s->graph, entry) && (sizes[0].kind == KIND_encoder || sizes[0].rows != 1))
        return diag_error(
            s->diags, here(s),
            "expected decode=1 among the variants, because every token after the first needs it");
    return add_variants(s, sizes, count, rows_limit(s->graph, entry, context), out);
}

bool select_variants(const char *text, const struct hir_graph *g, uint32_t context,
                     struct packed_variant *out, uint32_t capacity, uint32_t *count,
                     struct diags *d)
{
    struct sizes sizes = {.graph = g, .equals = '=', .diags = d};
    struct selected selected = {out, 0, capacity};
    const bool has_main = g == NULL || hir_find_entry(g, MAIN_ENTRY) != HIR_ALL_ENTRIES;

    bool good = (text == NULL || parse_sizes(text, &sizes)) &&
                (!has_main || select_entry(&sizes, MAIN_ENTRY, context, &selected));
    for (uint32_t i = 0; good && g != NULL && i < g->entry_count; i++) {
        const char *entry = str_text(g->strings, g->entries[i].name);
        good = is_main(entry) || select_entry(&sizes, entry, context, &selected);
    }
    *count = selected.count;
    return good;
}

/* decode-N stands for short runs, too. */
static bool take_one_size(struct sizes *s, const struct head *h, const char **text,
                          struct size *size)
{
    const uint32_t max = h->kind == KIND_decode ? SHORT_RUN_MAX : max_rows[h->kind];

    *size = (struct size){.entry = h->entry, .kind = h->kind, .batch = 1};
    if (!take_number(s, h->word, text, "", &size->rows))
        return false;
    return (size->rows >= min_rows[h->kind] && size->rows <= max) ||
           diag_error(s->diags, here(s), "%s: expected %u to %u %s, found %u", h->word,
                      min_rows[h->kind], max, things(h->kind), size->rows);
}

bool select_variant(const char *text, const struct hir_graph *g, struct variant *out,
                    struct diags *d)
{
    struct sizes s = {.graph = g, .equals = '-', .diags = d};
    struct head head;
    struct size size;

    if (!take_head(&s, &text, &head))
        return false;
    if (head.kind < KIND_encoder) {
        if (!take_one_size(&s, &head, &text, &size))
            return false;
    } else {
        if (!take_sizes(&s, &head, &text))
            return false;
        size = s.all[0];
    }
    *out = variant_of(&s, &size, size.rows);
    return (*text == 0 || diag_error(d, here(&s), "expected one variant, found ',%s'", text + 1)) &&
           resolve_extras(&s, &size, out);
}
