/* The TOKENIZER section of a .rlx file, version 2: a vocabulary compiled to tables that the runtime
 * uses in place. Stands alone: the compiler writes it, the runtime reads it.
 *
 * Little-endian. A header, then the tables that it names; every table begins at a multiple of 8
 * bytes from the section's start.
 *
 * Text first becomes *symbols*. Ids below token_count are tokens. Ids from token_count on exist
 * only during merging (characters without a token, results of merges without a token), and then
 * become the tokens of their bytes. Pairs of neighbouring symbols merge, lowest rank first; of
 * equal ranks, the leftmost first. This covers byte-level BPE, where the alphabet is bytes and
 * ranks are the published order of merges, and SentencePiece BPE, where the alphabet is characters
 * and ranks follow descending scores. U+2581 of a SentencePiece vocabulary is a space in all texts
 * here, except in special tokens.
 */
#ifndef RLX_TOKENIZER_FORMAT_H
#define RLX_TOKENIZER_FORMAT_H

#include <stdint.h>

enum { RLX_TOKENIZER_MAGIC = 0x4b54584c /* "LXTK" */, RLX_TOKENIZER_VERSION = 2 };

#define RLX_NO_SYMBOL 0xffffffffu

enum rlx_tokenizer_model {
    RLX_MODEL_BPE, /* pairs of neighbours merge, lowest rank first; of equal ranks, the leftmost */
    RLX_MODEL_UNIGRAM,
    RLX_MODEL_WORDPIECE,
    RLX_MODEL_WORD_LEVEL,
};

enum rlx_tokenizer_flags {
    RLX_TOKENIZER_CHARACTERS = 1 << 0,  /* the alphabet is characters (SentencePiece); else bytes */
    RLX_TOKENIZER_NFC = 1 << 1,         /* text is normalized first */
    RLX_TOKENIZER_WHOLE_WORDS = 1 << 2, /* a word that is itself a token is not split */
    RLX_TOKENIZER_FUSE_UNKNOWN = 1 << 3, /* adjacent unknown characters become one unknown token */
    RLX_TOKENIZER_LONGEST_SPECIAL = 1 << 4, /* of overlapping special tokens the longest wins;
                                               otherwise the leftmost, then the longest */
    RLX_TOKENIZER_STRIP_SPACE = 1 << 5, /* decoding drops one space in front of the whole text */
};

/* Where the tokenizer puts a space in front of text before it splits the text. A stretch is the
 * text between two special tokens. */
enum rlx_tokenizer_prefix {
    RLX_PREFIX_NONE,
    RLX_PREFIX_STRETCH, /* every stretch; special tokens with RLX_SPECIAL_NORMALIZED are found after
                           that */
    RLX_PREFIX_UNLESS_SPACE, /* every stretch that does not begin with a space */
    RLX_PREFIX_FIRST, /* the first stretch, unless the text begins with a space or special token */
};

/* How a stretch is split into words. At each position the alternatives are tried in this order. L
 * stands for letters, N for numbers, S for white space; U for marks and all letters except
 * lower-case ones, W for marks and all letters except upper-case and title-case ones:
 *     CONTRACTIONS      's 't 're 've 'm 'll 'd
 *     letters           ` ?L+`, with PREFIX_ANY `[^\r\n L N]?L+`
 *     with CASED        `[^\r\n L N]?U*W+`, then `[^\r\n L N]?U+W*`, in place of letters
 *     numbers           `N{1,split_digits}` (0: any number), with NUMBER_SPACE ` ?` in front
 *     others            ` ?[^S L N]+`, with NEWLINES `[\r\n]*` after, with SLASHES `[\r\n/]*`
 *     NEWLINES          `S*[\r\n]+`
 *     white space       `S+(?!not S)`, then `S+`
 */
enum rlx_tokenizer_split {
    RLX_SPLIT_WORDS = 1 << 0, /* required by all others; without it, a stretch is one word */
    RLX_SPLIT_CONTRACTIONS = 1 << 1,
    RLX_SPLIT_ANY_CASE = 1 << 2, /* of contractions; ASCII */
    RLX_SPLIT_LONG_S = 1 << 3,   /* with ANY_CASE: U+017F counts as s */
    RLX_SPLIT_PREFIX_ANY = 1 << 4,
    RLX_SPLIT_NUMBER_SPACE = 1 << 5,
    RLX_SPLIT_NEWLINES = 1 << 6,
    RLX_SPLIT_NUMBERS_FIRST = 1 << 7, /* before all else, each N becomes a word of its own */
    RLX_SPLIT_SPACES = 1 << 8,        /* instead of all of the above: a word begins at each space */
    RLX_SPLIT_SPACE_RUNS = 1 << 9,    /* likewise, at each space after another character: no pair
                                         merges across it, so this only saves time */
    RLX_SPLIT_CASED = 1 << 10,
    RLX_SPLIT_SLASHES = 1 << 11,
};

enum rlx_token_flags {
    RLX_TOKEN_CONTROL = 1, /* gives no text when special tokens are skipped */
    RLX_TOKEN_END = 2,     /* ends generation */
};

enum rlx_special_flags {
    RLX_SPECIAL_CONTROL = 1,      /* recognized only with RLX_PARSE_SPECIAL */
    RLX_SPECIAL_LEFT = 2,         /* takes the white space before it */
    RLX_SPECIAL_RIGHT = 4,        /* takes the white space after it */
    RLX_SPECIAL_WORD = 8,         /* not next to a letter, digit or mark */
    RLX_SPECIAL_NORMALIZED = 16,  /* found after normalization */
    RLX_SPECIAL_ASCII_SPACE = 32, /* LEFT and RIGHT take ASCII white space only */
    RLX_SPECIAL_KEEP_SPACE = 64,  /* LEFT and RIGHT take no U+0020, which stands for U+2581 */
};

