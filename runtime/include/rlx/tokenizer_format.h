/* The TOKENIZER section of a .rlx file, version 4: a published tokenizer compiled to tables that
 * the runtime uses in place. Stands alone: the compiler writes it, the runtime reads it.
 *
 * Little-endian. A header, then the tables that it names; every table begins at a multiple of 8
 * bytes from the section's start. Tables that a tokenizer does not need are empty. Later writers
 * append tables: a reader takes those that an older section does not have as empty, and ignores
 * those that it does not know, unless the section needs them.
 *
 * Text becomes ids in this order. Added tokens are found (SPECIALS) and cut the text into
 * stretches. Each stretch is normalized (rlx/normal_format.h); added tokens with
 * RLX_SPECIAL_NORMALIZED are found then. The steps of STEPS cut what is left into words. The model
 * turns each word into symbols, and these into ids.
 *
 * Symbols: ids below token_count are tokens. Ids from token_count on exist only during merging
 * (characters without a token, results of merges without a token), and then become the tokens of
 * their bytes. In byte-level vocabularies all texts here are bytes, not the characters that spell
 * them.
 */
#ifndef RLX_TOKENIZER_FORMAT_H
#define RLX_TOKENIZER_FORMAT_H

#include <stdint.h>

enum { RLX_TOKENIZER_MAGIC = 0x4b54584c /* "LXTK" */, RLX_TOKENIZER_VERSION = 4 };

#define RLX_NO_SYMBOL 0xffffffffu

enum rlx_tokenizer_model {
    RLX_MODEL_BPE, /* pairs of neighbours merge, lowest rank first; of equal ranks, the leftmost */
    RLX_MODEL_UNIGRAM,
    RLX_MODEL_WORDPIECE,
    RLX_MODEL_WORD_LEVEL,
};

enum rlx_tokenizer_flags {
    RLX_TOKENIZER_CHARACTERS = 1 << 0,   /* the alphabet is characters; else bytes */
    RLX_TOKENIZER_WHOLE_WORDS = 1 << 1,  /* a word that is itself a token is not split */
    RLX_TOKENIZER_FUSE_UNKNOWN = 1 << 2, /* adjacent unknown characters become one unknown token */
    RLX_TOKENIZER_LONGEST_SPECIAL = 1 << 3, /* of overlapping added tokens the longest wins;
                                               otherwise the leftmost, then the longest */
    RLX_TOKENIZER_EACH_BYTE = 1 << 4, /* decoding gives a U+FFFD for each byte that is not part of
                                         a character; otherwise one for each maximal part */
};

/* What decoding leaves out at the start of a whole text. */
enum rlx_tokenizer_start {
    RLX_START_KEEP,      /* nothing */
    RLX_START_ONE_SPACE, /* one space, if the text begins with one */
    RLX_START_TOKEN,     /* all spaces before the first token; STARTS has exceptions */
};

enum rlx_tokenizer_step_kind {
    RLX_STEP_SPLIT,   /* cuts a piece at the matches of `scanner` */
    RLX_STEP_REPLACE, /* each `match` becomes `content` */
    RLX_STEP_PREFIX,  /* puts `content` in front of a piece that does not begin with it */
};
enum rlx_tokenizer_step_flags {
    RLX_STEP_INVERT = 1,  /* of SPLIT: what lies between matches counts as the match */
    RLX_STEP_FIRST = 2,   /* of PREFIX: only the piece at the start of the whole text */
    RLX_STEP_SPELLED = 4, /* of SPLIT: the scanner sees the characters that spell the bytes */
};

/* A step on the way from a normalized stretch to words. Pieces that become empty vanish. */
struct rlx_tokenizer_step {
    uint32_t kind, flags;
    uint32_t scanner;                /* of SPLIT: an index of SCANNERS */
    uint32_t behavior;               /* of SPLIT: rlx_split_behavior of rlx/scanner_format.h */
    uint32_t match, match_bytes;     /* in STEP_TEXTS; not empty */
    uint32_t content, content_bytes; /* in STEP_TEXTS */
};
enum { RLX_MAX_STEPS = 32 };

enum rlx_token_flags {
    RLX_TOKEN_CONTROL = 1, /* gives no text when special tokens are skipped */
    RLX_TOKEN_END = 2,     /* ends generation */
    RLX_TOKEN_SPACE = 4,   /* decoding puts a space between this token and the next */
};

enum rlx_special_flags {
    RLX_SPECIAL_CONTROL = 1,      /* recognized only with RLX_TOKENIZE_PARSE_SPECIAL */
    RLX_SPECIAL_LEFT = 2,         /* takes the white space before it */
    RLX_SPECIAL_RIGHT = 4,        /* takes the white space after it */
    RLX_SPECIAL_WORD = 8,         /* not next to a letter, digit or mark */
    RLX_SPECIAL_NORMALIZED = 16,  /* found after normalization */
    RLX_SPECIAL_ASCII_SPACE = 32, /* LEFT and RIGHT take ASCII white space only */
};

/* Of the classes of characters (rlx/scanner_format.h): what added tokens ask about their
 * neighbours. */
enum rlx_point_flags {
    RLX_POINT_SPACE = 1, /* White_Space of Unicode */
    RLX_POINT_WORD = 2,  /* \w of Unicode Technical Standard 18, annex C */
};

/* A token that is recognized in text. Sorted by text, then by id; equal texts have the same
 * offset. */
struct rlx_tokenizer_special {
    uint32_t id, flags;
    uint32_t offset, bytes; /* of the text to look for, in SPECIAL_TEXTS */
};

/* What a token gives as the first of a text, where RLX_START_TOKEN says something else. Sorted by
 * id. */
