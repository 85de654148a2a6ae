/* What a user may say to the program rather than to the model. Contract: chat_commands.h. All of it
 * is printed on standard error: standard output is for answers.
 */
#include "runtime/tool/chat_commands.h"

#include "runtime/tool/chat_answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum takes { NOTHING, MAYBE, SOMETHING };

struct chat_command {
    const char *words[3]; /* without the slash; the first one is its name */
    const char *argument; /* as the help has it */
    enum takes takes;
    const char *help;
    enum chat_next (*run)(struct conversation *c, char *argument); /* "": none */
};

static enum chat_next run_help(struct conversation *c, char *argument);

static enum chat_next run_exit(struct conversation *c, char *argument)
{
    (void)c;
    (void)argument;
    return CHAT_LEAVES;
}

static void say(const char *text)
{
    fprintf(stderr, "%s\n", text);
}

static void keep(struct conversation *c)
{
    c->failed = !conversation_save_turn(c) || c->failed;
}

static enum chat_next run_reset(struct conversation *c, char *argument)
{
    (void)argument;
    conversation_forget(c);
    keep(c);
    if (c->terminal)
        say(conversation_system(c) != NULL ? "a new conversation, with the same system message"
                                           : "a new conversation");
    return CHAT_GOES_ON;
}

static enum chat_next run_undo(struct conversation *c, char *argument)
{
    (void)argument;
    size_t from = c->count;
    while (from > 0 && strcmp(c->messages[from - 1].role, "user") != 0)
        from--;
    if (from == 0) {
        say("nothing was asked yet");
        return CHAT_GOES_ON;
    }
    const char *question = c->messages[from - 1].content;
    fprintf(stderr, "taken back: %.*s%s\n", (int)strcspn(question, "\n"), question,
            strchr(question, '\n') != NULL ? " …" : "");
    conversation_drop(c, from - 1, c->count);
    keep(c);
    return CHAT_GOES_ON;
}

static enum chat_next run_again(struct conversation *c, char *argument)
{
    (void)argument;
    if (!conversation_last_is(c, "assistant") || conversation_questions(c) == 0) {
        say("nothing was answered yet");
        return CHAT_GOES_ON;
    }
    rlx_sampling sampling = {.struct_bytes = sizeof sampling};

    rlx_session_get_sampling(c->session, &sampling);
    if (sampling.temperature == 0)
        say("the most likely answer is the same again; /set temp 0.8 lets it vary");
    if (chat_ask_again(c) == CHAT_ANSWERED)
        keep(c);
    return CHAT_GOES_ON;
}

static enum chat_next run_system(struct conversation *c, char *argument)
{
    const char *now = conversation_system(c);

    if (argument[0] == 0) {
        fprintf(stderr, "%s\n", now != NULL ? now : "there is no system message");
        return CHAT_GOES_ON;
    }
    if (!conversation_set_system(c, strcasecmp(argument, "none") == 0 ? NULL : argument)) {
        say("no memory for it");
        return CHAT_GOES_ON;
    }
    keep(c);
    if (c->terminal)
        say(conversation_questions(c) == 0
                ? "set"
                : "set; what was said stays, and is read anew with the next question");
    return CHAT_GOES_ON;
}

/* As they are in force, whoever said so. */
static void print_settings(const struct conversation *c)
{
    struct command_options now = c->options;

    rlx_session_get_sampling(c->session, &now.sampling);
    command_print_options(&now, CHAT_SETTABLE, stderr);
}

static enum chat_next run_set(struct conversation *c, char *argument)
{
    rlx_error error;
    char *value = argument + strcspn(argument, " \t=");

    if (argument[0] == 0) {
        print_settings(c);
        return CHAT_GOES_ON;
    }
    if (*value != 0)
        *value++ = 0;
    value += strspn(value, " \t=");
    for (char *dash = argument; *dash != 0; dash++)
        *dash = *dash == '_' ? '-' : (char)tolower((unsigned char)*dash);
    const char *word = strncmp(argument, "--", 2) == 0 ? argument + 2 : argument;
    if (*value == 0) {
        say("/set OPTION VALUE; /set alone shows what there is");
        return CHAT_GOES_ON;
    }
    const char *kept = conversation_keep_text(c, value);
    if (kept == NULL || !command_set_option(&c->options, CHAT_SETTABLE, word, kept))
        return CHAT_GOES_ON;
    if (!chat_apply_sampling(c, &error))
        say(error.text);
    return CHAT_GOES_ON;
}

