/* What both programs do before anything else, and what a library must not do. */
#ifndef RLX_PROGRAM_H
#define RLX_PROGRAM_H

/* Call this first. `*name` begins messages.
 * - Standard input, output or error that is closed stays so: no other file gets its number, and no
 *   message ends up in a result.
 * - A command begins (used_files.h).
 * - A mapped file that becomes shorter ends the program with a sentence and status 1. */
void program_begin(const char *const *name);

/* From here on, whatever ends the program (SIGINT, SIGTERM, SIGHUP, exit) also removes unfinished
 * results. Signals that the caller ignores stay ignored. If a file becomes too large, the write
 * fails instead of a signal. */
void program_remove_at_end(void);

#endif
