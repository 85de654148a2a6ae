/* Values as text: Python's str() and repr(), the shortest digits of a float, and numbers read from
 * text. Contract: value.h.
 */
#include "runtime/text/value.h"

#include "runtime/text/template.h"
#include "runtime/base/utf8.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- floats ---- */

size_t print_real(char *out, size_t room, const char *format, int precision, double real)
{
    int length = snprintf(out, room, format, precision, real);
    size_t count = length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1;
    const char *point = localeconv()->decimal_point;
    size_t bytes = strlen(point);
    char *found = bytes == 0 || count == 0 ? NULL : strstr(out, point);

    if (found == NULL)
        return count;
    *found = '.';
    memmove(found + 1, found + bytes, count - (size_t)(found - out) - bytes + 1);
    return count - bytes + 1;
}

/* The fewest digits that read back as `real` (finite, not 0 or negative), and the power of ten of
 * the first one. Whatever has at most 15 digits reads back from 15, unless it is subnormal. */
static int shortest_digits(double real, char digits[20], int *exponent)
{
    char text[40];
    int count = 0;

    for (int precision = real < DBL_MIN ? 0 : DBL_DIG - 1; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, real);
        if (strtod(text, NULL) == real)
            break;
    }
    const char *at = text;
    for (; *at != 0 && *at != 'e'; at++) /* whatever the locale puts between digits is skipped */
        if (*at >= '0' && *at <= '9')
            digits[count++] = *at;
    *exponent = atoi(at + 1);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    return count;
}

static void add_fixed(struct builder *b, const char *digits, int count, int exponent)
{
    if (exponent < 0) {
        builder_add(b, "0.000", (size_t)(1 - exponent));
        builder_add(b, digits, (size_t)count);
        return;
    }
    for (int i = 0; i <= exponent || i < count; i++) {
        if (i == exponent + 1)
            builder_add(b, ".", 1);
        builder_add(b, i < count ? digits + i : "0", 1);
    }
    if (count <= exponent + 1)
        builder_add(b, ".0", 2);
}

