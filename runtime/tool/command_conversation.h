/* A conversation of `rlx chat`: messages, the session that has read them, and the file in which it
 * is kept, if any. */
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
    uint64_t seed;  /* if the options have none */
    uint64_t again; /* number of repeated answers; each has its own seed */
    bool terminal;  /* a user is at a terminal */
    bool catches;   /* signals that end the program are caught between answers, too */
    bool faint;     /* print reasoning faintly */
    bool failed;    /* some message got no answer */

    struct kept_text *kept; /* values of options */

    char *path; /* malloc'd; NULL: not kept in a file */
    int lock;   /* descriptor; -1: none */
    bool known; /* `seen` is the file as this program left it */
    bool whole; /* the file has the whole conversation, with the KV cache */
    struct stat seen;
};

/* Without a file. False: no memory. */
bool conversation_open(struct conversation *c, const struct command_options *o, rlx_model *model,
                       rlx_session *session);
void conversation_close(struct conversation *c);

/* Takes `content`, which is malloc'd. If it is NULL or there is no memory: false, after freeing
 * it. */
bool conversation_add(struct conversation *c, const char *role, char *content);
/* Removes the last message and returns its content, which the caller frees. */
char *conversation_take_last(struct conversation *c);
/* Removes messages `from` .. `to` - 1. */
void conversation_drop(struct conversation *c, size_t from, size_t to);
/* Removes all but the system message, and clears the cache. */
void conversation_forget(struct conversation *c);
const char *conversation_system(const struct conversation *c); /* or NULL */
/* NULL: none from here on. The messages stay, and are read again with the next question. */
bool conversation_set_system(struct conversation *c, const char *text);
bool conversation_last_is(const struct conversation *c, const char *role);
/* A copy that lives as long as the conversation; NULL: no memory. */
const char *conversation_keep_text(struct conversation *c, const char *text);
/* Prints its length and the beginning of the last answer on standard error. */
void conversation_say_where(const struct conversation *c);
size_t conversation_questions(const struct conversation *c);

/* ---- in files (conversation_file.c); failures print a message ---- */

/* From here on, the conversation is kept in this file: reads the file, or creates it, so that a
 * file that cannot be written is known before the first message. No other program may have it
 * open. */
bool conversation_keep_in(struct conversation *c, const char *path);
/* After an answer: saves the messages and the history, which is quick; true if there is no file. */
bool conversation_save_turn(struct conversation *c);
/* At the end: saves the KV cache too. */
bool conversation_save_whole(struct conversation *c);
/* Saves a copy, which is not kept up to date. Does not overwrite a file that is not a saved
 * session. */
bool conversation_save_copy(struct conversation *c, const char *path);
/* Replaces the conversation by that of the file. */
bool conversation_load(struct conversation *c, const char *path);

#endif
