/* Conversations to prompts. In: a conversation; out: the text that the chat template makes of it.
 * This file makes the variables that a template sees, as Hugging Face transformers does;
 * template_run.c runs the template. Contract: chat.h.
 */
#include "runtime/text/chat.h"

#include "runtime/base/error.h"

#include <stdlib.h>
#include <string.h>

bool chat_has_template(const struct template *t)
{
    return t->code_count != 0;
}

static rlx_status no_template(const struct template *t, rlx_error *error)
{
    const char *advice = "it only continues plain text (rlx run --raw)";

    if (t->header == NULL)
        return rlx_fail(error, RLX_ERROR_NO_TEMPLATE, "the model has no chat template: %s", advice);
    return rlx_fail(error, RLX_ERROR_NO_TEMPLATE,
                    "the model's chat template could not be compiled: %.*s; %s",
                    (int)t->header->refusal.bytes, t->text + t->header->refusal.offset, advice);
}

/* ---- variables ---- */

/* The caller's own values, as opposed to what people wrote in messages: they may spell control
 * tokens. */
static void unmark(struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_TEXT:
        ((struct text *)(uintptr_t)v.as.text)->marking = MARK_NONE;
        return;
    case VALUE_LIST:
        for (size_t i = 0; i < v.as.sequence->count; i++)
            unmark(v.as.sequence->items[i]);
        return;
    case VALUE_DICT:
        for (size_t i = 0; i < v.as.dict->count; i++) {
            unmark(v.as.dict->entries[i].key);
            unmark(v.as.dict->entries[i].value);
        }
        return;
    default:
        return;
    }
}

/* What transformers does to a message before the template sees it: reasoning gets the names
 * `reasoning_content` and `thinking`, whichever of three names it had. */
static struct value alias_reasoning(struct render *r, struct value message)
{
    static const char *const names[] = {"reasoning_content", "thinking", "reasoning"};
    const struct value *reasoning = NULL;

    for (size_t i = 0; reasoning == NULL && i < sizeof names / sizeof names[0]; i++) {
        reasoning = dict_find(message.as.dict, names[i]);
        if (reasoning != NULL && reasoning->kind == VALUE_NONE)
            reasoning = NULL;
    }
    if (reasoning == NULL)
        return message;
    struct value copy = value_dict(r, VALUE_DICT);
    dict_set(r, copy.as.dict, value_literal(r, "thinking"), *reasoning);
    for (size_t i = 0; i < message.as.dict->count; i++)
        dict_set(r, copy.as.dict, message.as.dict->entries[i].key,
                 message.as.dict->entries[i].value);
    dict_set(r, copy.as.dict, value_literal(r, "reasoning_content"), *reasoning);
    return copy;
}

/* A list of objects, or none where it may be missing; false after an error. */
static bool check_objects(struct render *r, const char *name, struct value list, bool needed)
{
    if (list.kind == VALUE_NONE && !needed)
        return true;
    bool good = list.kind == VALUE_LIST;
    for (size_t i = 0; good && i < list.as.sequence->count; i++)
        good = list.as.sequence->items[i].kind == VALUE_DICT;
    if (!good)
        render_fail(r, "%s: expected a list of objects%s", name, needed ? "" : ", or null");
    return good;
}

static void set(struct render *r, struct dict *variables, const char *name, struct value v)
{
    dict_set(r, variables, value_literal(r, name), v);
}

static struct value given(const struct dict *conversation, const char *name, struct value otherwise)
{
    const struct value *found = dict_find(conversation, name);

    return found == NULL ? otherwise : *found;
}

/* `variables` come last and hide all others; names that mean nothing here are variables too. */
static void add_variables(struct render *r, const struct dict *conversation, struct dict *variables)
{
    static const char *const known[] = {"messages",  "tools", "documents", "add_generation_prompt",
                                        "variables", "now"};
    struct value more = given(conversation, "variables", value_none);

    for (size_t i = 0; i < conversation->count; i++) {
        const struct dict_entry *e = &conversation->entries[i];
        bool own = false;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            own = own || text_is(e->key.as.text, known[k]);
        if (!own) {
            unmark(e->value);
            dict_set(r, variables, e->key, e->value);
        }
    }
    if (more.kind != VALUE_NONE && more.kind != VALUE_DICT)
        render_fail(r, "variables: expected an object");
    for (size_t i = 0; more.kind == VALUE_DICT && i < more.as.dict->count; i++) {
        unmark(more.as.dict->entries[i].value);
        dict_set(r, variables, more.as.dict->entries[i].key, more.as.dict->entries[i].value);
    }
}

/* A conversation, read; its messages change in place. */
static struct dict *make_variables(struct render *r, struct value conversation)
{
    struct dict *variables = value_dict(r, VALUE_DICT).as.dict;

    if (conversation.kind != VALUE_DICT) {
        render_fail(r, "expected a JSON object with messages");
        return variables;
    }
    const struct dict *c = conversation.as.dict;
    struct value messages = given(c, "messages", value_none), now = given(c, "now", value_none);
    struct value tools = given(c, "tools", value_none),
                 documents = given(c, "documents", value_none);
    if (!check_objects(r, "messages", messages, true) || !check_objects(r, "tools", tools, false) ||
        !check_objects(r, "documents", documents, false))
        return variables;
    for (size_t i = 0; i < messages.as.sequence->count; i++)
        messages.as.sequence->items[i] = alias_reasoning(r, messages.as.sequence->items[i]);
    if (now.kind != VALUE_NONE && !is_text(now))
        render_fail(r, "now: expected a text such as \"2025-03-09T14:05:06\"");
    r->now = is_text(now) ? now.as.text : NULL;
    set(r, variables, "messages", messages);
    set(r, variables, "tools", tools);
    set(r, variables, "documents", documents);
    set(r, variables, "add_generation_prompt",
        given(c, "add_generation_prompt", value_bool(false)));
    add_variables(r, c, variables);
    return variables;
}

