/* The messages of a user: from a terminal with editing, from one without, from a pipe line by line,
 * or all of a pipe as one.
 */
#ifndef RLX_CHAT_INPUT_H
#define RLX_CHAT_INPUT_H

#include "runtime/tool/line_editor.h"

#include <stdio.h>

enum chat_source {
    CHAT_EDITOR,
    CHAT_LINES, /* a terminal that obeys no sequences, or --lines */
    CHAT_WHOLE  /* standard input is one message, whatever stands in it */
};

enum chat_input_found {
    CHAT_MESSAGE,
    CHAT_LITERAL,     /* a message that is no command, whatever it begins with */
    CHAT_BAD,         /* what was read cannot be sent, which was said */
    CHAT_INTERRUPTED, /* Ctrl-C where nothing was written */
    CHAT_END
};

struct chat_input {
    enum chat_source source;
    FILE *prompt; /* where "> " goes; NULL: nowhere */
    bool done;
    bool (*ended)(void);
    struct line_editor editor;
    struct line_buffer lines;
    struct line_text text;
};

void chat_input_open(struct chat_input *in, enum chat_source source, bool (*ended)(void));
/* The next one, with a NUL behind it; the input's until the next call. */
enum chat_input_found chat_input_next(struct chat_input *in, struct line_text *message);
void chat_input_close(struct chat_input *in);

#endif
