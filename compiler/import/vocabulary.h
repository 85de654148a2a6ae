/* The vocabulary as published: what a tokenizer is compiled from (pack/tokenizer.c turns it into tables).
 * Sources: tokenizer.ggml.* metadata of a GGUF, or tokenizer.json (+ tokenizer_config.json, special_tokens_map.json, generation_config.json).
 */
#ifndef RLXC_VOCABULARY_H
#define RLXC_VOCABULARY_H

#include "compiler/import/gguf.h"

struct vocabulary;

/* Both set m->vocabulary (NULL where the source has none, which is no error), and m->chat_template. */
bool vocabulary_from_gguf(const struct gguf *g, struct model *m, struct diags *d);
bool vocabulary_from_directory(const char *directory, struct model *m, struct diags *d);

#endif
