/* `rlx chat --render`. In: conversations, one JSON object per line; out: the texts of their
 * prompts. Nothing runs. A conversation that the template refuses gives the line {"error": …}. */
#include "runtime/tool/command.h"
#include "runtime/base/printable.h"
#include "runtime/tool/command_json.h"

#include <stdlib.h>
#include <string.h>

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
            command_print_text("text", text, bytes);
            free(text);
            continue;
        }
        if (error.status == RLX_ERROR_NO_TEMPLATE || error.status == RLX_ERROR_NO_TOKENIZER) {
            code = command_failed(&error);
            break;
        }
        const char *reason = text != NULL ? text : error.text;
        command_print_text("error", reason, text != NULL ? bytes : strlen(reason));
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
