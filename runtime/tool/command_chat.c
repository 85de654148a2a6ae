/* `rlx chat`: a conversation. Each turn renders the whole conversation, and only what the cache
 * does not already hold is computed.
 */
#include "runtime/tool/command_conversation.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char chat_help[] =
    " MODEL.rlx [options]\n\nTalks. /reset forgets the conversation, /exit or the end of input "
    "leaves, Ctrl-C stops an answer or a prompt.\n\n"
    "  -s, --system=TEXT    the system message\n"
    "  --session=FILE       goes on with the conversation in the file, or begins one; it is saved\n"
    "                       there at the end, which Ctrl-C between answers is too\n"
    "  -n, --new-tokens=N   most new tokens an answer\n"
    "  --temp=T             temperature; 0, the default, is greedy\n"
    "  --top-k=N --top-p=P --min-p=P --repeat-penalty=R --seed=N\n" COMMAND_DRAFT_HELP
    "  -t, --threads=N      default: all processors\n"
    "  -c, --context=N      most tokens in memory; default: the model's\n"
    "  --render             only render: {\"messages\":[...],\"add_generation_prompt\":true} "
    "a line\n"
    "                       in, {\"text\":...} a line out\n"
    "  -v, --verbose        a line of timings at the end\n"
    "  -q, --quiet          none, where a program that carries its model prints it\n";

/* Brings the session's history to `ids`, keeping the common beginning. */
static rlx_status continue_with(rlx_session *session, const int32_t *ids, size_t count,
                                rlx_error *error)
{
    const int32_t *history = rlx_session_history(session);
    size_t tokens = rlx_session_tokens(session), same = 0;

    while (same < tokens && same < count && history[same] == ids[same])
        same++;
    if (same == count && same > 0)
        same--; /* at least one token must run */
    if (same == 0)
        return rlx_session_prefill(session, ids, count, error);
    rlx_status status = rlx_session_truncate(session, same, error);
    return status != RLX_OK ? status : rlx_session_append(session, ids + same, count - same, error);
}

/* Renders, computes and streams one answer; returns its text (malloc'd), or NULL and an error. */
static char *answer(struct conversation *c, rlx_error *error)
{
    struct command_stream stream = {
        .model = c->model, .detokenizer = {.skip_special = true}, .keep = true};
    rlx_generate_options options = command_generation(c->options, &stream);
    size_t count = 0, made = 0;
    rlx_stop why = RLX_LENGTH;
    int32_t *ids = command_tokenize_chat(c->model, c->messages, c->count, &count, error);

    if (ids == NULL)
        return NULL;
    rlx_status status = continue_with(c->session, ids, count, error);
    free(ids);
    if (status != RLX_OK)
        return NULL;
    command_catch_interrupts(true);
    status = rlx_session_generate(c->session, &options, &made, &why, error);
    command_catch_interrupts(c->options->session_file != NULL);
    command_stream_end(&stream);
    if (status == RLX_OK && why == RLX_BY_CALLBACK && made == 0) {
        status = error->status = RLX_STOPPED;
        snprintf(error->text, sizeof error->text,
                 "stopped before the answer began; the question is taken back");
    }
    if (status != RLX_OK) {
        free(stream.text);
        return NULL;
    }
    if (why == RLX_CONTEXT)
        fprintf(stderr, "\n%s: the context of %zu tokens is full; /reset begins anew", program_name,
                rlx_session_context(c->session));
    return stream.text != NULL ? stream.text : strdup("");
}

/* One turn; false after /exit. */
static bool turn(struct conversation *c, char *line)
{
    rlx_error error;

    if (strcmp(line, "/exit") == 0)
        return false;
    if (strcmp(line, "/reset") == 0) {
        conversation_forget(c);
        return true;
    }
    if (line[0] == 0)
        return true;
    if (line[0] == '/') {
        fprintf(stderr, "%s: unknown command '%s'; there are /reset and /exit\n", program_name,
                line);
        return true;
    }
    if (c->count + 2 > MAX_MESSAGES)
        conversation_forget(c);
    c->messages[c->count++] = (rlx_message){"user", strdup(line)};
    char *text = answer(c, &error);
    putchar('\n');
    if (text == NULL) {
        fprintf(stderr, "%s: %s%s\n", program_name, error.text,
                error.status == RLX_CONTEXT_FULL ? "; /reset begins anew" : "");
        free((void *)(uintptr_t)c->messages[--c->count].content);
    } else {
        c->messages[c->count++] = (rlx_message){"assistant", text};
    }
    return true;
}