/* A token that is recognized in text. Sorted by first byte, then by descending length. */
struct rlx_tokenizer_special {
    uint32_t id, flags;
    uint32_t offset, bytes; /* of the text to look for, in TEXT */
};

/* A slot of the hash table of pairs; left is RLX_NO_SYMBOL in an empty one. */
struct rlx_tokenizer_merge {
    uint32_t left, right, rank, result;
};

struct rlx_nfc_class {
    uint32_t first, last, combining_class;
}; /* ranges of code points; sorted */
struct rlx_nfc_decomposition {
    uint32_t point, first_count;
}; /* first << 3 | count in NFC_POINTS; full and canonical; sorted */
struct rlx_nfc_composition {
    uint32_t first, second, result;
}; /* sorted by first, then second; Hangul is computed */

enum rlx_tokenizer_table_kind {
    RLX_TABLE_TEXT, /* bytes */
    RLX_TABLE_ENDS, /* u32 [symbol_count + 1], rising offsets in TEXT: symbol i is [ENDS[i], ENDS[i
                       + 1]) */
    RLX_TABLE_TOKEN_FLAGS, /* u8 [token_count], rlx_token_flags */
    RLX_TABLE_MERGES,   /* rlx_tokenizer_merge, open addressing by rlx_merge_slot, linear probing,
                           never full */
    RLX_TABLE_WORDS,    /* u32 symbol + 1 or 0, open addressing by rlx_word_slot: characters, with
                           WHOLE_WORDS all tokens */
    RLX_TABLE_SPECIALS, /* rlx_tokenizer_special */
    RLX_TABLE_SPECIAL_STARTS, /* u32 [257]: where the tokens with each first byte begin in
                                 SPECIALS */
    RLX_TABLE_BYTES,          /* u32 [256]: the symbol of each byte, or RLX_NO_SYMBOL */
    RLX_TABLE_PREFIX,         /* u32 ids: what RLX_ADD_BOS adds in front */
    RLX_TABLE_CLASS_INDEX,    /* u8 [RLX_CLASS_PAGES] */
    RLX_TABLE_CLASS_PAGES,    /* u8 [128] per page: 4 bits of rlx_class per code point, low first */
    RLX_TABLE_NFC_CLASSES,
    RLX_TABLE_NFC_DECOMPOSITIONS,
    RLX_TABLE_NFC_POINTS, /* u32 */
    RLX_TABLE_NFC_COMPOSITIONS,
    RLX_TABLE_CASE_INDEX, /* the same two tables of rlx_case; empty unless the split is CASED */
    RLX_TABLE_CASE_PAGES,
    RLX_TABLE_MODEL,   /* rlx_model of rlx/model_format.h: one, or none */
    RLX_TABLE_TRIE,    /* rlx_trie_node of rlx/trie_format.h */
    RLX_TABLE_SCORES,  /* f32 or f64 [token_count]: see rlx/model_format.h */
    RLX_TABLE_AFFIXES, /* bytes: see rlx/model_format.h */
    RLX_TABLE_COUNT
};

/* Of a code point. The low two bits are one of four kinds, the others are flags. */
enum rlx_class {
    RLX_CLASS_OTHER,
    RLX_CLASS_LETTER,
    RLX_CLASS_NUMBER,
    RLX_CLASS_SPACE,
    RLX_CLASS_KIND = 3,
    RLX_CLASS_NFC = 4,  /* normalization may change or reorder it, or what precedes it */
    RLX_CLASS_WORD = 8, /* letters, marks, numbers, connectors */
};
/* Of a code point: the sets U and W of a split by case. */
enum rlx_case { RLX_CASE_U = 1, RLX_CASE_W = 2 };
enum { RLX_CLASS_PAGES = 0x110000 / 256 };

struct rlx_tokenizer_table {
    uint32_t offset, count;
};

struct rlx_tokenizer_header {
    uint32_t magic, version;
    uint64_t bytes; /* of the section */
    uint32_t flags, prefix, split, split_digits;
    uint32_t token_count, symbol_count;
    uint32_t unknown;         /* token, or RLX_NO_SYMBOL */
    uint32_t model;           /* rlx_tokenizer_model */
    uint32_t word_characters; /* WordPiece: longer words are unknown; 0: no limit */
    uint32_t reserved[3];
    struct rlx_tokenizer_table tables[RLX_TABLE_COUNT];
};
_Static_assert(sizeof(struct rlx_tokenizer_header) == 64 + 8 * RLX_TABLE_COUNT,
               "fixed by the format");

/* Multiplicative hashing. The slot is the high half of a product, so table sizes need not be powers
 * of two. */
static inline uint32_t rlx_merge_slot(uint32_t left, uint32_t right, uint32_t slots)
{
    uint64_t hash = ((uint64_t)left << 32 | right) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)((hash >> 32) * slots >> 32);
}

static inline uint32_t rlx_word_slot(const void *text, uint32_t bytes, uint32_t slots)
{
    const unsigned char *at = text;
    uint64_t hash = 0xcbf29ce484222325u;
    for (uint32_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)((hash >> 32) * slots >> 32);
}

#endif
