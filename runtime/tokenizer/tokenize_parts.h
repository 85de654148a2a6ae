/* What the files tokenize_*.c share. Private to them. */
#ifndef RLX_TOKENIZE_PARTS_H
#define RLX_TOKENIZE_PARTS_H

#include "runtime/base/bytes.h"
#include "runtime/base/utf8.h"
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
/* The symbol of a whole text; RLX_NO_SYMBOL where WORDS has none. */
uint32_t find_word(const struct tokenizer *t, const char *text, size_t bytes);

/* Merging: one part of a word, and one pair of neighbours that may merge. */
struct part {
    uint32_t symbol;
    int32_t before, behind; /* neighbours, -1 at the ends; a part that went into another has symbol
                               RLX_NO_SYMBOL */
};
struct candidate {
    uint32_t rank, left, left_symbol, right_symbol;
};

/* One call of tokenizer_encode. Arrays grow and are kept from word to word. */
struct encoding {
    const struct tokenizer *tokenizer;
    uint32_t flags;
    const struct marked_text *marked; /* NULL: the text has no plain parts */
    int32_t *ids;
    size_t capacity, count; /* count goes on where ids are full */
    struct part *parts;
    size_t part_count, part_capacity;
    struct candidate *heap;
    size_t heap_count, heap_capacity;
    struct bytes normal, scratch;            /* the stretch at hand, normalized */
    struct bytes step_texts[RLX_MOST_STEPS]; /* what each step has written */
    bool last_unknown; /* the last id is an unknown token that the next one joins */
    bool no_memory;
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

/* rlx_point_flags of a code point. */
uint32_t point_flags(const struct tokenizer *t, uint32_t point);

/* Doubles an array of `size`-byte elements until `count` fit; false without memory. */
bool grow(void **array, size_t *capacity, size_t count, size_t size);

#endif