struct rlx_tokenizer_start_text {
    uint32_t id, offset, bytes; /* in DECODED */
};

/* A slot of the hash table of pairs; left is RLX_NO_SYMBOL in an empty one. */
struct rlx_tokenizer_merge {
    uint32_t left, right, rank, result;
};

enum rlx_tokenizer_table_kind {
    RLX_TABLE_TEXT, /* bytes: of symbols, as they stand in words */
    RLX_TABLE_ENDS, /* u32 [symbol_count + 1], rising offsets in TEXT: symbol i is [ENDS[i], ENDS[i
                       + 1]) */
    RLX_TABLE_TOKEN_FLAGS, /* u8 [token_count], rlx_token_flags */
    RLX_TABLE_MERGES,   /* rlx_tokenizer_merge, open addressing by rlx_merge_slot, linear probing,
                           never full */
    RLX_TABLE_WORDS,    /* u32 symbol + 1 or 0, open addressing by rlx_word_slot: characters, with
                           WHOLE_WORDS all tokens */
    RLX_TABLE_BYTES,    /* u32 [256]: the symbol of each byte, or RLX_NO_SYMBOL */
    RLX_TABLE_SPECIALS, /* rlx_tokenizer_special */
    RLX_TABLE_SPECIAL_TEXTS, /* bytes */
    RLX_TABLE_SPECIAL_TRIE,  /* rlx_trie_node (rlx/trie_format.h): the number of a text is that of
                               its first token in SPECIALS */
    RLX_TABLE_POINT_FLAGS,   /* u8 [classes], rlx_point_flags; empty if no token asks */
    RLX_TABLE_FRONT,         /* u32 ids: what RLX_TOKENIZE_ADD_BOS puts before a text */
    RLX_TABLE_BACK,  /* u32 ids: what it puts after it, unless RLX_TOKENIZE_LEAVE_OPEN is set */
    RLX_TABLE_STEPS, /* rlx_tokenizer_step */
    RLX_TABLE_STEP_TEXTS, /* bytes */
    RLX_TABLE_DECODED,    /* bytes: what tokens decode to inside a text; empty: the same as TEXT */
    RLX_TABLE_DECODED_ENDS, /* u32 [token_count + 1], as ENDS */
    RLX_TABLE_STARTS,       /* rlx_tokenizer_start_text */
    RLX_TABLE_NORMAL,       /* bytes: a block of rlx/normal_format.h */
    RLX_TABLE_CLASS_INDEX,  /* u16: these four are described in rlx/scanner_format.h */
    RLX_TABLE_CLASS_PAGES,  /* u8 */
    RLX_TABLE_SCANNERS,     /* rlx_scanner: of normalizers first */
    RLX_TABLE_TRANSITIONS,  /* u16 */
    RLX_TABLE_MODEL,        /* rlx_model of rlx/model_format.h: one, or none */
    RLX_TABLE_TRIE,         /* rlx_trie_node of rlx/trie_format.h */
    RLX_TABLE_SCORES,       /* f32 or f64 [token_count]: see rlx/model_format.h */
    RLX_TABLE_AFFIXES,      /* bytes: see rlx/model_format.h */
    RLX_TABLE_CHARACTERS,   /* u32 symbol + 1 or 0, as WORDS: characters of several bytes that merge
                               to one symbol before anything else can happen to them */
    RLX_TABLE_PAIRS,     /* u64, a power of two of them: bit rlx_pair_bit of each pair of MERGES is
                               set. Most pairs of neighbours do not merge, and this is small. */
    RLX_TABLE_FRAGMENTS, /* rlx_fragments of rlx/model_format.h: one, or none */
    RLX_TABLE_COUNT
};

struct rlx_tokenizer_table {
    uint32_t offset, count;
};

struct rlx_tokenizer_header {
    uint32_t magic, version;
    uint64_t bytes;        /* of the section */
    uint32_t flags, model; /* rlx_tokenizer_flags, rlx_tokenizer_model */
    uint32_t token_count, symbol_count;
    uint32_t unknown;     /* token, or RLX_NO_SYMBOL */
    uint32_t start;       /* rlx_tokenizer_start */
    uint32_t max_covered; /* bytes of text that one id stands for at most; 0: no bound is known */
    uint32_t word_characters; /* WordPiece: longer words are unknown; 0: no limit */
    uint32_t table_count;     /* in this section, at least those of version 4 */
    uint32_t needed_tables;   /* a reader that knows fewer refuses the section */
    uint32_t reserved[2];
    struct rlx_tokenizer_table tables[RLX_TABLE_COUNT];
};
_Static_assert(sizeof(struct rlx_tokenizer_header) == 64 + 8 * RLX_TABLE_COUNT,
               "fixed by the format");

/* Multiplicative hashing. The slot is the high half of a product, so table sizes need not be powers
 * of two. */
static inline uint64_t rlx_pair_hash(uint32_t left, uint32_t right)
{
    uint64_t hash = ((uint64_t)left << 32 | right) * 0x9e3779b97f4a7c15u;
    return (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
}

static inline uint32_t rlx_merge_slot(uint32_t left, uint32_t right, uint32_t slots)
{
    return (uint32_t)((rlx_pair_hash(left, right) >> 32) * slots >> 32);
}

/* `words`: how many u64 PAIRS has, at most this. */
enum { RLX_MAX_PAIR_WORDS = 1 << 25 };
static inline uint32_t rlx_pair_bit(uint32_t left, uint32_t right, uint32_t words)
{
    return (uint32_t)(rlx_pair_hash(left, right) >> 8) & (words * 64 - 1);
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
