/* The vocabulary as published: what a tokenizer is compiled from (pack/tokenizer.c turns it into
 * tables). Sources: tokenizer.ggml.* metadata of a GGUF, or tokenizer.json (+
 * tokenizer_config.json, special_tokens_map.json, generation_config.json).
 */
#ifndef RLXC_VOCABULARY_H
#define RLXC_VOCABULARY_H

#include "compiler/import/gguf.h"

enum vocabulary_kind {
    VOCABULARY_byte_level, /* token texts spell bytes as GPT-2's printable characters */
    VOCABULARY_characters, /* SentencePiece: U+2581 is a space, <0x0A> a byte; merges by score, or
                              as listed */
};

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
    float score;
    enum token_kind kind;
    bool added;    /* recognized as a whole in text */
    bool unmerged; /* of added ones: no word is looked for under its text, no merge makes it */
    bool left_strip, right_strip, single_word, normalized; /* of added ones */
    bool ends_generation;
};

struct vocabulary_merge {
    const char *left, *right;
    uint32_t left_bytes, right_bytes;
};

/* How text falls into words before it is taken apart: the published regular expressions, by their
 * parts. See rlx_tokenizer_split of rlx/tokenizer_format.h, which has the same parts. All false: it
 * is not split. */
struct word_split {
    bool words, contractions, any_case, long_s, prefix_any, number_space, newlines, numbers_first,
        spaces, cased, slashes;
    uint32_t digits; /* most digits of a number; 0: any */
};

/* Where a space is put in front of text. A stretch is what lies between special tokens. */
enum space_prefix { PREFIX_none, PREFIX_stretch, PREFIX_unless_space, PREFIX_first };

struct vocabulary {
    enum vocabulary_kind kind;
    struct vocabulary_token *tokens; /* by id */
    uint32_t token_count, token_capacity;
    struct vocabulary_merge *merges; /* in order of rank; none: by score */
    uint32_t merge_count, merge_capacity;
    bool by_score;
    bool from_gguf; /* decides what the two sources do differently: see pack/tokenizer.c */
    bool nfc, whole_words, fuse_unknown, strip_space, ascii_strip;
    bool marks_spaces; /* normalization writes U+2581 for a space */
    struct word_split split;
    enum space_prefix prefix;
    uint32_t unknown;  /* id, or UINT32_MAX */
    uint32_t front[8]; /* ids that stand in front where the caller asks for them */
    uint32_t front_count;
    const char *file; /* for messages */
};

/* Both set m->vocabulary (NULL where the source has none, which is no error), and m->chat_template.
 */
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

/* Says that an option was given that this model has no use for. */
bool vocabulary_refuse_pre_tokenizer(const char *file, struct diags *d);
/* How a pre-tokenizer of that name (tokenizer.ggml.pre), or with that published regular expression,
 * splits text; NULL where unknown. */
struct vocabulary_split {
    const char *names;   /* separated by spaces; "" for none */
    const char *pattern; /* published text of the regular expression, or NULL */
    struct word_split split;
    bool whole_words; /* a word that is a token is not taken apart, where only the name says so */
};
const struct vocabulary_split *vocabulary_split_by_name(const char *name, size_t bytes);
const struct vocabulary_split *vocabulary_split_by_pattern(const char *pattern, size_t bytes);
/* The one that models of that architecture have, with such a vocabulary; NULL where there are
 * several. */
const struct vocabulary_split *vocabulary_split_infer(const char *architecture,
                                                      const struct vocabulary *v);
/* The first name of each, with commas between: for messages. */
const char *vocabulary_split_names(struct arena *a);

/* The id of a token by its text; UINT32_MAX where there is none. Walks all tokens. */
uint32_t vocabulary_find(const struct vocabulary *v, const char *text, size_t bytes);
/* Marks the tokens whose well-known names say that a turn or text ends there. */
void vocabulary_mark_known_ends(struct vocabulary *v);
struct json_t;
/* What tokenizer.json says; `path` is for messages. Texts are copied to `a`. */
bool tokenizer_json_read(const char *path, struct json_t *root, struct vocabulary *v,
                         struct arena *a, struct diags *d);

#endif
