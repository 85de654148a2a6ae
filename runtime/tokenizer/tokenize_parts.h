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
/* rlx_token_flags; 0 for an id outside the vocabulary. */
uint8_t token_flags(const struct tokenizer *t, int32_t id);
/* The symbol of a whole text in WORDS or CHARACTERS; RLX_NO_SYMBOL where that has none. */
uint32_t find_symbol(const struct tokenizer *t, enum rlx_tokenizer_table_kind table,
                     const char *text, size_t bytes);
static inline uint32_t find_word(const struct tokenizer *t, const char *text, size_t bytes)
{
    return find_symbol(t, RLX_TABLE_WORDS, text, bytes);
}

/* The bytes that added tokens begin with. */
struct first_bytes {
    bool begins[256];
    uint32_t count;
    uint8_t only; /* one of them */
};

/* One call of tokenizer_encode. Arrays grow and are kept from word to word. */
struct encoding {
    const struct tokenizer *tokenizer;
    uint32_t flags;
    const struct marked_text *marked; /* NULL: the text has no plain parts */
    int32_t *ids;
    size_t capacity, count; /* count goes on where ids are full */
    struct model_work work;
    struct trie specials;
    struct first_bytes starts[2]; /* by whether they are found after normalization */
    struct normal normalizer;
    struct normal_work normal;
    struct bytes step_texts[RLX_MAX_STEPS]; /* what each step has written */
    struct scan_memory step_memory[RLX_MAX_STEPS];
    bool no_memory;
    bool too_long; /* after normalization */
};

/* Text on its way to the model. */
struct piece {
    const char *text;
    size_t bytes;
    bool first; /* it begins where the whole text begins */
};

void emit_id(struct encoding *e, uint32_t id);
/* A word becomes ids. */
void encode_word(struct encoding *e, const char *text, size_t bytes);
/* A normalized stretch without added tokens goes through the steps to the model. */
void encode_piece(struct encoding *e, struct piece p);

/* Doubles an array of `size`-byte elements until `count` fit; false without memory. */
bool grow(void **array, size_t *capacity, size_t count, size_t size);

#endif
