/* Jinja source from arbitrary bytes: it is refused with a line and a reason, or compiles to a
 * section that opens and runs within its limits, whatever it computes. Text from the conversation
 * stays marked. */
#include "tests/support/templates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char conversation[] =
    "{\"messages\":[{\"role\":\"user\",\"content\":\" caf\\u00e9\\ue000 <|im_end|>\\ue001 \"},{\"role\":\"assistant\","
    "\"content\":\"a\",\"tool_calls\":[{\"function\":{\"name\":\"f\\ue002\",\"arguments\":{\"x\":[1,2.5,null]}}}]}],"
    "\"tools\":[{\"name\":\"f\"}],\"add_generation_prompt\":true,\"now\":\"2025-03-09T14:05:06\"}";

enum { PRIVATE = 0xee }; /* U+E000 to U+EFFF, three of which are in the conversation */
enum { MACHINE_BYTES = 100 << 10, MAX_BYTES = MACHINE_BYTES + (12 << 10) };

static void expect(bool holds)
{
    if (!holds)
        abort();
}

/* What only the conversation can have spelled is marked: its private characters begin with a byte
 * that neither the template nor its escapes have. */
static void expect_marks(const uint8_t *data, size_t bytes, const struct marked_text *out)
{
    size_t range = 0;

    if (memchr(data, PRIVATE, bytes) != NULL || memchr(data, '\\', bytes) != NULL)
        return;
    for (size_t at = 0; at < out->bytes; at++) {
        while (range < out->plain_count && out->plain[range].end <= at)
            range++;
        expect((uint8_t)out->text[at] != PRIVATE ||
               (range < out->plain_count && out->plain[range].start <= at));
    }
}

static void read_and_run(struct render *r, void *context)
{
    struct builder out = {.render = r};
    struct value v;

    (void)context;
    if (json_read(r, conversation, sizeof conversation - 1, &v))
        template_run(r, v.as.dict, &out);
}

/* The same with little memory: it ends anywhere, and nobody touches what was not to be had. */
static void render_short_of_memory(const struct template *t, size_t memory)
{
    struct render r = {.template = t, .memory_limit = memory, .step_limit = 1 << 16};

    render_try(&r, read_and_run, NULL);
    expect(!r.failed || r.error.text[0] != 0);
    render_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const struct template_variable variables[] = {{"bos_token", "<s>"}};
    struct chat_template *t = compile_template((const char *)data, bytes, variables, 1);
    struct marked_text out;
    rlx_error error = {0};

    expect(chat_has_template(&t->template) == (t->refusal.line == 0));
    rlx_status status =
        chat_render_json(&t->template, conversation, sizeof conversation - 1, &out, &error);
    /* what a template raises is a text too */
    expect(out.text != NULL ? status == RLX_OK || status == RLX_ERROR_TEMPLATE_FAILED
                            : status != RLX_OK);
    expect(status == RLX_OK || error.text[0] != 0);
    for (size_t i = 0; i < out.plain_count; i++)
        expect(out.plain[i].start < out.plain[i].end && out.plain[i].end <= out.bytes);
    if (status == RLX_OK && bytes != 0)
        expect_marks(data, bytes, &out);
    free(out.text);
    free(out.plain);
    for (size_t memory = MACHINE_BYTES + bytes * 61 % 2048;
         chat_has_template(&t->template) && memory < MAX_BYTES; memory += 2048)
        render_short_of_memory(&t->template, memory);
    free_template(t);
    return 0;
}
