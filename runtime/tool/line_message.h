/* Messages of several lines, as they are written: a backslash at the end of a line, or """ around
 * the whole.
 */
#ifndef RLX_LINE_MESSAGE_H
#define RLX_LINE_MESSAGE_H

#include "runtime/tool/line_buffer.h"

/* At the end of a line: where another one belongs to the message, it is begun. False: the message
 * is whole. */
bool line_message_continue(struct line_buffer *message);
/* What it says: without the quotes around it. In place. */
void line_message_take(struct line_text *message);

#endif
