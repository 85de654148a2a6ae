/* How a tokenizer normalizes text: a block of tables inside the TOKENIZER section of a .rlx file.
 * Stands alone: the compiler writes it, the runtime reads it.
 *
 * Little-endian. A header and `step_count` steps, then what the steps name by offset from the start
 * of the block. The block and its tables begin at multiples of 8 bytes. Steps act one after the
 * other on the whole of a text. Bytes that are not UTF-8 pass unchanged, except through a charsmap
 * without RLX_CHARSMAP_GRAPHEMES, which makes U+FFFD of each, as SentencePiece does.
 *
 * Tables by code point have two levels: INDEX has a page number for each 256 code points, PAGES has
 * one element per code point.
 */
#ifndef RLX_NORMAL_FORMAT_H
#define RLX_NORMAL_FORMAT_H

#include <stdint.h>

enum {
    RLX_NORMAL_PAGE = 256,
    RLX_NORMAL_INDEX = 0x110000 / RLX_NORMAL_PAGE, /* pages that cover all code points */
    RLX_CHARSMAP_LONGEST = 256, /* bytes that a charsmap puts in place of a match at most */
    RLX_CHARSMAP_KEY = 256,     /* bytes of a key at most */
    RLX_CHARSMAP_CLUSTER = 6,   /* a grapheme cluster of so many bytes is mapped by characters */
    /* The steps make at most this of a text: RLX_NORMAL_GROWTH times its bytes, and RLX_NORMAL_ROOM
     * more. They fail beyond. */
    RLX_NORMAL_GROWTH = 256,
    RLX_NORMAL_ROOM = 1 << 16,
};

enum rlx_normal_kind {
    RLX_NORMAL_MAP,     /* each code point becomes a sequence: struct rlx_normal_map */
    RLX_NORMAL_FORM,    /* a normalization form: struct rlx_normal_form */
    RLX_NORMAL_LITERAL, /* each occurrence of `expression` becomes `content`; an empty one is
                            between any two characters and at both ends */
    RLX_NORMAL_MATCH, /* each match of the scanner number `expression` (rlx/scanner_format.h) becomes
                            `content` */
    RLX_NORMAL_STRIP,    /* takes white space off: RLX_STRIP_LEFT, RLX_STRIP_RIGHT */
    RLX_NORMAL_PREPEND,  /* puts `content` in front, unless the text is empty */
    RLX_NORMAL_CHARSMAP, /* struct rlx_normal_charsmap */
    RLX_NORMAL_KINDS
};

enum rlx_normal_flags {
    RLX_STRIP_LEFT = 1,
    RLX_STRIP_RIGHT = 2,
};

/* Offsets and sizes in bytes. */
struct rlx_normal_step {
    uint32_t kind, flags;
    uint32_t expression, expression_bytes; /* of LITERAL; of MATCH a number, without bytes */
    uint32_t content, content_bytes;
    uint32_t table, table_bytes;
};

struct rlx_normal_header {
    uint32_t bytes, step_count; /* of the block */
    /* struct rlx_normal_step [step_count] */
};

/* ---- maps ---- */

/* What becomes of a code point. */
enum rlx_map_value {
    RLX_MAP_SAME,     /* itself */
    RLX_MAP_ISOLATED, /* a space, itself, a space */
    RLX_MAP_SEQUENCE, /* from here on: sequence number value - RLX_MAP_SEQUENCE */
};

/* For ASCII: below 128 the character that it becomes. */
enum { RLX_MAP_LOOK_UP = 0xff };

/* Followed by: u16 index[RLX_NORMAL_INDEX], u16 pages[page_count][RLX_NORMAL_PAGE] of
 * rlx_map_value, u32 ends[sequence_count + 1], rising offsets in the text: sequence i is [ends[i],
 * ends[i + 1]); the text of all sequences. */
struct rlx_normal_map {
    uint32_t page_count, sequence_count, text_bytes, reserved;
    uint8_t ascii[128];
};

/* ---- normalization forms: Unicode Standard Annex 15 ---- */

enum rlx_form_flags {
    RLX_FORM_TOUCHED = 1, /* the form may change it, reorder it, or join it to what precedes it */
    RLX_FORM_SECOND = 2,  /* may join what precedes it: to be looked up in the compositions */
};

