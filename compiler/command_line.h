/* What the commands of rlxc share: reading options, and complaining about them in one line. */
#ifndef RLXC_COMMAND_LINE_H
#define RLXC_COMMAND_LINE_H

#include "compiler/base/diag.h"

#include <getopt.h>
#include <stdbool.h>

/* What every command has: an entry for --version in `options`, and a value that no letter has. */
#define COMMAND_VERSION                                      \
    {                                                        \
        "version", no_argument, NULL, COMMAND_OPTION_VERSION \
    }
enum { COMMAND_OPTION_VERSION = 1 };

struct command_line {
    const char *command;
    const char *usage;   /* --help; manual page and completions are made of it: packaging/ */
    const char *letters; /* of short options; ':' first, 'h' among them */
    const struct option *options;
    /* Takes one option; false where its value is wrong (and said so). */
    bool (*set)(void *context, int option, const char *value);
};

/* "rlxc COMMAND: …; see rlxc COMMAND --help"; always false. */
bool wrong_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of an option's value: what the first error of `d` says. */
bool wrong_value(const char *command, const char *option, const struct diags *d);

/* Hands every option to `set`. False: there is nothing to do, and `status` is the exit status:
 * after --help and --version 0, after wrong usage 2. */
bool command_line_read(const struct command_line *line, void *context, int argc, char **argv,
                       int *status);

/* The one operand, a `what`, into `operand`. Comes after command_line_read. */
bool command_line_operand(const char *command, const char *what, int argc, char **argv,
                          const char **operand);

#endif
