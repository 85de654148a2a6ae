/* Converts messages to the note of a saved session, and back. In: bytes of a file that may be
 * hostile; out: messages, or an error. Contract and format: chat_note.h. */
#include "runtime/tool/chat_note.h"

#include "runtime/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "rlxchat"; /* followed by a digit */
enum { MAGIC_BYTES = sizeof magic };
static const char plain = '1', named = '2';

static const char *const roles[] = {"system", "user", "assistant"};

static const char *find_role(const char *text)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(text, roles[i]) == 0)
            return roles[i];
    return NULL;
}

/* Every text that begins before the end also ends before it. */
static rlx_status check_ends(const char *note, size_t bytes, rlx_error *error)
{
    if (bytes < MAGIC_BYTES || memcmp(note, magic, MAGIC_BYTES - 1) != 0 ||
        (note[MAGIC_BYTES - 1] != plain && note[MAGIC_BYTES - 1] != named))
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "the note does not begin with %s%c or %c", magic,
                        plain, named);
    if (bytes != MAGIC_BYTES && note[bytes - 1] != 0)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "the note of %zu bytes is truncated: its last text has no end", bytes);
    if (bytes == MAGIC_BYTES && note[MAGIC_BYTES - 1] == named)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "the note names no model");
    return RLX_OK;
}

/* Makes room for as many messages as there are pairs of texts. */
static rlx_message *room_for(const char *at, const char *end)
{
    size_t texts = 0;

    for (; at != end; at++)
        texts += *at == 0;
    return malloc((texts / 2 + 1) * sizeof(rlx_message));
}

static rlx_status read_messages(const char *at, const char *end, struct chat_note *out,
                                rlx_error *error)
{
    for (; at != end; out->count++) {
        size_t number = out->count + 1;
        const char *role = find_role(at), *content = at + strlen(at) + 1;
        if (role == NULL)
            return rlx_fail(error, RLX_ERROR_BAD_FILE,
                            "message %zu of the note: expected system, user or assistant as its "
                            "role, found something else",
                            number);
        if (content == end)
            return rlx_fail(error, RLX_ERROR_BAD_FILE,
                            "message %zu of the note: the message of %s is empty", number, role);
        if (role == roles[0] && number != 1)
            return rlx_fail(error, RLX_ERROR_BAD_FILE,
                            "message %zu of the note: a system message may only be the first one",
                            number);
        out->messages[out->count] = (rlx_message){role, content};
        at = content + strlen(content) + 1;
    }
    return RLX_OK;
}

rlx_status chat_note_read(const char *note, size_t bytes, struct chat_note *out, rlx_error *error)
{
    *out = (struct chat_note){0};
    if (check_ends(note, bytes, error) != RLX_OK)
        return RLX_ERROR_BAD_FILE;
    const char *at = note + MAGIC_BYTES, *end = note + bytes;
    if (at[-1] == named) {
        out->model = at;
        at += strlen(at) + 1;
    }
    out->messages = room_for(at, end);
    if (out->messages == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for the messages of the note");
    rlx_status status = read_messages(at, end, out, error);
    if (status != RLX_OK)
        chat_note_free(out);
    return status;
}

void chat_note_free(struct chat_note *note)
{
    free(note->messages);
    *note = (struct chat_note){0};
}

static bool put_text(FILE *file, const char *text)
{
    size_t bytes = strlen(text) + 1;

    return fwrite(text, 1, bytes, file) == bytes;
}

char *chat_note_write(const char *model, const rlx_message *messages, size_t count, size_t *bytes)
{
    char *note = NULL;
    FILE *file = open_memstream(&note, bytes);
    bool good = file != NULL && fprintf(file, "%s%c", magic, model == NULL ? plain : named) > 0 &&
                (model == NULL || put_text(file, model));

    for (size_t i = 0; i < count && good; i++)
        good = put_text(file, messages[i].role) && put_text(file, messages[i].content);
    if (file != NULL && fclose(file) == 0 && good)
        return note;
    free(note);
    return NULL;
}
