/* Reads the text of --variants. In: text from the user, and the graph whose entries it names. Out: a
 * size for each variant. Contract: selection.h. */
#include "compiler/hir/rows.h"
#include "compiler/selection_sizes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_name[KIND_COUNT] = {"decode", "blocks", "prefill", "batch",
                                                  "encoder"};

/* Numbers of new tokens (batch: of sequences; encoder: of rows) that a kind allows. */
static const uint32_t min_rows[KIND_COUNT] = {1, 2, SHORT_RUN_MAX + 1, 2, 1};
static const uint32_t max_rows[KIND_COUNT] = {1, SHORT_RUN_MAX, 1 << 16, SHORT_RUN_MAX, 1 << 20};
enum { BATCH_MAX = 1 << 16, SIZE_MAX_BITS = 24, ENCODER_ROWS = 512 };

struct place size_place(const struct sizes *s)
{
    return (struct place){.object = s->equals == '=' ? "--variants" : NULL};
}

static const char *things(enum size_kind kind)
{
    return kind == KIND_batch ? "sequences" : kind == KIND_encoder ? "rows" : "new tokens";
}

/* ---- one size ---- */

static bool is_repeated(const struct size *a, const struct size *b)
{
    return strcmp(a->entry, b->entry) == 0 && a->kind != KIND_encoder && b->kind != KIND_encoder &&
           a->rows == b->rows && (a->kind == KIND_batch) == (b->kind == KIND_batch);
}

static bool add_size(struct sizes *s, const struct size *size)
{
    const enum size_kind kind = size->kind;
    const char *name = kind_name[kind];

    if (size->rows < min_rows[kind] || size->rows > max_rows[kind])
        return diag_error(s->diags, size_place(s), "%s: expected %u to %u %s, found %u", name,
                          min_rows[kind], max_rows[kind], things(kind), size->rows);
    for (uint32_t i = 0; i < s->count; i++)
        if (is_repeated(&s->all[i], size))
            return diag_error(s->diags, size_place(s), "%s: %u %s occur twice", name, size->rows,
                              things(kind));
    if (s->count == countof(s->all))
        return diag_error(s->diags, size_place(s), "expected at most %zu variants",
                          countof(s->all));
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
        return diag_error(s->diags, size_place(s), "%s: expected a number%s, found '%.*s'", what,
                          strchr(ends, ':') != NULL ? " or a range from:to" : "",
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
        return diag_error(s->diags, size_place(s),
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
           diag_error(s->diags, size_place(s), "encoder: expected 1 to %d segments, found %u",
                      BATCH_MAX, size->batch);
}

/* FRAMES=3000, whose name was read already. */
static bool take_symbol_size(struct sizes *s, struct size *size, const char *symbol,
                             const char **text)
{
    uint32_t value = 0;

    if (size->extra_count == VARIANT_MAX_EXTRA)
        return diag_error(s->diags, size_place(s), "expected at most %d symbols",
                          VARIANT_MAX_EXTRA);
    if (!take_number(s, symbol, text, ",+", &value))
        return false;
    size->extra[size->extra_count].symbol = symbol;
    size->extra[size->extra_count++].size = value;
    return value != 0 || diag_error(s->diags, size_place(s), "%s: expected at least 1", symbol);
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
            return diag_error(s->diags, size_place(s),
                              "expected SYMBOL%cSIZE after '+', found '%.*s'", s->equals,
                              (int)bytes, *text);
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

static uint32_t encoder_rows(const struct hir_graph *g)
{
    int64_t max = g == NULL ? ENCODER_ROWS : dim_max(&g->dims, SYMBOL_ROWS);

    return max < ENCODER_ROWS ? (uint32_t)max : ENCODER_ROWS;
}

struct size encoder_size(const struct sizes *s, const char *entry)
{
    bool rows = s->graph == NULL || has_rows(s->graph, hir_find_entry(s->graph, entry));

    return (struct size){.entry = entry,
                         .kind = KIND_encoder,
                         .batch = 1,
                         .rows = rows ? encoder_rows(s->graph) : 1};
}

#define expected_list \
    "expected decode=, blocks=, batch= or prefill=, ENTRY:KIND= or ENTRY:SYMBOL=, found '%s'"
#define expected_one \
    "expected decode-N, batch-N, prefill-N, ENTRY:encoder-SxR or ENTRY:SYMBOL-N, found '%s'"

static bool no_entry(const struct sizes *s, const char *name)
{
    const struct hir_graph *g = s->graph;
    struct text known = {.arena = s->diags->arena};

    for (uint32_t i = 0; i < g->entry_count; i++)
        text_add(&known, "%s%s", i == 0 ? "" : ", ", str_text(g->strings, g->entries[i].name));
    return diag_error(s->diags, size_place(s), "the graph has no entry '%s'; it has %s", name,
                      known.data);
}

/* What stands before the sizes: [ENTRY:]KIND= or ENTRY:SYMBOL=. */
struct head {
    const char *entry, *word;
    enum size_kind kind; /* KIND_COUNT: the word is a symbol */
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
        return diag_error(s->diags, size_place(s), s->equals == '=' ? expected_list : expected_one,
                          h->word);
    *text += word + 1;
    return s->graph == NULL || hir_find_entry(s->graph, h->entry) != HIR_ALL_ENTRIES ||
           no_entry(s, h->entry);
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

bool parse_sizes(const char *text, struct sizes *s)
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

/* decode-N stands for short runs, too. */
static bool take_one_size(struct sizes *s, const struct head *h, const char **text,
                          struct size *size)
{
    const uint32_t max = h->kind == KIND_decode ? SHORT_RUN_MAX : max_rows[h->kind];

    *size = (struct size){.entry = h->entry, .kind = h->kind, .batch = 1};
    if (!take_number(s, h->word, text, "", &size->rows))
        return false;
    return (size->rows >= min_rows[h->kind] && size->rows <= max) ||
           diag_error(s->diags, size_place(s), "%s: expected %u to %u %s, found %u", h->word,
                      min_rows[h->kind], max, things(h->kind), size->rows);
}

bool parse_one_size(const char *text, struct sizes *s, struct size *out)
{
    struct head head;
    bool good;

    if (!take_head(s, &text, &head))
        return false;
    good = head.kind < KIND_encoder ? take_one_size(s, &head, &text, out)
                                    : take_sizes(s, &head, &text);
    if (good && head.kind >= KIND_encoder)
        *out = s->all[0];
    return good && (*text == 0 ||
                    diag_error(s->diags, size_place(s), "expected one variant, found '%s'", text));
}
