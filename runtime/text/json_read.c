/* A bounded JSON reader. In: bytes from anywhere; out: values, or an error with the place. It reads
 * what Python's json reads: the last value of a repeated name counts, NaN and Infinity are numbers,
 * integers have any length. Texts and names are marked.
 */
#include "runtime/base/utf8.h"
#include "runtime/text/value.h"

#include <string.h>

struct json {
    struct render *render;
    const char *data;
    size_t bytes, at;
};

static struct value fail(struct json *j, const char *what)
{
    return render_fail(j->render, "JSON, byte %zu: %s", j->at + 1, what);
}

static void skip_space(struct json *j)
{
    while (j->at < j->bytes && memchr(" \t\r\n", j->data[j->at], 4) != NULL)
        j->at++;
}

static bool take(struct json *j, char c)
{
    skip_space(j);
    if (j->at == j->bytes || j->data[j->at] != c)
        return false;
    j->at++;
    return true;
}

static bool take_word(struct json *j, const char *word)
{
    size_t length = strlen(word);

    if (length > j->bytes - j->at || memcmp(j->data + j->at, word, length) != 0)
        return false;
    j->at += length;
    return true;
}

/* ---- texts ---- */

static bool read_hex(struct json *j, uint32_t *unit)
{
    *unit = 0;
    if (j->bytes - j->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = j->data[j->at + (size_t)i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        *unit = *unit << 4 | digit;
    }
    j->at += 4;
    return true;
}

/* After \u: one or two units of UTF-16. Half of a pair becomes U+FFFD. */
static bool read_units(struct json *j, struct builder *b)
{
    uint32_t point, low;
    char out[4];

    if (!read_hex(j, &point))
        return false;
    if (point >= 0xd800 && point < 0xdc00) {
        size_t before = j->at;
        if (take_word(j, "\\u") && read_hex(j, &low) && low >= 0xdc00 && low < 0xe000)
            point = 0x10000 + ((point - 0xd800) << 10 | (low - 0xdc00));
        else
            j->at = before;
    }
    if (point >= 0xd800 && point < 0xe000)
        point = POINT_INVALID;
    builder_add_marked(b, out, utf8_write(point, out), true);
    return true;
}

static bool read_escape(struct json *j, struct builder *b)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";

    if (j->at == j->bytes)
        return false;
    char c = j->data[j->at++];
    if (c == 'u')
        return read_units(j, b);
    const char *found = c == 0 ? NULL : strchr(letters, c);
    if (found == NULL)
        return false;
    builder_add_marked(b, &meanings[found - letters], 1, true);
    return true;
}

/* To the next byte that ends a stretch of plain characters; false where they are not UTF-8. */
static bool plain_end(struct json *j, size_t *end)
{
    size_t at = j->at;
    uint32_t point;

    while (at < j->bytes) {
        uint8_t byte = (uint8_t)j->data[at];
        if (byte == '"' || byte == '\\' || byte < 0x20)
            break;
        if (byte >= 0x80 && !utf8_valid_at(j->data, j->bytes, at))
            return j->at = at, false;
        at += byte < 0x80 ? 1 : utf8_read(j->data, j->bytes, at, &point);
    }
    *end = at;
    return true;
}

static struct value read_text(struct json *j)
{
    struct builder b = {.render = j->render};
    size_t start = ++j->at, end;

    for (;;) {
        if (!plain_end(j, &end))
            return fail(j, "the text is not UTF-8");
        if (end == j->bytes)
            return fail(j, "the text has no end");
        if (j->data[end] == '"' && b.count == 0 && start == j->at) { /* as it lies */
            j->at = end + 1;
            return value_text(j->render, j->data + start, end - start, MARK_ALL);
        }
        builder_add_marked(&b, j->data + j->at, end - j->at, true);
        j->at = end + 1;
        if (j->data[end] == '"')
            return builder_value(&b);
        start = SIZE_MAX;
        if (j->data[end] != '\\')
            return j->at--, fail(j, "a control character in a text");
        if (!read_escape(j, &b))
            return fail(j, "an escape that JSON does not have");
        if (j->render->failed)
            return value_undefined;
    }
}

/* ---- numbers ---- */

