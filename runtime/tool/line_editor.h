/* Reads messages from a terminal, with editing and history.
 *
 * Of our own, because no library of Debian 12 fits: GNU readline's licence (GPL) would bind the
 * executables that carry a model, and it, libedit and libtecla look for terminfo files at run time,
 * which an executable that needs nothing else cannot count on; the last two know no bracketed
 * paste; linenoise, replxx and isocline are not packaged.
 *
 * The parts: line_text.c (characters and widths), line_buffer.c (editing), line_keys.c (bytes to
 * keys), line_edit.c (keys to a message), line_history.c, line_screen.c (a message to bytes),
 * line_terminal.c (modes and signals). All but the last two are pure or nearly so.
 */
#ifndef RLX_LINE_EDITOR_H
#define RLX_LINE_EDITOR_H

#include "runtime/tool/line_edit.h"
#include "runtime/tool/line_screen.h"

struct line_editor {
    struct line_history history;
    struct line_edit edit;
    struct line_keys keys;
    struct line_screen screen;
    const char *prompt, *more;
    char input[4096];
    size_t at, got;      /* of the input that is not yet looked at */
    bool (*ended)(void); /* the program is asked to end */
};

enum line_read { LINE_READ, LINE_READ_END, LINE_READ_INTERRUPT };

/* Takes the history's path (line_history_path). */
void line_editor_open(struct line_editor *e, const char *prompt, const char *more, char *history,
                      bool (*ended)(void));
/* One message, put in the history; `text` is the editor's until the next call. LINE_READ_END: the
 * end of input, or `ended`. LINE_READ_INTERRUPT: Ctrl-C where nothing was written. */
enum line_read line_editor_read(struct line_editor *e, struct line_text *text);
void line_editor_close(struct line_editor *e);

#endif
