/* The model's answer to the last message of a conversation. It computes what the KV cache does not
 * yet hold, and prints the text while it comes. If the context is full, it drops the oldest
 * questions and answers, unless --when-full=stop says otherwise. */
#ifndef RLX_CHAT_ANSWER_H
#define RLX_CHAT_ANSWER_H

#include "runtime/tool/command_conversation.h"

enum chat_answer {
    CHAT_ANSWERED, /* and the answer is a message of the conversation */
    CHAT_STOPPED,  /* Ctrl-C before the answer began */
    CHAT_FAILED    /* after a message */
};

/* Asks `question`, and takes this malloc'd text. Without an answer, it does not become part of the
 * conversation. */
enum chat_answer chat_ask(struct conversation *c, char *question);
/* Answers the last question again; if there is no new answer, the old one stays. */
enum chat_answer chat_ask_again(struct conversation *c);

/* Applies the current options, which /set changes; an error if they contradict each other. */
bool chat_apply_sampling(const struct conversation *c, rlx_error *error);

#endif
