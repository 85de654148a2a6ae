/* The `rlx` tool: finds the command and runs it. A program that carries its own model (made by
 * `rlxc build --emit=exe`) takes a prompt as its argument, or a command with that model.
 */
#include "runtime/base/advice.h"
#include "runtime/base/program.h"
#include "runtime/base/stack.h"
#include "runtime/tool/command.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool program_has_model;
const char *program_name = "rlx";

static const struct command commands[] = {
    {"run", "answer a prompt, or continue a text", command_run},
    {"chat", "hold a conversation", command_chat},
    {"bench", "measure speed against this machine's limits", command_bench},
    {"compare", "measure how far one model's probabilities are from another's", command_compare},
    {"devices", "list what models can run on here", command_devices},
    {"imatrix", "measure which inputs of each weight matter, for quantizing", command_imatrix},
    {"info", "describe a model or a saved conversation", command_info},
    {"logits", "write the logits of given tokens to a file", command_logits},
    {"perplexity", "measure how well a model predicts a text", command_perplexity},
    {"tokenize", "turn text into ids, or ids into text", command_tokenize},
};

static void print_help(FILE *out)
{
    fputs("usage: rlx COMMAND MODEL.rlx [options]\n\nRuns models that rlxc has compiled.\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\nEvery command takes -h, --help, --version, -v, --verbose, -q and --quiet.\n"
          "\nrlxc compiles models: rlxc build MODEL.gguf -o MODEL.rlx\n\n" COMMAND_EXIT_HELP,
          out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* A signal that stopped the work also ends the program, so that a waiting program, such as a shell
 * in a loop, sees the signal and not just a failure. */
static int end_by(int signal_number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal_number);
    signal(signal_number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(signal_number);
    return EXIT_SIGNAL + signal_number;
}

/* Output must reach its reader: it is a failure if standard output goes to a full disk. */
static int finish(int status)
{
    bool written = fflush(stdout) == 0 && !ferror(stdout);

    if (status > EXIT_SIGNAL)
        return end_by(status - EXIT_SIGNAL);
    if (!written) {
        fprintf(stderr, "%s: standard output cannot be written\n", program_name);
        return status == 0 ? EXIT_USER : status;
    }
    return status;
}

/* `rlx help COMMAND` is `rlx COMMAND --help`. */
static int help(const char *word)
{
    char option[] = "--help", name[16], advice[ADVICE_BYTES];
    const struct command *command = word == NULL ? NULL : find_command(word);

    if (word == NULL || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_help(stdout);
        return EXIT_SUCCESS;
    }
    if (command == NULL) {
        advice_on_command(PROGRAM_rlx, word, advice);
        fprintf(stderr, "rlx: %s\n", advice);
        return EXIT_USAGE;
    }
    snprintf(name, sizeof name, "%s", command->name);
    return command->run(2, (char *[]){name, option, NULL});
}

static int run_program(int argc, char **argv)
{
    rlx_model *own = NULL;
    rlx_error error;

    program_begin(&program_name);
    rlx_status status = rlx_model_open_self(&own, &error);

    rlx_model_close(own);
    program_has_model = status != RLX_ERROR_NO_MODEL;
    if (program_has_model && argv[0] != NULL)
        program_name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];

    const char *word = argc > 1 ? argv[1] : NULL;
    if (word != NULL && strcmp(word, "--version") == 0) {
        printf("rlx %s\n", rlx_version());
        return finish(EXIT_SUCCESS);
    }
    if (program_has_model && status != RLX_OK)
        return command_failed(&error);
    if (word != NULL && !program_has_model &&
        (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)) {
        return finish(help(argc > 2 ? argv[2] : NULL));
    }
    const struct command *command = word == NULL ? NULL : find_command(word);
    if (command != NULL)
        return finish(command->run(argc - 1, argv + 1));
    if (program_has_model)
        return finish(command_ask(argc, argv));
    if (word == NULL) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    char advice[ADVICE_BYTES];
    advice_on_command(PROGRAM_rlx, word, advice);
    fprintf(stderr, "rlx: %s\n", advice);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const size_t stack = 1 << 20; /* rlx.h states what kernels need */
    int status = stack_run(run_program, argc, argv, stack);

    if (status >= 0)
        return status;
    fprintf(stderr, "rlx: no memory for a stack of %zu kB, and ulimit -s allows less\n",
            stack / 1024);
    return EXIT_USER;
}
