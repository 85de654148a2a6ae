/* What the files tokenize_*.c share. Private to them. */
#ifndef RLX_TOKENIZE_PARTS_H
#define RLX_TOKENIZE_PARTS_H

#include "runtime/base/bytes.h"
#include "runtime/base/utf8.h"
#include "runtime/tokenizer/model.h"
#include "runtime/tokenizer/tokenize.h"

static inline const void *tokenizer_table(const struct tokenizer *t,
                                          enum rlx_tokenizer_table_kind kind)
{
    return t->section + t->header->tables[kind].offset;
}

static inline uint32_t tokenizer_table_count(const struct tokenizer *t,
                                             enum rlx_tokenizer_table_kind kind)
{
    return t->header->tables[kind].count;
}

/* The text of a symbol; empty where the section is damaged. */
const char *symbol_text(const struct tokenizer *t, uint32_t symbol, size_t *bytes);
/* The symbol of a whole text; RLX_NO_SYMBOL where WORDS has none. */
uint32_t find_word(const struct tokenizer *t, const char *text, size_t bytes);

/* One call of tokenizer_encode. Arrays grow and are kept from word to word. */
struct encoding {
    const struct tokenizer *tokenizer;
    uint32_t flags;
    const struct marked_text *marked; /* NULL: the text has no plain parts */
    int32_t *ids;
    size_t capacity, count; /* count goes on where ids are full */
    struct model_work work;
    struct bytes text;     /* the stretch at hand, normalized */
    struct bytes prefixed; /* a piece of it with a space in front */
    bool no_memory;
};

void emit_id(struct encoding *e, uint32_t id);
/* A word (a stretch that is not split) becomes ids. */
void encode_word(struct encoding *e, const char *text, size_t bytes);
/* Splits a stretch into words and encodes each. */
void encode_words(struct encoding *e, const char *text, size_t bytes);
/* The end of the word that begins at `at` (< bytes). `limit` is the scanner's own from word to
 * word, 0 at first. */
size_t next_word(const struct tokenizer *t, const char *text, size_t bytes, size_t at,
                 size_t *limit);

/* A special token in text: [start, end) with the white space that it takes. */
struct found {
    size_t start, end;
    uint32_t id;
};
struct found_list {
    struct found *all;
    size_t count, capacity;
};
/* Finds the special tokens in text, in order. What they stand for does not overlap; the white space
 * that they take may. `normalized`: those to find after normalization, else the others, in the whole
 * of the text. */
bool find_specials(const struct encoding *e, const char *text, size_t bytes, bool normalized,
                   struct found_list *out);

/* rlx_class flags of a code point. */
uint32_t point_class(const struct tokenizer *t, uint32_t point);
/* rlx_case flags of it, where the split is RLX_SPLIT_CASED. */
uint32_t point_case(const struct tokenizer *t, uint32_t point);

/* Appends the text in normalization form C. False without memory. Invalid bytes pass unchanged. */
bool nfc_append(const struct tokenizer *t, const char *text, size_t bytes, struct bytes *out);

/* Doubles an array of `size`-byte elements until `count` fit; false without memory. */
bool grow(void **array, size_t *capacity, size_t count, size_t size);

#endif
