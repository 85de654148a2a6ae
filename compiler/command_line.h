/* What the commands of rlxc share: they read options, and report mistakes in one line. */
#ifndef RLXC_COMMAND_LINE_H
#define RLXC_COMMAND_LINE_H

#include "compiler/base/diag.h"

#include <getopt.h>
#include <stdbool.h>

/* Every command has this entry for --version in `options`; its value is no letter. */
#define COMMAND_VERSION                                      \
    {                                                        \
        "version", no_argument, NULL, COMMAND_OPTION_VERSION \
    }
enum { COMMAND_OPTION_VERSION = 1 };

struct command_line {
    const char *command;
    const char *usage;   /* --help; packaging/ makes the manual page and the completions from it */
    const char *letters; /* of short options; ':' first, 'h' among them */
    const struct option *options;
    /* Takes one option; false if its value is wrong, after a message. */
    bool (*set)(void *context, int option, const char *value);
    const char *usage_end; /* follows `usage`, as a string literal has a limit; NULL: nothing */
};

/* "rlxc COMMAND: …; see rlxc COMMAND --help"; always false. */
bool wrong_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for an option's value, with the text of the first error of `d`. */
bool wrong_value(const char *command, const char *option, const struct diags *d);

/* Stores the value of an option that names a file or folder; an empty one is wrong usage. */
bool read_path(const char *command, const char *option, const char *value, const char **path);

/* Passes every option to `set`. False: there is nothing more to do, and `status` is the exit
 * status: 0 after --help and --version, 2 after wrong usage. */
bool command_line_read(const struct command_line *line, void *context, int argc, char **argv,
                       int *status);

/* Stores the only operand, a `what`, in `operand`. Call it after command_line_read. */
bool command_line_operand(const char *command, const char *what, int argc, char **argv,
                          const char **operand);

#endif
