/* Chat templates. In: messages. Out: the prompt's text, or its tokens. The templates known here all
 * write turns as ChatML does; what they differ in stands in one table, and what cannot be said
 * there, in small functions. The published Jinja sources are their definition.
 */
#include "runtime/text/chat.h"

#include "runtime/base/error.h"
#include "runtime/text/unicode_text.h"

#include <stdlib.h>
#include <string.h>

struct chat {
    const rlx_message *messages;
    size_t count;
    size_t last_question; /* index of the last message that a user wrote, not a tool */
    struct bytes out;
    struct bytes plain; /* struct text_range: what the messages say, and the template does not */
};

struct chat_template {
    const char *name;
    const char *default_system; /* stands in front where the first message is no system message;
                                   NULL: nothing does */
    bool known_roles_only;      /* others are left out; "tool" is wrapped in a user's turn. Needs at
                                   least one message */
    void (*assistant)(struct chat *c, size_t index); /* NULL: as any turn */
};

static void assistant_with_thoughts(struct chat *c, size_t index);

static const struct chat_template templates[RLX_CHAT_COUNT] = {
    [RLX_CHAT_NONE] = {"", NULL, false, NULL},
    [RLX_CHAT_CHATML] = {"chatml", NULL, false, NULL},
    [RLX_CHAT_SMOLLM2] = {"smollm2",
                          "You are a helpful AI assistant named SmolLM, trained by Hugging Face",
                          false, NULL},
    [RLX_CHAT_QWEN3] = {"qwen3", NULL, true, assistant_with_thoughts},
    [RLX_CHAT_QWEN25] = {"qwen2.5",
                         "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
                         true, NULL},
    [RLX_CHAT_QWEN2] = {"qwen2", "You are a helpful assistant", false, NULL},
};

static void add(struct chat *c, const char *text)
{
    bytes_add(&c->out, text, strlen(text));
}

static void add_plain(struct chat *c, const char *text, size_t bytes)
{
    const struct text_range range = {c->out.count, c->out.count + bytes};
    if (bytes != 0)
        bytes_add(&c->plain, (const char *)&range, sizeof range);
    bytes_add(&c->out, text, bytes);
}

static void add_turn(struct chat *c, const char *role, const char *content)
{
    add(c, "<|im_start|>");
    add_plain(c, role, strlen(role));
    add(c, "\n");
    add_plain(c, content, strlen(content));
    add(c, "<|im_end|>\n");
}

static bool has_role(const struct chat *c, size_t index, const char *role)
{
    return index < c->count && strcmp(c->messages[index].role, role) == 0;
}

/* A piece of a text without the line ends at its ends. */
struct piece {
    const char *text;
    size_t bytes;
};

static struct piece strip_front(struct piece p)
{
    while (p.bytes && p.text[0] == '\n') {
        p.text++;
        p.bytes--;
    }
    return p;
}

static struct piece strip(struct piece p)
{
    while (p.bytes && p.text[p.bytes - 1] == '\n')
        p.bytes--;
    return strip_front(p);
}

static const char *last_of(const char *text, size_t bytes, const char *wanted)
{
    size_t length = strlen(wanted);
    for (size_t at = bytes >= length ? bytes - length + 1 : 0; at > 0; at--)
        if (memcmp(text + at - 1, wanted, length) == 0)
            return text + at - 1;
    return NULL;
}

/* Thoughts are kept in the turns behind the last question and dropped from earlier ones; the last
 * turn has a place for them even if there were none. */
static void assistant_with_thoughts(struct chat *c, size_t index)
{
    const char *content = c->messages[index].content;
    struct piece answer = {content, strlen(content)}, thoughts = {content, 0};
    const char *first = strstr(content, "</think>");
    if (first) {
        const char *last = last_of(content, answer.bytes, "</think>");
        answer = strip_front((struct piece){last + 8, (size_t)(content + answer.bytes - last) - 8});
        thoughts.bytes = (size_t)(first - content);
        while (thoughts.bytes && content[thoughts.bytes - 1] == '\n')
            thoughts.bytes--;
        const char *begin = last_of(content, thoughts.bytes, "<think>");
        if (begin)
            thoughts = (struct piece){begin + 7, thoughts.bytes - (size_t)(begin - content) - 7};
        thoughts = strip(thoughts);
    }
    add(c, "<|im_start|>assistant\n");
    if (index > c->last_question && (index + 1 == c->count || thoughts.bytes)) {
        add(c, "<think>\n");
        add_plain(c, thoughts.text, thoughts.bytes);
        add(c, "\n</think>\n\n");
        answer = strip_front(answer);
    }
    add_plain(c, answer.text, answer.bytes);
    add(c, "<|im_end|>\n");
}

/* Results of tools that follow each other share one turn of the user's. */
static void add_tool_result(struct chat *c, size_t index)
{
    if (index == 0 || !has_role(c, index - 1, "tool"))
        add(c, "<|im_start|>user");
    add(c, "\n<tool_response>\n");
    add_plain(c, c->messages[index].content, strlen(c->messages[index].content));
    add(c, "\n</tool_response>");
    if (!has_role(c, index + 1, "tool"))
        add(c, "<|im_end|>\n");
}

