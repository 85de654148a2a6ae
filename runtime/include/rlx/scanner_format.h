/* Scanners: regular expressions compiled to tables, in the TOKENIZER section of a .rlx file. Stands
 * alone: the compiler writes it, the runtime reads it. Little-endian.
 *
 * Every code point has a class (the same for all scanners of a section), and each scanner puts the
 * classes into columns: those that it does not tell apart share one. Before the text and after it
 * there is the column `edge`.
 *
 * A scanner goes over the text in passes. Each pass but the last notes, for each position between
 * two characters, whether one lookahead or lookbehind of the expression holds there: a mark. The
 * symbol of a position is the column of the character after it, shifted left by mark_count, and in
 * the low bits the marks of the position. The last pass finds the matches. A pass is a table of
 * transitions with a row of 2^stride_log2 entries for each state, in which a symbol selects the
 * entry: the number of the next state, and RLX_SCAN_MATCH if a match ends before the symbol. (Of
 * matches that end at several positions, the last one counts.) State 0 is the end: nothing can
 * match any more. State RLX_SCAN_START reads the character before the first one of the match and so
 * chooses the state to begin in.
 *
 * Marks: a pass that goes backward begins with the symbol of the end of the text, and reads the
 * characters from the last to the first and then the symbol of `edge` without marks; its
 * RLX_SCAN_MATCH marks the position after the symbol. A pass that goes forward begins with `edge`;
 * its RLX_SCAN_MATCH marks the position before the symbol.
 *
 * A byte that begins no valid character counts as U+FFFD. After the byte-level step of a tokenizer,
 * bytes stand for the characters that spell them (GPT-2's table).
 */
#ifndef RLX_SCANNER_FORMAT_H
#define RLX_SCANNER_FORMAT_H

#include <stdint.h>

enum {
    RLX_SCAN_PAGE = 128, /* code points */
    RLX_SCAN_PAGES = 0x110000 / RLX_SCAN_PAGE,
    RLX_SCAN_MARKS = 3,   /* at most, of a scanner */
    RLX_SCAN_WIDE = 0xff, /* of byte_symbols: the byte is part of a longer character */
    RLX_SCAN_START = 1,
    RLX_SCAN_MATCH = 0x8000,
};

/* Tables of a section:
 * class index: u16 [RLX_SCAN_PAGES], the number of a page; page of code point c: c / RLX_SCAN_PAGE
 * class pages: u8 [pages][RLX_SCAN_PAGE], classes
 * scanners: struct rlx_scanner []
 * transitions: u16 [], of all scanners */

struct rlx_scanner_pass {
    uint32_t transitions; /* number of its first one */
    uint8_t rows_log2, stride_log2;
    uint8_t backward;
    uint8_t reserved;
};

enum rlx_scanner_flags {
    RLX_SCANNER_BEFORE = 1 << 0,      /* what precedes a position matters */
    RLX_SCANNER_ONLY_MARKED = 1 << 1, /* matches begin only where the last mark is */
};

struct rlx_scanner {
    uint32_t flags, mark_count, edge, reserved;
    struct rlx_scanner_pass passes[RLX_SCAN_MARKS + 1]; /* mark_count, then the last one */
    uint8_t columns[256];                               /* of classes */
    uint8_t byte_symbols[256];    /* of ASCII without marks; else RLX_SCAN_WIDE */
    uint8_t spelled_symbols[256]; /* of bytes after the byte-level step, without marks */
};
_Static_assert(sizeof(struct rlx_scanner) == 48 + 3 * 256, "fixed by the format");

/* What becomes of a match where a scanner cuts text: as SplitDelimiterBehavior of the tokenizers
 * library. */
enum rlx_split_behavior {
    RLX_SPLIT_ISOLATED, /* a piece of its own */
    RLX_SPLIT_REMOVED,
    RLX_SPLIT_MERGED_WITH_PREVIOUS, /* goes to the end of the piece before it */
    RLX_SPLIT_MERGED_WITH_NEXT,
    RLX_SPLIT_CONTIGUOUS, /* one piece together with the matches next to it */
};

#endif