/* A model that cannot talk says so before the first line is typed. */
static int check_template(const rlx_model *model)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_error error;
    char *text = NULL;
    size_t bytes;

    rlx_model_get_info(model, &info);
    if (info.has_template ||
        rlx_chat_render(model, NULL, 0, true, &text, &bytes, &error) == RLX_OK) {
        free(text);
        return 0;
    }
    return command_failed(&error);
}

/* Line by line, until the end of input or /exit; with a file, until Ctrl-C or a request to end as
 * well. */
static void read_lines(struct conversation *c)
{
    bool terminal = isatty(STDIN_FILENO);
    char *line = NULL;
    size_t capacity = 0;

    while (!command_ending()) {
        if (terminal)
            fputs("> ", stdout);
        fflush(stdout);
        ssize_t length = getline(&line, &capacity, stdin);
        if (length < 0)
            break;
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = 0;
        if (!terminal)
            printf("> %s\n", line);
        if (!turn(c, line))
            break;
    }
    if (terminal)
        putchar('\n');
    fflush(stdout);
    free(line);
}

static int talk(const struct command_options *o, rlx_model *model, rlx_session *session)
{
    int code = check_template(model);
    if (code != 0)
        return code;
    struct conversation *c = calloc(1, sizeof *c);

    if (c == NULL)
        return EXIT_INTERNAL;
    c->model = model;
    c->session = session;
    c->options = o;
    if (o->session_file == NULL) {
        c->system = o->system == NULL ? NULL : strdup(o->system);
        conversation_forget(c);
        read_lines(c);
        code = command_read_whole(stdin, "standard input") ? 0 : EXIT_USER;
    } else if (!conversation_resume(c, o->session_file)) {
        code = EXIT_USER;
    } else {
        command_catch_endings();
        read_lines(c);
        code = conversation_save(c, o->session_file) ? 0 : EXIT_USER;
    }
    conversation_forget(c);
    free(c->system);
    free(c);
    return code;
}

int command_chat(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;
    rlx_session *session = NULL;

    if (!command_parse(
            &o, argc, argv,
            "model system session lines new-tokens render quiet verbose temp top-k top-p min-p "
            "repeat-penalty seed draft draft-tokens threads context",
            chat_help))
        return EXIT_USAGE;
    if (o.render && o.session_file != NULL)
        return command_usage(&o, "--session is for conversations, not for --render");
    double start = command_seconds();
    int code = command_open(&o, &model, o.render ? NULL : &session);
    if (code != 0)
        return code;
    double opened = command_seconds() - start;
    code = o.render ? command_render(model) : talk(&o, model, session);
    if (code == 0 && session != NULL && (o.verbose || (program_has_model && !o.quiet)))
        command_print_timings(session, opened);
    rlx_session_close(session);
    rlx_model_close(model);
    return code;
}

/* ---- one question ---- */

static int ask_once(struct conversation *c, const char *question)
{
    rlx_error error = {RLX_NO_MEMORY, "no memory for the question"};
    char *said = strdup(question), *text = NULL;

    if (c->count + 2 > MAX_MESSAGES)
        conversation_forget(c);
    c->messages[c->count++] = (rlx_message){"user", said};
    if (said != NULL)
        text = answer(c, &error);
    if (text == NULL) {
        free(said);
        c->count--;
        int code = command_failed(&error);
        return command_stopped() != 0 ? command_stopped() : code;
    }
    if (text[0] == 0 || text[strlen(text) - 1] != '\n')
        putchar('\n');
    fflush(stdout);
    c->messages[c->count++] = (rlx_message){"assistant", text};
    return conversation_save(c, c->options->session_file) ? command_stopped() : EXIT_USER;
}

int command_chat_once(const struct command_options *o, rlx_model *model, rlx_session *session,
                      const char *question)
{
    int code = check_template(model);
    struct conversation *c = code == 0 ? calloc(1, sizeof *c) : NULL;

    if (c == NULL)
        return code == 0 ? EXIT_INTERNAL : code;
    c->model = model;
    c->session = session;
    c->options = o;
    if (conversation_resume(c, o->session_file)) {
        command_catch_endings();
        code = ask_once(c, question);
    } else {
        code = EXIT_USER;
    }
    conversation_forget(c);
    free(c->system);
    free(c);
    return code;
}
