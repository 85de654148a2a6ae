/* rlxc: compiles language models. Dispatches to the commands; each is a file command_NAME.c. */
#include "compiler/command.h"

#include "compiler/base/base.h"
#include "compiler/late/late.h"
#include "runtime/base/advice.h"
#include "runtime/base/program.h"
#include "runtime/base/stack.h"

#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
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
    fputs("usage: rlxc COMMAND [options]\n\nCompiles language models ahead of time.\n\n", to);
    for (size_t i = 0; i < countof(commands); i++)
        fprintf(to, "  %-8s  %s\n", commands[i].name, commands[i].what);
    fputs("\nEvery command takes -h, --help, --version, -v, --verbose, -q and --quiet.\n"
          "\nrlx runs what it compiles: rlx run MODEL.rlx \"PROMPT\"\n\n"
          "Exit status: 0 done; 1 bad input, or a file that cannot be used; 2 wrong usage;\n"
          "70 a fault of rlxc; 130 stopped by Ctrl-C, 143 by SIGTERM.\n",
          to);
}

/* Output must reach its reader: it is a failure if standard output goes to a full disk. */
static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("rlxc: standard output cannot be written\n", stderr);
        return status == 0 ? 1 : status;
    }
    return status;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < countof(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int refuse(const char *word)
{
    char advice[ADVICE_BYTES];

    advice_on_command(PROGRAM_rlxc, word, advice);
    fprintf(stderr, "rlxc: %s\n", advice);
    return 2;
}

/* `rlxc help COMMAND` is `rlxc COMMAND --help`. */
static int help(const char *word)
{
    char option[] = "--help", name[16];
    const struct command *command = word == NULL ? NULL : find_command(word);

    if (word == NULL || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (command == NULL)
        return refuse(word);
    snprintf(name, sizeof name, "%s", command->name);
    return command->run(2, (char *[]){name, option, NULL});
}

/* Of JSON that lacks a member for want of memory nobody would know. */
static void *allocate_for_json(size_t bytes)
{
    void *given = malloc(bytes);

    if (given == NULL)
        out_of_memory(bytes);
    return given;
}

/* Whoever adds a pass finds out at once where it cannot stand. */
static bool tables_hold(void)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    bool good = true;

    for (const struct pass_table *const *table = all_pass_tables; *table != NULL; table++)
        good = pass_order_holds(*table, &d) && good;
    if (!good)
        diags_print(&d, stderr);
    arena_free(&arena);
    return good;
}

static int run(int argc, char **argv)
{
    static const char *const program = "rlxc";

    program_begin(&program);
    mallopt(M_MXFAST, 0); /* trees of JSON are freed faster where no small blocks wait */
    json_set_alloc_funcs(allocate_for_json, free);
    program_remove_at_end();
    if (!tables_hold())
        return 70;
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return finish(help(argc > 2 ? argv[2] : NULL));
    if (strcmp(name, "--version") == 0) {
        puts("rlxc " RLX_VERSION);
        return finish(0);
    }
    const struct command *command = find_command(name);
    return command == NULL ? refuse(name) : finish(command->run(argc - 1, argv + 1));
}

int main(int argc, char **argv)
{
    const size_t stack = 4 << 20; /* LLVM's own functions call themselves */
    int status = stack_run(run, argc, argv, stack);

    if (status >= 0)
        return status;
    fprintf(stderr, "rlxc: no memory for a stack of %zu kB, and ulimit -s allows less\n",
            stack / 1024);
    return 1;
}
