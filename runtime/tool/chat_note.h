/* The messages of a conversation as bytes, which a saved session keeps as its note: "rlxchat2" and
 * the model's name, then the role and the content of each message. Every text ends with a NUL.
 * "rlxchat1" is the same without the name. Only the first message may be a system message. */
#ifndef RLX_CHAT_NOTE_H
#define RLX_CHAT_NOTE_H

#include "rlx/rlx.h"

/* Texts point into the note; roles are static. */
struct chat_note {
    const char *model;     /* NULL: not given */
    rlx_message *messages; /* malloc'd: chat_note_free */
    size_t count;
};

/* RLX_ERROR_BAD_FILE for anything but a valid note; the error says which message is wrong, and
 * why. */
rlx_status chat_note_read(const char *note, size_t bytes, struct chat_note *out, rlx_error *error);
void chat_note_free(struct chat_note *note);
/* The note of these messages, malloc'd; NULL: no memory. */
char *chat_note_write(const char *model, const rlx_message *messages, size_t count, size_t *bytes);

#endif
