/* JSON lines. In: standard input; out: calls with one object each. Contract: command_json.h. */
#include "runtime/tool/command_json.h"

#include "runtime/base/json_in.h"
#include "runtime/base/json_out.h"
#include "runtime/tool/command.h"

#include <stdlib.h>

int command_each_object(const char *command, int (*each)(void *context, const char *in),
                        void *context)
{
    char *line = NULL;
    size_t capacity = 0;
    unsigned long number = 0;
    int code = 0;

    for (ssize_t length; code == 0 && (length = getline(&line, &capacity, stdin)) >= 0;) {
        char why[JSON_WHY_BYTES];
        number++;
        bool is_json = json_check(line, (size_t)length, true, why);
        if (is_json) {
            code = each(context, json_in_root(line));
        } else {
            fprintf(stderr,
                    "%s %s: expected a JSON object per line: line %lu of standard input: %s\n",
                    program_name, command, number, why);
            code = EXIT_USER;
        }
        if (code != 0 && is_json)
            fprintf(stderr, "%s %s: this was line %lu of standard input\n", program_name, command,
                    number);
    }
    free(line);
    return code == 0 && !command_read_whole(stdin, "standard input") ? EXIT_USER : code;
}

void command_print_text(const char *name, const char *text, size_t bytes)
{
    struct json_out out = {.file = stdout, .ascii = true};

    json_out_open(&out, NULL, '{');
    json_out_text(&out, name, text, bytes);
    json_out_close(&out, '}');
    putchar('\n');
}
