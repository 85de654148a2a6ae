/* Sentences for people who took one of the two programs for the other, gave one of them what the
 * other takes, or mistyped a command. */
#ifndef RLX_ADVICE_H
#define RLX_ADVICE_H

#include <stdbool.h>
#include <stddef.h>

enum program { PROGRAM_rlx, PROGRAM_rlxc };
enum { ADVICE_BYTES = 16000 }; /* room for three paths */

/* What to do with the file or directory `path` that was given to `program`: "s.gguf is a GGUF file;
 * compile it first: rlxc build s.gguf -o s.rlx". False where it is nothing that the other program
 * takes. */
bool advice_on_file(enum program program, const char *path, char out[ADVICE_BYTES]);

/* What to say of a word that is no command of `program`. */
void advice_on_command(enum program program, const char *word, char out[ADVICE_BYTES]);

#endif
