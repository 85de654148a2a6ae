/* What the files tokenizer_json*.c share. In: parts of a tokenizer.json. Out: parts of a
 * vocabulary. No other file includes it. */
#ifndef RLXC_TOKENIZER_JSON_H
#define RLXC_TOKENIZER_JSON_H

#include "compiler/import/import.h"
#include "compiler/import/tokenizer/text_steps.h"

struct tokenizer_reading {
    struct vocabulary *vocabulary;
    struct arena *arena;
    struct diags *diags;
    const char *file;
    json_int_t id_limit;
    bool has_template; /* a post-processor was read */
};

/* A kind of component, and the keys that it may have (separated by spaces). */
struct component {
    const char *type, *keys;
    bool (*read)(struct tokenizer_reading *r, const char *at, const json_t *component);
};

/* ---- tokenizer_json_component.c; `at` is the path of an object, for messages ---- */

/* Reads a component with the reader of its type, or all of a Sequence, in which `list` is the key
 * of the parts. null: nothing. */
bool component_read(struct tokenizer_reading *r, const char *at, const json_t *component,
                    const struct component *kinds, size_t count, const char *list);

/* An error "expected ..., found ..." at the member `key` of an object; NULL: at the object. */
bool json_refuse(struct tokenizer_reading *r, const char *at, const char *key, const char *expected,
                 const json_t *found);
/* Refuses a member that is not among `keys`, unless it is null. */
bool json_check_keys(struct tokenizer_reading *r, const char *at, const json_t *object,
                     const char *keys);
/* Members. `absent`: what counts if there is none, or null; -1: it must be there. */
bool json_flag(struct tokenizer_reading *r, const char *at, const json_t *object, const char *key,
               int absent, bool *out);
bool json_count(struct tokenizer_reading *r, const char *at, const json_t *object, const char *key,
                json_int_t max, uint32_t *out);
bool json_text(struct tokenizer_reading *r, const char *at, const json_t *object, const char *key,
               struct step_text *out);
/* The same for a text of one character. */
bool json_character(struct tokenizer_reading *r, const char *at, const json_t *object,
                    const char *key, struct step_text *out);
/* {"pattern": {"String": "..."}} or {"Regex": "..."}. */
bool json_pattern(struct tokenizer_reading *r, const char *at, const json_t *object,
                  struct step_text *expression, bool *literal);
/* Metaspace, which is a pre-tokenizer and a decoder: its character, and when it goes in front. */
enum metaspace_scheme { METASPACE_always, METASPACE_first, METASPACE_never };
bool json_metaspace(struct tokenizer_reading *r, const char *at, const json_t *object,
                    struct step_text *mark, enum metaspace_scheme *scheme);
extern const char metaspace_keys[];

/* ---- one file each ---- */

bool tokenizer_json_normalizer(struct tokenizer_reading *r, const json_t *root);
bool tokenizer_json_pre_tokenizer(struct tokenizer_reading *r, const json_t *root);
bool tokenizer_json_model(struct tokenizer_reading *r, const json_t *root);
bool tokenizer_json_post_processor(struct tokenizer_reading *r, const json_t *root);
bool tokenizer_json_decoder(struct tokenizer_reading *r, const json_t *root);

#endif
