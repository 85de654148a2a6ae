/* The commands of a conversation. Contract: chat_commands.h. They print on standard error, because
 * standard output is for answers. */
#include "runtime/tool/chat_commands.h"

#include "runtime/base/advice.h"
#include "runtime/tool/chat_answer.h"
#include "runtime/tool/line_terminal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum takes { NOTHING, MAYBE, SOMETHING };

struct chat_command {
    const char *words[3]; /* without the slash; the first one is the command's name */
    const char *argument; /* as the help shows it */
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
        say("there is no question yet");
        return CHAT_GOES_ON;
    }
    const char *question = c->messages[from - 1].content;
    fprintf(stderr, "removed: %.*s%s\n", (int)strcspn(question, "\n"), question,
            strchr(question, '\n') != NULL ? " …" : "");
    conversation_drop(c, from - 1, c->count);
    keep(c);
    return CHAT_GOES_ON;
}

static enum chat_next run_again(struct conversation *c, char *argument)
{
    (void)argument;
    if (!conversation_last_is(c, "assistant") || conversation_questions(c) == 0) {
        say("there is no answer yet");
        return CHAT_GOES_ON;
    }
    rlx_sampling sampling = {.struct_bytes = sizeof sampling};

    rlx_session_get_sampling(c->session, &sampling);
    if (sampling.temperature == 0)
        say("with temp 0 the answer stays the same; /set temp 0.8 lets it vary");
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
        say("out of memory");
        return CHAT_GOES_ON;
    }
    keep(c);
    if (c->terminal)
        fprintf(stderr, "the system message is %s%s\n",
                conversation_system(c) != NULL ? "set" : "removed",
                conversation_questions(c) == 0 ? "" : "; the conversation so far stays");
    return CHAT_GOES_ON;
}

/* The effective options, whatever set them. */
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
        say("usage: /set OPTION VALUE; /set alone lists the options");
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

/* If the conversation is kept in a file, it is kept in the new one from then on; the old file has
 * what was said before. */
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
    {{"exit", "quit", "bye"}, "", NOTHING, "leave; so does Ctrl-D", run_exit},
    {{"reset", "clear"}, "", NOTHING, "begin anew, with the same system message", run_reset},
    {{"regen"}, "", NOTHING, "answer the last question again, with another seed", run_again},
    {{"undo"}, "", NOTHING, "remove the last question and its answer", run_undo},
    {{"system"},
     " [TEXT]",
     MAYBE,
     "show the system message, or change it (none: remove it)",
     run_system},
    {{"set"}, " [OPTION VALUE]", MAYBE, "show options of the command line, or change one", run_set},
    {{"save"}, " FILE", SOMETHING, "save a copy of the conversation, as --session does", run_save},
    {{"load"}, " FILE", SOMETHING, "continue the conversation in FILE", run_load},
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
    fputs("Anything else is a message to the model; //TEXT sends /TEXT. A line that ends in\n"
          "\\ goes on in the next one; \"\"\" begins and ends a message of several lines.\n",
          stderr);
    if (c->terminal && !c->options.lines && line_terminal_serves())
        fputs("Alt-Enter starts a new line; the arrows and Ctrl-R bring back what was typed\n"
              "before. Ctrl-C stops an answer, clears a line, or leaves if it is empty.\n",
              stderr);
    else if (c->terminal)
        say("Ctrl-C stops an answer, Ctrl-D leaves.");
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

/* A word that is nearly a command is a typing mistake; any other may be for the model ("/no_think",
 * "/usr/bin"). */
static const char *nearly(const char *word, size_t length)
{
    const char *names[COMMANDS * WORDS + 1] = {NULL};
    char lower[16];
    size_t count = 0;

    if (length >= sizeof lower)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (!isalpha((unsigned char)word[i]))
            return NULL;
        lower[i] = (char)tolower((unsigned char)word[i]);
    }
    lower[length] = 0;
    for (size_t i = 0; i < COMMANDS; i++)
        for (size_t w = 0; w < WORDS && commands[i].words[w] != NULL; w++)
            names[count++] = commands[i].words[w];
    return advice_nearest(names, lower, 1);
}

/* The argument without surrounding white space, malloc'd. */
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
        fprintf(stderr, "/%s takes no argument; //%s … sends it to the model\n", m->words[0],
                m->words[0]);
        return CHAT_GOES_ON;
    }
    if (m->takes == SOMETHING && argument[0] == 0) {
        fprintf(stderr, "usage: /%s%s\n", m->words[0], m->argument);
        return CHAT_GOES_ON;
    }
    return m->run(c, argument);
}

enum chat_next chat_command(struct conversation *c, const char *line)
{
    size_t length = line[0] == '/' ? strcspn(line + 1, " \t\r\n") : 0;
    const struct chat_command *m = line[0] == '/' ? find(line + 1, length) : NULL;

    if (m == NULL) {
        const char *meant = line[0] == '/' ? nearly(line + 1, length) : NULL;
        if (meant == NULL)
            return CHAT_IS_MESSAGE;
        fprintf(stderr, "/%.*s is not a command: did you mean /%s? //%.*s sends it to the model\n",
                (int)length, line + 1, meant, (int)length, line + 1);
        c->failed = true;
        return CHAT_GOES_ON;
    }
    char *argument = take_argument(line + 1 + length);
    if (argument == NULL) {
        say("out of memory");
        return CHAT_GOES_ON;
    }
    enum chat_next next = run(c, m, argument);
    free(argument);
    return next;
}
