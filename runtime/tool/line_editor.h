/* Reads messages from a terminal, with editing and history. In: bytes of a terminal; out: messages.
 *
 * We have our own editor because no library in Debian 12 fits. The licence of GNU readline (GPL)
 * would bind the executables that carry a model. GNU readline, libedit and libtecla need terminfo
 * files at run time, but an executable must not need other files. libedit and libtecla do not
 * support bracketed paste. linenoise, replxx and isocline are not packaged.
 *
 * The parts: line_text.c (characters and widths), line_buffer.c (editing), line_keys.c (bytes to
 * keys), line_edit.c (keys to a message), line_history.c, line_screen.c (a message to bytes),
 * line_terminal.c (modes and signals). All except the last two have few or no side effects.
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
    size_t at, got;      /* the input that is not yet handled */
    bool (*ended)(void); /* whether the program should end */
};

enum line_read { LINE_READ, LINE_READ_END, LINE_READ_INTERRUPT };

/* Takes ownership of the history's path (line_history_path). */
void line_editor_open(struct line_editor *e, const char *prompt, const char *more, char *history,
                      bool (*ended)(void));
/* Reads one message and adds it to the history; `text` is valid until the next call. LINE_READ_END:
 * the end of input, or `ended`. LINE_READ_INTERRUPT: Ctrl-C on an empty message. */
enum line_read line_editor_read(struct line_editor *e, struct line_text *text);
void line_editor_close(struct line_editor *e);

#endif