/* Of code points. The full decomposition is `count` points from `first` on in POINTS; without any,
 * the code point itself. Hangul syllables are computed. */
struct rlx_form_record {
    uint32_t first;
    uint8_t count, combining_class, flags, reserved;
};

struct rlx_form_composition {
    uint32_t first, second, result;
}; /* sorted by first, then second; Hangul is computed */

/* Followed by: u16 index[RLX_NORMAL_INDEX], u16 pages[page_count][RLX_NORMAL_PAGE] of record
 * numbers, struct rlx_form_record [record_count], u32 points[point_count], struct
 * rlx_form_composition [composition_count]. */
struct rlx_normal_form {
    uint32_t page_count, record_count, point_count, composition_count;
    uint32_t composes; /* 0 in NFD and NFKD */
    uint32_t reserved;
};

/* ---- SentencePiece's precompiled map ---- */

enum rlx_charsmap_flags {
    /* The text is taken by extended grapheme clusters. One with fewer than RLX_CHARSMAP_CLUSTER
     * bytes of which a prefix is a key becomes what the shortest such prefix maps to. Otherwise the
     * same is done with each of its characters. This is what the tokenizers library does. Without
     * this flag, the longest key at a position is replaced, as SentencePiece does. */
    RLX_CHARSMAP_GRAPHEMES = 1,
};

/* A unit of the double array. Bits 0 to 7 and 31: the label, the byte that leads to it from its
 * parent. Bit 8: a key ends here, and the unit at the base of its children has its value in bits 0
 * to 30 (there, bit 31 is set). Bits 10 to 30: the offset from the unit's index to that base, to be
 * combined by exclusive or; bit 9: the offset counts by 256. The child by a byte is at base ^ byte.
 * Unit 0 is the root. Source: Darts-clone by S. Yata. */
#define RLX_UNIT_LABEL 0x800000ffu
#define RLX_UNIT_HAS_VALUE 0x100u
#define RLX_UNIT_VALUE 0x7fffffffu

static inline uint32_t rlx_unit_offset(uint32_t unit)
{
    return unit >> 10 << ((unit & 1u << 9) >> 6);
}

/* When an ASCII character passes unchanged without a look at the units. */
enum rlx_charsmap_ascii {
    RLX_CHARSMAP_NEVER,
    RLX_CHARSMAP_BEFORE_ASCII, /* if another ASCII character follows, or the end */
    RLX_CHARSMAP_ALWAYS,
};

/* Classes for grapheme clusters: Unicode Standard Annex 29, Grapheme_Cluster_Break, with
 * Extended_Pictographic and Indic_Conjunct_Break. */
enum rlx_grapheme_class {
    RLX_GRAPHEME_OTHER,
    RLX_GRAPHEME_CR,
    RLX_GRAPHEME_LF,
    RLX_GRAPHEME_CONTROL,
    RLX_GRAPHEME_EXTEND,
    RLX_GRAPHEME_LINKER,     /* an Extend that is a Linker of Indic conjuncts */
    RLX_GRAPHEME_NON_JOINER, /* an Extend that ends a conjunct */
    RLX_GRAPHEME_ZWJ,
    RLX_GRAPHEME_SPACING_MARK,
    RLX_GRAPHEME_PREPEND,
    RLX_GRAPHEME_REGIONAL,
    RLX_GRAPHEME_L,
    RLX_GRAPHEME_V,
    RLX_GRAPHEME_T,
    RLX_GRAPHEME_LV,
    RLX_GRAPHEME_LVT,
    RLX_GRAPHEME_PICTOGRAPH,
    RLX_GRAPHEME_CONSONANT, /* of Indic conjuncts */
};

/* Followed by: u32 units[unit_count], a double array of Darts-clone; its values are offsets in the
 * texts, each of which ends with NUL; u8 texts[text_bytes], the last of which is NUL; with
 * RLX_CHARSMAP_GRAPHEMES, at a multiple of 2 bytes: u16 index[RLX_NORMAL_INDEX], u8
 * pages[page_count][RLX_NORMAL_PAGE] of rlx_grapheme_class. */
struct rlx_normal_charsmap {
    uint32_t flags, unit_count, text_bytes, page_count;
    uint8_t ascii[128]; /* rlx_charsmap_ascii */
};

#endif
