/* Converts messages to JSON. In: roles and contents as typed; out: the text of a conversation.
 * Contract: chat_json.h. */
#include "runtime/tool/chat_json.h"

#include "runtime/base/json_in.h"

#include <stdlib.h>
#include <string.h>

void chat_json_messages(struct json_out *out, const rlx_message *messages, size_t count)
{
    json_out_open(out, "messages", '[');
    for (size_t i = 0; i < count; i++) {
        json_out_open(out, NULL, '{');
        json_out_string(out, "role", messages[i].role);
        json_out_string(out, "content", messages[i].content);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

char *chat_json(const rlx_message *messages, size_t count, const char *template_arguments,
                size_t *bytes)
{
    char *text = NULL;
    struct json_out out = {.file = open_memstream(&text, bytes), .compact = true};

    if (out.file == NULL)
        return NULL;
    json_out_open(&out, NULL, '{');
    chat_json_messages(&out, messages, count);
    json_out_verbatim(&out, "add_generation_prompt", "true");
    if (template_arguments != NULL)
        json_out_verbatim(&out, "variables", template_arguments);
    json_out_close(&out, '}');
    bool good = !ferror(out.file);
    if (fclose(out.file) == 0 && good)
        return text;
    free(text);
    return NULL;
}

bool chat_json_is_object(const char *text, char *why, size_t room)
{
    char wrong[JSON_WHY_BYTES];
    bool is = json_check(text, strlen(text), false, wrong) && json_in_is(json_in_root(text), '{');

    snprintf(why, room, "%s", wrong[0] != 0 ? wrong : "it is of another type");
    return is;
}