/* ---- rendering ---- */

static struct render begin(const struct template *t, size_t bytes)
{
    return (struct render){.template = t,
                           .memory_limit = RENDER_MEMORY + 32 * bytes,
                           .step_limit = RENDER_STEPS + bytes};
}

/* Stretches of marked bytes. */
static size_t count_ranges(const struct builder *b)
{
    size_t count = 0;

    for (size_t i = 0; b->marks != NULL && i < b->count; i++)
        count += b->marks[i] != 0 && (i == 0 || b->marks[i - 1] == 0);
    return count;
}

static rlx_status take_out(struct render *r, const struct builder *b, struct marked_text *out)
{
    size_t ranges = count_ranges(b), at = 0;

    out->text = malloc(b->count + 1);
    out->plain = malloc((ranges + 1) * sizeof *out->plain);
    if (out->text == NULL || out->plain == NULL) {
        r->status = RLX_ERROR_NO_MEMORY;
        render_fail(r, "no memory for %zu bytes of text", b->count);
        return RLX_ERROR_NO_MEMORY;
    }
    if (b->count != 0)
        memcpy(out->text, b->data, b->count);
    out->text[b->count] = 0;
    out->bytes = b->count;
    out->plain_count = ranges;
    for (size_t i = 0; b->marks != NULL && i < b->count; i++) {
        if (b->marks[i] == 0)
            continue;
        size_t start = i;
        while (i < b->count && b->marks[i] != 0)
            i++;
        out->plain[at++] = (struct text_range){start, i};
    }
    return RLX_OK;
}

/* A conversation, as JSON or as messages. */
struct conversation {
    const char *json;
    size_t json_bytes;
    const rlx_message *messages;
    size_t message_count;
    bool add_generation_prompt;
    struct marked_text *out;
};

static struct value message_value(struct render *r, const rlx_message *m)
{
    struct value message = value_dict(r, VALUE_DICT);

    set(r, message.as.dict, "role", value_text(r, m->role, strlen(m->role), MARK_ALL));
    set(r, message.as.dict, "content", value_text(r, m->content, strlen(m->content), MARK_ALL));
    return message;
}

static struct value read_conversation(struct render *r, const struct conversation *c)
{
    struct value v = value_none;

    if (c->json != NULL) {
        json_read(r, c->json, c->json_bytes, &v);
        return v;
    }
    struct value list = value_sequence(r, VALUE_LIST, c->message_count);
    for (size_t i = 0; i < c->message_count; i++)
        sequence_add(r, list.as.sequence, message_value(r, &c->messages[i]));
    v = value_dict(r, VALUE_DICT);
    set(r, v.as.dict, "messages", list);
    set(r, v.as.dict, "add_generation_prompt", value_bool(c->add_generation_prompt));
    return v;
}

/* For render_try. */
static void render_conversation(struct render *r, void *context)
{
    const struct conversation *c = context;
    struct builder text = {.render = r};
    struct value v = read_conversation(r, c);
    struct dict *variables = r->failed ? NULL : make_variables(r, v);

    if (!r->failed && template_run(r, variables, &text))
        take_out(r, &text, c->out);
}

/* Its memory goes, its result or its error stays. */
static rlx_status render(struct render *r, struct conversation *c, rlx_error *error)
{
    struct marked_text *out = c->out;

    render_try(r, render_conversation, c);
    if (r->failed) {
        free(out->text);
        free(out->plain);
        *out = (struct marked_text){0};
        if (r->raised != NULL && (out->text = malloc(r->raised->bytes + 1)) != NULL) {
            memcpy(out->text, r->raised->data, r->raised->bytes);
            out->text[out->bytes = r->raised->bytes] = 0;
        }
        if (error != NULL)
            *error = r->error;
    }
    rlx_status status = r->failed ? r->status : RLX_OK;
    render_free(r);
    return status;
}

rlx_status chat_render_json(const struct template *t, const char *conversation, size_t bytes,
                            struct marked_text *out, rlx_error *error)
{
    struct conversation c = {
        .json = conversation == NULL ? "" : conversation, .json_bytes = bytes, .out = out};
    struct render r = begin(t, bytes);

    *out = (struct marked_text){0};
    if (!chat_has_template(t))
        return no_template(t, error);
    return render(&r, &c, error);
}

rlx_status chat_render_messages(const struct template *t, const rlx_message *messages, size_t count,
                                bool add_generation_prompt, struct marked_text *out,
                                rlx_error *error)
{
    struct conversation c = {.messages = messages,
                             .message_count = count,
                             .add_generation_prompt = add_generation_prompt,
                             .out = out};
    size_t bytes = 0;

    *out = (struct marked_text){0};
    if (!chat_has_template(t))
        return no_template(t, error);
    for (size_t i = 0; i < count; i++) {
        if (messages[i].role == NULL || messages[i].content == NULL)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "messages[%zu].%s must not be NULL", i,
                            messages[i].role == NULL ? "role" : "content");
        bytes += strlen(messages[i].content);
    }
    struct render r = begin(t, bytes);
    return render(&r, &c, error);
}
