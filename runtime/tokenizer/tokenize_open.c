/* Opens a TOKENIZER section and answers questions about its tokens. In: the section's bytes. Out: a
 * struct tokenizer over them. Checks the header and the bounds of every table here. The contents of
 * the large tables are checked at use, which costs nothing there; here it would cost reading
 * megabytes.
 */
#include "runtime/base/error.h"
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

static const uint16_t element_bytes[RLX_TABLE_COUNT] = {
    [RLX_TABLE_TEXT] = 1,
    [RLX_TABLE_ENDS] = 4,
    [RLX_TABLE_TOKEN_FLAGS] = 1,
    [RLX_TABLE_MERGES] = sizeof(struct rlx_tokenizer_merge),
    [RLX_TABLE_WORDS] = 4,
    [RLX_TABLE_BYTES] = 4,
    [RLX_TABLE_SPECIALS] = sizeof(struct rlx_tokenizer_special),
    [RLX_TABLE_SPECIAL_TEXTS] = 1,
    [RLX_TABLE_SPECIAL_TRIE] = sizeof(struct rlx_trie_node),
    [RLX_TABLE_POINT_FLAGS] = 1,
    [RLX_TABLE_FRONT] = 4,
    [RLX_TABLE_BACK] = 4,
    [RLX_TABLE_STEPS] = sizeof(struct rlx_tokenizer_step),
    [RLX_TABLE_STEP_TEXTS] = 1,
    [RLX_TABLE_DECODED] = 1,
    [RLX_TABLE_DECODED_ENDS] = 4,
    [RLX_TABLE_STARTS] = sizeof(struct rlx_tokenizer_start_text),
    [RLX_TABLE_NORMAL] = 1,
    [RLX_TABLE_CLASS_INDEX] = 2,
    [RLX_TABLE_CLASS_PAGES] = 1,
    [RLX_TABLE_SCANNERS] = sizeof(struct rlx_scanner),
    [RLX_TABLE_TRANSITIONS] = 2,
    [RLX_TABLE_MODEL] = sizeof(struct rlx_model),
    [RLX_TABLE_TRIE] = sizeof(struct rlx_trie_node),
    [RLX_TABLE_SCORES] = 4,
    [RLX_TABLE_AFFIXES] = 1,
    [RLX_TABLE_CHARACTERS] = 4,
    [RLX_TABLE_PAIRS] = 8,
    [RLX_TABLE_FRAGMENTS] = sizeof(struct rlx_fragments),
};

static rlx_status damaged(rlx_error *error, const char *what)
{
    return rlx_fail(error, RLX_ERROR_BAD_FILE, "the tokenizer of the artifact is damaged: %s",
                    what);
}

/* What the model reads without looking again. */
static bool model_holds(const struct rlx_tokenizer_header *h, const uint8_t *section, size_t bytes)
{
    const struct rlx_tokenizer_table *scores = &h->tables[RLX_TABLE_SCORES];
    struct rlx_model m = {0};
    if (h->tables[RLX_TABLE_MODEL].count)
        memcpy(&m, section + h->tables[RLX_TABLE_MODEL].offset, sizeof m);
    return h->model <= RLX_MODEL_WORD_LEVEL && scores->count <= h->token_count &&
           (!(m.flags & RLX_MODEL_WIDE_SCORES) || (bytes - scores->offset) / 8 >= scores->count) &&
           m.longest <= RLX_MODEL_MAX_BYTES && m.prefix_bytes <= RLX_MODEL_MAX_AFFIX &&
           m.suffix_bytes <= RLX_MODEL_MAX_AFFIX &&
           h->tables[RLX_TABLE_AFFIXES].count == m.prefix_bytes + m.suffix_bytes;
}

