/* Parses --level and --variants. In: text from the user. Out: indices of levels; variants with
 * their buckets, in ascending order. */
#include "compiler/selection.h"

#include <stdlib.h>
#include <string.h>

static bool is_word(const char *text, size_t bytes, const char *word)
{
    return strlen(word) == bytes && memcmp(text, word, bytes) == 0;
}

/* ---- levels ---- */

/* "x86-64-v3, x86-64-v4-vnni-bf16, ". */
static const char *level_names(const struct target *target, struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (uint32_t i = 0; i < target->level_count; i++)
        text_add(&known, "%s, ", target->levels[i].name);
    return known.data;
}

static bool mark_level(const struct target *target, const char *name, size_t bytes, bool *wanted,
                       struct diags *d)
{
    struct place at = {.object = "--level"};

    if (is_word(name, bytes, "all")) {
        memset(wanted, true, target->level_count);
        return true;
    }
    if (is_word(name, bytes, "native")) {
        int native = target->native_level();
        if (native < 0)
            return diag_error(d, at,
                              "this machine is too old to run models; expected the level of the "
                              "machine that will run them: %sor all",
                              level_names(target, d));
        wanted[native] = true;
        return true;
    }
    for (uint32_t i = 0; i < target->level_count; i++) {
        if (is_word(name, bytes, target->levels[i].name)) {
            wanted[i] = true;
            return true;
        }
    }
    return diag_error(d, at, "expected %snative or all, found '%.*s'", level_names(target, d),
                      (int)bytes, name);
}

bool select_levels(const char *text, struct level_list *out, struct diags *d)
{
    bool wanted[LEVELS_MAX] = {false}, good = true;

    *out = (struct level_list){.target = target_list[0]};
    assert(out->target != NULL && out->target->level_count <= LEVELS_MAX);
    for (const char *name = text;; name++) {
        size_t bytes = strcspn(name, ",");
        good = mark_level(out->target, name, bytes, wanted, d) && good;
        name += bytes;
        if (*name == 0)
            break;
    }
    for (uint32_t i = 0; i < out->target->level_count; i++)
        if (wanted[i])
            out->all[out->count++] = i;
    return good;
}

/* ---- variants ---- */

enum kind { KIND_decode, KIND_short_runs, KIND_prefill, KIND_batch, KIND_COUNT };
static const char *const kind_name[KIND_COUNT] = {"decode", "blocks", "prefill", "batch"};

/* Numbers of new tokens (batch: of sequences) that a kind allows. */
static const uint32_t min_rows[KIND_COUNT] = {1, 2, SHORT_RUN_MAX + 1, 2};
static const uint32_t max_rows[KIND_COUNT] = {1, SHORT_RUN_MAX, 1 << 16, SHORT_RUN_MAX};

enum { SIZES_MAX = BUCKETS_MAX };

struct size {
    uint32_t rows;
    enum kind kind;
};

struct sizes {
    struct size all[SIZES_MAX];
    uint32_t count;
};

static const char *things(enum kind kind)
{
    return kind == KIND_batch ? "sequences" : "new tokens";
}

static struct place here(void)
{
    return (struct place){.object = "--variants"};
}

static bool add_size(struct sizes *s, enum kind kind, uint64_t rows, struct diags *d)
{
    if (rows < min_rows[kind] || rows > max_rows[kind])
        return diag_error(d, here(), "%s: expected %u to %u %s, found %llu", kind_name[kind],
                          min_rows[kind], max_rows[kind], things(kind), (unsigned long long)rows);
    for (uint32_t i = 0; i < s->count; i++)
        if (s->all[i].rows == rows && (s->all[i].kind == KIND_batch) == (kind == KIND_batch))
            return diag_error(d, here(), "%s: %llu %s occur twice", kind_name[kind],
                              (unsigned long long)rows, things(kind));
    if (s->count == SIZES_MAX)
        return diag_error(d, here(), "expected at most %u variants", SIZES_MAX);
    s->all[s->count].rows = (uint32_t)rows;
    s->all[s->count++].kind = kind;
    return true;
}

/* "32" or "32:512", ending at a comma or at the end of the text. */
static bool add_range(struct sizes *s, enum kind kind, const char *text, size_t bytes,
                      struct diags *d)
{
    char *end;
    struct buckets ladder;
    uint64_t first = strtoull(text, &end, 10), last = first;
    bool good = bytes != 0 && text[0] >= '0' && text[0] <= '9';

