/* What the files vocabulary_gguf*.c share. No other file includes it. */
#ifndef RLXC_VOCABULARY_GGUF_H
#define RLXC_VOCABULARY_GGUF_H

#include "compiler/import/tokenizer/pre_tokenizers.h"
#include "compiler/import/vocabulary.h"

struct gguf_reading;

/* What a name in tokenizer.ggml.model means. Ids are those that llama.cpp takes if the file names
 * none; UINT32_MAX: no token. */
struct gguf_tokenizer {
    const char *name;
    enum vocabulary_model model;
    bool characters;    /* tokens are texts; else they spell bytes */
    bool byte_names;    /* <0x0A> is a byte, whatever its type says */
    bool merges;        /* needs tokenizer.ggml.merges; without: scores */
    bool drops_unknown; /* what has no token is left out */
    bool encloses;      /* always between the tokens bos and sep */
    bool add_bos, add_eos, space_prefix;
    uint32_t bos, eos, unknown, sep;
    bool (*add_pipeline)(struct gguf_reading *r); /* NULL: there is no vocabulary */
};

struct gguf_reading {
    const struct gguf *gguf;
    const struct gguf_tokenizer *kind;
    const struct pre_tokenizer *pre; /* NULL: this kind has none */
    struct model *model;
    struct vocabulary *vocabulary;
    struct diags *diags;
    struct place place;
};

/* Whether tokens are texts; else they spell bytes. */
bool gguf_has_characters(const struct gguf_reading *r);
bool gguf_text_is(const char *text, uint64_t bytes, const char *word);

/* The array of that key, whose elements are strings (or numbers); NULL if absent or wrong. */
const struct gguf_value *gguf_find_array(struct gguf_reading *r, const char *key, bool strings,
                                         uint64_t max, bool *wrong);

bool gguf_read_tokens(struct gguf_reading *r); /* with scores and types */
bool gguf_read_merges(struct gguf_reading *r);
void gguf_read_special_ids(struct gguf_reading *r);

/* Fill v->pipeline. */
bool gguf_merges_pipeline(struct gguf_reading *r);    /* BPE with listed merges */
bool gguf_llama_pipeline(struct gguf_reading *r);     /* SentencePiece's BPE, by scores */
bool gguf_unigram_pipeline(struct gguf_reading *r);   /* SentencePiece's unigram */
bool gguf_wordpiece_pipeline(struct gguf_reading *r); /* BERT */

#endif
