/* The plain reading of a vocabulary: text to ids and back by the obvious algorithm of each step,
 * straight from the description, without compiled tables. It says what each step means, and
 * check.c compares the compiled tables with it. In: struct vocabulary, with its pipeline; valid
 * UTF-8. Out: ids; text. It is slow, and it shares no code with the runtime.
 *
 * The meaning is that of the tokenizers library 0.23 (for a SentencePiece model: of SentencePiece
 * 0.2, for a GGUF file: of llama.cpp where it differs from the former on purpose).
 */
#ifndef RLXC_READING_H
#define RLXC_READING_H

#include "compiler/import/vocabulary.h"

struct reading;

struct reading_ids {
    uint32_t *all;
    uint32_t count, capacity;
};

/* The reading lives in `a`, and keeps `v`. NULL where the description is not consistent, or has an
 * expression that this reading cannot express: *unread then says what, in `a`. */
struct reading *reading_open(const struct vocabulary *v, struct arena *a, const char **unread);
void reading_close(struct reading *r);

/* Appends the ids of a text. `specials`: control tokens in the text are recognized; other added
 * tokens always are. `ends`: with the ids before and after a text. False where the reading gives
 * up: an expression takes too many steps, the text grows beyond measure, or a word has no ids and
 * the vocabulary no unknown token. */
bool reading_encode(struct reading *r, const char *text, uint32_t bytes, bool specials, bool ends,
                    struct arena *scratch, struct reading_ids *out);

/* The text of ids, all special tokens included; what is not UTF-8 in it has become U+FFFD. In
 * `scratch`. */
struct step_text reading_decode(const struct reading *r, const uint32_t *ids, uint32_t count,
                                struct arena *scratch);

/* Whether the text has a character that Unicode assigned after the version that the expressions of
 * this reading know: two readings may then rightly differ. */
bool reading_is_too_new(const struct reading *r, const char *text, uint32_t bytes);

#endif
