/* The commands of a conversation: lines that begin with / and a word from a table. In: a line; out:
 * its effect on the conversation. Any other line with / is a message. */
#ifndef RLX_CHAT_COMMANDS_H
#define RLX_CHAT_COMMANDS_H

#include "runtime/tool/command_conversation.h"

/* Options that /set may change. */
#define CHAT_SETTABLE COMMAND_SAMPLING " new-tokens template-args stop draft draft-tokens when-full"

enum chat_next {
    CHAT_IS_MESSAGE, /* not a command */
    CHAT_GOES_ON,
    CHAT_LEAVES
};

/* Runs the command, if the line is one. */
enum chat_next chat_command(struct conversation *c, const char *line);

#endif
