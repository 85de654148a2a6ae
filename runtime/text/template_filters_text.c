/* Filters of texts. In: any value, taken as its text; out: a text. Contract: template_filters.h. */
#include "runtime/text/template_filters.h"

#include "runtime/base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Python's \w of the beginning of a word: after - ( { [ < or white space. */
static bool begins_word(uint32_t before)
{
    return point_is_space(before) ||
           (before < 0x80 && before != 0 && strchr("-({[<", (int)before) != NULL);
}

static struct value title(struct render *r, const struct text *t)
{
    struct builder b = {.render = r};
    uint32_t point = ' ';

    for (size_t at = 0; at < t->bytes && !r->failed;) {
        size_t from = at + utf8_read(t->data, t->bytes, at, &point), end = from;
        builder_add_point_case(&b, t, at, CASE_UPPER);
        if (begins_word(point)) {
            at = from;
            continue;
        }
        while (end < t->bytes && !begins_word(point))
            end += utf8_read(t->data, t->bytes, end, &point);
        const struct text *rest = text_part(r, t, from, end).as.text;
        builder_add_text(&b, text_change_case(r, rest, CASE_LOWER).as.text);
        at = end;
    }
    return builder_value(&b);
}

static struct value indent(struct render *r, struct value v, const struct value *places)
{
    struct builder b = {.render = r}, spaces = {.render = r};
    bool first = truth_argument(places[1], false), blank = truth_argument(places[2], false);
    const struct text *indention = is_text(places[0]) ? places[0].as.text : NULL;

    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    if (!is_text(v))
        return render_fail(r, "unsupported operand type(s) for +=: '%s' and 'str'",
                           value_type_name(v));
    if (indention == NULL) {
        int64_t width = integer_argument(r, places[0], 4);
        for (int64_t i = 0; i < width && !r->failed; i++)
            builder_add(&spaces, " ", 1);
        indention = builder_value(&spaces).as.text;
    }
    /* The newline that Jinja adds first: a text without an end of line has one line all the same.
     */
    struct builder with_end = {.render = r};
    builder_add_text(&with_end, v.as.text);
    builder_add(&with_end, "\n", 1);
    const struct sequence *lines =
        split_lines(r, builder_value(&with_end).as.text, false).as.sequence;
    for (size_t i = 0; i < lines->count && render_charge(r, 1); i++) {
        const struct text *line = lines->items[i].as.text;
        if (i != 0)
            builder_add(&b, "\n", 1);
        if (i == 0 ? first : blank || line->bytes != 0)
            builder_add_text(&b, indention);
        builder_add_text(&b, line);
    }
    return builder_value(&b);
}

static struct value truncate(struct render *r, struct value v, const struct value *places)
{
    const struct text *end = text_argument(r, places[2]), *t;
    int64_t length = integer_argument(r, places[0], 255);
    int64_t leeway =
        integer_argument(r, places[3].kind == VALUE_NONE ? value_absent : places[3], 5);
    struct builder b = {.render = r};

    if (!is_text(v))
        return render_fail(r, "object of type '%s' cannot be truncated", value_type_name(v));
    t = v.as.text;
    if (end == NULL)
        end = value_literal(r, "...").as.text;
    const int64_t ending = (int64_t)text_points(r, end), points = (int64_t)text_points(r, t);
    if (length < ending || leeway < 0)
        return render_fail(r, "expected length >= %lld and leeway >= 0", (long long)ending);
    int64_t kept = length - ending;
    if (points <= length || points - length <= leeway)
        return v;
    size_t to = text_offset(r, t, (size_t)kept);
    if (!truth_argument(places[1], false)) {
        const struct text space = {.data = " ", .bytes = 1, .points = 1};
        size_t found = text_find_last(r, t, &space, 0, to);
        to = found == SIZE_MAX ? to : found;
    }
    builder_add_part(&b, t, 0, to);
    builder_add_text(&b, end);
    return builder_value(&b);
}

static void add_url(struct builder *b, const struct text *t, bool query)
{
    static const char plain[] = "_.-~";

    for (size_t i = 0; i < t->bytes && !b->render->failed; i++) {
        uint8_t c = (uint8_t)t->data[i];
        bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    (c != 0 && strchr(plain, c) != NULL) || (c == '/' && !query);
        char code[4];
        snprintf(code, sizeof code, "%%%02X", c);
        if (query && c == ' ')
            builder_add_marked(b, "+", 1, text_marked_at(t, i));
        else
            builder_add_marked(b, kept ? t->data + i : code, kept ? 1 : 3, text_marked_at(t, i));
    }
}

static struct value urlencode(struct render *r, struct value v)
{
    struct builder b = {.render = r};

