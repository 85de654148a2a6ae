/* Answers messages. Contract: chat_answer.h. Keys in the KV cache depend on their positions, so a
 * conversation that loses its beginning must be read again. It then shrinks to half of the context
 * at once, so that this is rare. */
#include "runtime/tool/chat_answer.h"

#include "runtime/base/error.h"
#include "runtime/tool/chat_printer.h"

#include <stdlib.h>
#include <string.h>

/* Makes `ids` the session's history, and keeps the common beginning. */
static rlx_status continue_with(rlx_session *session, const int32_t *ids, size_t count,
                                rlx_error *error)
{
    const int32_t *history = rlx_session_history(session);
    size_t tokens = rlx_session_tokens(session), same = 0;

    while (same < tokens && same < count && history[same] == ids[same])
        same++;
    rlx_status status = rlx_session_truncate(session, same, error);
    return status != RLX_OK ? status : rlx_session_append(session, ids + same, count - same, error);
}

/* ---- a prompt that fits ---- */

/* What the model continues: the conversation, and the answer so far. */
struct prompt {
    int32_t *ids;
    size_t count;    /* all */
    size_t rendered; /* of the conversation */
};

/* The prompt of the conversation, without the messages between the system message and `from`. */
static rlx_status render(const struct conversation *c, size_t from, const int32_t *made,
                         size_t made_count, struct prompt *p, rlx_error *error)
{
    size_t head = conversation_system(c) != NULL && from != 0, count = head + c->count - from;
    rlx_message *messages = malloc((count + 1) * sizeof *messages);

    *p = (struct prompt){0};
    if (messages == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %zu messages", count);
    if (head != 0)
        messages[0] = c->messages[0];
    memcpy(messages + head, c->messages + from, (c->count - from) * sizeof *messages);
    p->ids = command_tokenize_chat(&c->options, c->model, messages, count, &p->rendered, error);
    free(messages);
    if (p->ids == NULL)
        return error->status;
    p->count = p->rendered + made_count;
    int32_t *longer = realloc(p->ids, (p->count + 1) * sizeof *longer);
    if (longer == NULL) {
        free(p->ids);
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %zu tokens", p->count);
    }
    p->ids = longer;
    if (made_count != 0)
        memcpy(p->ids + p->rendered, made, made_count * sizeof *made);
    return RLX_OK;
}

/* The next question after `from`; the number of messages if there is none. */
static size_t next_question(const struct conversation *c, size_t from)
{
    do
        from++;
    while (from < c->count && strcmp(c->messages[from].role, "user") != 0);
    return from < c->count ? from : c->count;
}

static rlx_status too_long(const struct conversation *c, size_t tokens, bool stops,
                           rlx_error *error)
{
    return rlx_fail(
        error, RLX_ERROR_CONTEXT_FULL, "%zu tokens do not fit: the context has room for %zu%s",
        tokens, rlx_session_context(c->session),
        stops ? "; /reset begins anew, --when-full=forget drops the oldest messages" : "");
}

static void say_forgotten(size_t questions, size_t context)
{
    fprintf(stderr, "%s: the context of %zu tokens is full: dropped the oldest ", program_name,
            context);
    if (questions == 1)
        fputs("question and its answer\n", stderr);
    else
        fprintf(stderr, "%zu questions and their answers\n", questions);
}

/* Drops the fewest questions that leave half of the context free, or all but the last one if that
 * is enough to continue. RLX_ERROR_CONTEXT_FULL, and no change: not even that helps. */
static rlx_status forget_oldest(struct conversation *c, const int32_t *made, size_t made_count,
                                struct prompt *p, rlx_error *error)
{
    size_t context = rlx_session_context(c->session), first = conversation_system(c) != NULL;
    size_t from = first, questions = 0;

    for (;;) {
        size_t next = next_question(c, from), needed = p->count;
        if (next == c->count && needed < context && questions != 0)
            break;
        if (questions != 0 && needed <= context / 2)
            break;
        free(p->ids);
        p->ids = NULL;
        if (next == c->count)
            return too_long(c, needed, false, error);
        from = next;
        questions++;
        rlx_status status = render(c, from, made, made_count, p, error);
        if (status != RLX_OK)
            return status;
    }
    conversation_drop(c, first, from);
    say_forgotten(questions, context);
    return RLX_OK;
}

static rlx_status make_prompt(struct conversation *c, const int32_t *made, size_t made_count,
                              struct prompt *p, rlx_error *error)
{
    rlx_status status = render(c, 0, made, made_count, p, error);

    if (status != RLX_OK || p->count < rlx_session_context(c->session))
        return status;
    if (c->options.when_full == WHEN_FULL_FORGET)
        return forget_oldest(c, made, made_count, p, error);
    status = too_long(c, p->count, true, error);
    free(p->ids);
    p->ids = NULL;
    return status;
}

/* ---- an answer ---- */

struct answering {
    struct conversation *conversation;
    struct chat_printer printer;
    struct prompt prompt;
    size_t made; /* tokens, in all runs */
    rlx_end why;
};

/* Generates until the answer ends or the context is full. */
static rlx_status generate(struct answering *a, rlx_error *error)
{
    struct conversation *c = a->conversation;
    const struct command_options *o = &c->options;
    struct command_stream none = {.detokenizer = {.skip_special = true, .started = a->made != 0}};
    rlx_generate_options options = command_generation(o, &none);
    size_t made = 0;
    rlx_status status = continue_with(c->session, a->prompt.ids, a->prompt.count, error);

    if (status != RLX_OK)
        return status;
    options.on_token = chat_printer_token;
    options.on_text = chat_printer_text;
    options.context = &a->printer;
    options.max = o->new_tokens == 0 ? 0 : o->new_tokens - (uint32_t)a->made;
    status = rlx_session_generate(c->session, &options, &made, &a->why, error);
    a->made += made;
    return status;
}

/* Drops the oldest messages and puts the answer so far after the rest. False: there is nothing to
 * drop, or it failed, and the answer ends here. */
static bool go_on(struct answering *a)
{
    struct conversation *c = a->conversation;
    size_t count = rlx_session_tokens(c->session) - a->prompt.rendered;
    rlx_error error;

    if (a->why != RLX_END_CONTEXT || c->options.when_full != WHEN_FULL_FORGET)
        return false;
    int32_t *made = malloc((count + 1) * sizeof *made);
    if (made == NULL)
        return false;
    memcpy(made, rlx_session_history(c->session) + a->prompt.rendered, count * sizeof *made);
    free(a->prompt.ids);
    bool good = make_prompt(c, made, count, &a->prompt, &error) == RLX_OK;
    free(made);
    return good;
}

/* Sets the sampling from the model's recommendation and the options; every repeated answer has its
 * own seed. */
bool chat_apply_sampling(const struct conversation *c, rlx_error *error)
{
    rlx_sampling sampling = {.struct_bytes = sizeof sampling};

    rlx_model_get_sampling(c->model, &sampling);
    sampling.seed = c->seed;
    sampling = command_sampling(&c->options, sampling);
    sampling.seed += c->again;
    return rlx_session_use_sampling(c->session, &sampling, error) == RLX_OK;
}

/* Prints the answer and returns its text (malloc'd); NULL if there is none. */
static char *print_answer(struct answering *a, rlx_error *error)
{
    struct conversation *c = a->conversation;
    rlx_status status;

    chat_printer_open(&a->printer, c->model, a->prompt.ids, a->prompt.count, c->faint,
                      command_interrupted);
    do
        status = generate(a, error);
    while (status == RLX_OK && go_on(a));
    char *text = chat_printer_end(&a->printer);
    if (text == NULL)
        status = rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for the answer");
    if (status != RLX_OK) {
        free(text);
        return NULL;
    }
    if (a->why == RLX_END_CONTEXT)
        fprintf(stderr, "%s: the context of %zu tokens is full: the answer is cut off%s\n",
                program_name, rlx_session_context(c->session),
                c->options.when_full == WHEN_FULL_FORGET
                    ? ""
                    : "; /reset begins anew, --when-full=forget drops the oldest messages");
    return text;
}

static enum chat_answer failed(struct conversation *c, const rlx_error *error)
{
    c->failed = true;
    command_failed(error);
    return CHAT_FAILED;
}

/* Answers the last message. */
static enum chat_answer answer(struct conversation *c)
{
    struct answering a = {.conversation = c, .why = RLX_END_LENGTH};
    rlx_error error;

    if (make_prompt(c, NULL, 0, &a.prompt, &error) != RLX_OK)
        return failed(c, &error);
    if (!chat_apply_sampling(c, &error)) {
        free(a.prompt.ids);
        return failed(c, &error);
    }
    if (!c->catches) /* otherwise a Ctrl-C since the question was sent counts */
        command_catch_interrupts(true);
    char *text = print_answer(&a, &error);
    command_catch_interrupts(c->catches);
    free(a.prompt.ids);
    if (text == NULL)
        return failed(c, &error);
    if (a.why == RLX_END_CALLBACK && a.made == 0) {
        free(text);
        return CHAT_STOPPED;
    }
    if (!conversation_add(c, "assistant", text)) {
        error = (rlx_error){RLX_ERROR_NO_MEMORY, "no memory for the answer"};
        return failed(c, &error);
    }
    return CHAT_ANSWERED;
}

enum chat_answer chat_ask(struct conversation *c, char *question)
{
    const rlx_error no_memory = {RLX_ERROR_NO_MEMORY, "no memory for the question"};

    if (!conversation_add(c, "user", question))
        return failed(c, &no_memory);
    enum chat_answer found = answer(c);
    if (found != CHAT_ANSWERED)
        free(conversation_take_last(c));
    if (found == CHAT_STOPPED)
        fprintf(stderr, "%s: stopped before the answer began; the question is removed\n",
                program_name);
    return found;
}

enum chat_answer chat_ask_again(struct conversation *c)
{
    char *before = conversation_take_last(c);

    c->again++;
    enum chat_answer found = answer(c);
    if (found == CHAT_ANSWERED) {
        free(before);
        return found;
    }
    conversation_add(c, "assistant", before); /* there was room for it */
    if (found == CHAT_STOPPED)
        fprintf(stderr, "%s: stopped before the new answer began; the old one stays\n",
                program_name);
    return found;
}
