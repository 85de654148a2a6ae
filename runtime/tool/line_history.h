/* Earlier messages, oldest first, and the file that keeps them: one entry per line, with newlines
 * as \n, returns as \r and backslashes doubled. Programs that share the file append whole lines
 * under a lock; each sees the others' lines at its next start. */
#ifndef RLX_LINE_HISTORY_H
#define RLX_LINE_HISTORY_H

#include "runtime/tool/line_buffer.h"

enum { LINE_HISTORY_MAX = 1000, LINE_HISTORY_BYTES = 1 << 20 /* of the file that are read */ };

struct line_history {
    struct line_text *entries; /* room for LINE_HISTORY_MAX; NULL until the first entry */
    size_t count;
    char *path; /* malloc'd; NULL: no file */
};

/* The path of the file from the environment (RLX_HISTORY; else in XDG_STATE_HOME or
 * ~/.local/state), malloc'd; NULL: no file is wanted, or there is no place for it. */
char *line_history_path(void);
/* Reads the file; takes ownership of the path, which may be NULL. A file that is missing or cannot
 * be read counts as empty. */
void line_history_open(struct line_history *h, char *path);
/* Appends an entry, here and in the file, but not twice in a row. Failures are silent, because they
 * do not matter to the user. */
void line_history_add(struct line_history *h, const char *bytes, size_t count);
void line_history_close(struct line_history *h);

/* Reads entries from the bytes of a file. */
void line_history_parse(struct line_history *h, const char *bytes, size_t count);

#endif
