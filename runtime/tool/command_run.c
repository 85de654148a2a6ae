/* `rlx run`: answers prompts, or continues texts or ids. A standalone program does the same with
 * its arguments; without arguments in a terminal, it holds a conversation. */
#include "runtime/base/goal.h"
#include "runtime/tool/answer.h"
#include "runtime/tool/command.h"
#include "runtime/tool/prompt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS \
    "model operand prompt file lines system session raw tokens new-tokens ids json ignore-eos logits " COMMAND_ANSWERING

#define OPTIONS_HELP                                                                    \
    "  -p, --prompt=TEXT     the prompt, as PROMPT is\n"                                \
    "  -f, --file=FILE       read the prompt from FILE; -: from standard input\n"       \
    "      --lines           each line of the input is a prompt of its own\n"           \
    "      --raw             continue plain text, without the chat template\n"          \
    "  -s, --system=TEXT     the system message\n"                                      \
    "      --session=FILE    continue the conversation in FILE, or begin one there\n"   \
    "      --tokens=5,17,3   continue token ids instead of text\n"                      \
    "  -n, --new-tokens=N    at most N new tokens; 0: only read the prompt; -1\n"       \
    "                        (default) or -2: until the model ends or the context is\n" \
    "                        full\n"                                                    \
    "      --ids             print token ids, separated by commas; a model without a\n" \
    "                        tokenizer always does\n"                                   \
    "      --ignore-eos      go on after the model has ended\n" COMMAND_ANSWERING_HELP  \
    "      --json            print one JSON object per answer, in one line, once it\n"  \
    "                        is complete: text, tokens, prompt_tokens,\n"               \
    "                        generated_tokens, stop (end, length, context, string or\n" \
    "                        interrupted), seed if one was used, timings, and with\n"   \
    "                        --lines the line's number\n"                               \
    "      --logits=FILE     write the logits at every token of the prompt, as rlx\n"   \
    "                        logits does; then generate only if -n is given\n"

#define INPUT_HELP                                                                      \
    "\n"                                                                                \
    "A prompt may come with a text: a file (-f), a pipe, or a file as standard\n"       \
    "input. The model then gets the prompt, an empty line, and the text without its\n"  \
    "last line end. A pipe that brings nothing for 3 seconds is ignored, unless -f -\n" \
    "asks for it. In a shell loop that reads lines, add '< /dev/null', or the first\n"  \
    "prompt takes them all. The answer goes to standard output, everything else to\n"   \
    "standard error. Ctrl-C stops, even while the prompt is being read.\n"              \
    "\n"

static const char run_help[] =
    " MODEL.rlx [PROMPT] [options]\n"
    "\n"
    "Answers a prompt; a model without a chat template continues it as plain text.\n"
    "Without PROMPT, standard input is the prompt.\n" INPUT_HELP OPTIONS_HELP
    "  -v, --verbose         show how it samples, and timings at the end\n"
    "  -q, --quiet           do not say that the context is full or the answer empty\n";

static const char ask_help[] =
    " [PROMPT] [options]\n"
    "\n"
    "Or a command: run, chat, bench, info, logits, perplexity, tokenize.\n"
    "\n"
    "Answers a prompt. Without PROMPT it talks in a terminal, and elsewhere takes\n"
    "standard input as the prompt. Each command has its own --help.\n" INPUT_HELP OPTIONS_HELP
    "  -q, --quiet           no timings at the end\n";

/* ---- wrong usage ---- */

static bool check_parallel(const struct command_options *o)
{
    bool text = o->prompt != NULL || o->text_file != NULL;
    const char *wrong = NULL;

    if (text && o->tokens != NULL)
        wrong = "a text and --tokens were both given; one is needed";
    else if (o->lines && o->tokens != NULL)
        wrong = "--lines is for texts, not for --tokens";
    else if (o->system != NULL && (o->raw || o->tokens != NULL))
        wrong = "--system is for the chat template, not for --raw or --tokens";
    else if (o->template_arguments != NULL && (o->raw || o->tokens != NULL))
        wrong = "--template-args is for the chat template, not for --raw or --tokens";
    else if (o->session_file != NULL && (o->raw || o->tokens != NULL || o->ids || o->json))
        wrong = "--session is for conversations: no --raw, --tokens, --ids or --json";
    else if (o->output != NULL && (o->lines || o->session_file != NULL))
        wrong = "--logits is for one prompt: no --lines, no --session";
    else if (o->output != NULL && goal_is_standard_output(o->output, true))
        wrong = "--logits: standard output is for the answer; expected a file";
    else if (o->ids && o->json)
        wrong = "--json has the ids already: no --ids";
    if (wrong != NULL)
        command_usage(o, "%s", wrong);
    return wrong == NULL;
}

