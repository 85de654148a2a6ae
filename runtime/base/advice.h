/* Sentences for people who mistook one of the two programs for the other, gave one of them a file
 * for the other, or mistyped a command. */
#ifndef RLX_ADVICE_H
#define RLX_ADVICE_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

enum program { PROGRAM_rlx, PROGRAM_rlxc };
enum { ADVICE_BYTES = 16000 }; /* room for three paths */

/* What to do with the file or directory `path` that was given to `program`: "s.gguf is a GGUF file;
 * compile it first: rlxc build s.gguf -o s.rlx". False where the other program does not take it
 * either. */
bool advice_on_file(enum program program, const char *path, char out[ADVICE_BYTES]);

/* Whether `path`, where nothing is, may have been meant as a name on a hub or as an address. */
bool advice_is_hub_name(const char *path);

/* A name for what `rlxc build MODEL` makes, as a word of a shell: "talk.rlx"; of a program: "talk".
 */
void advice_on_output(const char *model, bool is_program, char out[ADVICE_BYTES]);

/* What to say about a word that is not a command of `program`. */
void advice_on_command(enum program program, const char *word, char out[ADVICE_BYTES]);

/* The name in `names` (NULL ends them) of which `word` is a beginning, or which is at most `most`
 * letters away from it; NULL: there is none. */
const char *advice_nearest(const char *const names[], const char *word, unsigned most);

/* "-ngl" and "-temp": words behind one dash, which getopt_long takes for letters. After it returned
 * `letter`, or '?' with `letter` as its optopt; false where that is a letter. */
bool advice_on_dashed_word(const struct option options[], int argc, char **argv, int letter,
                           char out[ADVICE_BYTES]);

/* What getopt_long did not take (it returned '?', and set `option` as its optopt): "unknown option
 * '--tmep' (did you mean --temp?)", "--raw takes no value". */
void advice_on_option(const struct option options[], const char *word, int option,
                      char out[ADVICE_BYTES]);

#endif
