/* JSON that the runtime's tool reads and writes, against jansson: the same verdict and the same
 * sentence on any bytes, the same values where they are JSON, and the same bytes written again. */
#include "runtime/base/json_in.h"
#include "runtime/base/json_out.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void expect_bytes(const char *found, size_t found_bytes, const char *same, size_t bytes)
{
    expect(found_bytes == bytes && memcmp(found, same, bytes) == 0);
}

/* ---- reading ---- */

static void compare(const char *value, const json_t *same)
{
    const char *name;
    json_t *member;
    size_t i, bytes;
    int64_t integer;

    expect(value != NULL);
    expect(json_in_is(value, '{') == json_is_object(same));
    expect(json_in_is(value, '[') == json_is_array(same));
    expect(json_in_is(value, '"') == json_is_string(same));
    expect(json_in_integer(value, &integer) == json_is_integer(same));
    if (json_is_integer(same))
        expect(integer == json_integer_value(same));
    if (json_is_string(same)) {
        char *text = json_in_text(value, &bytes);
        expect(text != NULL);
        expect_bytes(text, bytes, json_string_value(same), json_string_length(same));
        free(text);
    }
    const char *element = json_in_first(value);
    json_array_foreach((json_t *)(uintptr_t)same, i, member)
    {
        compare(element, member);
        element = json_in_next(element);
    }
    expect(element == NULL);
    json_object_foreach((json_t *)(uintptr_t)same, name, member)
        compare(json_in_member(value, name), member);
}

/* ---- writing ---- */

static void put(struct json_out *out, const char *name, const json_t *value)
{
    json_t *member;
    const char *key;
    size_t i;

    if (json_is_string(value)) {
        json_out_text(out, name, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        json_out_integer(out, name, json_integer_value(value));
    } else if (json_is_real(value)) {
        json_out_real(out, name, json_real_value(value));
    } else if (json_is_array(value)) {
        json_out_open(out, name, '[');
        json_array_foreach((json_t *)(uintptr_t)value, i, member) put(out, NULL, member);
        json_out_close(out, ']');
    } else if (json_is_object(value)) {
        json_out_open(out, name, '{');
        json_object_foreach((json_t *)(uintptr_t)value, key, member) put(out, key, member);
        json_out_close(out, '}');
    } else {
        json_out_verbatim(out, name,
                          json_is_null(value)   ? "null"
                          : json_is_true(value) ? "true"
                                                : "false");
    }
}

/* A copy whose names need no escapes. */
static json_t *rename_members(const json_t *value)
{
    json_t *copy, *member;
    const char *key;
    char name[24];
    size_t i;

    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)(uintptr_t)value, i, member)
            json_array_append_new(copy, rename_members(member));
        return copy;
    }
    if (!json_is_object(value))
        return json_copy((json_t *)(uintptr_t)value);
    copy = json_object();
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        snprintf(name, sizeof name, "member_%zu", json_object_size(copy));
        json_object_set_new(copy, name, rename_members(member));
    }
    return copy;
}

static void write(const json_t *value)
{
    static const struct {
        struct json_out style;
        size_t flags;
    } styles[] = {{{.ascii = true}, JSON_ENSURE_ASCII},
                  {{.indented = true}, JSON_INDENT(1)},
                  {{.compact = true}, JSON_COMPACT},
                  {{0}, 0}};

    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        struct json_out out = styles[i].style;
        size_t bytes;
        char *text, *same = json_dumps(value, styles[i].flags | JSON_REAL_PRECISION(6));
        out.file = open_memstream(&text, &bytes);
        expect(same != NULL && out.file != NULL);
        put(&out, NULL, value);
        expect(fclose(out.file) == 0);
        expect_bytes(text, bytes, same, strlen(same));
        free(text);
        free(same);
    }
}

/* ---- both ---- */

static void try(const char *text, size_t bytes, bool nul_allowed)
{
    char why[JSON_WHY_BYTES];
    json_error_t error;
    json_t *same = json_loadb(text, bytes, nul_allowed ? JSON_ALLOW_NUL : 0, &error);

    bool accepted = json_check(text, bytes, nul_allowed, why);
    if (memchr(text, 0, bytes) != NULL) { /* jansson passes over a byte 0 behind a number or word */
        expect(!accepted && why[0] != 0);
        json_decref(same);
        return;
    }
    expect(accepted == (same != NULL));
    if (same == NULL) { /* jansson names its own flag behind this */
        const char *words = strstr(error.text, " without JSON_ALLOW_NUL");
        size_t length = words != NULL ? (size_t)(words - error.text) : strlen(error.text);
        expect(strncmp(why, error.text, length) == 0 && (words != NULL || why[length] == 0));
        return;
    }
    compare(json_in_root(text), same);
    json_t *renamed = rename_members(same);
    write(renamed);
    json_decref(renamed);
    json_decref(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char *text = malloc(bytes + 1); /* so that a sanitizer sees what is behind it */

    expect(text != NULL);
    if (bytes != 0)
        memcpy(text, data, bytes);
    text[bytes] = 0;
    try(text, bytes, false);
    try(text, bytes, true);
    free(text);
    return 0;
}
