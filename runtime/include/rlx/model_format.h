/* What the model of a TOKENIZER section needs besides its tables (rlx/tokenizer_format.h). Table
 * MODEL has one of these.
 *
 * BPE looks up characters in WORDS and pairs in MERGES. TRIE has the texts that become one symbol
 * before anything merges (SentencePiece's user-defined pieces).
 * Unigram looks up pieces in TRIE and has a score for each token in SCORES: f64, or f32 without
 * RLX_MODEL_WIDE_SCORES.
 * WordPiece looks up pieces in TRIE; those that continue a word begin below the node `continuing`.
 * Word level looks up words in WORDS. */
#ifndef RLX_MODEL_FORMAT_H
#define RLX_MODEL_FORMAT_H

#include <stdint.h>

enum rlx_model_flags {
    RLX_MODEL_WIDE_SCORES = 1 << 0, /* SCORES has f64 */
    RLX_MODEL_NARROW_SUMS = 1 << 1, /* sums of scores are rounded to f32, as SentencePiece's */
    RLX_MODEL_FUSE_IDS = 1 << 2,    /* adjacent unknown ids of a word become one */
    RLX_MODEL_AFFIXES = 1 << 3,     /* AFFIXES is not empty */
    RLX_MODEL_WHOLE = 1 << 4,       /* a long word cannot be encoded part by part */
    RLX_MODEL_TAKES_APART = 1 << 5, /* some results of MERGES have RLX_MERGE_UNUSED */
};

enum {
    RLX_MODEL_MAX_BYTES = (1 << 15) - 1, /* of a text in TRIE */
    RLX_MODEL_MAX_AFFIX = 64,
    RLX_MODEL_MARK = 0xff, /* a byte that is in no character */
};

/* Of `result` in MERGES: the token takes part in merging, but becomes the two that it was made of
 * in the end. */
#define RLX_MERGE_UNUSED 0x80000000u

struct rlx_model {
    uint32_t flags;
    uint32_t continuing;                 /* base of a node of TRIE */
    uint32_t longest;                    /* bytes of the longest text of TRIE */
    uint32_t prefix_bytes, suffix_bytes; /* AFFIXES has what precedes each character of a word but
                                            the first, then what follows the last one */
    uint32_t reserved;
    double unknown_score;
    /* Where words may be cut: bit q of row p is clear if no text goes across from a byte p that
     * ends a character (byte-level: from any byte p) to a byte q that begins one. Where characters
     * are the alphabet, U+2581 counts as RLX_MODEL_MARK on both sides. */
    uint32_t joined[256][8];
};

/* Byte-level BPE. Where an incomplete character may merge across its border, its neighbour's bytes
 * decide, so CHARACTERS does not hold there. Bit q of row p of `after` is set if a text that ends
 * in the byte p merges with an incomplete character that follows and begins with q; of `before`, if
 * an incomplete character that ends in p merges with a text that follows and begins with q. */
struct rlx_fragments {
    uint32_t after[256][8], before[256][8];
};

#endif