static rlx_status check_tables(const struct rlx_tokenizer_header *h, size_t bytes, rlx_error *error)
{
    for (uint32_t i = 0; i < RLX_TABLE_COUNT; i++) {
        const struct rlx_tokenizer_table *t = &h->tables[i];
        if (t->offset % 8 || t->offset > bytes || (bytes - t->offset) / element_bytes[i] < t->count)
            return damaged(error, "a table lies outside of it");
    }
    uint32_t decoded = h->tables[RLX_TABLE_DECODED_ENDS].count;
    if (h->tables[RLX_TABLE_BYTES].count != 256 ||
        h->tables[RLX_TABLE_STEPS].count > RLX_MAX_STEPS ||
        h->tables[RLX_TABLE_PAIRS].count > RLX_MAX_PAIR_WORDS)
        return damaged(error, "a table has the wrong size");
    if (h->symbol_count < h->token_count || h->symbol_count >= INT32_MAX ||
        h->tables[RLX_TABLE_ENDS].count != h->symbol_count + 1 ||
        (decoded != 0 && decoded != h->token_count + 1) ||
        h->tables[RLX_TABLE_TOKEN_FLAGS].count != h->token_count)
        return damaged(error, "its counts of tokens disagree");
    if (h->unknown != RLX_NO_SYMBOL && h->unknown >= h->token_count)
        return damaged(error, "its unknown token does not exist");
    if (!model_holds(h, (const uint8_t *)h, bytes))
        return damaged(error, "the tables of its model disagree");
    if (h->start > RLX_START_TOKEN)
        return damaged(error, "it asks for what no version of it has");
    return RLX_OK;
}

/* The views of the other formats, and the steps. */
static rlx_status open_parts(struct tokenizer *t, rlx_error *error)
{
    const struct rlx_tokenizer_step *steps = tokenizer_table(t, RLX_TABLE_STEPS);
    t->scanners = (struct scan_tables){
        .scanners = tokenizer_table(t, RLX_TABLE_SCANNERS),
        .transitions = tokenizer_table(t, RLX_TABLE_TRANSITIONS),
        .class_index = tokenizer_table(t, RLX_TABLE_CLASS_INDEX),
        .class_pages = tokenizer_table(t, RLX_TABLE_CLASS_PAGES),
        .scanner_count = tokenizer_table_count(t, RLX_TABLE_SCANNERS),
        .transition_count = tokenizer_table_count(t, RLX_TABLE_TRANSITIONS),
        .class_page_count = tokenizer_table_count(t, RLX_TABLE_CLASS_PAGES) / RLX_SCAN_PAGE,
    };
    bool needs_classes =
        t->scanners.scanner_count || tokenizer_table_count(t, RLX_TABLE_POINT_FLAGS);
    if (needs_classes && (tokenizer_table_count(t, RLX_TABLE_CLASS_INDEX) != RLX_SCAN_PAGES ||
                          !scan_tables_check(&t->scanners)))
        return damaged(error, "the tables of its scanners disagree");
    for (uint32_t i = 0; i < tokenizer_table_count(t, RLX_TABLE_STEPS); i++)
        if (steps[i].kind > RLX_STEP_PREFIX ||
            (steps[i].kind == RLX_STEP_SPLIT && steps[i].scanner >= t->scanners.scanner_count))
            return damaged(error, "it has an unknown step");
    if (!normal_open(&t->normal, tokenizer_table(t, RLX_TABLE_NORMAL),
                     tokenizer_table_count(t, RLX_TABLE_NORMAL), &t->scanners))
        return damaged(error, "the tables of its normalization disagree");
    return RLX_OK;
}

rlx_status tokenizer_open(struct tokenizer *t, const void *section, size_t bytes, rlx_error *error)
{
    const struct rlx_tokenizer_header *h = section;
    *t = (struct tokenizer){0};
    if (!section || bytes < sizeof *h || (uintptr_t)section % 8)
        return damaged(error, "it is too short");
    if (h->magic != RLX_TOKENIZER_MAGIC)
        return damaged(error, "it does not begin as it must");
    if (h->version != RLX_TOKENIZER_VERSION)
        return rlx_fail(
            error, RLX_ERROR_WRONG_VERSION,
            "the artifact's tokenizer has version %u, expected %d: compile the model again",
            h->version, RLX_TOKENIZER_VERSION);
    if (h->needed_tables > RLX_TABLE_COUNT)
        return rlx_fail(error, RLX_ERROR_WRONG_VERSION,
                        "the artifact's tokenizer needs %u tables, and this program knows %d: a "
                        "newer rlx is needed",
                        h->needed_tables, RLX_TABLE_COUNT);
    if (h->bytes > bytes)
        return damaged(error, "it is cut off");
    if (h->table_count < RLX_TABLE_COUNT)
        return damaged(error, "it has too few tables");
    rlx_status status = check_tables(h, h->bytes, error);
    if (status != RLX_OK)
        return status;
    struct tokenizer opened = {.header = h, .section = section};
    status = open_parts(&opened, error);
    opened.normal.scanners = NULL;
    if (status == RLX_OK)
        *t = opened;
    return status;
}