/* Whether texts go through the chat template. If the template could not be compiled, the library
 * reports the error. */
static int choose_template(struct answerer *a)
{
    const struct command_options *o = a->options;

    a->templated = !o->raw && (a->info.has_template || a->info.template_refused);
    if (o->system != NULL && !a->templated) {
        fprintf(stderr, "%s: the model has no chat template, so --system has no place\n",
                program_name);
        return EXIT_USER;
    }
    return 0;
}

static int need_tokenizer(const struct answerer *a)
{
    if (a->info.has_tokenizer)
        return 0;
    fprintf(stderr,
            "%s: the model was compiled without a tokenizer: it works with token ids only, as in "
            "--tokens=5,17,3\n",
            program_name);
    return EXIT_USER;
}

/* ---- prompts ---- */

static int answer_tokens(const struct answerer *a)
{
    int32_t *ids;
    size_t count;

    if (!command_parse_ids(a->options, "--tokens", a->options->tokens, &ids, &count))
        return EXIT_USAGE;
    if (count == 0) {
        free(ids);
        return command_usage(a->options, "--tokens: expected at least one id");
    }
    int code = answer_ids(a, ids, count);
    free(ids);
    return code;
}

/* Messages are C strings, but plain text is not. */
static int check_message(const struct answerer *a, const struct prompts *p)
{
    if (!a->templated || strlen(p->text) == p->bytes)
        return 0;
    fprintf(stderr,
            "%s: byte %zu of the prompt is NUL, which a message cannot contain; --raw allows it\n",
            program_name, strlen(p->text) + 1);
    return EXIT_USER;
}

static int answer_one(const struct answerer *a, const struct prompts *p)
{
    int code = check_message(a, p);

    if (code != 0)
        return code;
    if (a->options->session_file != NULL)
        return command_chat_once(a->options, a->model, a->session, p->text);
    return answer_text(a, p->text, p->bytes);
}

/* Answers all prompts. A failure does not prevent the next answer, but a signal does. */
static int answer_prompts(struct answerer *a, struct prompts *p)
{
    enum prompt_found found;
    int code = prompts_open(p);

    if (code != 0)
        return code;
    while (code < EXIT_SIGNAL && (found = prompts_next(p)) != PROMPT_NONE) {
        a->line = a->options->lines ? p->line : 0;
        int one = found == PROMPT_FOUND ? answer_one(a, p) : EXIT_USER;
        code = code == 0 || one > EXIT_SIGNAL ? one : code;
    }
    prompts_close(p);
    return code;
}

static int run(const struct command_options *o, bool timings)
{
    struct answerer a = {.options = o, .info = {.struct_bytes = sizeof a.info}};
    double start = command_seconds();
    int code = command_open(o, &a.model, &a.session);

    if (code != 0)
        return code;
    a.opened_seconds = command_seconds() - start;
    rlx_model_get_info(a.model, &a.info);
    struct prompts p = {.options = o, .model = a.model, .context = rlx_session_context(a.session)};
    code = command_use_sampling(o, a.model, a.session);
    if (code != 0) {
        ; /* after a message */
    } else if (o->tokens != NULL) {
        code = answer_tokens(&a);
    } else {
        code = need_tokenizer(&a);
        code = code == 0 ? choose_template(&a) : code;
        code = code == 0 ? answer_prompts(&a, &p) : code;
    }
    if (timings && (code == 0 || code > EXIT_SIGNAL))
        command_print_timings(a.session, a.opened_seconds);
    rlx_session_close(a.session);
    rlx_model_close(a.model);
    return code;
}

int command_run(int argc, char **argv)
{
    struct command_options o;

    if (!command_parse(&o, argc, argv, OPTIONS, run_help) || !check_parallel(&o))
        return EXIT_USAGE;
    return run(&o, o.verbose);
}

/* Whether to hold a conversation rather than read one prompt: if the model can have one. */
static bool wants_conversation(const struct command_options *o)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model *model;

    if (o->prompt != NULL || o->text_file != NULL || o->tokens != NULL || o->raw)
        return false;
    if (o->lines || o->ids || o->json || o->output != NULL || !isatty(STDIN_FILENO) ||
        rlx_model_open_self(&model, NULL) != RLX_OK)
        return false;
    rlx_model_get_info(model, &info);
    rlx_model_close(model);
    return info.has_template || info.template_refused;
}

int command_ask(int argc, char **argv)
{
    struct command_options o;

    argv[0] = (char *)(uintptr_t) "";
    if (!command_parse(&o, argc, argv, OPTIONS, ask_help) || !check_parallel(&o))
        return EXIT_USAGE;
    if (wants_conversation(&o)) {
        argv[0] = (char *)(uintptr_t) "chat";
        return command_chat(argc, argv);
    }
    return run(&o, o.verbose || (!o.quiet && !o.json));
}
