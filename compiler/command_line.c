/* Options of the commands of rlxc. In: argv and a table of options; out: calls of the command's
 * `set`, or one line on stderr. Contract: command_line.h. */
#include "compiler/command_line.h"

#include "runtime/base/advice.h"
#include "runtime/base/used_files.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool wrong_usage(const char *command, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "rlxc %s: ", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "; see rlxc %s --help\n", command);
    return false;
}

bool wrong_value(const char *command, const char *option, const struct diags *d)
{
    const struct diag *first = d->first;
    const char *object = first->place.object;
    bool names_more = object != NULL && strcmp(object, option) != 0;

    return wrong_usage(command, "%s: %s%s%s", option, names_more ? object : "",
                       names_more ? ": " : "", first->text);
}

bool read_path(const char *command, const char *option, const char *value, const char **path)
{
    *path = value;
    return value[0] != 0 || wrong_usage(command, "%s: expected a path, found ''", option);
}

bool command_line_read(const struct command_line *line, void *context, int argc, char **argv,
                       int *status)
{
    int option;

    used_files_begin();
    *status = 2;
    opterr = 0;
    optind = 0; /* starts anew, also after an earlier call */
    while ((option = getopt_long(argc, argv, line->letters, line->options, NULL)) != -1) {
        const char *word = argv[optind - 1];
        char advice[ADVICE_BYTES];
        if (advice_on_dashed_word(line->options, argc, argv, option == '?' ? optopt : option,
                                  advice))
            return wrong_usage(line->command, "%s", advice);
        if (option == 'h') {
            fputs(line->usage, stdout);
            fputs(line->usage_end != NULL ? line->usage_end : "", stdout);
            *status = 0;
            return false;
        }
        if (option == COMMAND_OPTION_VERSION) {
            puts("rlxc " RLX_VERSION);
            *status = 0;
            return false;
        }
        if (option == ':')
            return wrong_usage(line->command, "%s needs a value", word);
        if (option == '?') {
            advice_on_option(line->options, word, optopt, advice);
            return wrong_usage(line->command, "%s", advice);
        }
        if (!line->set(context, option, optarg))
            return false;
    }
    return true;
}

bool command_line_operand(const char *command, const char *what, int argc, char **argv,
                          const char **operand)
{
    if (optind >= argc)
        return wrong_usage(command, "no %s was given", what);
    if (optind + 1 < argc)
        return wrong_usage(command, "expected one %s, found '%s' too", what, argv[optind + 1]);
    *operand = argv[optind];
    return true;
}
