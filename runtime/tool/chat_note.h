/* The messages of a conversation as bytes, which a saved session keeps as its note: "rlxchat1",
 * then the role and the content of each message, every text with a NUL behind it. A system message
 * is the first one or there is none.
 */
#ifndef RLX_CHAT_NOTE_H
#define RLX_CHAT_NOTE_H

#include "rlx/rlx.h"

/* Fills `messages` (room for `most`). Contents point into the note; roles live as long as the
 * program. RLX_BAD_FILE for anything but a whole note: the message says which of its messages is
 * wrong, and why. */
rlx_status chat_note_read(const char *note, size_t bytes, rlx_message *messages, size_t most,
                          size_t *count, rlx_error *error);
/* The note of these messages, malloc'd; NULL where there is no memory for it. */
char *chat_note_write(const rlx_message *messages, size_t count, size_t *bytes);

#endif
