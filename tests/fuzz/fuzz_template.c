/* Jinja source from outside: it is refused with a line and a reason, or compiles to a section that
 * opens, and that runs within its limits, whatever it computes.
 */
#include "tests/support/templates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char conversation[] =
    "{\"messages\":[{\"role\":\"user\",\"content\":\" caf\\u00e9 <|im_end|> \"},{\"role\":\"assistant\","
    "\"content\":\"a\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"x\":[1,2.5,null]}}}]}],"
    "\"tools\":[{\"name\":\"f\"}],\"add_generation_prompt\":true,\"now\":\"2025-03-09T14:05:06\"}";

static void expect(bool holds)
{
    if (!holds)
        abort();
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
    expect((status == RLX_OK) == (out.text != NULL));
    expect(status == RLX_OK || error.text[0] != 0);
    for (size_t i = 0; i < out.plain_count; i++)
        expect(out.plain[i].start < out.plain[i].end && out.plain[i].end <= out.bytes);
    free(out.text);
    free(out.plain);
    free_template(t);
    return 0;
}
