/* Keeps conversations in files: a saved session whose note has the messages (chat_note.h).
 * Contract: command_conversation.h.
 *
 * Saving replaces the old file by a new one. So after each save, the lock moves to the new file,
 * and before each save, the file is checked, so that another program's changes are not overwritten.
 * After each answer it saves the history without the KV cache, which may take hundreds of
 * megabytes; at the end it saves everything.
 */
#include "runtime/tool/command_conversation.h"

#include "runtime/tool/chat_note.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static bool refuse(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", program_name, path, why);
    return false;
}

/* "-" is standard output for results, which cannot keep a conversation. */
static bool is_file(const char *path)
{
    return strcmp(path, "-") != 0 ||
           refuse(path, "a conversation is kept in a file; ./- is one of that name");
}

/* ---- one program per file ---- */

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* Opens the file, and locks it unless another program has the lock; -1: it cannot be opened. */
static int open_locked(const char *path, bool *taken)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *taken = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (*taken)
        refuse(path, "another program has this conversation open; end it there first");
    return descriptor;
}

/* Locks the file that has this name now. False: another program has the lock. File systems without
 * locks have none; there, only the check before each save protects it. */
static bool lock_file(struct conversation *c, const char *path)
{
    struct stat held, named;

    if (c->lock >= 0 && fstat(c->lock, &held) == 0 && stat(path, &named) == 0 &&
        same_file(&held, &named))
        return true;
    for (;;) {
        bool taken;
        int descriptor = open_locked(path, &taken);
        if (descriptor < 0)
            return true; /* the reader reports why */
        if (taken) {
            close(descriptor);
            return false;
        }
        if (fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && same_file(&held, &named)) {
            if (c->lock >= 0)
                close(c->lock);
            c->lock = descriptor;
            return true;
        }
        close(descriptor); /* another file has replaced it meanwhile */
    }
}

static void look(struct conversation *c)
{
    c->known = stat(c->path, &c->seen) == 0;
}

/* Creates a file that was removed again. */
static bool unchanged(const struct conversation *c)
{
    struct stat now;

    if (!c->known || stat(c->path, &now) != 0)
        return true;
    return same_file(&now, &c->seen) && now.st_size == c->seen.st_size &&
           now.st_mtim.tv_sec == c->seen.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == c->seen.st_mtim.tv_nsec;
}

/* ---- save ---- */

static bool put_note(struct conversation *c, rlx_error *error)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    size_t bytes = 0;

    rlx_model_get_info(c->model, &info);
    char *note = chat_note_write(info.name, c->messages, c->count, &bytes);
    *error = (rlx_error){RLX_ERROR_NO_MEMORY, "no memory to save the conversation"};
    bool good = note != NULL && rlx_session_set_note(c->session, note, bytes, error) == RLX_OK;
    free(note);
    return good;
}

static bool save(struct conversation *c, const char *path, bool whole)
{
    rlx_error error;

    if (put_note(c, &error) &&
        (whole ? rlx_session_save : rlx_session_save_history)(c->session, path, &error) == RLX_OK)
        return true;
    command_failed(&error);
    return false;
}

static bool keep(struct conversation *c, bool whole)
{
    if (c->path == NULL || (whole && c->whole))
        return true;
    if (!unchanged(c))
        return refuse(c->path, "another program has changed it since: this conversation is not "
                               "saved there; /save FILE saves it elsewhere");
    if (!save(c, c->path, whole) || !lock_file(c, c->path))
        return false;
    look(c);
    c->whole = whole;
    return true;
}

bool conversation_save_turn(struct conversation *c)
{
    return keep(c, false);
}

bool conversation_save_whole(struct conversation *c)
{
    return keep(c, true);
}

static bool is_kept_in(const struct conversation *c, const char *path)
{
    struct stat own, named;

    return c->path != NULL && stat(c->path, &own) == 0 && stat(path, &named) == 0 &&
           same_file(&own, &named);
}

bool conversation_save_copy(struct conversation *c, const char *path)
{
    rlx_error error;
    bool taken;

    if (!is_file(path))
        return false;
    if (is_kept_in(c, path))
        return conversation_save_whole(c);
    int other = open_locked(path, &taken);
    if (other >= 0)
        close(other);
    if (taken)
        return false;
    if (access(path, F_OK) == 0 && rlx_saved_read(path, NULL, NULL, NULL, &error) != RLX_OK)
        return refuse(path, "not a saved conversation, so it is not overwritten");
    return save(c, path, true);
}

/* ---- load ---- */

/* Replaces the messages by those of a note. */
static bool take_messages(struct conversation *c, const char *path, const void *bytes, size_t count)
{
    struct chat_note note;
    rlx_error error;

    if (bytes == NULL)
        return refuse(path,
                      "a saved session without messages: there is no conversation to continue");
    if (chat_note_read(bytes, count, &note, &error) != RLX_OK)
        return refuse(path, error.text);
    conversation_drop(c, 0, c->count);
    bool good = true;
    for (size_t i = 0; i < note.count && good; i++)
        good = conversation_add(c, note.messages[i].role, strdup(note.messages[i].content));
    chat_note_free(&note);
    return good || refuse(path, "out of memory");
}

/* The session cannot load the file's KV cache, so only the messages continue. */
static bool load_messages(struct conversation *c, const char *path, const rlx_error *why)
{
    void *note;
    size_t bytes;
    rlx_error error;

    if (rlx_saved_read(path, NULL, &note, &bytes, &error) != RLX_OK)
        return command_failed(&error), false;
    bool good = take_messages(c, path, note, bytes);
    free(note);
    if (!good)
        return false;
    rlx_session_reset(c->session);
    fprintf(stderr, "%s: %s; its %zu messages are read again\n", program_name, why->text, c->count);
    return true;
}

bool conversation_load(struct conversation *c, const char *path)
{
    rlx_error error;
    size_t bytes;

    if (rlx_session_load(c->session, path, &error) != RLX_OK)
        return load_messages(c, path, &error);
    const void *note = rlx_session_note(c->session, &bytes);
    if (take_messages(c, path, note, bytes))
        return true;
    rlx_session_reset(c->session);
    return false;
}

/* ---- keep ---- */

static bool system_agrees(const struct conversation *c, const char *path)
{
    const char *asked = c->options.system, *found = conversation_system(c);

    if (asked == NULL || (found != NULL && strcmp(found, asked) == 0))
        return true;
    return refuse(path, "its conversation has another system message, or none: leave out "
                        "--system, or begin a new file");
}

bool conversation_keep_in(struct conversation *c, const char *path)
{
    bool there = access(path, F_OK) == 0 || errno != ENOENT;

    if (!is_file(path))
        return false;
    char *copy = strdup(path), *before = c->path;
    if (copy == NULL)
        return refuse(path, "no memory");
    if (!lock_file(c, path) || (there && !conversation_load(c, path)) ||
        (there && !system_agrees(c, path))) {
        free(copy);
        return false;
    }
    c->path = copy;
    free(before);
    c->known = false;
    c->whole = there; /* no new messages since */
    if (there)
        look(c);
    return there || conversation_save_turn(c);
}
