/* Turns keys into a message. In: keys; out: the buffer, the history, the search in it. It neither
 * reads nor draws (line_editor.h, line_screen.h).
 *
 * A message has one line or several. Enter sends it, but a line that ends in a backslash continues,
 * and so does a message that begins with """ until it ends with """ (line_message.h).
 */
#ifndef RLX_LINE_EDIT_H
#define RLX_LINE_EDIT_H

#include "runtime/tool/line_history.h"
#include "runtime/tool/line_keys.h"

enum line_result {
    LINE_GOES_ON,
    LINE_SENT,
    LINE_CLEARED,     /* Ctrl-L: clear the screen */
    LINE_INTERRUPTED, /* Ctrl-C on an empty message */
    LINE_DISCARDED,   /* Ctrl-C on a message with text */
    LINE_ENDED,       /* Ctrl-D on an empty message */
    LINE_SUSPENDED
};

struct line_edit {
    struct line_buffer buffer;
    struct line_history *history;
    size_t entry;           /* the entry of the history in the buffer; its count: a new message */
    struct line_text draft; /* the new message, while the buffer shows the history */
    bool searching, missed; /* missed: no older entry matches */
    struct line_text sought;
};

void line_edit_open(struct line_edit *e, struct line_history *history);
/* Empties the buffer, after the newest entry; keeps the last cut. */
void line_edit_begin(struct line_edit *e);
/* KEY_TEXT: `text` holds the bytes. */
enum line_result line_edit_key(struct line_edit *e, enum line_key key, const char *text,
                               size_t bytes);
void line_edit_close(struct line_edit *e);

#endif