static enum chat_next run_save(struct conversation *c, char *argument)
{
    if (conversation_save_copy(c, argument))
        fprintf(stderr, "saved in %s\n", argument);
    else
        c->failed = true;
    return CHAT_GOES_ON;
}

/* A conversation that is kept is kept there from then on: the file before has what was said in it.
 */
static enum chat_next run_load(struct conversation *c, char *argument)
{
    bool good =
        c->path != NULL ? conversation_keep_in(c, argument) : conversation_load(c, argument);

    if (good)
        conversation_say_where(c);
    else
        c->failed = true;
    return CHAT_GOES_ON;
}

static const struct chat_command commands[] = {
    {{"help", "?"}, "", NOTHING, "this list", run_help},
    {{"exit", "quit", "bye"}, "", NOTHING, "leaves, as Ctrl-D does", run_exit},
    {{"reset", "clear"}, "", NOTHING, "begins anew, with the same system message", run_reset},
    {{"regen"}, "", NOTHING, "answers the last question again, with another seed", run_again},
    {{"undo"}, "", NOTHING, "takes the last question and its answer back", run_undo},
    {{"system"},
     " [TEXT]",
     MAYBE,
     "shows the system message, or changes it (none: no more)",
     run_system},
    {{"set"}, " [OPTION VALUE]", MAYBE, "shows or changes options of the command line", run_set},
    {{"save"}, " FILE", SOMETHING, "saves a copy of the conversation, as --session does", run_save},
    {{"load"}, " FILE", SOMETHING, "goes on with the conversation in the file", run_load},
};
enum { COMMANDS = sizeof commands / sizeof commands[0], WORDS = 3 };

static enum chat_next run_help(struct conversation *c, char *argument)
{
    char left[64];

    (void)argument;
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct chat_command *m = &commands[i];
        int length = snprintf(left, sizeof left, "/%s%s", m->words[0], m->argument);
        for (size_t w = 1; w < WORDS && m->words[w] != NULL; w++)
            length += snprintf(left + length, sizeof left - (size_t)length, ", /%s", m->words[w]);
        fprintf(stderr, "  %-20s %s\n", left, m->help);
    }
    fputs("All else is said to the model, //TEXT as /TEXT. A line that ends in \\ goes on;\n"
          "\"\"\" begins and ends a message of several lines.\n",
          stderr);
    if (c->terminal)
        fputs("Alt-Enter begins a line; the arrows and Ctrl-R find what was said before; Ctrl-C\n"
              "stops an answer, Ctrl-D leaves.\n",
              stderr);
    return CHAT_GOES_ON;
}

static const struct chat_command *find(const char *word, size_t length)
{
    for (size_t i = 0; i < COMMANDS; i++)
        for (size_t w = 0; w < WORDS && commands[i].words[w] != NULL; w++)
            if (strlen(commands[i].words[w]) == length &&
                strncasecmp(commands[i].words[w], word, length) == 0)
                return &commands[i];
    return NULL;
}

/* The argument without white space around it, malloc'd. */
static char *take_argument(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    return strndup(text, length);
}

static enum chat_next run(struct conversation *c, const struct chat_command *m, char *argument)
{
    if (m->takes == NOTHING && argument[0] != 0) {
        fprintf(stderr, "/%s takes nothing behind it; //%s … says it to the model\n", m->words[0],
                m->words[0]);
        return CHAT_GOES_ON;
    }
    if (m->takes == SOMETHING && argument[0] == 0) {
        fprintf(stderr, "/%s%s\n", m->words[0], m->argument);
        return CHAT_GOES_ON;
    }
    return m->run(c, argument);
}

enum chat_next chat_command(struct conversation *c, const char *line)
{
    size_t length = line[0] == '/' ? strcspn(line + 1, " \t\r\n") : 0;
    const struct chat_command *m = line[0] == '/' ? find(line + 1, length) : NULL;

    if (m == NULL)
        return CHAT_IS_MESSAGE;
    char *argument = take_argument(line + 1 + length);
    if (argument == NULL) {
        say("no memory for it");
        return CHAT_GOES_ON;
    }
    enum chat_next next = run(c, m, argument);
    free(argument);
    return next;
}
