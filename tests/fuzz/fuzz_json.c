/* JSON of conversations from outside. What is accepted is written as JSON, read again, and written
 * to the same bytes; what is refused says where.
 */
#include "tests/support/templates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct render begin(void)
{
    return (struct render){.memory_limit = 1 << 26, .step_limit = 1 << 24};
}

static struct builder write(struct render *r, struct value v)
{
    static const struct json_style plain;
    struct builder b = {.render = r};

    json_write(&b, v, &plain, 0);
    return b;
}

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct render r = begin(), again = begin();
    struct value v, other = value_none;

    if (!json_read(&r, (const char *)data, bytes, &v)) {
        expect(r.failed && r.error.text[0] != 0);
    } else {
        struct builder text = write(&r, v);
        expect(!r.failed && json_read(&again, text.data, text.count, &other));
        struct builder same = write(&again, other);
        expect(same.count == text.count && memcmp(same.data, text.data, text.count) == 0);
    }
    render_free(&r);
    render_free(&again);
    return 0;
}
