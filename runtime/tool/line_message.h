/* Messages of several lines. In: text with a backslash at the end of a line, or """ around the
 * whole; out: the message. */
#ifndef RLX_LINE_MESSAGE_H
#define RLX_LINE_MESSAGE_H

#include "runtime/tool/line_buffer.h"

/* At the end of a line: begins another line if the message continues. False: the message is
 * complete. */
bool line_message_continue(struct line_buffer *message);
/* Removes the quotes around the message, in place. */
void line_message_take(struct line_text *message);

#endif
