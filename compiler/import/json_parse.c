/* Parses JSON into values of jansson. In: bytes. Out: a value, or what is wrong and where. Most of
 * these files come from Python, so the parser accepts what Python's json accepts and jansson does
 * not: U+0000 in names, names that occur twice (the last one counts), integers of any size, NaN and
 * Infinity. It differs in one point: half of a surrogate pair is an error, because UTF-8 cannot
 * represent it. */
#include "compiler/import/import.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_DEPTH = 64, MAX_NUMBER_BYTES = 400 };

struct parser {
    const char *data;
    uint64_t bytes, at;
    bool strict;
    struct arena texts; /* decoded texts that had escapes */
    struct json_report *report;
};

struct text {
    const char *data;
    size_t bytes;
};

static void *fail_at(struct parser *p, uint64_t at, const char *fault)
{
    if (p->report->fault == NULL) {
        p->report->fault = fault;
        p->report->at = at;
    }
    return NULL;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->bytes && memchr(" \t\r\n", p->data[p->at], 4) != NULL)
        p->at++;
}

static bool take(struct parser *p, char c)
{
    skip_space(p);
    if (p->at == p->bytes || p->data[p->at] != c)
        return false;
    p->at++;
    return true;
}

static bool take_word(struct parser *p, const char *word)
{
    size_t length = strlen(word);

    if (length > p->bytes - p->at || memcmp(p->data + p->at, word, length) != 0)
        return false;
    p->at += length;
    return true;
}

/* ---- texts ---- */

/* The position of the quote that ends the text, or p->bytes and a fault. */
static uint64_t find_end(struct parser *p, bool *escaped)
{
    utf8proc_int32_t point;

    *escaped = false;
    for (uint64_t at = p->at; at < p->bytes;) {
        uint8_t byte = (uint8_t)p->data[at];
        utf8proc_ssize_t length = 1;
        if (byte == '"')
            return at;
        if (byte < 0x20)
            return fail_at(p, at, "a text contains a control character"), p->bytes;
        if (byte == '\\') {
            *escaped = true;
            at++;
        } else if (byte >= 0x80) {
            length = utf8proc_iterate((const utf8proc_uint8_t *)p->data + at,
                                      (utf8proc_ssize_t)min_u64(p->bytes - at, 4), &point);
        }
        if (length < 1)
            return fail_at(p, at, "a text is not UTF-8"), p->bytes;
        at += (uint64_t)length;
    }
    fail_at(p, p->at, "a text has no end");
    return p->bytes;
}

/* Four hexadecimal digits; UINT32_MAX if they are not. */
static uint32_t read_unit(const char *data, uint64_t bytes)
{
    uint32_t unit = 0;

    if (bytes < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit = data[i] == 0 ? NULL : strchr(digits, data[i]);
        if (digit == NULL)
            return UINT32_MAX;
        uint32_t value = (uint32_t)(digit - digits);
        unit = unit << 4 | (value < 16 ? value : value - 6);
    }
    return unit;
}

/* Length of the escape at `at`, which is a backslash before `end`; 0 and a fault if it is wrong. */
static uint64_t read_escape(struct parser *p, uint64_t at, uint64_t end, char *out, size_t *used)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = p->data[at + 1];
    const char *letter = c == 0 ? NULL : strchr(letters, c);
    uint64_t length = 6;

    if (letter != NULL) {
        out[(*used)++] = meanings[letter - letters];
        return 2;
    }
    uint32_t point = c == 'u' ? read_unit(p->data + at + 2, end - at - 2) : UINT32_MAX;
    if (point == UINT32_MAX)
        return fail_at(p, at, "an escape that JSON does not have"), 0;
    if (point >= 0xd800 && point < 0xdc00 && end - at >= 12 && p->data[at + 6] == '\\' &&
        p->data[at + 7] == 'u') {
        uint32_t low = read_unit(p->data + at + 8, end - at - 8);
        if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10 | (low - 0xdc00));
            length = 12;
        }
    }
    if (point >= 0xd800 && point < 0xe000)
        return fail_at(p, at, "half of a surrogate pair is not a character"), 0;
    *used += (size_t)utf8proc_encode_char((utf8proc_int32_t)point, (utf8proc_uint8_t *)out + *used);
    return length;
}

