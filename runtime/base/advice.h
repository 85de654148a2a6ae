/* Advice for people who took one of the two programs for the other, gave it the other's file, or
 * mistyped a command. In: a word of the command line; out: a sentence. */
#ifndef RLX_ADVICE_H
#define RLX_ADVICE_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

enum program { PROGRAM_rlx, PROGRAM_rlxc };
enum { ADVICE_BYTES = 16000 }; /* room for three paths */

/* What to do with the file or directory `path` that `program` was given: "s.gguf is a GGUF file;
 * compile it first: rlxc build s.gguf -o s.rlx". False if the other program does not take it
 * either. */
bool advice_on_file(enum program program, const char *path, char out[ADVICE_BYTES]);

/* Whether `path`, which does not exist, may be a name on a hub or an address. */
bool advice_is_hub_name(const char *path);

/* A name for the result of `rlxc build MODEL`, as a word of a shell: "talk.rlx"; for a program:
 * "talk". */
void advice_on_output(const char *model, bool is_program, char out[ADVICE_BYTES]);

/* The sentence for a word that is not a command of `program`. */
void advice_on_command(enum program program, const char *word, char out[ADVICE_BYTES]);

/* The name in `names` (NULL ends them) that begins with `word`, or differs from it by at most
 * `max` letters; NULL: none. */
const char *advice_nearest(const char *const names[], const char *word, unsigned max);

/* "-ngl" and "-temp": words after one dash, which getopt_long reads as letters. Call it after
 * getopt_long returned `letter`, or '?' with `letter` as its optopt; false if that is a letter. */
bool advice_on_dashed_word(const struct option options[], int argc, char **argv, int letter,
                           char out[ADVICE_BYTES]);

/* The sentence for what getopt_long refused (it returned '?' and set optopt to `option`): "unknown
 * option '--tmep' (did you mean --temp?)", "--raw takes no value". */
void advice_on_option(const struct option options[], const char *word, int option,
                      char out[ADVICE_BYTES]);

#endif
