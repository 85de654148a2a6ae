/* Conversations to the text of a prompt, by the model's chat template. In: messages, tools and what
 * else a template may ask for, as one JSON text or as roles and contents; out: text that remembers
 * which parts come from the conversation, or its tokens.
 */
#ifndef RLX_CHAT_H
#define RLX_CHAT_H

#include "runtime/text/template.h"

/* What rlx.h says of rlx_chat_render_json and rlx_chat_render. RLX_ERROR_NO_TEMPLATE where the
 * model has no template or one that could not be compiled; the message says why and names --raw.
 * Where the template raises an error, `out` has all of its message, which `error` may have to cut;
 * the text is the caller's to free in any case. */
rlx_status chat_render_json(const struct template *t, const char *conversation, size_t bytes,
                            struct marked_text *out, rlx_error *error);
rlx_status chat_render_messages(const struct template *t, const rlx_message *messages, size_t count,
                                bool add_generation_prompt, struct marked_text *out,
                                rlx_error *error);

bool chat_has_template(const struct template *t); /* one that runs */

#endif
