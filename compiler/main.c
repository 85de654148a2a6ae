/* rlxc: compiles language models. Dispatches to the commands; each is a file command_NAME.c. */
#include "compiler/command.h"

#include "compiler/base/base.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    {"build", command_build, "compile a model into an artifact or a program"},
    {"plan", command_plan, "predict what each variant of a model will do, and how fast"},
    {"inspect", command_inspect, "print what is in an artifact or a program made by build"},
    {"opt", command_opt, "run passes over a graph in text form"},
    {"eval", command_eval, "compute a model with the reference evaluator"},
};

static void print_usage(FILE *to)
{
    fputs("usage: rlxc COMMAND [options]\n\n", to);
    for (size_t i = 0; i < countof(commands); i++)
        fprintf(to, "  %-8s  %s\n", commands[i].name, commands[i].what);
    fputs("\n  --help, --version; each command has --help too\n\n"
          "Exit status: 0 done; 1 a mistake in what was given, or a file that does not serve;\n"
          "2 wrong usage; 70 a fault of rlxc.\n",
          to);
}

/* What was asked for must have reached its reader: a full disk behind standard output is a failure.
 */
static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("rlxc: standard output cannot be written\n", stderr);
        return status == 0 ? 1 : status;
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return finish(0);
    }
    if (strcmp(name, "--version") == 0) {
        puts("rlxc " RLX_VERSION);
        return finish(0);
    }
    for (size_t i = 0; i < countof(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return finish(commands[i].run(argc - 1, argv + 1));
    fprintf(stderr, "rlxc: unknown command '%s'; see rlxc --help\n", name);
    return 2;
}