static size_t digits(struct json *j)
{
    size_t from = j->at;

    while (j->at < j->bytes && j->data[j->at] >= '0' && j->data[j->at] <= '9')
        j->at++;
    return j->at - from;
}

static struct value read_number(struct json *j)
{
    size_t start = j->at, whole;
    bool real = false, big = false;
    double number = 0;
    int64_t integer = 0;

    j->at += j->data[j->at] == '-';
    if (take_word(j, "Infinity"))
        return value_float(j->data[start] == '-' ? -__builtin_inf() : __builtin_inf());
    whole = j->at;
    size_t count = digits(j);
    if (count == 0 || (count > 1 && j->data[whole] == '0'))
        return fail(j, "a number begins with a digit, and with 0 only where it is less than 1");
    if (j->at < j->bytes && j->data[j->at] == '.') {
        real = true;
        j->at++;
        if (digits(j) == 0)
            return fail(j, "a digit follows the decimal point");
    }
    if (j->at < j->bytes && (j->data[j->at] | 32) == 'e') {
        real = true;
        j->at++;
        j->at += j->at < j->bytes && (j->data[j->at] == '+' || j->data[j->at] == '-');
        if (digits(j) == 0)
            return fail(j, "a digit follows the exponent");
    }
    if (!real && count < 300 &&
        text_to_integer(j->data + start, j->at - start, 10, &integer, &big) && !big)
        return value_integer(integer);
    if (!real) {
        struct value v = value_text(j->render, j->data + start, j->at - start, MARK_NONE);
        v.kind = VALUE_BIG;
        return count < 4300 ? v : fail(j, "an integer of more than 4300 digits");
    }
    if (!text_to_float(j->data + start, j->at - start, &number))
        return fail(j, "a number of more than 400 digits");
    return value_float(number);
}

/* ---- values ---- */

static struct value read_value(struct json *j, uint32_t depth);

static struct value read_array(struct json *j, uint32_t depth)
{
    struct value list = value_sequence(j->render, VALUE_LIST, 0);

    j->at++;
    if (take(j, ']'))
        return list;
    do {
        if (!sequence_add(j->render, list.as.sequence, read_value(j, depth + 1)))
            return value_undefined;
    } while (take(j, ','));
    return take(j, ']') ? list : fail(j, "expected , or ] after an item");
}

static struct value read_object(struct json *j, uint32_t depth)
{
    struct value object = value_dict(j->render, VALUE_DICT);

    j->at++;
    if (take(j, '}'))
        return object;
    do {
        skip_space(j);
        if (j->at == j->bytes || j->data[j->at] != '"')
            return fail(j, "expected a name in double quotes");
        struct value key = read_text(j);
        if (!j->render->failed && !take(j, ':'))
            return fail(j, "expected : after a name");
        struct value value = read_value(j, depth + 1);
        if (j->render->failed || !dict_set(j->render, object.as.dict, key, value))
            return value_undefined;
    } while (take(j, ','));
    return take(j, '}') ? object : fail(j, "expected , or } after a value");
}

static struct value read_value(struct json *j, uint32_t depth)
{
    if (j->render->failed || !render_charge(j->render, 1))
        return value_undefined;
    if (depth > RENDER_DEPTH)
        return fail(j, "values are nested deeper than 128");
    skip_space(j);
    if (j->at == j->bytes)
        return fail(j, "it ends where a value is expected");
    char c = j->data[j->at];
    if (c == '"')
        return read_text(j);
    if (c == '[')
        return read_array(j, depth);
    if (c == '{')
        return read_object(j, depth);
    if (c == '-' || (c >= '0' && c <= '9') || c == 'I')
        return read_number(j);
    if (take_word(j, "true"))
        return value_bool(true);
    if (take_word(j, "false"))
        return value_bool(false);
    if (take_word(j, "null"))
        return value_none;
    if (take_word(j, "NaN"))
        return value_float(__builtin_nan(""));
    return fail(j, "expected a value");
}

bool json_read(struct render *r, const char *data, size_t bytes, struct value *out)
{
    struct json j = {.render = r, .data = data, .bytes = bytes};

    *out = read_value(&j, 0);
    skip_space(&j);
    if (!r->failed && j.at != bytes)
        fail(&j, "expected nothing after the value");
    return !r->failed;
}