static bool is_tool_result(const char *content)
{
    size_t bytes = strlen(content);
    return bytes >= 16 && strncmp(content, "<tool_response>", 15) == 0 &&
           strcmp(content + bytes - 16, "</tool_response>") == 0;
}

static size_t find_last_question(const struct chat *c)
{
    for (size_t i = c->count; i > 0; i--)
        if (has_role(c, i - 1, "user") && !is_tool_result(c->messages[i - 1].content))
            return i - 1;
    return c->count - 1;
}

static void add_message(struct chat *c, const struct chat_template *known, size_t index)
{
    const rlx_message *m = &c->messages[index];
    bool assistant = has_role(c, index, "assistant");
    if (assistant && known->assistant)
        known->assistant(c, index);
    else if (known->known_roles_only && has_role(c, index, "tool"))
        add_tool_result(c, index);
    else if (!known->known_roles_only || assistant || has_role(c, index, "user") ||
             has_role(c, index, "system"))
        add_turn(c, m->role, m->content);
}

static rlx_status no_template(const struct tokenizer *t, rlx_error *error)
{
    const struct rlx_tokenizer_header *h = t->header;
    if (!h->template_bytes)
        return rlx_fail(
            error, RLX_NO_TEMPLATE,
            "the model has no chat template: it only continues plain text (rlx run --raw, or "
            "--raw of a standalone program)");
    return rlx_fail(error, RLX_NO_TEMPLATE,
                    "the model's chat template (%u bytes, XXH3 %016llx) is not one that this "
                    "version knows: it only continues plain text (rlx run --raw, or --raw of a "
                    "standalone program)",
                    h->template_bytes, (unsigned long long)h->template_hash);
}

static const struct chat_template *template_of(const struct tokenizer *t)
{
    return &templates[t->header->chat_template < RLX_CHAT_COUNT ? t->header->chat_template
                                                                : RLX_CHAT_NONE];
}

/* Text and marks are the caller's to free, and NULL where it fails. */
static rlx_status render(const struct tokenizer *t, const rlx_message *messages, size_t count,
                         bool add_generation_prompt, struct marked_text *out, rlx_error *error)
{
    const struct chat_template *known = template_of(t);
    struct chat c = {.messages = messages, .count = count};
    *out = (struct marked_text){0};
    if (!chat_has_template(t))
        return no_template(t, error);
    for (size_t i = 0; i < count; i++)
        if (!messages[i].role || !messages[i].content)
            return rlx_fail(error, RLX_BAD_ARGUMENT, "message %zu: expected a role and a content",
                            i);
    if (count == 0 && known->known_roles_only)
        return rlx_fail(error, RLX_BAD_ARGUMENT,
                        "the chat template '%s' needs at least one message", known->name);
    c.last_question = count ? find_last_question(&c) : 0;
    if (known->default_system && count && !has_role(&c, 0, "system"))
        add_turn(&c, "system", known->default_system);
    for (size_t i = 0; i < count; i++)
        add_message(&c, known, i);
    if (add_generation_prompt)
        add(&c, "<|im_start|>assistant\n");
    bytes_add(&c.out, "", 1);
    if (c.out.failed || c.plain.failed) {
        free(c.out.data);
        free(c.plain.data);
        return rlx_fail(error, RLX_NO_MEMORY, "no memory to render %zu messages", count);
    }
    *out = (struct marked_text){.text = c.out.data,
                                .bytes = c.out.count - 1,
                                .plain = (struct text_range *)(void *)c.plain.data,
                                .plain_count = c.plain.count / sizeof(struct text_range)};
    return RLX_OK;
}

rlx_status chat_render(const struct tokenizer *t, const rlx_message *messages, size_t count,
                       bool add_generation_prompt, char **text, size_t *bytes, rlx_error *error)
{
    struct marked_text marked;
    rlx_status status = render(t, messages, count, add_generation_prompt, &marked, error);
    *text = marked.text;
    *bytes = marked.bytes;
    free(marked.plain);
    return status;
}

rlx_status chat_tokenize(const struct tokenizer *t, const rlx_message *messages, size_t count,
                         bool add_generation_prompt, int32_t *ids, size_t capacity, size_t *made,
                         rlx_error *error)
{
    struct marked_text marked;
    rlx_status status = render(t, messages, count, add_generation_prompt, &marked, error);
    *made = 0;
    if (status == RLX_OK)
        status = tokenizer_encode_marked(t, &marked, ids, capacity, made, error);
    free(marked.text);
    free(marked.plain);
    return status;
}

bool chat_has_template(const struct tokenizer *t)
{
    return t->header->chat_template > RLX_CHAT_NONE && t->header->chat_template < RLX_CHAT_COUNT;
}

const char *chat_template_name(const struct tokenizer *t)
{
    return template_of(t)->name;
}

const char *chat_turn_end(const struct tokenizer *t)
{
    return chat_has_template(t) ? "<|im_end|>" : "";
}
