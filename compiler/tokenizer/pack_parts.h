/* What the files pack/tokenizer*.c share: a section while it is assembled. No other file includes
 * it. */
#ifndef RLXC_PACK_TOKENIZER_PARTS_H
#define RLXC_PACK_TOKENIZER_PARTS_H

#include "compiler/base/out.h"
#include "compiler/tokenizer/pack.h"

#include "rlx/model_format.h"
#include "rlx/tokenizer_format.h"

struct symbol {
    const char *text; /* what it decodes to, and matches in words */
    uint32_t bytes;
};

struct packing {
    const struct model *model;
    const struct vocabulary *vocabulary;
    struct arena *arena;
    struct diags *diags;
    struct place place;
    struct strings strings; /* published texts */
    uint32_t *by_string;    /* [str_id]: symbol, or RLX_NO_SYMBOL */
    uint32_t by_string_count, by_string_capacity;
    struct symbol *symbols; /* tokens first, then those that exist only during merging */
    uint32_t symbol_count, symbol_capacity;
    uint32_t token_count;
    uint32_t bytes[256]; /* symbol of each byte */
    int16_t
        spelled[512]; /* by code point: the byte that it spells in byte-level vocabularies, or -1 */
    struct rlx_model joins;   /* flags and `joined` of what merges tell */
    uint32_t text_bytes;      /* of all symbols together */
    const char *special_text; /* texts of special tokens; follows the symbols in TEXT */
    uint32_t special_text_bytes;
    struct {
        const void *data;
        uint64_t bytes;
        uint32_t count;
    } tables[RLX_TABLE_COUNT];
};

void packing_set_table(struct packing *p, enum rlx_tokenizer_table_kind kind, const void *data,
                       uint64_t count, size_t element_bytes);

/* The symbol of a published text; RLX_NO_SYMBOL if there is none. */
uint32_t packing_find(const struct packing *p, const char *text, size_t bytes);
/* Adds a symbol that is not a token, unless the text has a symbol already. */
uint32_t packing_add(struct packing *p, const char *text, size_t bytes, struct symbol decoded);

/* Length of the character at text[0]: 1 to 4; 1 for a byte that does not begin a valid one. */
uint32_t character_bytes(const char *text, size_t bytes);
/* What a published text of that kind of vocabulary decodes to. */
struct symbol decode_text(struct packing *p, const char *text, size_t bytes);

bool pack_merges(struct packing *p); /* MERGES; may add symbols */
/* Notes what that pair tells about where words may be cut. */
void packing_note_merge(struct packing *p, struct symbol left, struct symbol right);
bool pack_model(struct packing *p); /* MODEL, TRIE, SCORES, AFFIXES; after pack_merges */
void pack_words(struct packing *p); /* WORDS, after all symbols are known */
void pack_specials(
    struct packing *p); /* SPECIALS, SPECIAL_STARTS and special_text; after text_bytes is known */
void pack_classes(struct packing *p); /* CLASS_INDEX, CLASS_PAGES, CASE_INDEX, CASE_PAGES */
void pack_nfc(struct packing *p);     /* the NFC tables */

#endif
