/* Messages to the text of a prompt, by the model's chat template. Templates are not interpreted:
 * the compiler recognizes a known one by the hash of its text and stores its number; the rendering
 * of each stands in a table in chat.c.
 */
#ifndef RLX_CHAT_H
#define RLX_CHAT_H

#include "runtime/text/tokenize.h"

/* As rlx_chat_render. RLX_NO_TEMPLATE where the model has no template or one that this version does
 * not know; the message says which and names --raw. RLX_BAD_ARGUMENT where the template refuses the
 * messages (a role that it does not have). The text holds everything that the model expects in
 * front. */
rlx_status chat_render(const struct tokenizer *t, const rlx_message *messages, size_t count,
                       bool add_generation_prompt, char **text, size_t *bytes, rlx_error *error);
/* As rlx_chat_tokenize: the tokens of that text; control tokens are the template's alone. */
rlx_status chat_tokenize(const struct tokenizer *t, const rlx_message *messages, size_t count,
                         bool add_generation_prompt, int32_t *ids, size_t capacity, size_t *made,
                         rlx_error *error);

bool chat_has_template(const struct tokenizer *t); /* a known one */
const char *
chat_template_name(const struct tokenizer *t); /* "chatml", "qwen3"; "" where unknown or absent */
/* What the template writes where an assistant's turn ends ("<|im_end|>"); "" where unknown. The
 * token of this text ends generation. */
const char *chat_turn_end(const struct tokenizer *t);

#endif
