/* JSON lines for the commands that serve other programs: an object a line in, one a line out. */
#ifndef RLX_COMMAND_JSON_H
#define RLX_COMMAND_JSON_H

#include <jansson.h>

/* Calls `each` for every line of standard input, an object, until it gives an exit code other than
 * 0; the result is that code. A line that is no JSON ends with a message. */
int command_each_object(const char *command, int (*each)(void *context, const json_t *in),
                        void *context);
/* {"text": …}, in ASCII. */
void command_print_text(const char *text, size_t bytes);

#endif
