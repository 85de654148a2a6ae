/* `rlx chat --render`: conversations in, a JSON object on each line; the texts of their prompts
 * out. Nothing runs. */
#include "runtime/tool/command.h"
#include "runtime/tool/command_json.h"

#include <stdlib.h>

static int render_line(void *context, const json_t *in)
{
    const rlx_model *model = context;
    rlx_message messages[256];
    rlx_error error;
    json_t *list = json_object_get(in, "messages"), *message;
    size_t count = 0, i, bytes;
    char *text;

    json_array_foreach(list, i, message)
    {
        const char *role = json_string_value(json_object_get(message, "role"));
        const char *content = json_string_value(json_object_get(message, "content"));
        if (role == NULL || content == NULL || count == sizeof messages / sizeof messages[0])
            break;
        messages[count++] = (rlx_message){role, content};
    }
    if (!json_is_array(list) || count != json_array_size(list)) {
        fprintf(stderr,
                "%s chat: expected {\"messages\":[{\"role\":…,\"content\":…}…]} with at most %zu "
                "messages on each line\n",
                program_name, sizeof messages / sizeof messages[0]);
        return EXIT_USER;
    }
    bool prompt = json_is_true(json_object_get(in, "add_generation_prompt"));
    if (rlx_chat_render(model, messages, count, prompt, &text, &bytes, &error) != RLX_OK)
        return command_failed(&error);
    command_print_text(text, bytes);
    free(text);
    return 0;
}

int command_render(rlx_model *model)
{
    return command_each_object("chat", render_line, model);
}
