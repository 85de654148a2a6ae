/* The vocabulary of a model and the pipeline around it, as published. In: a GGUF file, or the files
 * of a Hugging Face directory (tokenizer.json, tekken.json, tokenizer.model, vocab.json with
 * merges.txt, vocab.txt, and the configurations). Out: struct vocabulary, which compiler/tokenizer
 * compiles into tables. */
#ifndef RLXC_VOCABULARY_H
#define RLXC_VOCABULARY_H

#include "compiler/import/gguf.h"

/* In the numbering of GGUF's token types. */
enum token_kind {
    TOKEN_normal = 1,
    TOKEN_unknown,
    TOKEN_control,
    TOKEN_user_defined,
    TOKEN_unused,
    TOKEN_byte
};

struct vocabulary_token {
    const char *text; /* as published, not NUL-terminated; NULL: no token has this id */
    uint32_t bytes;
    double score;
    enum token_kind kind;
    bool added;    /* recognized as a whole in text */
    bool unmerged; /* neither a word nor a merge becomes this token */
    bool left_strip, right_strip, single_word, normalized; /* of added ones */
    bool ends_generation;
};

struct vocabulary_merge {
    const char *left, *right;
    uint32_t left_bytes, right_bytes;
};

/* ---- the pipeline: what happens to text before and after the model ---- */

/* A step changes text or cuts it. Normalizers act on the stretches of text between added tokens;
 * pre-tokenizers act on each piece that the steps before them left. Importers express every
 * component of a published description by these; pipeline_steps.h has those that are several. */
enum text_step_kind {
    STEP_form,               /* Unicode normalization form `form` */
    STEP_lowercase,          /* each character becomes its full lower-case mapping; no context */
    STEP_isolate_ideographs, /* a space on each side of a CJK ideograph (BertNormalizer) */
    STEP_replace,            /* each match of `expression` becomes `content` */
    STEP_strip,              /* takes white space off the `left` and the `right` end */
    STEP_prepend,            /* puts `content` in front, unless the text is empty */
    STEP_charsmap,           /* SentencePiece's precompiled map, in `content` */
    STEP_prefix,             /* puts `content` in front of a piece, as `prefix` says */
    STEP_split,              /* cuts a piece at the matches of `expression` */
    STEP_byte_level,         /* the alphabet is bytes from here on, spelled as GPT-2's characters */
};

enum normal_form { FORM_nfc, FORM_nfd, FORM_nfkc, FORM_nfkd };

/* What becomes of a match: see the tokenizers library's SplitDelimiterBehavior. */
enum split_behavior {
    SPLIT_isolated,
    SPLIT_removed,
    SPLIT_merged_with_previous,
    SPLIT_merged_with_next,
    SPLIT_contiguous,
};

enum prefix_when {
    PREFIX_unless_present,       /* every piece that does not begin with it */
    PREFIX_first_unless_present, /* only the piece at the start of the whole text */
};

struct step_text {
    const char *text; /* not NUL-terminated; may hold NULs */
    uint32_t bytes;
};

struct text_step {
    enum text_step_kind kind;
    struct step_text expression, content;
    bool literal; /* `expression` is a text, not a regular expression */
    bool invert;  /* STEP_split: what lies between matches counts as the match */
    bool left, right;
    bool by_graphemes; /* STEP_charsmap: maps whole grapheme clusters, as the tokenizers library
                          does; else the longest prefix, as SentencePiece does */
    enum normal_form form;
    enum split_behavior behavior;
    enum prefix_when prefix;
    const char
        *object; /* where the description has it, for messages: "pre_tokenizer.pretokenizers[1]" */
};

struct text_steps {
    struct text_step *all;
    uint32_t count, capacity;
};

enum vocabulary_model { MODEL_bpe, MODEL_unigram, MODEL_wordpiece, MODEL_word_level };