    if (v.kind != VALUE_DICT && (is_text(v) || !is_sequence(v))) {
        add_url(&b, value_str(r, v), false);
        return builder_value(&b);
    }
    struct arguments none = {0};
    struct value items = v.kind == VALUE_DICT ? call_filter(r, RLX_FILTER_items, v, &none) : v;
    for (size_t i = 0; !r->failed && i < items.as.sequence->count; i++) {
        const struct sequence *pair = value_items(r, items.as.sequence->items[i]);
        if (pair == NULL || pair->count != 2)
            return render_fail(r, "urlencode takes pairs");
        if (i != 0)
            builder_add(&b, "&", 1);
        add_url(&b, value_str(r, pair->items[0]), true);
        builder_add(&b, "=", 1);
        add_url(&b, value_str(r, pair->items[1]), true);
    }
    return builder_value(&b);
}

static struct value count_words(struct render *r, const struct text *t)
{
    int64_t words = 0;
    bool inside = false;
    uint32_t point;

    render_charge(r, t->bytes / 8);
    for (size_t at = 0; at < t->bytes;) {
        at += utf8_read(t->data, t->bytes, at, &point);
        bool word = point == '_' || (point_bits(r->template, point) &
                                     (RLX_LETTER | RLX_DECIMAL | RLX_DIGIT | RLX_NUMERIC)) != 0;
        words += word && !inside;
        inside = word;
    }
    return value_integer(words);
}

static struct value escape(struct render *r, struct value v, bool force)
{
    struct builder b = {.render = r};

    if (is_text(v) && v.safe && !force)
        return v;
    builder_add_escaped(&b, value_str(r, v));
    struct value out = builder_value(&b);
    out.safe = true;
    return out;
}

static struct value xml_attributes(struct render *r, struct value v, bool space)
{
    struct builder b = {.render = r};

    if (v.kind != VALUE_DICT)
        return render_fail(r, "xmlattr takes a mapping");
    for (size_t i = 0; i < v.as.dict->count && !r->failed; i++) {
        const struct dict_entry *e = &v.as.dict->entries[i];
        if (e->value.kind == VALUE_NONE || e->value.kind == VALUE_UNDEFINED)
            continue;
        const struct text *name = value_str(r, e->key);
        for (size_t k = 0; k < name->bytes; k++)
            if (name->data[k] != 0 && strchr(" \t\n\r\f\v/>=", name->data[k]) != NULL)
                return render_fail(r, "Invalid character in attribute name");
        if (b.count != 0 || space)
            builder_add(&b, " ", 1);
        builder_add_escaped(&b, name);
        builder_add(&b, "=\"", 2);
        builder_add_text(&b, escape(r, e->value, false).as.text);
        builder_add(&b, "\"", 1);
    }
    return builder_value(&b);
}

static struct value trim(struct render *r, struct value v, struct value chars)
{
    struct value out = text_strip(r, value_str(r, v), text_argument(r, chars), true, true);

    out.safe = v.safe;
    return out;
}

static struct value replace(struct render *r, struct value v, const struct value *places)
{
    if (!is_given(places[0]) || !is_given(places[1]))
        return render_fail(r, "replace takes the old text and the new one");
    struct value count = places[2].kind == VALUE_NONE ? value_absent : places[2];
    return text_replace(r, value_str(r, v), value_str(r, places[0]), value_str(r, places[1]),
                        times_argument(r, count));
}

struct value filter_text(struct render *r, uint32_t filter, struct value v,
                         const struct value *places)
{
    switch (filter) {
    case RLX_FILTER_capitalize:
        return capitalize_text(r, value_str(r, v));
    case RLX_FILTER_center:
        return pad_text(r, value_str(r, v), integer_argument(r, places[0], 80), NULL, ALIGN_CENTER);
    case RLX_FILTER_escape:
    case RLX_FILTER_forceescape:
        return escape(r, v, filter == RLX_FILTER_forceescape);
    case RLX_FILTER_indent:
        return indent(r, v, places);
    case RLX_FILTER_lower:
        return text_change_case(r, value_str(r, v), CASE_LOWER);
    case RLX_FILTER_replace:
        return replace(r, v, places);
    case RLX_FILTER_title:
        return title(r, value_str(r, v));
    case RLX_FILTER_trim:
        return trim(r, v, places[0]);
    case RLX_FILTER_truncate:
        return truncate(r, v, places);
    case RLX_FILTER_upper:
        return text_change_case(r, value_str(r, v), CASE_UPPER);
    case RLX_FILTER_urlencode:
        return urlencode(r, v);
    case RLX_FILTER_wordcount:
        return count_words(r, value_str(r, v));
    case RLX_FILTER_xmlattr:
        return xml_attributes(r, v, truth_argument(places[0], true));
    default:
        return value_absent;
    }
}
