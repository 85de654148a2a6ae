/* What a conversation of `rlx chat` holds: messages, the session that has read them, and the file
 * in which it is kept, if there is one.
 */
#ifndef RLX_COMMAND_CONVERSATION_H
#define RLX_COMMAND_CONVERSATION_H

#include "runtime/tool/command.h"

#include <sys/stat.h>

struct conversation {
    rlx_model *model;
    rlx_session *session;
    struct command_options options; /* /set changes them */
    rlx_message *messages;          /* contents malloc'd */
    size_t count, capacity;
    uint64_t seed;  /* where the options have none */
    uint64_t again; /* answers that were asked for anew: each has a seed of its own */
    bool terminal;  /* somebody sits there */
    bool catches;   /* what ends the program is caught between answers, too */
    bool faint;     /* reasoning is printed so */
    bool failed;    /* some message had no answer */

    struct kept_text *kept; /* values of options */

    char *path; /* malloc'd; NULL: it is kept nowhere */
    int lock;   /* descriptor; -1: none */
    bool known; /* `seen` is the file as it was left */
    bool whole; /* and it has all of the conversation, with the cache */
    struct stat seen;
};

/* Without a file. False: no memory. */
bool conversation_open(struct conversation *c, const struct command_options *o, rlx_model *model,
                       rlx_session *session);
void conversation_close(struct conversation *c);

/* Takes `content`, which is malloc'd; false where it is NULL or there is no memory, and frees it.
 */
bool conversation_add(struct conversation *c, const char *role, char *content);
/* Removes the last message and gives its content, which is the caller's. */
char *conversation_take_last(struct conversation *c);
/* Removes messages from `from` up to `to`. */
void conversation_drop(struct conversation *c, size_t from, size_t to);
/* All but the system message, and the cache. */
void conversation_forget(struct conversation *c);
const char *conversation_system(const struct conversation *c); /* or NULL */
/* NULL: none from here on. What was said stays, and is read anew with the next question. */
bool conversation_set_system(struct conversation *c, const char *text);
bool conversation_last_is(const struct conversation *c, const char *role);
/* A copy that lives as long as the conversation; NULL: no memory. */
const char *conversation_keep_text(struct conversation *c, const char *text);
/* How long it is already, and the beginning of the last answer, on standard error. */
void conversation_say_where(const struct conversation *c);
size_t conversation_questions(const struct conversation *c);

/* ---- in files (conversation_file.c); what fails is said ---- */

/* From here on it is kept in this file: takes what the file has, or makes it where there is none,
 * so that what cannot be written is known before something was said. Nobody else may have it open.
 */
bool conversation_keep_in(struct conversation *c, const char *path);
/* After an answer: the messages and the history, which is quickly done; true where it is kept
 * nowhere. */
bool conversation_save_turn(struct conversation *c);
/* At the end: the cache too. */
bool conversation_save_whole(struct conversation *c);
/* A copy, which is not kept up to date; what is no saved session is not overwritten. */
bool conversation_save_copy(struct conversation *c, const char *path);
/* Takes what the file has in the place of what was said. */
bool conversation_load(struct conversation *c, const char *path);

#endif
