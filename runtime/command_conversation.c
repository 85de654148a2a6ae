/* Conversations in files. The note of the saved session: "rlxchat1", then for each message its role
 * and its content, each with a NUL behind it. In: a path; out: messages and session as they were.
 * Contract: command_conversation.h.
 */
#include "runtime/command_conversation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[] = "rlxchat1"; /* without a NUL */
enum { MAGIC_BYTES = sizeof magic - 1 };

static const char *const roles[] = {"system", "user", "assistant"};

/* One of the roles above, which live as long as the program. */
static const char *find_role(const char *text)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(text, roles[i]) == 0)
            return roles[i];
    return NULL;
}

void conversation_forget(struct conversation *c)
{
    size_t keep = c->system != NULL;

    while (c->count > keep)
        free((void *)(uintptr_t)c->messages[--c->count].content);
    if (keep != 0 && c->count == 0)
        c->messages[c->count++] = (rlx_message){"system", c->system};
    rlx_session_reset(c->session);
}

/* A note is whole, or false. The system message becomes the conversation's own. */
static bool read_note(struct conversation *c, const char *note, size_t bytes)
{
    const char *at = note + MAGIC_BYTES, *end = note + bytes;

    if (bytes < MAGIC_BYTES || memcmp(note, magic, MAGIC_BYTES) != 0 || (at != end && end[-1] != 0))
        return false;
    while (at != end) {
        const char *role = find_role(at);
        at += strlen(at) + 1;
        if (role == NULL || at == end || c->count == MAX_MESSAGES)
            return false;
        char *content = strdup(at);
        at += strlen(at) + 1;
        if (content == NULL)
            return false;
        if (role == roles[0] && c->count == 0)
            c->system = content;
        c->messages[c->count++] = (rlx_message){role, content};
    }
    return true;
}

static bool refuse(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", program_name, path, why);
    return false;
}

static bool load(struct conversation *c, const char *path)
{
    rlx_error error;
    size_t bytes;
    const char *asked = c->options->system;

    if (rlx_session_load(c->session, path, &error) != RLX_OK)
        return command_failed(&error), false;
    const char *note = rlx_session_note(c->session, &bytes);
    if (note == NULL)
        return refuse(path, "a saved session without messages: no conversation can go on from it");
    if (!read_note(c, note, bytes))
        return refuse(path, "its note is none of rlx chat: no conversation can go on from it");
    if (asked != NULL && (c->system == NULL || strcmp(c->system, asked) != 0))
        return refuse(path, "the conversation in it has another system message, or none: leave "
                            "--system out, or begin a new file");
    return true;
}

bool conversation_resume(struct conversation *c, const char *path)
{
    if (access(path, F_OK) == 0 || errno != ENOENT)
        return load(c, path);
    if (c->options->system != NULL)
        c->system = strdup(c->options->system);
    conversation_forget(c);
    return conversation_save(c, path);
}

static bool put_text(FILE *file, const char *text)
{
    size_t bytes = strlen(text) + 1;

    return fwrite(text, 1, bytes, file) == bytes;
}

bool conversation_save(struct conversation *c, const char *path)
{
    char *note = NULL;
    size_t bytes = 0;
    rlx_error error = {RLX_NO_MEMORY, "no memory to save the conversation"};
    FILE *file = open_memstream(&note, &bytes);
    bool good = file != NULL && fwrite(magic, 1, MAGIC_BYTES, file) == MAGIC_BYTES;

    for (size_t i = 0; i < c->count && good; i++)
        good = put_text(file, c->messages[i].role) && put_text(file, c->messages[i].content);
    good = file != NULL && fclose(file) == 0 && good;
    good = good && rlx_session_set_note(c->session, note, bytes, &error) == RLX_OK &&
           rlx_session_save(c->session, path, &error) == RLX_OK;
    free(note);
    if (!good)
        command_failed(&error);
    return good;
}