/* Begins at a quote. The text is in the file, or in p->texts if it has escapes. */
static bool read_text(struct parser *p, struct text *text)
{
    bool escaped;
    uint64_t start = ++p->at, end = find_end(p, &escaped);

    if (end == p->bytes)
        return false;
    *text = (struct text){p->data + start, end - start};
    p->at = end + 1;
    if (!escaped)
        return true;
    char *out = arena_alloc(&p->texts, end - start + 4, 1); /* the decoded text is shorter */
    text->data = out;
    text->bytes = 0;
    for (uint64_t at = start; at < end;) {
        if (p->data[at] != '\\') {
            out[text->bytes++] = p->data[at++];
            continue;
        }
        uint64_t length = read_escape(p, at, end, out, &text->bytes);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

/* ---- numbers ---- */

static uint64_t skip_digits(struct parser *p)
{
    uint64_t from = p->at;

    while (p->at < p->bytes && p->data[p->at] >= '0' && p->data[p->at] <= '9')
        p->at++;
    return p->at - from;
}

/* Moves past a number; false if its spelling is wrong. */
static bool skip_number(struct parser *p, bool *whole)
{
    p->at += p->data[p->at] == '-';
    uint64_t first = p->at, digits = skip_digits(p);

    *whole = true;
    if (digits == 0 || (digits > 1 && p->data[first] == '0'))
        return false;
    if (p->at < p->bytes && p->data[p->at] == '.') {
        *whole = false;
        p->at++;
        if (skip_digits(p) == 0)
            return false;
    }
    if (p->at < p->bytes && (p->data[p->at] == 'e' || p->data[p->at] == 'E')) {
        *whole = false;
        p->at++;
        p->at += p->at < p->bytes && (p->data[p->at] == '+' || p->data[p->at] == '-');
        return skip_digits(p) != 0;
    }
    return true;
}

/* jansson has no value for a number that no double holds. It becomes a text with its spelling, so
 * that a caller that expects a number finds none and can quote it. */
static json_t *not_finite(const struct parser *p, uint64_t start)
{
    return json_stringn_nocheck(p->data + start, p->at - start);
}

static json_t *read_number(struct parser *p)
{
    char copy[MAX_NUMBER_BYTES + 1];
    uint64_t start = p->at;
    bool whole;

    if (take_word(p, "NaN") || take_word(p, "Infinity") || take_word(p, "-Infinity"))
        return not_finite(p, start);
    if (!skip_number(p, &whole))
        return fail_at(p, start, "a number is not spelled as JSON requires");
    if (p->at - start > MAX_NUMBER_BYTES)
        return fail_at(p, start, "a number has more than 400 characters");
    memcpy(copy, p->data + start, p->at - start);
    copy[p->at - start] = 0;
    errno = 0;
    long long integer = whole ? strtoll(copy, NULL, 10) : 0;
    if (whole && errno == 0)
        return json_integer(integer);
    double real = strtod(copy, NULL);
    return isfinite(real) ? json_real(real) : not_finite(p, start);
}

/* ---- values ---- */

static json_t *read_value(struct parser *p, uint32_t depth);

static json_t *drop(json_t *value)
{
    json_decref(value);
    return NULL;
}

static json_t *read_array(struct parser *p, uint32_t depth)
{
    json_t *list = json_array(), *item;

    p->at++;
    if (take(p, ']'))
        return list;
    do {
        item = read_value(p, depth + 1);
        if (item == NULL || json_array_append_new(list, item) != 0)
            return drop(list);
    } while (take(p, ','));
    return take(p, ']') ? list : drop((fail_at(p, p->at, "expected , or ] after an item"), list));
}

/* Whether a member of that name may be set. */
static bool check_name(struct parser *p, const json_t *object, struct text name, uint64_t at)
{
    if (p->strict && memchr(name.data, 0, name.bytes) != NULL)
        return fail_at(p, at, "a name contains U+0000"), false;
    if (json_object_getn(object, name.data, name.bytes) == NULL)
        return true;
    if (p->strict)
        return fail_at(p, at, "the name occurs twice"), false;
    if (p->report->repeated_at == 0)
        p->report->repeated_at = at;
    return true;
}

static json_t *read_object(struct parser *p, uint32_t depth)
{
    json_t *object = json_object(), *value;
    struct text name;

    p->at++;
    if (take(p, '}'))
        return object;
    do {
        skip_space(p);
        uint64_t at = p->at;
        if (at == p->bytes || p->data[at] != '"')
            return drop((fail_at(p, at, "expected a name in double quotes"), object));
        if (!read_text(p, &name) || !check_name(p, object, name, at))
            return drop(object);
        if (!take(p, ':'))
            return drop((fail_at(p, p->at, "expected : after a name"), object));
        value = read_value(p, depth + 1);
        if (value == NULL ||
            json_object_setn_new_nocheck(object, name.data, name.bytes, value) != 0)
            return drop(object);
    } while (take(p, ','));
    return take(p, '}') ? object
                        : drop((fail_at(p, p->at, "expected , or } after a value"), object));
}

static json_t *read_value(struct parser *p, uint32_t depth)
{
    struct text text;

    skip_space(p);
    if (p->at == p->bytes)
        return fail_at(p, p->at, "the text ends where a value is expected");
    char c = p->data[p->at];
    if ((c == '{' || c == '[') && depth == MAX_DEPTH)
        return fail_at(p, p->at, "values are nested more than 64 deep");
    if (c == '{')
        return read_object(p, depth);
    if (c == '[')
        return read_array(p, depth);
    if (c == '"')
        return read_text(p, &text) ? json_stringn_nocheck(text.data, text.bytes) : NULL;
    if (c == '-' || c == 'N' || c == 'I' || (c >= '0' && c <= '9'))
        return read_number(p);
    if (take_word(p, "true"))
        return json_true();
    if (take_word(p, "false"))
        return json_false();
    if (take_word(p, "null"))
        return json_null();
    return fail_at(p, p->at, "expected a value");
}

json_t *json_parse(const char *text, uint64_t bytes, bool strict, struct json_report *report)
{
    struct parser p = {.data = text, .bytes = bytes, .strict = strict, .report = report};

    *report = (struct json_report){0};
    if (!strict && bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        p.at = 3; /* a byte order mark */
    json_t *root = read_value(&p, 0);
    skip_space(&p);
    if (root != NULL && p.at != bytes)
        root = drop((fail_at(&p, p.at, "something follows the value"), root));
    arena_free(&p.texts);
    if (root == NULL && report->fault == NULL)
        report->fault = "no memory for the value";
    return root;
}
