/* JSON lines for the commands that serve other programs: one object per line in, one per line
 * out. */
#ifndef RLX_COMMAND_JSON_H
#define RLX_COMMAND_JSON_H

#include <stddef.h>

/* Calls `each` with the object on every line of standard input (json_in.h), until it returns an exit
 * code other than 0, which is the result. A line that is not JSON ends this with a message. */
int command_each_object(const char *command, int (*each)(void *context, const char *in),
                        void *context);
/* The line {"NAME": "TEXT"}, in ASCII. */
void command_print_text(const char *name, const char *text, size_t bytes);

#endif
