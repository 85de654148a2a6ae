/* The text functions of rlx.h, over a model's tokenizer and chat template. Those that need a
 * tokenizer fail with RLX_ERROR_NO_TOKENIZER if the model has none. */
#include "runtime/base/error.h"
#include "runtime/core/model.h"
#include "runtime/text/chat.h"

#include <stdlib.h>

static rlx_status need_tokenizer(const rlx_model *model, rlx_error *error)
{
    if (model->tokenizer.header != NULL)
        return RLX_OK;
    return rlx_fail(error, RLX_ERROR_NO_TOKENIZER,
                    "the model was compiled without a tokenizer: it works with token ids only");
}

rlx_status rlx_tokenize(const rlx_model *model, const char *text, size_t bytes, uint32_t flags,
                        int32_t *ids, size_t capacity, size_t *made, rlx_error *error)
{
    REFUSE_NULL(made);
    *made = 0;
    REFUSE_NULL(model);
    REFUSE_NULL_OF(text, bytes);
    REFUSE_NULL_OF(ids, capacity);
    if ((flags & ~(uint32_t)(RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_PARSE_SPECIAL |
                             RLX_TOKENIZE_LEAVE_OPEN)) != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "rlx_tokenize: flags has unknown bits: %#x",
                        flags);
    rlx_status status = need_tokenizer(model, error);
    if (status != RLX_OK)
        return status;
    return tokenizer_encode(&model->tokenizer, text, bytes, flags, ids, capacity, made, error);
}

size_t rlx_tokenize_min(const rlx_model *model, const char *text, size_t bytes)
{
    if (model == NULL || text == NULL || model->tokenizer.header == NULL)
        return 0;
    return tokenizer_min_tokens(&model->tokenizer, text, bytes);
}

rlx_status rlx_detokenize(const rlx_model *model, rlx_detokenizer *state, int32_t id, char *text,
                          size_t capacity, size_t *made, rlx_error *error)
{
    REFUSE_NULL(made);
    *made = 0;
    REFUSE_NULL(model);
    REFUSE_NULL(state);
    REFUSE_NULL_OF(text, capacity);
    rlx_status status = need_tokenizer(model, error);
    if (status != RLX_OK)
        return status;
    return detokenizer_step(&model->tokenizer, state, id, text, capacity, made, error);
}

rlx_status rlx_detokenize_flush(const rlx_model *model, rlx_detokenizer *state, char *text,
                                size_t capacity, size_t *made, rlx_error *error)
{
    REFUSE_NULL(made);
    *made = 0;
    REFUSE_NULL(model);
    REFUSE_NULL(state);
    REFUSE_NULL_OF(text, capacity);
    rlx_status status = need_tokenizer(model, error);
    if (status != RLX_OK)
        return status;
    return detokenizer_flush(&model->tokenizer, state, text, capacity, made, error);
}

const char *rlx_token_bytes(const rlx_model *model, int32_t id, size_t *bytes)
{
    if (bytes == NULL)
        return NULL;
    *bytes = 0;
    if (model == NULL || model->tokenizer.header == NULL)
        return NULL;
    return tokenizer_token_bytes(&model->tokenizer, id, bytes);
}

bool rlx_token_ends_generation(const rlx_model *model, int32_t id)
{
    return model != NULL && model->tokenizer.header != NULL &&
           tokenizer_ends_generation(&model->tokenizer, id);
}

/* ---- conversations ---- */

/* A rendering whose text the caller owns from here on. */
static rlx_status give_text(rlx_status status, struct marked_text *marked, char **text,
                            size_t *bytes)
{
    *text = marked->text;
    *bytes = marked->bytes;
    free(marked->plain);
    return status;
}

/* A rendering as tokens. */
static rlx_status give_tokens(const rlx_model *model, rlx_status status, struct marked_text *marked,
                              int32_t *ids, size_t capacity, size_t *made, rlx_error *error)
{
    *made = 0;
    if (status == RLX_OK)
        status = tokenizer_encode_marked(&model->tokenizer, marked, ids, capacity, made, error);
    free(marked->text);
    free(marked->plain);
    return status;
}

/* A model without a vocabulary may have a template; if it has neither, the error is the more useful
 * one. */
static rlx_status need_text(const rlx_model *model, rlx_error *error)
{
    return model->template.header != NULL ? RLX_OK : need_tokenizer(model, error);
}

rlx_status rlx_chat_render(const rlx_model *model, const rlx_message *messages, size_t count,
                           bool add_generation_prompt, char **text, size_t *bytes, rlx_error *error)
{
    struct marked_text marked = {0};

    REFUSE_NULL(text);
    *text = NULL;
    REFUSE_NULL(bytes);
    *bytes = 0;
    REFUSE_NULL(model);
    REFUSE_NULL_OF(messages, count);
    rlx_status status = need_text(model, error);

    if (status == RLX_OK)
        status = chat_render_messages(&model->template, messages, count, add_generation_prompt,
                                      &marked, error);
    return give_text(status, &marked, text, bytes);
}

rlx_status rlx_chat_render_json(const rlx_model *model, const char *conversation,
                                size_t conversation_bytes, char **text, size_t *bytes,
                                rlx_error *error)
{
    struct marked_text marked = {0};

    REFUSE_NULL(text);
    *text = NULL;
    REFUSE_NULL(bytes);
    *bytes = 0;
    REFUSE_NULL(model);
    REFUSE_NULL_OF(conversation, conversation_bytes);
    rlx_status status = need_text(model, error);

    if (status == RLX_OK)
        status =
            chat_render_json(&model->template, conversation, conversation_bytes, &marked, error);
    return give_text(status, &marked, text, bytes);
}

rlx_status rlx_chat_tokenize(const rlx_model *model, const rlx_message *messages, size_t count,
                             bool add_generation_prompt, int32_t *ids, size_t capacity,
                             size_t *made, rlx_error *error)
{
    struct marked_text marked;

    REFUSE_NULL(made);
    *made = 0;
    REFUSE_NULL(model);
    REFUSE_NULL_OF(messages, count);
    REFUSE_NULL_OF(ids, capacity);
    rlx_status status = need_tokenizer(model, error);
    if (status != RLX_OK)
        return status;
    status = chat_render_messages(&model->template, messages, count, add_generation_prompt, &marked,
                                  error);
    return give_tokens(model, status, &marked, ids, capacity, made, error);
}

rlx_status rlx_chat_tokenize_json(const rlx_model *model, const char *conversation,
                                  size_t conversation_bytes, int32_t *ids, size_t capacity,
                                  size_t *made, rlx_error *error)
{
    struct marked_text marked;

    REFUSE_NULL(made);
    *made = 0;
    REFUSE_NULL(model);
    REFUSE_NULL_OF(conversation, conversation_bytes);
    REFUSE_NULL_OF(ids, capacity);
    rlx_status status = need_tokenizer(model, error);
    if (status != RLX_OK)
        return status;
    status = chat_render_json(&model->template, conversation, conversation_bytes, &marked, error);
    return give_tokens(model, status, &marked, ids, capacity, made, error);
}