/* Decoding maps a list of token texts, in this order; names are those of the tokenizers library. */
enum decoder_step_kind {
    DECODE_byte_level,
    DECODE_byte_fallback, /* <0x41> becomes its byte */
    DECODE_replace,       /* each `expression` (a literal) becomes `content` */
    DECODE_fuse,
    DECODE_strip,      /* of each text: `start` times `content` in front, `stop` times at the end */
    DECODE_metaspace,  /* `expression` becomes a space; with `start`, none in the first token */
    DECODE_word_piece, /* joins with spaces, unless `content` is in front; `cleanup` */
    DECODE_suffix,     /* BPEDecoder: `content` becomes `expression`, which is a space if empty, and
                          nothing in the last token */
    DECODE_marks, /* SentencePiece: `expression` becomes a space; with `start`, the one in front of
                          the first token becomes nothing */
};

struct decoder_step {
    enum decoder_step_kind kind;
    struct step_text expression, content;
    uint32_t start, stop;
    bool cleanup;
};

struct decoder_steps {
    struct decoder_step *all;
    uint32_t count, capacity;
};

struct pipeline {
    struct text_steps normalizers, pre_tokenizers;
    struct decoder_steps decoders; /* none: texts are joined as they are */
    enum vocabulary_model model;
    bool byte_fallback; /* a character without a token becomes the tokens <0x..> of its bytes */
    struct step_text continuing_prefix; /* "##" in front of every piece of a word but the first */
    struct step_text end_suffix;        /* "</w>" at the end of the last piece of a word */
    uint32_t max_word_characters;       /* WordPiece: longer words are unknown; 0: no limit */
    bool float32_scores; /* unigram: sums of scores are float, as SentencePiece's; else double */
};

struct vocabulary {
    struct vocabulary_token *tokens; /* by id */
    uint32_t token_count, token_capacity;
    struct vocabulary_merge *merges; /* in order of rank; none if scores decide */
    uint32_t merge_count, merge_capacity;
    bool by_score;     /* BPE: the pair whose token has the highest score merges first */
    bool from_gguf;    /* where GGUF files and other sources differ, the rules of GGUF files */
    bool whole_words;  /* a piece that is a token becomes that token without any merge */
    bool fuse_unknown; /* unknown characters in a row become one unknown token */
    bool ascii_strip;  /* left_strip and right_strip take ASCII white space only */
    uint32_t unknown;  /* id, or UINT32_MAX */
    uint32_t front[8], back[8]; /* ids before and after a text, if the caller asks for them */
    uint32_t front_count, back_count;
    struct pipeline pipeline;
    const char *file;          /* for messages */
    const char *pre_tokenizer; /* the name in a GGUF file that stands for its steps; NULL: none */
};

/* Both set m->vocabulary (NULL if the source has none, which is not an error) and
 * m->chat_template. */
bool vocabulary_from_gguf(const struct gguf *g, const struct import_options *options,
                          struct model *m, struct diags *d);
bool vocabulary_from_directory(const char *directory, const struct import_options *options,
                               struct model *m, struct diags *d);
/* Warns of tokens that the embedding has no rows for. */
void vocabulary_check_rows(const struct model *m, struct diags *d);

/* ---- between the files vocabulary*.c and tokenizer_json.c ---- */

enum {
    VOCABULARY_MAX_TOKENS = 1 << 22,
    VOCABULARY_MAX_MERGES = 1 << 23,
    VOCABULARY_MAX_TEXT = 1 << 16
};

/* Reports an option that has no meaning for this model. */
bool vocabulary_refuse_pre_tokenizer(const char *file, struct diags *d);
/* The id of a token by its text; UINT32_MAX if there is none. Walks all tokens. */
uint32_t vocabulary_find(const struct vocabulary *v, const char *text, size_t bytes);
/* Where words are spelled as bytes, no word is a token with another character. After all tokens are
 * added. */
void vocabulary_mark_unspelled(struct vocabulary *v);
/* Marks the tokens whose well-known names say that they end a turn or a text. */
void vocabulary_mark_known_ends(struct vocabulary *v);
struct json_t;
/* Reads tokenizer.json; `path` is for messages. Copies texts to `a`. */
bool tokenizer_json_read(const char *path, struct json_t *root, struct vocabulary *v,
                         struct arena *a, struct diags *d);

#endif
