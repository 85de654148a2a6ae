/* The messages of a conversation. Contract: command_conversation.h. */
#include "runtime/tool/command_conversation.h"

#include "runtime/tool/line_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kept_text {
    struct kept_text *next;
    char text[];
};

bool conversation_open(struct conversation *c, const struct command_options *o, rlx_model *model,
                       rlx_session *session)
{
    rlx_sampling sampling = {.struct_bytes = sizeof sampling};

    rlx_session_get_sampling(session, &sampling);
    *c = (struct conversation){
        .model = model, .session = session, .options = *o, .seed = sampling.seed, .lock = -1};
    return o->system == NULL || conversation_set_system(c, o->system);
}

void conversation_close(struct conversation *c)
{
    conversation_drop(c, 0, c->count);
    free(c->messages);
    free(c->path);
    if (c->lock >= 0)
        close(c->lock);
    while (c->kept != NULL) {
        struct kept_text *next = c->kept->next;
        free(c->kept);
        c->kept = next;
    }
    *c = (struct conversation){.lock = -1};
}

const char *conversation_keep_text(struct conversation *c, const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct kept_text *kept = malloc(sizeof *kept + bytes);

    if (kept == NULL)
        return NULL;
    memcpy(kept->text, text, bytes);
    kept->next = c->kept;
    c->kept = kept;
    return kept->text;
}

static bool make_room(struct conversation *c)
{
    if (c->count < c->capacity)
        return true;
    size_t capacity = 2 * c->capacity + 16;
    rlx_message *bigger = realloc(c->messages, capacity * sizeof *bigger);
    if (bigger == NULL)
        return false;
    c->messages = bigger;
    c->capacity = capacity;
    return true;
}

bool conversation_add(struct conversation *c, const char *role, char *content)
{
    if (content == NULL || !make_room(c)) {
        free(content);
        return false;
    }
    c->messages[c->count++] = (rlx_message){role, content};
    c->whole = false;
    return true;
}

char *conversation_take_last(struct conversation *c)
{
    c->whole = false;
    return (char *)(uintptr_t)c->messages[--c->count].content;
}

void conversation_drop(struct conversation *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        free((void *)(uintptr_t)c->messages[i].content);
    if (from != to)
        memmove(c->messages + from, c->messages + to, (c->count - to) * sizeof *c->messages);
    c->count -= to - from;
    c->whole = false;
}

void conversation_forget(struct conversation *c)
{
    conversation_drop(c, conversation_system(c) != NULL, c->count);
    rlx_session_reset(c->session);
}

const char *conversation_system(const struct conversation *c)
{
    bool there = c->count != 0 && strcmp(c->messages[0].role, "system") == 0;

    return there ? c->messages[0].content : NULL;
}

bool conversation_set_system(struct conversation *c, const char *text)
{
    char *copy = text == NULL ? NULL : strdup(text);

    if (text != NULL && (copy == NULL || !make_room(c))) {
        free(copy);
        return false;
    }
    if (conversation_system(c) != NULL)
        conversation_drop(c, 0, 1);
    if (copy != NULL) {
        if (c->count != 0)
            memmove(c->messages + 1, c->messages, c->count * sizeof *c->messages);
        c->messages[0] = (rlx_message){"system", copy};
        c->count++;
    }
    c->whole = false;
    return true;
}

bool conversation_last_is(const struct conversation *c, const char *role)
{
    return c->count != 0 && strcmp(c->messages[c->count - 1].role, role) == 0;
}

size_t conversation_questions(const struct conversation *c)
{
    size_t questions = 0;

    for (size_t i = 0; i < c->count; i++)
        questions += strcmp(c->messages[i].role, "user") == 0;
    return questions;
}

/* Text from a file may be hostile, and a terminal must not obey it. */
static void print_beginning(const char *text)
{
    enum { MAX = 240 };
    size_t bytes = strlen(text), at = 0;

    while (at < bytes && at < MAX) {
        size_t end = line_next(text, bytes, at), taken;
        uint32_t code = line_decode(text, bytes, at, &taken);
        bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == LINE_NO_CODE;
        if (!control)
            fwrite(text + at, 1, end - at, stderr);
        else
            fputc(code == '\n' ? '\n' : ' ', stderr);
        at = end;
    }
    fputs(at < bytes ? " …\n" : "\n", stderr);
}

void conversation_say_where(const struct conversation *c)
{
    size_t tokens = rlx_session_tokens(c->session);

    if (c->count == 0)
        return;
    fprintf(stderr, "continues: %zu message%s", c->count, c->count == 1 ? "" : "s");
    if (tokens != 0)
        fprintf(stderr, ", %zu of %zu tokens", tokens, rlx_session_context(c->session));
    fputc('\n', stderr);
    if (conversation_last_is(c, "assistant"))
        print_beginning(c->messages[c->count - 1].content);
}
