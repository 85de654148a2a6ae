/* Messages to the note of a saved session, and back. In: bytes of a file that anybody may have
 * written; out: messages, or an error. Contract and format: chat_note.h.
 */
#include "runtime/tool/chat_note.h"

#include "runtime/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "rlxchat1"; /* without a NUL */
enum { MAGIC_BYTES = sizeof magic - 1 };

static const char *const roles[] = {"system", "user", "assistant"};

static const char *find_role(const char *text)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(text, roles[i]) == 0)
            return roles[i];
    return NULL;
}

/* All texts that begin before `end` have an end of their own there. */
static rlx_status check_ends(const char *note, size_t bytes, rlx_error *error)
{
    if (bytes < MAGIC_BYTES || memcmp(note, magic, MAGIC_BYTES) != 0)
        return rlx_fail(error, RLX_BAD_FILE, "the note does not begin with %s", magic);
    if (bytes != MAGIC_BYTES && note[bytes - 1] != 0)
        return rlx_fail(error, RLX_BAD_FILE,
                        "the note of %zu bytes is cut off: its last text has no end", bytes);
    return RLX_OK;
}

rlx_status chat_note_read(const char *note, size_t bytes, rlx_message *messages, size_t most,
                          size_t *count, rlx_error *error)
{
    const char *at = note + MAGIC_BYTES, *end = note + bytes;
    size_t n = 0;

    if (check_ends(note, bytes, error) != RLX_OK)
        return RLX_BAD_FILE;
    for (; at != end; n++) {
        const char *role = find_role(at), *content = at + strlen(at) + 1;
        if (n == most)
            return rlx_fail(error, RLX_BAD_FILE, "the note has more than %zu messages", most);
        if (role == NULL)
            return rlx_fail(error, RLX_BAD_FILE,
                            "message %zu of the note: expected system, user or assistant as its "
                            "role, found something else",
                            n + 1);
        if (content == end)
            return rlx_fail(error, RLX_BAD_FILE, "message %zu of the note: %s says nothing", n + 1,
                            role);
        if (role == roles[0] && n != 0)
            return rlx_fail(error, RLX_BAD_FILE,
                            "message %zu of the note: a system message stands first, or nowhere",
                            n + 1);
        messages[n] = (rlx_message){role, content};
        at = content + strlen(content) + 1;
    }
    *count = n;
    return RLX_OK;
}

static bool put_text(FILE *file, const char *text)
{
    size_t bytes = strlen(text) + 1;

    return fwrite(text, 1, bytes, file) == bytes;
}

char *chat_note_write(const rlx_message *messages, size_t count, size_t *bytes)
{
    char *note = NULL;
    FILE *file = open_memstream(&note, bytes);
    bool good = file != NULL && fwrite(magic, 1, MAGIC_BYTES, file) == MAGIC_BYTES;

    for (size_t i = 0; i < count && good; i++)
        good = put_text(file, messages[i].role) && put_text(file, messages[i].content);
    if (file != NULL && fclose(file) == 0 && good)
        return note;
    free(note);
    return NULL;
}
