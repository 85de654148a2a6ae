/* What was said before, oldest first, and the file in which it outlasts the program: an entry a
 * line, with newlines as \n, returns as \r and backslashes doubled. Programs that share the file
 * append whole lines under a lock; each sees the others' when it is started next.
 */
#ifndef RLX_LINE_HISTORY_H
#define RLX_LINE_HISTORY_H

#include "runtime/tool/line_buffer.h"

enum { LINE_HISTORY_MOST = 1000, LINE_HISTORY_BYTES = 1 << 20 /* of the file, once it is read */ };

struct line_history {
    struct line_text *entries; /* room for LINE_HISTORY_MOST; NULL while there is none */
    size_t count;
    char *path; /* malloc'd; NULL: nothing is kept */
};

/* The path of the file as the environment has it (RLX_HISTORY; else below XDG_STATE_HOME or
 * ~/.local/state), malloc'd; NULL: none is wanted, or there is no place. */
char *line_history_path(void);
/* Reads what the file has; takes the path, which may be NULL. A file that is absent or cannot be
 * read is an empty one. */
void line_history_open(struct line_history *h, char *path);
/* Puts it behind the others, here and in the file; not twice in a row. Nothing that fails is worth
 * a word to who talks. */
void line_history_add(struct line_history *h, const char *bytes, size_t count);
void line_history_close(struct line_history *h);

/* Entries of bytes as the file has them. */
void line_history_parse(struct line_history *h, const char *bytes, size_t count);

#endif
