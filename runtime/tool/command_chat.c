/* `rlx chat`: a conversation. In: messages from a terminal or standard input; out: answers. Each
 * turn renders the whole conversation and computes only what the KV cache does not yet hold.
 *
 * Standard output receives only the answers. Prompts go to a terminal, everything else to standard
 * error.
 */
#include "runtime/tool/chat_answer.h"
#include "runtime/tool/chat_commands.h"
#include "runtime/tool/chat_input.h"
#include "runtime/tool/line_terminal.h"
#include "runtime/tool/line_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char chat_help[] =
    " MODEL.rlx [options]\n"
    "\n"
    "Holds a conversation. /help lists the commands; /exit or Ctrl-D leaves; Ctrl-C\n"
    "stops an answer. Standard input that is not a terminal is one whole message.\n"
    "\n"
    "  -s, --system=TEXT     the system message\n"
    "      --session=FILE    continue the conversation in FILE, or begin one there;\n"
    "                        it is saved after every answer\n"
    "      --lines           each line of standard input is a message or a command\n"
    "      --when-full=forget|stop\n"
    "                        when the context is full: forget (default) drops the\n"
    "                        oldest questions and answers, and says so; stop answers\n"
    "                        no more\n"
    "  -n, --new-tokens=N    at most N new tokens per answer; -1 (default) or -2: no\n"
    "                        limit\n" COMMAND_ANSWERING_HELP
    "      --render          only render: each line of standard input is an object\n"
    "                        with messages and, if wanted, tools, documents,\n"
    "                        add_generation_prompt, variables, now; it becomes a\n"
    "                        line {\"text\":...} or {\"error\":...}\n"
    "  -v, --verbose         show how it samples, and timings at the end\n"
    "  -q, --quiet           do not say where a conversation continues; no timings\n"
    "\n"
    "The arrow keys find what was typed before in ~/.local/state/rlx/history.\n"
    "RLX_HISTORY names another file; if it is empty, nothing is kept.\n"
    "\n";

/* Refuses a model without a chat template before the first line is typed. */
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

/* Sends the message to the model, and saves the answer. */
static void say(struct conversation *c, const char *text)
{
    if (chat_ask(c, strdup(text)) == CHAT_ANSWERED && !conversation_save_turn(c))
        c->failed = true;
}

/* Handles one message or command; false: the user leaves. */
static bool turn(struct conversation *c, const char *text, bool literal)
{
    enum chat_next next = literal ? CHAT_IS_MESSAGE : chat_command(c, text);
    bool escaped = !literal && strncmp(text, "//", 2) == 0;

    if (next != CHAT_IS_MESSAGE)
        return next == CHAT_GOES_ON;
    if (!line_is_blank(text, strlen(text)))
        say(c, text + escaped);
    return true;
}

/* Runs until the end of input, /exit, or a signal; returns the exit code. */
static int talk(struct conversation *c, enum chat_source source)
{
    struct chat_input in;
    struct line_text message;
    enum chat_input_found found = CHAT_END;

    chat_input_open(&in, source, command_ending);
    while (!command_ending() && (found = chat_input_next(&in, &message)) < CHAT_INTERRUPTED) {
        if (found == CHAT_BAD)
            c->failed = true;
        else if (!turn(c, message.data, found == CHAT_LITERAL))
            break;
    }
    bool interrupted = found == CHAT_INTERRUPTED, whole = source == CHAT_WHOLE;
    chat_input_close(&in);
    fflush(stdout);
    if (command_ending() || (whole && command_stopped() != 0))
        return command_stopped();
    return interrupted ? EXIT_STOPPED : c->failed && !c->terminal ? EXIT_USER : 0;
}

/* With a file or a terminal, the program always ends in an orderly way. */
static bool begin(struct conversation *c)
{
    const struct command_options *o = &c->options;
    bool there = o->session_file != NULL && access(o->session_file, F_OK) == 0;

    c->faint = line_terminal_has_colour(STDOUT_FILENO);
    if (o->session_file != NULL && !conversation_keep_in(c, o->session_file))
        return false;
    c->options.system = NULL; /* only for the beginning */
    c->catches = c->terminal || o->session_file != NULL;
    if (c->catches)
        command_catch_endings();
    if (c->terminal && !o->quiet)
        fprintf(stderr, "%s: /help lists commands\n", program_name);
    if (there && !o->quiet && (c->terminal || o->verbose))
        conversation_say_where(c);
    return true;
}

static int end(struct conversation *c, int code)
{
    return conversation_save_whole(c) || code != 0 ? code : EXIT_USER;
}

static int chat(const struct command_options *o, rlx_model *model, rlx_session *session)
{
    struct conversation c;
    int code = check_template(model);
    bool keys = isatty(STDIN_FILENO);

    if (code != 0)
        return code;
    if (!conversation_open(&c, o, model, session)) {
        conversation_close(&c);
        return EXIT_INTERNAL;
    }
    c.terminal = keys;
    if (!begin(&c))
        code = EXIT_USER;
    else
        code = end(&c, talk(&c, line_terminal_serves() && !o->lines ? CHAT_EDITOR
                                : keys || o->lines                  ? CHAT_LINES
                                                                    : CHAT_WHOLE));
    conversation_close(&c);
    return code;
}

int command_chat_once(const struct command_options *o, rlx_model *model, rlx_session *session,
                      const char *question)
{
    struct conversation c;
    int code = check_template(model);

    if (code != 0)
        return code;
    if (!conversation_open(&c, o, model, session)) {
        code = EXIT_INTERNAL;
    } else if (!begin(&c)) {
        code = EXIT_USER;
    } else {
        chat_ask(&c, strdup(question));
        code = end(&c, command_stopped() != 0 ? command_stopped() : c.failed ? EXIT_USER : 0);
    }
    conversation_close(&c);
    return code;
}

int command_chat(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;
    rlx_session *session = NULL;

    if (!command_parse(
            &o, argc, argv,
            "model system session lines new-tokens when-full render quiet verbose " COMMAND_ANSWERING,
            chat_help))
        return EXIT_USAGE;
    if (o.render && (o.session_file != NULL || o.system != NULL || o.template_arguments != NULL))
        return command_usage(&o, "--render takes all from its lines: no --session, --system or "
                                 "--template-args");
    double start = command_seconds();
    int code = command_open(&o, &model, o.render ? NULL : &session);
    if (code != 0)
        return code;
    double opened = command_seconds() - start;
    if (o.render)
        code = command_render(model);
    else if ((code = command_use_sampling(&o, model, session)) == 0)
        code = chat(&o, model, session);
    if (code == 0 && session != NULL && (o.verbose || (program_has_model && !o.quiet)))
        command_print_timings(session, opened);
    rlx_session_close(session);
    rlx_model_close(model);
    return code;
}
