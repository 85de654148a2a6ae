/* The model's answer to the last message of a conversation: what the cache does not hold already is
 * computed, the text is printed while it comes. Where the context is full, the oldest questions and
 * answers are dropped, unless --when-full=stop says otherwise.
 */
#ifndef RLX_CHAT_ANSWER_H
#define RLX_CHAT_ANSWER_H

#include "runtime/tool/command_conversation.h"

enum chat_answer {
    CHAT_ANSWERED, /* and the answer is a message of the conversation */
    CHAT_STOPPED,  /* Ctrl-C, before anything was made */
    CHAT_FAILED    /* why was said */
};

/* Asks `question` (malloc'd, and taken). Without an answer it is no part of the conversation. */
enum chat_answer chat_ask(struct conversation *c, char *question);
/* Answers the last question again; without an answer the one before stays. */
enum chat_answer chat_ask_again(struct conversation *c);

/* Settings as the options say now, which /set changes; an error where they do not go together. */
bool chat_apply_sampling(const struct conversation *c, rlx_error *error);

#endif
