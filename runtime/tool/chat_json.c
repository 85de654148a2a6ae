/* Converts messages to JSON. In: roles and contents as typed; out: the text of a conversation.
 * Contract: chat_json.h. */
#include "runtime/tool/chat_json.h"

#include "runtime/tool/line_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The same text in UTF-8: each invalid byte becomes U+FFFD. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);

    if (value != NULL)
        return value;
    size_t bytes = strlen(text), count = 0;
    char *copy = malloc(3 * bytes + 1);
    for (size_t at = 0; copy != NULL && at < bytes;) {
        size_t taken;
        bool valid = line_decode(text, bytes, at, &taken) != LINE_NO_CODE;
        memcpy(copy + count, valid ? text + at : "\xef\xbf\xbd", valid ? taken : 3);
        count += valid ? taken : 3;
        at += taken;
    }
    value = copy == NULL ? NULL : json_stringn(copy, count);
    free(copy);
    return value;
}

char *chat_json(const rlx_message *messages, size_t count, const char *template_arguments,
                size_t *bytes)
{
    json_t *list = json_array(), *all;
    char *text = NULL;
    bool good = true;

    for (size_t i = 0; i < count && good; i++)
        good = json_array_append_new(list,
                                     json_pack("{s:o, s:o}", "role", text_value(messages[i].role),
                                               "content", text_value(messages[i].content))) == 0;
    all = json_pack("{s:o, s:b}", "messages", list, "add_generation_prompt", 1);
    if (all != NULL && template_arguments != NULL)
        good =
            json_object_set_new(all, "variables", json_loads(template_arguments, 0, NULL)) == 0 &&
            good;
    if (good && all != NULL)
        text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    *bytes = text == NULL ? 0 : strlen(text);
    return text;
}

bool chat_json_is_object(const char *text, char *why, size_t room)
{
    json_error_t error;
    json_t *value = json_loads(text, 0, &error);
    bool is = json_is_object(value);

    snprintf(why, room, "%s", value == NULL ? error.text : "it is of another type");
    json_decref(value);
    return is;
}
