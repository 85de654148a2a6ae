/* JSON of conversations from arbitrary bytes. Accepted JSON is written, read again, and written to
 * the same bytes; a refusal says where. */
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

/* The text of a value, read and written once more. */
static void read_again(struct render *again, void *context)
{
    const struct builder *text = context;
    struct value other = value_none;

    expect(json_read(again, text->data, text->count, &other));
    struct builder same = write(again, other);
    expect(same.count == text->count && memcmp(same.data, text->data, text->count) == 0);
}

struct input {
    const char *data;
    size_t bytes;
};

static void read_and_write(struct render *r, void *context)
{
    const struct input *in = context;
    struct render again = begin();
    struct value v;

    if (!json_read(r, in->data, in->bytes, &v)) {
        expect(r->failed);
        return;
    }
    struct builder text = write(r, v);
    expect(!r->failed);
    render_try(&again, read_again, &text);
    expect(!again.failed);
    render_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct input in = {(const char *)data, bytes};
    struct render r = begin();

    render_try(&r, read_and_write, &in);
    expect(!r.failed || r.error.text[0] != 0);
    render_free(&r);
    return 0;
}
