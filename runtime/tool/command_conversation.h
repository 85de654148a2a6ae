/* What a conversation of `rlx chat` holds, and how it is kept in a file: a saved session
 * (rlx/state_format.h) whose note has the messages, so that the template can render the next turn
 * behind what is in the cache.
 */
#ifndef RLX_COMMAND_CONVERSATION_H
#define RLX_COMMAND_CONVERSATION_H

#include "runtime/tool/command.h"

enum { MAX_MESSAGES = 4096 };

struct conversation {
    rlx_model *model;
    rlx_session *session;
    const struct command_options *options;
    char *system;                       /* malloc'd; NULL: none */
    rlx_message messages[MAX_MESSAGES]; /* contents malloc'd, but for the system message */
    size_t count;
};

/* All but the system message, and the cache. */
void conversation_forget(struct conversation *c);
/* Brings back what `path` holds, or makes the file where there is none, so that what cannot be
 * written is known before something was said. False: a message was printed. */
bool conversation_resume(struct conversation *c, const char *path);
bool conversation_save(struct conversation *c, const char *path);

#endif
