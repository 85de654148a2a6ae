/* `rlx run`: continues a text or ids. A standalone program's default: answers its argument through
 * the chat template. */
#include "runtime/tool/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char run_help[] =
    " MODEL.rlx -p TEXT [options]\n\nContinues a text, word by word. Ctrl-C stops, in the prompt "
    "too.\n\n"
    "  -p, --prompt=TEXT    the text; without it, standard input\n"
    "  --tokens=5,17,3      ids instead of text\n"
    "  -n, --new-tokens=N   most new tokens; -1, the default: until the model ends or the context is\n"
    "                       full; 0: only compute the prompt\n"
    "  --ids                print ids, separated by commas; so does a model without a tokenizer\n"
    "  --ignore-eos         go on after the model has ended\n" COMMAND_ANSWERING_HELP
    "  -v, --verbose        how it samples, and a line of timings at the end\n"
    "  -q, --quiet          no word about a context that is full\n";

static const char ask_help[] =
    " [PROMPT] [options], or a command: run, chat, bench, info, logits, tokenize\n\n"
    "Answers the prompt; without one, starts a conversation. A command has --help of its own.\n\n"
    "  --raw                continue the prompt as plain text, without the chat template\n"
    "  -s, --system=TEXT    the system message\n"
    "  --session=FILE       a conversation that goes on where it ended\n"
    "  --tokens=5,17,3      continue ids instead of text\n"
    "  -n, --new-tokens=N   most new tokens; -1, the default: until the model ends or the context is\n"
    "                       full; 0: only compute the prompt\n"
    "  --ids                print ids, separated by commas\n"
    "  --ignore-eos         go on after the model has ended\n" COMMAND_ANSWERING_HELP
    "  -q, --quiet          no line of timings\n";

/* The ids to start from; NULL after a message. */
static int32_t *prompt_ids(const struct command_options *o, const rlx_model *model, bool chat,
                           size_t *count, int *code)
{
    rlx_error error;
    int32_t *ids = NULL;
    size_t bytes = 0;
    char *text = NULL;

    *code = EXIT_USAGE;
    if (o->tokens != NULL)
        return command_parse_ids(o, o->tokens, &ids, count) ? ids : NULL;
    if (chat) {
        rlx_message messages[2] = {{"system", o->system}, {"user", o->prompt}};
        size_t skip = o->system == NULL;
        ids = command_tokenize_chat(model, messages + skip, 2 - skip, count, &error);
        if (ids == NULL)
            *code = command_failed(&error);
        return ids;
    }
    if (o->prompt != NULL) {
        text = strdup(o->prompt);
        bytes = text == NULL ? 0 : strlen(text);
    } else {
        text = command_read_all(stdin, &bytes);
    }
    if (text != NULL)
        ids = command_tokenize_text(model, text, bytes, RLX_PARSE_SPECIAL | RLX_ADD_BOS, count,
                                    &error);
    if (text == NULL || ids == NULL)
        *code = text == NULL ? EXIT_INTERNAL : command_failed(&error);
    free(text);
    return ids;
}

/* `answers`: the text begins anew, rather than going on where the prompt ended. */
static int generate(const struct command_options *o, rlx_model *model, rlx_session *session,
                    const int32_t *ids, size_t count, bool answers)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model_get_info(model, &info);
    struct command_stream stream = {
        .model = model,
        .detokenizer = {.skip_special = !o->ignore_end, .started = !answers},
        .ids = o->ids || !info.has_tokenizer};
    rlx_generate_options options = command_generation(o, &stream);
    rlx_error error;
    rlx_stop why;
    size_t made;

    if (count == 0) {
        fprintf(stderr, "%s: the text is empty: there is nothing to continue\n", program_name);
        return EXIT_USER;
    }
    if (rlx_session_prefill(session, ids, count, &error) != RLX_OK)
        return command_failed(&error);
    command_catch_interrupts(true);
    rlx_status status = rlx_session_generate(session, &options, &made, &why, &error);
    command_catch_interrupts(false);
    command_stream_end(&stream);
    if (status != RLX_OK)
        return command_failed(&error);
    if (why == RLX_BY_CALLBACK && made == 0) {
        fprintf(stderr, "%s: stopped in the prompt, behind %zu of its %zu tokens\n", program_name,
                rlx_session_past(session), count);
        return EXIT_STOPPED;
    }
    if (why == RLX_CONTEXT && !o->quiet)
        fprintf(stderr, "%s: the context of %zu tokens is full\n", program_name,
                rlx_session_context(session));
    return 0;
}

static int run(const struct command_options *o, bool chat, bool timings)
{
    rlx_model *model;
    rlx_session *session;
    double start = command_seconds();
    int code = command_open(o, &model, &session);

    if (code != 0)
        return code;
    double opened = command_seconds() - start;
    size_t count = 0;
    code = command_use_sampling(o, model, session);
    int32_t *ids = code != 0 ? NULL : prompt_ids(o, model, chat, &count, &code);
    if (ids != NULL)
        code = generate(o, model, session, ids, count, chat);
    if (ids != NULL && code == 0 && timings)
        command_print_timings(session, opened);
    free(ids);
    rlx_session_close(session);
    rlx_model_close(model);
    return code;
}

int command_run(int argc, char **argv)
{
    struct command_options o;

    if (!command_parse(
            &o, argc, argv,
            "model operand prompt tokens new-tokens ids ignore-eos verbose " COMMAND_ANSWERING,
            run_help))
        return EXIT_USAGE;
    if (o.prompt != NULL && o.tokens != NULL)
        return command_usage(&o, "a text and --tokens were both given; one is needed");
    return run(&o, false, o.verbose);
}

int command_ask(int argc, char **argv)
{
    struct command_options o;

    argv[0] = (char *)(uintptr_t) "";
    if (!command_parse(
            &o, argc, argv,
            "model operand prompt system session tokens new-tokens raw ids ignore-eos quiet " COMMAND_ANSWERING,
            ask_help))
        return EXIT_USAGE;
    if (o.prompt == NULL && o.tokens == NULL && !o.raw) {
        argv[0] = (char *)(uintptr_t) "chat";
        return command_chat(argc, argv);
    }
    if (o.prompt != NULL && o.tokens != NULL)
        return command_usage(&o, "a prompt and --tokens were both given; one is needed");
    if (o.session_file != NULL)
        return command_usage(&o, "--session is for conversations, which begin without a prompt");
    return run(&o, !o.raw && o.tokens == NULL, !o.quiet);
}
