/* The files of a Hugging Face directory beside tokenizer.json. In: forms of a vocabulary. Out: a
 * tokenizer.json that means the same, or its parts, as JSON. NULL: an error was reported. */
#ifndef RLXC_VOCABULARY_FILES_H
#define RLXC_VOCABULARY_FILES_H

#include "compiler/import/import.h"
#include "compiler/import/vocabulary.h"

/* ---- vocabulary_chat.c ---- */

/* An optional file: true and NULL if it does not exist. */
bool vocabulary_load_optional(const char *directory, const char *name, json_t **root,
                              struct model *m, struct diags *d);
bool vocabulary_read_templates(struct model *m, const char *directory, const json_t *config,
                               struct diags *d);

/* ---- vocabulary_lines.c ---- */

/* vocab.txt: a token a line. Out: an object of texts and ids. */
json_t *vocabulary_read_words(const struct file *f, struct diags *d);
/* merges.txt: two tokens a line, in order of rank. Out: a list of pairs. */
json_t *vocabulary_read_merges(const struct file *f, struct diags *d);

/* ---- vocabulary_tekken.c ---- */

/* tekken.json of Mistral: tokens as bytes in order of rank. Out: a whole tokenizer.json. */
json_t *vocabulary_from_tekken(const char *path, json_t *root, struct diags *d);

/* ---- vocabulary_classes.c: what the class of a tokenizer says about such files ---- */

struct tokenizer_class;
enum class_files {
    CLASS_merges, /* vocab.json and merges.txt */
    CLASS_words,  /* vocab.txt */
    CLASS_pieces, /* a model of SentencePiece */
};

/* By the class that tokenizer_config.json or config.json names, else by the type of the model;
 * NULL: none is known. Either argument may be NULL. */
const struct tokenizer_class *class_find(const json_t *config, const json_t *model,
                                         enum class_files files);
/* For a vocabulary whose class is not known: the one that its tokens speak for; NULL: none. There
 * is always one for pieces, without `vocab`. */
const struct tokenizer_class *class_guess(const json_t *vocab, enum class_files files);
/* The name of a class that is a program, and not described by its files; NULL: none. */
const char *class_program(const json_t *config, const json_t *model);
const char *class_name(const struct tokenizer_class *f);
/* Adds the special tokens that the class has and the configuration does not mention; only those in
 * `vocab`, unless it is NULL. */
void class_name_tokens(const struct tokenizer_class *f, const json_t *vocab, json_t *config);
/* A tokenizer.json. Takes over the references to `vocab` and `merges` (NULL: none). */
json_t *class_describe(const struct tokenizer_class *f, const json_t *config, json_t *vocab,
                       json_t *merges);
/* Further tokens at the end, <extra_id_0> and so on: how many. */
uint32_t class_extra_ids(const struct tokenizer_class *f, const json_t *config);
/* Sets what the description cannot say: the ids around a text, and how ends of words decode. */
void class_finish(const struct tokenizer_class *f, const json_t *config, struct vocabulary *v);

#endif
