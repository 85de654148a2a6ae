/* The commands of a conversation: lines that begin with / and one of the words of a table. All else
 * that begins so is a message.
 */
#ifndef RLX_CHAT_COMMANDS_H
#define RLX_CHAT_COMMANDS_H

#include "runtime/tool/command_conversation.h"

/* Options that /set may change. */
#define CHAT_SETTABLE COMMAND_SAMPLING " new-tokens stop draft draft-tokens when-full"

enum chat_next {
    CHAT_IS_MESSAGE, /* it is no command */
    CHAT_GOES_ON,
    CHAT_LEAVES
};

/* Obeys it, if it is one. */
enum chat_next chat_command(struct conversation *c, const char *line);

#endif
