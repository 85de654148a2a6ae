/* What the files pack*.c share: a section while it is assembled. No other file includes it. */
#ifndef RLXC_PACK_TOKENIZER_PARTS_H
#define RLXC_PACK_TOKENIZER_PARTS_H

#include "compiler/base/out.h"
#include "compiler/tokenizer/expression.h"
#include "compiler/tokenizer/pack.h"
#include "compiler/tokenizer/pack_normal.h"
#include "runtime/tokenizer/normal.h"

#include "rlx/model_format.h"
#include "rlx/tokenizer_format.h"

struct symbol {
    const char *text;
    uint32_t bytes;
};

struct placed_expression {
    struct expression *expression;
    struct place place;
};

struct packing {
    const struct model *model;
    const struct vocabulary *vocabulary;
    struct arena *arena;
    struct diags *diags;
    struct place place;
    bool byte_level;        /* the alphabet of the model is bytes */
    struct strings strings; /* published texts */
    uint32_t *by_string;    /* [str_id]: symbol, or RLX_NO_SYMBOL */
    uint32_t by_string_count, by_string_capacity;
    struct symbol *symbols; /* as they stand in words: tokens first, then what exists only during
                               merging */
    uint32_t symbol_count, symbol_capacity;
    uint32_t token_count;
    uint32_t bytes[256]; /* symbol of each byte */
    int16_t
        spelled[512]; /* by code point: the byte that it spells in byte-level vocabularies, or -1 */
    struct rlx_model joins; /* flags and `joined` of what merges tell */
    struct point_partition partition;
    struct placed_expression *expressions; /* of the normalizers, then of the pre-tokenizers */
    uint32_t expression_count, expression_capacity;
    struct normal_tables normals;
    struct scan_tables scanners; /* these two: the tables as the runtime sees them */
    struct normal normal;
    struct expression *point_sets[2]; /* for POINT_FLAGS; NULL: it is not needed */
    enum rlx_tokenizer_start start;   /* of decoding */
    bool each_byte;                   /* likewise: RLX_TOKENIZER_EACH_BYTE */
    struct {
        const void *data;
        uint64_t bytes;
        uint32_t count;
    } tables[RLX_TABLE_COUNT];
};

void packing_set_table(struct packing *p, enum rlx_tokenizer_table_kind kind, const void *data,
                       uint64_t count, size_t element_bytes);

/* ---- symbols (pack_symbols.c) ---- */

void pack_symbols(struct packing *p); /* the tokens, and BYTES */
/* The symbol of a published text; RLX_NO_SYMBOL if there is none. */
uint32_t packing_find(const struct packing *p, const char *text, size_t bytes);
/* Adds a symbol that is not a token, unless the text has a symbol already. */
uint32_t packing_add(struct packing *p, const char *text, size_t bytes, struct symbol in_words);
/* Length of the character at text[0]: 1 to 4; 1 for a byte that does not begin a valid one. */
uint32_t character_bytes(const char *text, size_t bytes);
/* A published text as it stands in words: in a byte-level vocabulary, the bytes that it spells. */
struct symbol word_text(struct packing *p, const char *text, size_t bytes);
/* The bytes that the characters of a text spell; the text itself if one of them spells none. */
struct symbol spelled_bytes(struct packing *p, const char *text, size_t bytes);
bool pack_text(struct packing *p); /* TEXT and ENDS, after all symbols are known */
void pack_token_flags(struct packing *p);

/* ---- decoding (pack_decode.c) ---- */

bool pack_decoded(struct packing *p);
/* Whether a space follows the token, unless it is the last one. */
bool decoded_has_space(const struct packing *p, const struct vocabulary_token *t);

/* ---- the others ---- */

bool pack_merges(struct packing *p); /* MERGES, CHARACTERS, FRAGMENTS; may add symbols */
void pack_characters(struct packing *p, const struct rlx_tokenizer_merge *pairs, uint32_t count);
/* A table of symbols by their texts: WORDS or CHARACTERS. */
void packing_set_words(struct packing *p, enum rlx_tokenizer_table_kind kind,
                       const uint32_t *symbols, uint32_t count);
/* Notes what that pair tells about where words may be cut. */
void packing_note_merge(struct packing *p, struct symbol left, struct symbol right);
bool pack_model(struct packing *p);    /* MODEL, TRIE, SCORES, AFFIXES; after pack_merges */
void pack_words(struct packing *p);    /* WORDS, after all symbols are known */
bool pack_specials(struct packing *p); /* SPECIALS, SPECIAL_TEXTS, SPECIAL_TRIE */
bool pack_steps(
    struct packing *p); /* NORMAL, STEPS, STEP_TEXTS, POINT_FLAGS and the tables of scanners */
/* How many bytes of text one id stands for at most; 0: there is no bound. */
uint32_t max_covered(const struct packing *p);

#endif
