/* The methods of texts in chat templates, with Python's meaning. In: a text, the number of a method
 * (text_methods.def) and arguments. Places are counted in characters.
 */
#include "runtime/text/template_text.h"

#include "runtime/base/utf8.h"

#include <string.h>

enum text_method_number {
#define TEXT_METHOD(name, parameters) METHOD_##name,
#include "runtime/text/text_methods.def"
    METHOD_COUNT
};

static const struct {
    const char *name, *parameters;
} methods[METHOD_COUNT] = {
#define TEXT_METHOD(name, parameters) {#name, parameters},
#include "runtime/text/text_methods.def"
};

/* ---- case ---- */

struct value capitalize_text(struct render *r, const struct text *t)
{
    struct builder b = {.render = r};
    uint32_t point;

    for (size_t at = 0; at < t->bytes && !r->failed;) {
        builder_add_point_case(&b, t, at, at == 0 ? CASE_TITLE : CASE_LOWER);
        at += utf8_read(t->data, t->bytes, at, &point);
    }
    return builder_value(&b);
}

static uint32_t bits_at(struct render *r, const struct text *t, size_t at, size_t *length)
{
    uint32_t point;

    *length = utf8_read(t->data, t->bytes, at, &point);
    return point_bits(r->template, point);
}

enum { CASED = RLX_LOWER | RLX_UPPER | RLX_TITLE };

static struct value title_text(struct render *r, const struct text *t)
{
    struct builder b = {.render = r};
    bool inside = false;
    size_t length;

    for (size_t at = 0; at < t->bytes && !r->failed; at += length) {
        uint32_t bits = bits_at(r, t, at, &length);
        builder_add_point_case(&b, t, at, inside ? CASE_LOWER : CASE_TITLE);
        inside = (bits & CASED) != 0;
    }
    return builder_value(&b);
}

static struct value swap_case(struct render *r, const struct text *t)
{
    struct builder b = {.render = r};
    size_t length;

    for (size_t at = 0; at < t->bytes && !r->failed; at += length) {
        uint32_t bits = bits_at(r, t, at, &length);
        if (bits & RLX_UPPER)
            builder_add_point_case(&b, t, at, CASE_LOWER);
        else if (bits & RLX_LOWER)
            builder_add_point_case(&b, t, at, CASE_UPPER);
        else
            builder_add_part(&b, t, at, at + length);
    }
    return builder_value(&b);
}

/* ---- questions ---- */

static bool all_have(struct render *r, const struct text *t, uint32_t wanted)
{
    size_t length;

    for (size_t at = 0; at < t->bytes; at += length)
        if ((bits_at(r, t, at, &length) & wanted) == 0)
            return false;
    return t->bytes != 0;
}

bool text_has_case(struct render *r, const struct text *t, uint32_t wanted, uint32_t other)
{
    bool found = false;
    size_t length;

    for (size_t at = 0; at < t->bytes; at += length) {
        uint32_t bits = bits_at(r, t, at, &length);
        if (bits & other)
            return false;
        found = found || (bits & wanted) != 0;
    }
    return found;
}

static bool is_title(struct render *r, const struct text *t)
{
    bool inside = false, found = false;
    size_t length;

    for (size_t at = 0; at < t->bytes; at += length) {
        uint32_t bits = bits_at(r, t, at, &length);
        bool begins = (bits & (RLX_UPPER | RLX_TITLE)) != 0;
        if ((begins && inside) || ((bits & RLX_LOWER) && !inside))
            return false;
        inside = (bits & CASED) != 0;
        found = found || inside;
    }
    return found;
}

static bool all_spaces(const struct text *t)
{
    uint32_t point;

    for (size_t at = 0; at < t->bytes; at += utf8_read(t->data, t->bytes, at, &point)) {
        utf8_read(t->data, t->bytes, at, &point);
        if (!point_is_space(point))
            return false;
    }
    return t->bytes != 0;
}

static bool all_ascii(const struct text *t)
{
    for (size_t at = 0; at < t->bytes; at++)
        if ((uint8_t)t->data[at] >= 0x80)
            return false;
    return true;
}

/* ---- searching ---- */

/* The stretch of bytes that `start` and `end` (characters) cut out; false where it lies after the
 * text. */
static bool stretch(struct render *r, const struct text *t, const struct value *bounds,
                    size_t *from, size_t *to)
{
    int64_t length = (int64_t)text_points(r, t);
    struct value begin = bounds[0].kind == VALUE_NONE ? value_absent : bounds[0];
    struct value end = bounds[1].kind == VALUE_NONE ? value_absent : bounds[1];
    int64_t first = integer_argument(r, begin, 0), last = integer_argument(r, end, length);

    first = first < 0 ? (first + length < 0 ? 0 : first + length) : first;
    last = last < 0 ? (last + length < 0 ? 0 : last + length) : last > length ? length : last;
    if (first > length || r->failed)
        return false;
    *from = text_offset(r, t, (size_t)first);
    *to = text_offset(r, t, (size_t)last);
    return *from <= *to;
}

