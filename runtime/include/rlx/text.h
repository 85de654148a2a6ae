/* Text: tokens and back, and chat templates. These functions allocate working memory and free it
 * before they return. Include <rlx/rlx.h>. */
#ifndef RLX_TEXT_H
#define RLX_TEXT_H

#include <rlx/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    RLX_TOKENIZE_ADD_BOS = 1, /* add what the vocabulary puts around a text: before it, such as a
                                 BOS token, and after it, such as [SEP] */
    RLX_TOKENIZE_PARSE_SPECIAL = 2, /* recognize control tokens in the text */
    RLX_TOKENIZE_LEAVE_OPEN = 4     /* with RLX_TOKENIZE_ADD_BOS: nothing after it, because the text
                                       goes on */
};

/* Writes at most `capacity` ids and always sets `made` to the number of ids that the text has;
 * RLX_ERROR_BAD_ARGUMENT if they do not fit. `flags`: any of RLX_TOKENIZE_*, or 0. A prompt that
 * the model continues needs RLX_TOKENIZE_LEAVE_OPEN. */
RLX_API rlx_status rlx_tokenize(const rlx_model *model, const char *text, size_t bytes,
                                uint32_t flags, int32_t *ids, size_t capacity, size_t *made,
                                rlx_error *error);

/* A lower bound on the number of tokens in the text: at least its length divided by that of the
 * longest token, if the vocabulary allows such a bound. It looks at each byte once and needs no
 * memory, so a caller can reject a text that cannot fit before tokenizing it. 0 without a
 * tokenizer. */
RLX_API size_t rlx_tokenize_min(const rlx_model *model, const char *text, size_t bytes);

/* Turns a stream of ids into text, in whole characters only. Zero-initialise the state, pass ids
 * one by one, flush at the end. `text` receives at most `capacity` bytes (RLX_DETOKENIZE_MAX is
 * enough for any one token) without a terminating NUL; invalid bytes become U+FFFD. `made`: the
 * number of bytes. */
enum { RLX_DETOKENIZE_MAX = 4096 };
typedef struct {
    bool skip_special;
    bool started; /* a leading space was dropped, where the vocabulary asks for that */
    uint8_t pending_count, pending[6];
    bool space_waits; /* a space comes before the next token */
    uint8_t reserved[6];
} rlx_detokenizer;
RLX_API rlx_status rlx_detokenize(const rlx_model *model, rlx_detokenizer *state, int32_t id,
                                  char *text, size_t capacity, size_t *made, rlx_error *error);
RLX_API rlx_status rlx_detokenize_flush(const rlx_model *model, rlx_detokenizer *state, char *text,
                                        size_t capacity, size_t *made, rlx_error *error);
/* The raw bytes that one token gives inside a text, which need not be whole characters; NULL for an
 * id outside the vocabulary. They live as long as the model. */
RLX_API const char *rlx_token_bytes(const rlx_model *model, int32_t id, size_t *bytes);
RLX_API bool rlx_token_ends_generation(const rlx_model *model, int32_t id);

typedef struct {
    const char *role, *content;
} rlx_message;
/* Renders messages with the model's chat template into malloc'd text that the caller frees. */
RLX_API rlx_status rlx_chat_render(const rlx_model *model, const rlx_message *messages,
                                   size_t count, bool add_generation_prompt, char **text,
                                   size_t *bytes, rlx_error *error);
/* The tokens of that text. Only the template can write control tokens: what a message spells
 * ("<|im_end|>") stays text, so that no message can end its turn or begin another one. (Tokenizing
 * the rendered text with RLX_TOKENIZE_PARSE_SPECIAL recognizes both, as Hugging Face does.) Added
 * tokens that control nothing ("<think>") are tokens in messages too, as in Hugging Face and
 * llama.cpp, because models know them by no other spelling. As in rlx_tokenize, `made` is always
 * the full number of ids; RLX_ERROR_BAD_ARGUMENT if they do not fit. */
RLX_API rlx_status rlx_chat_tokenize(const rlx_model *model, const rlx_message *messages,
                                     size_t count, bool add_generation_prompt, int32_t *ids,
                                     size_t capacity, size_t *made, rlx_error *error);

/* The same for conversations as JSON, with all that a chat template may ask for: one object with
 *   messages               a list of objects; contents are texts or lists of parts, as the template
 *                          takes them; it also sees tool_calls, reasoning_content and other fields
 *   add_generation_prompt  true: the text ends with the beginning of the answer (default: false)
 *   tools, documents       lists of objects
 *   variables              an object: names that the template sees; they override the model's own
 *                          (bos_token, …) and the ones above. Any other member counts as a variable
 *   now                    the time of strftime_now, "2025-03-09T14:05:06"; default: the clock's
 * Messages, tools and documents cannot spell control tokens; variables can. If the template raises
 * an error, the status is RLX_ERROR_TEMPLATE_FAILED and the sentence is the template's own.
 * rlx_chat_render_json returns that sentence as `text` too, because `error` cuts long ones. Input
 * that is not JSON or not a conversation gives RLX_ERROR_BAD_ARGUMENT. */
RLX_API rlx_status rlx_chat_render_json(const rlx_model *model, const char *conversation,
                                        size_t conversation_bytes, char **text, size_t *bytes,
                                        rlx_error *error);
RLX_API rlx_status rlx_chat_tokenize_json(const rlx_model *model, const char *conversation,
                                          size_t conversation_bytes, int32_t *ids, size_t capacity,
                                          size_t *made, rlx_error *error);

#ifdef __cplusplus
}
#endif

#endif
