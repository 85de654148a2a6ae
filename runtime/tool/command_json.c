/* JSON lines. In: standard input; out: calls with one object each. Contract: command_json.h. */
#include "runtime/tool/command_json.h"

#include "runtime/tool/command.h"

#include <stdlib.h>

int command_each_object(const char *command, int (*each)(void *context, const json_t *in),
                        void *context)
{
    char *line = NULL;
    size_t capacity = 0;
    unsigned long number = 0;
    int code = 0;

    for (ssize_t length; code == 0 && (length = getline(&line, &capacity, stdin)) >= 0;) {
        json_error_t where;
        number++;
        json_t *in = json_loadb(line, (size_t)length, JSON_ALLOW_NUL, &where);
        if (in != NULL) {
            code = each(context, in);
        } else {
            fprintf(stderr,
                    "%s %s: expected a JSON object per line: line %lu of standard input: %s\n",
                    program_name, command, number, where.text);
            code = EXIT_USER;
        }
        if (code != 0 && in != NULL)
            fprintf(stderr, "%s %s: this was line %lu of standard input\n", program_name, command,
                    number);
        json_decref(in);
    }
    free(line);
    return code == 0 && !command_read_whole(stdin, "standard input") ? EXIT_USER : code;
}

void command_print_text(const char *text, size_t bytes)
{
    json_t *out = json_pack("{s:o}", "text", json_stringn(text, bytes));

    json_dumpf(out, stdout, JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(out);
}