static const struct text *needed_text(struct render *r, struct value v)
{
    const struct text *t = text_argument(r, v);

    if (t == NULL)
        render_fail(r, "must be str, not %s", is_given(v) ? value_type_name(v) : "nothing");
    return t;
}

static struct value find(struct render *r, const struct text *t, const struct value *places,
                         bool last, bool required)
{
    const struct text *what = needed_text(r, places[0]);
    size_t from, to, found = SIZE_MAX;

    if (what != NULL && stretch(r, t, places + 1, &from, &to))
        found = last ? text_find_last(r, t, what, from, to) : text_find(r, t, what, from, to);
    if (found == SIZE_MAX)
        return required ? render_fail(r, "substring not found") : value_integer(-1);
    struct text front = *t;
    front.bytes = found;
    front.points = SIZE_MAX;
    return value_integer((int64_t)text_points(r, &front));
}

static struct value count(struct render *r, const struct text *t, const struct value *places)
{
    const struct text *what = needed_text(r, places[0]);
    size_t from, to;
    int64_t found = 0;

    if (what == NULL || !stretch(r, t, places + 1, &from, &to))
        return value_integer(0);
    struct text part = *text_part(r, t, from, to).as.text;
    if (what->bytes == 0)
        return value_integer((int64_t)text_points(r, &part) + 1);
    for (size_t at = 0; (at = text_find(r, &part, what, at, part.bytes)) != SIZE_MAX;
         at += what->bytes)
        found++;
    return value_integer(found);
}

static bool affix_matches(struct render *r, const struct text *t, struct value affix, size_t from,
                          size_t to, bool end)
{
    const struct text *what = needed_text(r, affix);

    if (what == NULL || what->bytes > to - from || !render_charge(r, 1 + what->bytes / 64))
        return false;
    return memcmp(t->data + (end ? to - what->bytes : from), what->data, what->bytes) == 0;
}

static bool has_affix(struct render *r, const struct text *t, const struct value *places, bool end)
{
    size_t from, to;

    if (!stretch(r, t, places + 1, &from, &to))
        return false;
    if (places[0].kind != VALUE_TUPLE)
        return affix_matches(r, t, places[0], from, to, end);
    for (size_t i = 0; i < places[0].as.sequence->count; i++)
        if (affix_matches(r, t, places[0].as.sequence->items[i], from, to, end))
            return true;
    return false;
}

/* ---- cutting ---- */

static struct value partition(struct render *r, const struct text *t, struct value separator,
                              bool last)
{
    const struct text *what = needed_text(r, separator);
    struct value parts = value_sequence(r, VALUE_TUPLE, 3), empty = value_literal(r, "");

    if (what == NULL || what->bytes == 0)
        return render_fail(r, "empty separator");
    size_t found =
        last ? text_find_last(r, t, what, 0, t->bytes) : text_find(r, t, what, 0, t->bytes);
    bool none = found == SIZE_MAX;
    size_t end = none ? 0 : found + what->bytes;
    struct value whole = value_of_text(t);
    sequence_add(r, parts.as.sequence, none ? (last ? empty : whole) : text_part(r, t, 0, found));
    sequence_add(r, parts.as.sequence, none ? empty : text_part(r, t, found, end));
    sequence_add(r, parts.as.sequence,
                 none ? (last ? whole : empty) : text_part(r, t, end, t->bytes));
    return parts;
}

static struct value remove_affix(struct render *r, const struct text *t, struct value affix,
                                 bool end)
{
    const struct text *what = needed_text(r, affix);

    if (what == NULL || what->bytes == 0 || !affix_matches(r, t, affix, 0, t->bytes, end))
        return value_of_text(t);
    return end ? text_part(r, t, 0, t->bytes - what->bytes)
               : text_part(r, t, what->bytes, t->bytes);
}

static struct value expand_tabs(struct render *r, const struct text *t, int64_t size)
{
    struct builder b = {.render = r};
    uint32_t point;
    int64_t column = 0;

    for (size_t at = 0; at < t->bytes && !r->failed;) {
        size_t length = utf8_read(t->data, t->bytes, at, &point);
        if (point == '\t') {
            int64_t pad = size <= 0 ? 0 : size - column % size;
            for (int64_t i = 0; i < pad && !r->failed; i++)
                builder_add_marked(&b, " ", 1, text_marked_at(t, at));
            column += pad;
        } else {
            builder_add_part(&b, t, at, at + length);
            column = point == '\n' || point == '\r' ? 0 : column + 1;
        }
        at += length;
    }
    return builder_value(&b);
}

static struct value zero_fill(struct render *r, const struct text *t, int64_t width)
{
    struct builder b = {.render = r};
    size_t sign = t->bytes != 0 && (t->data[0] == '-' || t->data[0] == '+');

