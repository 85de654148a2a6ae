/* Conversations in files: a saved session whose note has the messages (runtime/tool/chat_note.h).
 * In: a path; out: messages and session as they were. Contract: command_conversation.h.
 */
#include "runtime/tool/command_conversation.h"

#include "runtime/tool/chat_note.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void conversation_forget(struct conversation *c)
{
    size_t keep = c->system != NULL;

    while (c->count > keep)
        free((void *)(uintptr_t)c->messages[--c->count].content);
    if (keep != 0 && c->count == 0)
        c->messages[c->count++] = (rlx_message){"system", c->system};
    rlx_session_reset(c->session);
}

/* The messages of a note; their contents get memory of their own. The system message becomes the
 * conversation's. */
static bool take_note(struct conversation *c, const char *note, size_t bytes, rlx_error *error)
{
    size_t count = 0;

    if (chat_note_read(note, bytes, c->messages, MAX_MESSAGES, &count, error) != RLX_OK)
        return false;
    for (; c->count < count; c->count++) {
        rlx_message *m = &c->messages[c->count];
        m->content = strdup(m->content);
        if (m->content == NULL) {
            snprintf(error->text, sizeof error->text, "no memory for its messages");
            return false;
        }
        if (strcmp(m->role, "system") == 0)
            c->system = (char *)(uintptr_t)m->content;
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
    if (!take_note(c, note, bytes, &error))
        return refuse(path, error.text);
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

bool conversation_save(struct conversation *c, const char *path)
{
    size_t bytes = 0;
    rlx_error error = {RLX_NO_MEMORY, "no memory to save the conversation"};
    char *note = chat_note_write(c->messages, c->count, &bytes);
    bool good = note != NULL && rlx_session_set_note(c->session, note, bytes, &error) == RLX_OK &&
                rlx_session_save(c->session, path, &error) == RLX_OK;

    free(note);
    if (!good)
        command_failed(&error);
    return good;
}