/* The text of entry `at` of a table of ends; empty where the section is damaged. */
static const char *entry_text(const struct tokenizer *t, enum rlx_tokenizer_table_kind texts,
                              enum rlx_tokenizer_table_kind ends_kind, uint32_t at, size_t *bytes)
{
    const char *text = tokenizer_table(t, texts);
    const uint32_t *ends = tokenizer_table(t, ends_kind);
    *bytes = 0;
    if (at + 1 >= tokenizer_table_count(t, ends_kind) || ends[at] > ends[at + 1] ||
        ends[at + 1] > tokenizer_table_count(t, texts))
        return text;
    *bytes = ends[at + 1] - ends[at];
    return text + ends[at];
}

const char *symbol_text(const struct tokenizer *t, uint32_t symbol, size_t *bytes)
{
    return entry_text(t, RLX_TABLE_TEXT, RLX_TABLE_ENDS, symbol, bytes);
}

uint32_t find_symbol(const struct tokenizer *t, enum rlx_tokenizer_table_kind table,
                     const char *text, size_t bytes)
{
    uint32_t slots = tokenizer_table_count(t, table);
    const uint32_t *words = tokenizer_table(t, table);
    if (slots == 0 || bytes > UINT16_MAX + 1u)
        return RLX_NO_SYMBOL;
    uint32_t at = rlx_word_slot(text, (uint32_t)bytes, slots);
    for (uint32_t tries = 0; tries < slots && words[at]; tries++) {
        size_t known_bytes;
        const char *known = symbol_text(t, words[at] - 1, &known_bytes);
        if (known_bytes == bytes && memcmp(known, text, bytes) == 0)
            return words[at] - 1;
        at = at + 1 < slots ? at + 1 : 0;
    }
    return RLX_NO_SYMBOL;
}

bool grow(void **array, size_t *capacity, size_t count, size_t size)
{
    if (count <= *capacity)
        return true;
    size_t wanted = count + count / 2 + 32;
    void *grown = wanted <= SIZE_MAX / 2 / size ? realloc(*array, wanted * size) : NULL;
    if (!grown)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

const char *tokenizer_token_bytes(const struct tokenizer *t, int32_t id, size_t *bytes)
{
    *bytes = 0;
    if (id < 0 || (uint32_t)id >= t->header->token_count)
        return NULL;
    if (tokenizer_table_count(t, RLX_TABLE_DECODED_ENDS) == 0)
        return symbol_text(t, (uint32_t)id, bytes);
    return entry_text(t, RLX_TABLE_DECODED, RLX_TABLE_DECODED_ENDS, (uint32_t)id, bytes);
}

const char *tokenizer_token_name(const struct tokenizer *t, int32_t id, size_t *bytes)
{
    *bytes = 0;
    return id >= 0 && (uint32_t)id < t->header->token_count ? symbol_text(t, (uint32_t)id, bytes)
                                                            : NULL;
}

uint8_t token_flags(const struct tokenizer *t, int32_t id)
{
    const uint8_t *flags = tokenizer_table(t, RLX_TABLE_TOKEN_FLAGS);
    return id >= 0 && (uint32_t)id < t->header->token_count ? flags[id] : 0;
}

bool tokenizer_is_special(const struct tokenizer *t, int32_t id)
{
    return token_flags(t, id) & RLX_TOKEN_CONTROL;
}

bool tokenizer_ends_generation(const struct tokenizer *t, int32_t id)
{
    return token_flags(t, id) & RLX_TOKEN_END;
}