    builder_add_part(&b, t, 0, sign);
    for (int64_t i = (int64_t)text_points(r, t); i < width && !r->failed; i++)
        builder_add(&b, "0", 1);
    builder_add_part(&b, t, sign, t->bytes);
    return builder_value(&b);
}

/* ---- dispatch ---- */

static struct value question(struct render *r, const struct text *t, uint32_t number)
{
    render_charge(r, t->bytes / 8);
    switch ((enum text_method_number)number) {
    case METHOD_isalnum:
        return value_bool(all_have(r, t, RLX_LETTER | RLX_DECIMAL | RLX_DIGIT | RLX_NUMERIC));
    case METHOD_isalpha:
        return value_bool(all_have(r, t, RLX_LETTER));
    case METHOD_isascii:
        return value_bool(all_ascii(t));
    case METHOD_isdecimal:
        return value_bool(all_have(r, t, RLX_DECIMAL));
    case METHOD_isdigit:
        return value_bool(all_have(r, t, RLX_DIGIT));
    case METHOD_islower:
        return value_bool(text_has_case(r, t, RLX_LOWER, RLX_UPPER | RLX_TITLE));
    case METHOD_isnumeric:
        return value_bool(all_have(r, t, RLX_NUMERIC));
    case METHOD_isprintable:
        return value_bool(t->bytes == 0 || all_have(r, t, RLX_PRINTABLE));
    case METHOD_isspace:
        return value_bool(all_spaces(t));
    case METHOD_istitle:
        return value_bool(is_title(r, t));
    default:
        return value_bool(text_has_case(r, t, RLX_UPPER, RLX_LOWER | RLX_TITLE));
    }
}

static struct value split(struct render *r, const struct text *t, const struct value *places,
                          bool last)
{
    const struct text *separator = text_argument(r, places[0]);
    int64_t max = times_argument(r, places[1]);

    return last ? split_text_last(r, t, separator, max) : split_text(r, t, separator, max);
}

static struct value change(struct render *r, const struct text *t, uint32_t number,
                           const struct value *places)
{
    const struct text *first;

    switch ((enum text_method_number)number) {
    case METHOD_join:
        return join_texts(r, t, value_items(r, places[0]), false);
    case METHOD_replace:
        first = needed_text(r, places[0]);
        const struct text *second = needed_text(r, places[1]);
        return r->failed ? value_undefined
                         : text_replace(r, t, first, second, times_argument(r, places[2]));
    case METHOD_split:
    case METHOD_rsplit:
        return split(r, t, places, number == METHOD_rsplit);
    case METHOD_splitlines:
        return split_lines(r, t, truth_argument(places[0], false));
    case METHOD_strip:
    case METHOD_lstrip:
    case METHOD_rstrip:
        return text_strip(r, t, text_argument(r, places[0]), number != METHOD_rstrip,
                          number != METHOD_lstrip);
    case METHOD_partition:
    case METHOD_rpartition:
        return partition(r, t, places[0], number == METHOD_rpartition);
    case METHOD_removeprefix:
    case METHOD_removesuffix:
        return remove_affix(r, t, places[0], number == METHOD_removesuffix);
    case METHOD_expandtabs:
        return expand_tabs(r, t, integer_argument(r, places[0], 8));
    case METHOD_zfill:
        return zero_fill(r, t, integer_argument(r, places[0], 0));
    default:
        return pad_text(r, t, integer_argument(r, places[0], 0), text_argument(r, places[1]),
                        number == METHOD_ljust   ? ALIGN_LEFT
                        : number == METHOD_rjust ? ALIGN_RIGHT
                                                 : ALIGN_CENTER);
    }
}

struct value text_method(struct render *r, const struct text *t, uint32_t number,
                         const struct arguments *a)
{
    struct value places[3];

    if (number == METHOD_format)
        return format_braces(r, t, a);
    if (number >= METHOD_COUNT ||
        !bind_arguments(r, methods[number].name, methods[number].parameters, a, places, 3))
        return value_undefined;
    switch ((enum text_method_number)number) {
    case METHOD_capitalize:
        return capitalize_text(r, t);
    case METHOD_casefold:
        return text_change_case(r, t, CASE_FOLDED);
    case METHOD_lower:
        return text_change_case(r, t, CASE_LOWER);
    case METHOD_upper:
        return text_change_case(r, t, CASE_UPPER);
    case METHOD_title:
        return title_text(r, t);
    case METHOD_swapcase:
        return swap_case(r, t);
    case METHOD_count:
        return count(r, t, places);
    case METHOD_startswith:
    case METHOD_endswith:
        return value_bool(has_affix(r, t, places, number == METHOD_endswith));
    case METHOD_find:
    case METHOD_index:
    case METHOD_rfind:
    case METHOD_rindex:
        return find(r, t, places, number == METHOD_rfind || number == METHOD_rindex,
                    number == METHOD_index || number == METHOD_rindex);
    default:
        return methods[number].name[0] == 'i' ? question(r, t, number)
                                              : change(r, t, number, places);
    }
}
