/* A TEMPLATE section from arbitrary bytes: it is refused, or its code runs without reading or
 * writing outside its own memory, and ends. */
#include "tests/support/templates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char conversation[] =
    "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"},{\"role\":\"assistant\",\"content\":\"a\"}],"
    "\"tools\":[{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}],\"variables\":{\"x\":[1,2,{\"y\":3}]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct template t;
    struct marked_text out = {0};
    void *section = aligned_alloc(8, (bytes + 8) & ~(size_t)7);

    if (section == NULL)
        abort();
    memcpy(section, data, bytes);
    if (template_open(&t, section, bytes, NULL) == RLX_OK) {
        chat_render_json(&t, conversation, sizeof conversation - 1, &out, NULL);
        free(out.text);
        free(out.plain);
    }
    free(section);
    return 0;
}
