/* Reads the messages of a user. In: a terminal with or without editing, or a pipe. Out: messages; a
 * pipe is one message, or one per line. */
#ifndef RLX_CHAT_INPUT_H
#define RLX_CHAT_INPUT_H

#include "runtime/tool/line_editor.h"

#include <stdio.h>

enum chat_source {
    CHAT_EDITOR,
    CHAT_LINES, /* a terminal without sequences, or --lines */
    CHAT_WHOLE  /* standard input is one message, whatever it contains */
};

enum chat_input_found {
    CHAT_MESSAGE,
    CHAT_LITERAL,     /* a message, never a command, whatever it begins with */
    CHAT_BAD,         /* what was read cannot be sent; after a message */
    CHAT_INTERRUPTED, /* Ctrl-C on an empty line */
    CHAT_END
};

struct chat_input {
    enum chat_source source;
    FILE *prompt; /* receives "> "; NULL: no prompt */
    bool done;
    bool (*ended)(void);
    struct line_editor editor;
    struct line_buffer lines;
    struct line_text text;
};

void chat_input_open(struct chat_input *in, enum chat_source source, bool (*ended)(void));
/* The next message, with a NUL at the end; valid until the next call. */
enum chat_input_found chat_input_next(struct chat_input *in, struct line_text *message);
void chat_input_close(struct chat_input *in);

#endif