void builder_add_float(struct builder *b, double real)
{
    char digits[20];
    int exponent;

    render_charge(b->render, fabs(real) < DBL_MIN ? 256 : 8);
    if (isnan(real) || isinf(real)) {
        builder_printf(b, "%s", isnan(real) ? "nan" : real < 0 ? "-inf" : "inf");
        return;
    }
    if (signbit(real))
        builder_add(b, "-", 1);
    if (real == 0) {
        builder_add(b, "0.0", 3);
        return;
    }
    int count = shortest_digits(fabs(real), digits, &exponent);
    if (exponent >= -4 && exponent < 16) {
        add_fixed(b, digits, count, exponent);
        return;
    }
    builder_add(b, digits, 1);
    if (count > 1) {
        builder_add(b, ".", 1);
        builder_add(b, digits + 1, (size_t)count - 1);
    }
    builder_printf(b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

/* ---- str and repr ---- */

static void add_escape(struct builder *b, uint32_t point, bool marked)
{
    char text[16];
    const char *form = point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x";
    int bytes = snprintf(text, sizeof text, form, point);

    builder_add_marked(b, text, (size_t)bytes, marked);
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '\\' && c != '\'' && c != '"';
}

static void add_quoted(struct builder *b, const struct text *t)
{
    bool single = memchr(t->data, '\'', t->bytes) == NULL || memchr(t->data, '"', t->bytes) != NULL;
    char quote = single ? '\'' : '"';
    uint32_t point;

    builder_add(b, &quote, 1);
    for (size_t at = 0, plain = 0; at < t->bytes && !b->render->failed; at += plain) {
        for (plain = 0; at + plain < t->bytes && is_plain(t->data[at + plain]);)
            plain++;
        builder_add_part(b, t, at, at + plain);
        if (plain != 0)
            continue;
        const size_t length = plain = utf8_read(t->data, t->bytes, at, &point);
        bool marked = text_marked_at(t, at);
        const char *known = point == '\\'   ? "\\\\"
                            : point == '\n' ? "\\n"
                            : point == '\r' ? "\\r"
                            : point == '\t' ? "\\t"
                                            : NULL;
        if (known != NULL) {
            builder_add_marked(b, known, 2, marked);
        } else if (point == (uint32_t)quote) {
            builder_add_marked(b, "\\", 1, marked);
            builder_add_marked(b, &quote, 1, marked);
        } else if (point < 0x20 || point == 0x7f ||
                   (point >= 0x80 && point != POINT_INVALID &&
                    (point_bits(b->render->template, point) & RLX_PRINTABLE) == 0)) {
            add_escape(b, point, marked);
        } else {
            builder_add_part(b, t, at, at + length);
        }
    }
    builder_add(b, &quote, 1);
}

static void add_items(struct builder *b, const struct sequence *s, const char *open,
                      const char *close, uint32_t depth)
{
    builder_add(b, open, strlen(open));
    for (size_t i = 0; i < s->count && !b->render->failed; i++) {
        if (i != 0)
            builder_add(b, ", ", 2);
        builder_add_repr(b, s->items[i], depth + 1);
    }
    builder_add(b, close, strlen(close));
}

static void add_dict(struct builder *b, const struct dict *d, uint32_t depth)
{
    builder_add(b, "{", 1);
    for (size_t i = 0; i < d->count && !b->render->failed; i++) {
        if (i != 0)
            builder_add(b, ", ", 2);
        builder_add_repr(b, d->entries[i].key, depth + 1);
        builder_add(b, ": ", 2);
        builder_add_repr(b, d->entries[i].value, depth + 1);
    }
    builder_add(b, "}", 1);
}

static void add_range(struct builder *b, const struct sequence *s)
{
    int64_t from = 0, to = 0, step = 1;

    if (s->count != 0)
        from = s->items[0].as.integer;
    if (s->count > 1)
        step = s->items[1].as.integer - from;
    to = s->count == 0 ? 0 : s->items[s->count - 1].as.integer + (step > 0 ? 1 : -1);
    if (step == 1)
        builder_printf(b, "range(%lld, %lld)", (long long)from, (long long)to);
    else
        builder_printf(b, "range(%lld, %lld, %lld)", (long long)from, (long long)to,
                       (long long)step);
}

void builder_add_repr(struct builder *b, struct value v, uint32_t depth)
{
    if (!render_descend(b->render, depth))
        return;
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_UNDEFINED:
        builder_add(b, "Undefined", 9);
        return;
    case VALUE_NONE:
        builder_add(b, "None", 4);
        return;
    case VALUE_BOOL:
        builder_printf(b, "%s", v.as.truth ? "True" : "False");
        return;
    case VALUE_INTEGER:
        builder_printf(b, "%lld", (long long)v.as.integer);
        return;
    case VALUE_BIG:
        builder_add_text(b, v.as.text);
        return;
    case VALUE_FLOAT:
        builder_add_float(b, v.as.real);
        return;
    case VALUE_TEXT:
        if (v.safe)
            builder_add(b, "Markup(", 7);
        add_quoted(b, v.as.text);
        if (v.safe)
            builder_add(b, ")", 1);
        return;
    case VALUE_LIST:
        add_items(b, v.as.sequence, "[", "]", depth);
        return;
    case VALUE_TUPLE:
        add_items(b, v.as.sequence, "(", v.as.sequence->count == 1 ? ",)" : ")", depth);
        return;
    case VALUE_RANGE:
        add_range(b, v.as.sequence);
        return;
    case VALUE_VIEW:
        builder_printf(b, "%s(", v.as.sequence->prefix);
        add_items(b, v.as.sequence, "[", "])", depth);
        return;
    case VALUE_DICT:
        add_dict(b, v.as.dict, depth);
        return;
    case VALUE_NAMESPACE:
        builder_add(b, "<Namespace ", 11);
        add_dict(b, v.as.dict, depth);
        builder_add(b, ">", 1);
        return;
    default:
        render_fail(b->render, "a %s has no text", value_type_name(v));
    }
}

void builder_add_str(struct builder *b, struct value v)
{
    if (is_text(v))
        builder_add_text(b, v.as.text);
    else if (v.kind != VALUE_UNDEFINED && v.kind != VALUE_ABSENT)
        builder_add_repr(b, v, 0);
}

const struct text *value_str(struct render *r, struct value v)
{
    struct builder b = {.render = r};

    if (is_text(v))
        return v.as.text;
    builder_add_str(&b, v);
    return builder_value(&b).as.text;
}

void builder_add_escaped(struct builder *b, const struct text *t)
{
    static const char *const forms[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\''] = "&#39;", ['"'] = "&#34;"};

    for (size_t at = 0; at < t->bytes && !b->render->failed; at++) {
        uint8_t byte = (uint8_t)t->data[at];
        const char *form = byte < sizeof forms / sizeof forms[0] ? forms[byte] : NULL;
        if (form != NULL)
            builder_add_marked(b, form, strlen(form), text_marked_at(t, at));
        else
            builder_add_part(b, t, at, at + 1);
    }
}

