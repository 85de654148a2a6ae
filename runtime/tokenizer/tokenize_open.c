/* Opens a TOKENIZER section and answers questions about its tokens. In: the section's bytes. Out: a
 * struct tokenizer over them. Checks the header and the bounds of every table here. The contents of
 * the large tables are checked at use, which costs nothing there; here it would cost reading
 * megabytes.
 */
#include "runtime/base/error.h"
#include "runtime/tokenizer/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t element_bytes[RLX_TABLE_COUNT] = {
    [RLX_TABLE_TEXT] = 1,
    [RLX_TABLE_ENDS] = 4,
    [RLX_TABLE_TOKEN_FLAGS] = 1,
    [RLX_TABLE_MERGES] = sizeof(struct rlx_tokenizer_merge),
    [RLX_TABLE_WORDS] = 4,
    [RLX_TABLE_SPECIALS] = sizeof(struct rlx_tokenizer_special),
    [RLX_TABLE_SPECIAL_STARTS] = 4,
    [RLX_TABLE_BYTES] = 4,
    [RLX_TABLE_PREFIX] = 4,
    [RLX_TABLE_CLASS_INDEX] = 1,
    [RLX_TABLE_CLASS_PAGES] = 1,
    [RLX_TABLE_NFC_CLASSES] = sizeof(struct rlx_nfc_class),
    [RLX_TABLE_NFC_DECOMPOSITIONS] = sizeof(struct rlx_nfc_decomposition),
    [RLX_TABLE_NFC_POINTS] = 4,
    [RLX_TABLE_NFC_COMPOSITIONS] = sizeof(struct rlx_nfc_composition),
    [RLX_TABLE_CASE_INDEX] = 1,
    [RLX_TABLE_CASE_PAGES] = 1,
    [RLX_TABLE_MODEL] = sizeof(struct rlx_model),
    [RLX_TABLE_TRIE] = sizeof(struct rlx_trie_node),
    [RLX_TABLE_SCORES] = 4,
    [RLX_TABLE_AFFIXES] = 1,
};

static rlx_status damaged(rlx_error *error, const char *what)
{
    return rlx_fail(error, RLX_BAD_FILE, "the tokenizer of the artifact is damaged: %s", what);
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
           m.longest <= RLX_MODEL_MOST_BYTES && m.prefix_bytes <= RLX_MODEL_MOST_AFFIX &&
           m.suffix_bytes <= RLX_MODEL_MOST_AFFIX &&
           h->tables[RLX_TABLE_AFFIXES].count == m.prefix_bytes + m.suffix_bytes;
}

static rlx_status check_tables(const struct rlx_tokenizer_header *h, size_t bytes, rlx_error *error)
{
    static const struct {
        enum rlx_tokenizer_table_kind kind;
        uint32_t count;
    } fixed[] = {{RLX_TABLE_SPECIAL_STARTS, 257},
                 {RLX_TABLE_BYTES, 256},
                 {RLX_TABLE_CLASS_INDEX, RLX_CLASS_PAGES}};
    for (uint32_t i = 0; i < RLX_TABLE_COUNT; i++) {
        const struct rlx_tokenizer_table *t = &h->tables[i];
        if (t->offset % 8 || t->offset > bytes || (bytes - t->offset) / element_bytes[i] < t->count)
            return damaged(error, "a table lies outside of it");
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (h->tables[fixed[i].kind].count != fixed[i].count)
            return damaged(error, "a table has the wrong size");
    if ((h->split & RLX_SPLIT_CASED) && h->tables[RLX_TABLE_CASE_INDEX].count != RLX_CLASS_PAGES)
        return damaged(error, "a table has the wrong size");
    if (h->symbol_count < h->token_count || h->symbol_count >= INT32_MAX ||
        h->tables[RLX_TABLE_ENDS].count != h->symbol_count + 1 ||
        h->tables[RLX_TABLE_TOKEN_FLAGS].count != h->token_count)
        return damaged(error, "its counts of tokens disagree");
    if (h->unknown != RLX_NO_SYMBOL && h->unknown >= h->token_count)
        return damaged(error, "its unknown token does not exist");
    if (!model_holds(h, (const uint8_t *)h, bytes))
        return damaged(error, "the tables of its model disagree");
    if (h->prefix > RLX_PREFIX_FIRST)
        return damaged(error, "it asks for an unknown way to put spaces in front");
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
            error, RLX_WRONG_VERSION,
            "the artifact's tokenizer has version %u, expected %d: compile the model again",
            h->version, RLX_TOKENIZER_VERSION);
    if (h->bytes > bytes)
        return damaged(error, "it is cut off");
    rlx_status status = check_tables(h, h->bytes, error);
    if (status != RLX_OK)
        return status;
    t->header = h;
    t->section = section;
    return RLX_OK;
}

const char *symbol_text(const struct tokenizer *t, uint32_t symbol, size_t *bytes)
{
    const char *text = tokenizer_table(t, RLX_TABLE_TEXT);
    const uint32_t *ends = tokenizer_table(t, RLX_TABLE_ENDS);
    *bytes = 0;
    if (symbol >= t->header->symbol_count || ends[symbol] > ends[symbol + 1] ||
        ends[symbol + 1] > tokenizer_table_count(t, RLX_TABLE_TEXT))
        return text;
    *bytes = ends[symbol + 1] - ends[symbol];
    return text + ends[symbol];
}

uint32_t find_word(const struct tokenizer *t, const char *text, size_t bytes)
{
    uint32_t slots = tokenizer_table_count(t, RLX_TABLE_WORDS);
    const uint32_t *words = tokenizer_table(t, RLX_TABLE_WORDS);
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
    return id >= 0 && (uint32_t)id < t->header->token_count ? symbol_text(t, (uint32_t)id, bytes)
                                                            : NULL;
}

static bool has_flag(const struct tokenizer *t, int32_t id, uint8_t flag)
{
    const uint8_t *flags = tokenizer_table(t, RLX_TABLE_TOKEN_FLAGS);
    return id >= 0 && (uint32_t)id < t->header->token_count && (flags[id] & flag);
}

bool tokenizer_is_special(const struct tokenizer *t, int32_t id)
{
    return has_flag(t, id, RLX_TOKEN_CONTROL);
}

bool tokenizer_ends_generation(const struct tokenizer *t, int32_t id)
{
    return has_flag(t, id, RLX_TOKEN_END);
}
