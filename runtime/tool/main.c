/* The `rlx` tool: finds the command and runs it. A program that carries its own model (made by
 * `rlxc build --emit=exe`) takes a prompt as its argument, or a command with that model.
 */
#include "runtime/tool/command.h"

#include <stdlib.h>
#include <string.h>

bool program_has_model;
const char *program_name = "rlx";

static const struct command commands[] = {
    {"run", "continue a text", command_run},
    {"chat", "talk, several turns", command_chat},
    {"bench", "measure speed against this machine's limits", command_bench},
    {"info", "say what a model is", command_info},
    {"logits", "write the logits of given tokens to a file", command_logits},
    {"tokenize", "turn text into ids, or ids into text", command_tokenize},
};

static void print_help(FILE *out)
{
    fputs("usage: rlx COMMAND MODEL.rlx [options]\n\nRuns models that rlxc has compiled.\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n  --help, --version; each command has --help too\n\n"
          "Exit status: 0 done; 1 a mistake in what was given, or a file that does not serve;\n"
          "2 wrong usage; 70 a fault of rlx; 130 stopped by Ctrl-C before anything was made.\n",
          out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* What was asked for must have reached its reader: a full disk behind standard output is a failure.
 */
static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "%s: standard output cannot be written\n", program_name);
        return status == 0 ? EXIT_USER : status;
    }
    return status;
}

int main(int argc, char **argv)
{
    rlx_model *own = NULL;
    rlx_error error;
    rlx_status status = rlx_model_open_self(&own, &error);

    rlx_model_close(own);
    program_has_model = status != RLX_NO_MODEL;
    if (program_has_model && argv[0] != NULL)
        program_name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];
    if (program_has_model && status != RLX_OK)
        return command_failed(&error);

    const char *word = argc > 1 ? argv[1] : NULL;
    if (word != NULL && !program_has_model &&
        (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)) {
        print_help(stdout);
        return finish(EXIT_SUCCESS);
    }
    if (word != NULL && strcmp(word, "--version") == 0) {
        printf("rlx %s\n", rlx_version());
        return finish(EXIT_SUCCESS);
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
    fprintf(stderr, "rlx: unknown command '%s'; see rlx --help\n", word);
    return EXIT_USAGE;
}
