/* Makes the JSON that rlx_chat_tokenize_json reads. In: messages; out: text. */
#ifndef RLX_CHAT_JSON_H
#define RLX_CHAT_JSON_H

#include "runtime/base/json_out.h"

#include <rlx/rlx.h>

/* The messages, the request for an answer, and template arguments (the text of a JSON object, or
 * NULL), as malloc'd text; NULL: no memory. Bytes of messages that are not UTF-8 become U+FFFD. */
char *chat_json(const rlx_message *messages, size_t count, const char *template_arguments,
                size_t *bytes);
/* The member "messages" of an open object: a list of objects with role and content. */
void chat_json_messages(struct json_out *out, const rlx_message *messages, size_t count);
/* Whether a text is a JSON object; if not, `why` (`room` bytes) says what is wrong. */
bool chat_json_is_object(const char *text, char *why, size_t room);

#endif