    if (good && *end == ':' && end[1] >= '0' && end[1] <= '9')
        last = strtoull(end + 1, &end, 10);
    if (!good || end != text + bytes)
        return diag_error(d, here(), "%s: expected a number or a range from:to, found '%.*s'",
                          kind_name[kind], (int)bytes, text);
    if (last == first)
        return add_size(s, kind, first, d);
    if (last < first || first == 0 || last > max_rows[KIND_prefill])
        return diag_error(d, here(), "%s: expected an ascending range up to %u, found '%.*s'",
                          kind_name[kind], max_rows[KIND_prefill], (int)bytes, text);
    if (!bucket_ladder((uint32_t)first, (uint32_t)last, &ladder, d))
        return false;
    for (uint32_t i = 0; i < ladder.count; i++)
        good = add_size(s, kind, ladder.all[i].last, d) && good;
    return good;
}

static bool parse_sizes(const char *text, struct sizes *s, struct diags *d)
{
    enum kind kind = KIND_COUNT;
    bool good = true;

    for (const char *at = text;; at++) {
        size_t bytes = strcspn(at, ","), name = strcspn(at, ",=");
        if (name < bytes) {
            for (kind = KIND_decode; kind < KIND_COUNT && !is_word(at, name, kind_name[kind]);
                 kind++)
                ;
            if (kind == KIND_COUNT)
                return diag_error(d, here(),
                                  "expected decode=, blocks=, batch= or prefill=, found '%.*s'",
                                  (int)name, at);
            at += name + 1;
            bytes -= name + 1;
        }
        if (kind == KIND_COUNT)
            return diag_error(d, here(),
                              "expected decode=, blocks=, batch= or prefill= before '%.*s'",
                              (int)bytes, at);
        good = add_range(s, kind, at, bytes, d) && good;
        at += bytes;
        if (*at == 0)
            return good;
    }
}

/* Batches come last. */
static int by_rows(const void *a, const void *b)
{
    const struct size *left = a, *right = b;
    int batches = (left->kind == KIND_batch) - (right->kind == KIND_batch);

    return batches != 0 ? batches : (left->rows > right->rows) - (left->rows < right->rows);
}

/* Serves any past, because the past is a size of the run, not of the code. */
static struct variant variant_of(uint32_t rows, bool batch)
{
    struct variant v = batch                  ? variant_decode(rows, 0, 1)
                       : rows > SHORT_RUN_MAX ? variant_prefill(1, rows)
                                              : variant_decode(1, 0, rows);

    v.has_past = false;
    return v;
}

bool select_variants(const char *text, uint32_t context, struct packed_variant *out,
                     uint32_t capacity, uint32_t *count, struct diags *d)
{
    struct sizes sizes = {.count = 0};
    struct buckets buckets[2] = {{.count = 0}, {.count = 0}}; /* of one sequence, of several */
    uint32_t before[2] = {0, 1};

    if (!parse_sizes(text == NULL ? "decode=1,blocks=2:16,batch=2:16,prefill=32:512" : text, &sizes,
                     d))
        return false;
    qsort(sizes.all, sizes.count, sizeof sizes.all[0], by_rows);
    if (sizes.count == 0 || sizes.all[0].rows != 1)
        return diag_error(
            d, here(),
            "expected decode=1 among the variants, because every token after the first needs it");
    *count = 0;
    for (uint32_t i = 0; i < sizes.count && *count < capacity; i++) {
        bool batch = sizes.all[i].kind == KIND_batch;
        uint32_t rows = (uint32_t)min_u64(sizes.all[i].rows, batch ? SHORT_RUN_MAX : context);
        if (!batch && before[0] >= context)
            continue;
        out[*count] =
            (struct packed_variant){variant_of(rows, batch), .rows = {before[batch] + 1, rows}};
        buckets[batch].all[buckets[batch].count++] = out[(*count)++].rows;
        before[batch] = rows;
    }
    return buckets_check(&buckets[0], d) && buckets_check(&buckets[1], d);
}

bool select_variant(const char *text, struct variant *out, struct diags *d)
{
    enum kind kind = strncmp(text, "prefill-", 8) == 0  ? KIND_prefill
                     : strncmp(text, "decode-", 7) == 0 ? KIND_decode
                     : strncmp(text, "batch-", 6) == 0  ? KIND_batch
                                                        : KIND_COUNT;
    const char *number = kind == KIND_COUNT ? text : text + strlen(kind_name[kind]) + 1;
    char *end;
    unsigned long rows = strtoul(number, &end, 10);

    if (kind == KIND_COUNT || *number < '0' || *number > '9' || *end != 0)
        return diag_error(d, (struct place){0},
                          "expected decode-N, batch-N or prefill-N, found '%s'", text);
    uint32_t min = min_rows[kind];
    uint32_t max = kind == KIND_decode ? SHORT_RUN_MAX : max_rows[kind];
    if (rows < min || rows > max)
        return diag_error(d, (struct place){0}, "%s: expected %u to %u %s, found %lu",
                          kind_name[kind], min, max, things(kind), rows);
    *out = variant_of((uint32_t)rows, kind == KIND_batch);
    return true;
}
