/* What the two programs do before anything else; a library must not. */
#ifndef RLX_PROGRAM_H
#define RLX_PROGRAM_H

/* To be called first. `*name` stands in front of messages.
 * - Standard input, output or error that is closed stays so: no other file gets its number, and no
 *   message ends up in a result.
 * - A command begins (used_files.h).
 * - A mapped file that becomes shorter ends the program with a sentence and status 1. */
void program_begin(const char *const *name);

/* From here on what ends the program (SIGINT, SIGTERM, SIGHUP, exit) removes results that are not
 * whole; signals that the caller ignores stay ignored. A file that is too large is an error of the
 * write. */
void program_remove_at_end(void);

#endif