/* ---- numbers from text ---- */

/* Without white space around it, underscores between digits taken out; 0 where it is no number's
 * text or longer than the place. */
static size_t plain_number(const char *data, size_t bytes, char *out, size_t room)
{
    size_t count = 0;

    out[0] = 0;
    while (bytes != 0 && point_is_space((uint8_t)*data)) {
        data++;
        bytes--;
    }
    while (bytes != 0 && point_is_space((uint8_t)data[bytes - 1]))
        bytes--;
    for (size_t i = 0; i < bytes; i++) {
        bool between = i != 0 && i + 1 < bytes &&
                       ((data[i - 1] | 32) >= 'a' || data[i - 1] >= '0') && data[i - 1] != '_' &&
                       data[i + 1] != '_';
        if (data[i] == '_' && between)
            continue;
        if (data[i] == '_' || data[i] == 0 || count + 1 == room)
            return 0;
        out[count++] = data[i];
    }
    out[count] = 0;
    return count;
}

enum { NUMBER_BYTES = 400 };

/* strtod in the C locale's spelling, whatever locale is set. */
static bool read_real(const char *text, double *out)
{
    const char *point = localeconv()->decimal_point, *dot = strchr(text, '.');
    char local[NUMBER_BYTES + 16], *end;

    if (dot == NULL)
        snprintf(local, sizeof local, "%s", text);
    else
        snprintf(local, sizeof local, "%.*s%s%s", (int)(dot - text), text, point, dot + 1);
    *out = strtod(local, &end);
    return *end == 0;
}

bool text_to_float(const char *data, size_t bytes, double *out)
{
    static const char *const words[] = {"inf", "infinity", "nan"};
    char text[NUMBER_BYTES];
    size_t count = plain_number(data, bytes, text, sizeof text);
    const char *word = text + (text[0] == '+' || text[0] == '-');

    if (count == 0)
        return false;
    for (const char *c = word; *c != 0; c++)
        if (strchr("0123456789.eE+-", *c) == NULL) { /* neither hexadecimal nor nan(…) */
            bool known = false;
            for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
                known = known || strcasecmp(word, words[i]) == 0;
            if (!known)
                return false;
            break;
        }
    return read_real(text, out);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* The base that 0x, 0o or 0b names, where `base` allows it; *at moves past it. */
static int base_of(const char **at, int base)
{
    static const struct {
        char letter;
        int base;
    } known[] = {{'x', 16}, {'o', 8}, {'b', 2}};

    for (size_t i = 0; (*at)[0] == '0' && i < sizeof known / sizeof known[0]; i++)
        if (((*at)[1] | 32) == known[i].letter && (base == 0 || base == known[i].base)) {
            *at += 2;
            return known[i].base;
        }
    return base == 0 ? 10 : base;
}

bool text_to_integer(const char *data, size_t bytes, int base, int64_t *out, bool *big)
{
    char text[NUMBER_BYTES];
    size_t count = plain_number(data, bytes, text, sizeof text);
    bool negative = text[0] == '-';
    const char *at = text + (negative || text[0] == '+');
    uint64_t value = 0, max = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;

    *big = false;
    if (count == 0 || base < 0 || base == 1 || base > 36)
        return false;
    base = base_of(&at, base);
    if (*at == 0)
        return false;
    for (; *at != 0; at++) {
        uint64_t digit = (uint64_t)digit_of(*at);
        if (digit >= (uint64_t)base)
            return false;
        if (value > (max - digit) / (uint64_t)base)
            *big = true;
        value = value * (uint64_t)base + digit;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}
