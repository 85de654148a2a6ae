/* Models: a word becomes ids. What the files model*.c share, and the working memory that they keep
 * from word to word. */
#ifndef RLX_TOKENIZER_MODEL_H
#define RLX_TOKENIZER_MODEL_H

#include "rlx/model_format.h"
#include "runtime/tokenizer/trie.h"

#include <stdint.h>

/* BPE: one part of a word, and one pair of neighbours that may merge. */
struct part {
    uint32_t symbol;
    int32_t before, behind; /* neighbours, -1 at the ends; a part that went into another has symbol
                               RLX_NO_SYMBOL */
    uint32_t start;         /* where its text begins, counted from the first part's window */
};
struct candidate {
    uint32_t rank, left, left_symbol, right_symbol;
};
/* A part that is left, of one window of a long word. */
struct window_part {
    uint32_t symbol;
    size_t start; /* in the word */
};
struct window {
    struct window_part *parts;
    size_t count, capacity, begin, end;
};

enum { CACHED_BYTES = 31, CACHED_IDS = 7 };
/* A short word and its ids. The key tells its length and all its bytes. */
struct cached_word {
    uint64_t key[4]; /* all 0: empty */
    uint32_t count, ids[CACHED_IDS];
};

struct model_work {
    struct part *parts;
    size_t part_count, part_capacity;
    struct candidate *heap;
    size_t heap_count, heap_capacity;
    struct window windows[2];
    uint32_t *halves; /* by symbol: the two that an unused one was made of, last in this word */
    size_t halves_capacity;
    /* Unigram, of the best way to each position of the window: bytes of its last piece (0: there is
     * no way), and, in a ring, its sum of scores. */
    uint16_t *lengths;
    size_t length_capacity;
    double *sums;
    size_t sum_capacity;
    struct cached_word *word_cache;
    uint32_t words; /* encoded since the last try to get a cache */
    uint32_t recent[CACHED_IDS];
    size_t recent_count; /* ids of the word at hand; only the first are in `recent` */
    bool last_unknown;   /* the last id of the word is unknown */
};

void model_work_free(struct model_work *w);

struct encoding;
struct tokenizer;
const struct rlx_model *model_of(const struct tokenizer *t);
struct trie trie_of(const struct tokenizer *t);

/* Each appends the ids of one word, which is not empty, or sets e->no_memory. */
void encode_word_bpe(struct encoding *e, const char *word, size_t bytes);
void encode_word_unigram(struct encoding *e, const char *word, size_t bytes);
void encode_word_wordpiece(struct encoding *e, const char *word, size_t bytes);
void encode_word_level(struct encoding *e, const char *word, size_t bytes);

/* ---- between the files of BPE ---- */

/* The bytes [begin, end) of a word become parts. */
void take_apart(struct encoding *e, const char *word, size_t begin, size_t end);
/* Merges the parts for as long as a pair is known. */
void merge_parts(struct encoding *e);
/* A symbol that is left when nothing merges any more becomes ids. */
void emit_symbol(struct encoding *e, uint32_t symbol);
/* A long word, window by window. False, with nothing emitted, where that cannot be exact. */
bool encode_in_windows(struct encoding *e, const char *word, size_t bytes);

/* The id of what the vocabulary does not know, if it has one. */
void emit_unknown(struct encoding *e);

#endif
