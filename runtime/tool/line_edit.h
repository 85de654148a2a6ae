/* Keys to a message: the buffer, the history, the search in it. Pure; what is drawn and read is
 * others' business (line_screen.h, line_editor.h).
 *
 * A message is one line, or several: Enter sends, but a line that ends in a backslash goes on, and
 * so does what begins with """ until it ends so (line_message.h).
 */
#ifndef RLX_LINE_EDIT_H
#define RLX_LINE_EDIT_H

#include "runtime/tool/line_history.h"
#include "runtime/tool/line_keys.h"

enum line_result {
    LINE_GOES_ON,
    LINE_SENT,
    LINE_CLEARED,     /* Ctrl-L: the screen is to be emptied */
    LINE_INTERRUPTED, /* Ctrl-C where nothing was written */
    LINE_DISCARDED,   /* Ctrl-C where something was */
    LINE_ENDED,       /* Ctrl-D where nothing was written */
    LINE_SUSPENDED
};

struct line_edit {
    struct line_buffer buffer;
    struct line_history *history;
    size_t entry;           /* of the history: what the buffer came from; its count: written anew */
    struct line_text draft; /* what was written before the history was looked at */
    bool searching, missed; /* missed: nothing older has what is sought */
    struct line_text sought;
};

void line_edit_open(struct line_edit *e, struct line_history *history);
/* An empty buffer, behind the newest entry; what was cut stays. */
void line_edit_begin(struct line_edit *e);
/* KEY_TEXT: `text` has the bytes. */
enum line_result line_edit_key(struct line_edit *e, enum line_key key, const char *text,
                               size_t bytes);
void line_edit_close(struct line_edit *e);

#endif
