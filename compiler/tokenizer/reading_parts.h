/* What the files reading*.c share. No other file includes it. */
#ifndef RLXC_READING_PARTS_H
#define RLXC_READING_PARTS_H

#include "compiler/base/out.h"
#include "compiler/tokenizer/reading.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define NO_ID UINT32_MAX /* too large for an enumerator in C11 */

/* ---- reading_match.c: expressions as patterns of PCRE2, and the pieces between matches ---- */

struct pattern {
    struct step_text literal;
    pcre2_code *code; /* NULL: the literal is looked for */
    pcre2_match_context *limits;
};

struct match {
    uint32_t start, end;
    bool matches; /* otherwise it is what lies between two matches */
};

struct matches {
    struct match *all;
    uint32_t count, capacity;
};

/* False where PCRE2 refuses it: *why then says what, in `a`. */
bool pattern_open(struct pattern *e, struct step_text text, bool literal, struct arena *a,
                  const char **why);
void pattern_close(struct pattern *e);
/* All of the text in order: matches, and what lies between them. False where PCRE2 gives up. */
bool pattern_find(const struct pattern *e, struct step_text text, struct arena *a,
                  struct matches *out);
/* What a split with that behavior leaves of the matches: pieces in order, some of them empty. */
void split_matches(const struct matches *in, enum split_behavior behavior, bool invert,
                   struct arena *a, struct matches *out);
/* Oniguruma's dialect as the same expression of PCRE2's; NULL with *why where there is none. */
const char *dialect_rewrite(struct step_text in, struct arena *a, const char **why);

/* ---- reading_added.c: tokens that are recognized as a whole ---- */

struct piece {
    struct step_text text;
    uint32_t token; /* of an added token; NO_ID: text */
    bool first;     /* it begins where the whole text begins */
};

struct pieces {
    struct piece *all;
    uint32_t count, capacity;
};

struct added {
    struct step_text text;
    uint32_t id;
};

void added_open(struct reading *r);
/* Cuts a piece at the added tokens of that kind. */
void added_split(struct reading *r, struct piece piece, bool normalized, bool specials,
                 struct arena *a, struct pieces *out);

/* ---- reading_normal.c and reading_charsmap.c: text becomes other text ---- */

/* False where PCRE2 gives up. */
bool normalize(const struct reading *r, struct step_text in, struct arena *a,
               struct step_text *out);
/* Whether the text after the steps does not begin where the text before them begins. */
bool normalize_loses_front(const struct reading *r, struct step_text in, struct arena *a);
bool normalize_step(const struct text_step *s, const struct pattern *e, struct step_text in,
                    struct arena *a, struct step_text *out);
struct step_text charsmap_apply(const struct text_step *s, struct step_text in, struct arena *a);

/* ---- reading_model.c, reading_bpe.c: a piece becomes ids ---- */

/* A table of texts: slots of (hash, value + 1), open addressing, a power of two of them. */
struct text_index {
    struct {
        uint32_t hash, value_plus_1;
    } * slots;
    uint32_t slot_count;
};

static inline uint64_t text_hash_start(void)
{
    return 0xcbf29ce484222325u;
}

static inline uint64_t text_hash_add(uint64_t hash, const char *text, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3u;
    return hash;
}

static inline uint32_t text_hash_end(uint64_t hash)
{
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(hash >> 32);
}

/* A hostile description could make much out of little: encoding gives up beyond. */
enum { READING_MAX_MEMORY = 64 << 20, READING_MAX_WORD = 1 << 13 /* bytes */ };

struct reading {
    const struct vocabulary *vocabulary;
    struct arena *arena;
    struct pattern *normal, *pre; /* by step */
    struct pattern word_character, unassigned;
    struct added *added[2]; /* by `normalized` */
    uint32_t added_count[2];
    struct text_index tokens, merges;
    uint32_t longest_token; /* bytes */
    double min_score;
    size_t scratch_limit; /* of arena.used, while a text is encoded */
};

bool model_open(struct reading *r);
/* The id of a text in the model's own vocabulary, or NO_ID. */
uint32_t model_find(const struct reading *r, const char *text, uint32_t bytes);
/* The position of the merge of these two, or NO_ID. */
uint32_t model_find_merge(const struct reading *r, struct step_text left, struct step_text right);
/* The tokens <0x..> of all bytes; false, with nothing appended, unless there is one for each. */
bool model_add_bytes(const struct reading *r, struct step_text text, struct arena *a,
                     struct reading_ids *out);
bool model_encode(const struct reading *r, struct step_text piece, struct arena *a,
                  struct reading_ids *out);
void bpe_encode(const struct reading *r, struct step_text piece, struct arena *a,
                struct reading_ids *out);

/* ---- reading_text.c: characters ---- */

/* Bytes of the character that begins or ends there, and its code point; of what is not UTF-8 each
 * byte is one, U+FFFD. */
uint32_t character_at(struct step_text text, uint32_t at, uint32_t *point);
uint32_t character_before(struct step_text text, uint32_t at, uint32_t *point);
/* Bytes of the valid character at t[0], or 0; *part: how many bytes there begin one (Unicode
 * Standard, section 3.9: a maximal part), at least 1. */
uint32_t character_valid(const uint8_t *t, uint32_t bytes, uint32_t *part);
bool is_white_space(uint32_t point); /* Unicode's White_Space */
void add_character(struct text *out, uint32_t point);
/* GPT-2's spelling of a byte, and back: -1 where the character spells none. */
uint32_t byte_spelling(uint8_t byte);
int spelled_byte(uint32_t point);
static inline struct step_text view(const struct text *t)
{
    return (struct step_text){t->data ? t->data : "", t->bytes};
}

static inline void add_id(struct arena *a, struct reading_ids *out, uint32_t id)
{
    ARENA_PUSH(a, out->all, out->count, out->capacity) = id;
}

#endif
