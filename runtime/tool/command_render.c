/* `rlx chat --render`. In: conversations, one JSON object per line; out: the texts of their
 * prompts. Nothing runs. A conversation that the template refuses gives the line {"error": …}. */
#include "runtime/tool/command.h"
#include "runtime/base/printable.h"
#include "runtime/tool/command_json.h"

#include <stdlib.h>

static void print_line(const char *name, json_t *value)
{
    json_t *out = json_pack("{s:o}", name, value);

    json_dumpf(out, stdout, JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(out);
}

/* Messages that were cut may end inside a character. */
static json_t *error_text(const rlx_error *error)
{
    json_t *text = json_string(error->text);

    return text != NULL ? text : json_string("an error without a text");
}

int command_render(rlx_model *model)
{
    char *line = NULL, *text;
    size_t capacity = 0, bytes;
    unsigned long number = 0;
    rlx_error error;
    int code = 0;

    for (ssize_t length; (length = getline(&line, &capacity, stdin)) >= 0;) {
        number++;
        if (rlx_chat_render_json(model, line, (size_t)length, &text, &bytes, &error) == RLX_OK) {
            print_line("text", json_stringn(text, bytes));
            free(text);
            continue;
        }
        if (error.status == RLX_ERROR_NO_TEMPLATE || error.status == RLX_ERROR_NO_TOKENIZER) {
            code = command_failed(&error);
            break;
        }
        json_t *whole = text == NULL ? NULL : json_stringn(text, bytes);
        print_line("error", whole != NULL ? whole : error_text(&error));
        free(text);
        if (error.status != RLX_ERROR_TEMPLATE_FAILED) {
            fprintf(stderr, "%s chat: line %lu of standard input: ", program_name, number);
            printable_write(error.text, stderr);
            fputc('\n', stderr);
            code = EXIT_USER;
        }
    }
    free(line);
    return code != 0 || command_read_whole(stdin, "standard input") ? code : EXIT_USER;
}
