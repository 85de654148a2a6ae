/* JSON lines for the commands that serve other programs: one object per line in, one per line
 * out. */
#ifndef RLX_COMMAND_JSON_H
#define RLX_COMMAND_JSON_H

#include <jansson.h>

/* Calls `each` with the object on every line of standard input, until it returns an exit code other
 * than 0, which is the result. A line that is not JSON ends this with a message. */
int command_each_object(const char *command, int (*each)(void *context, const json_t *in),
                        void *context);
/* {"text": …}, in ASCII. */
void command_print_text(const char *text, size_t bytes);

#endif
