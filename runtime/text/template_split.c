/* Splitting, joining and padding texts, as Python's str does. Contract: template_text.h. */
#include "runtime/text/template_text.h"

#include "runtime/base/utf8.h"

#include <string.h>

static struct value split_at_spaces(struct render *r, const struct text *t, int64_t max)
{
    struct value list = value_sequence(r, VALUE_LIST, 0);
    uint32_t point;
    size_t at = 0, start;

    render_charge(r, t->bytes / 16);
    for (;; max--) {
        for (; at < t->bytes; at += utf8_read(t->data, t->bytes, at, &point)) {
            utf8_read(t->data, t->bytes, at, &point);
            if (!point_is_space(point))
                break;
        }
        if (at == t->bytes || !render_charge(r, 1))
            return list;
        start = at;
        for (; at < t->bytes; at += utf8_read(t->data, t->bytes, at, &point)) {
            utf8_read(t->data, t->bytes, at, &point);
            if (max != 0 && point_is_space(point))
                break;
        }
        sequence_add(r, list.as.sequence, text_part(r, t, start, at));
    }
}

struct value split_text(struct render *r, const struct text *t, const struct text *separator,
                        int64_t max)
{
    struct value list = value_sequence(r, VALUE_LIST, 0);
    size_t from = 0;

    if (separator == NULL)
        return split_at_spaces(r, t, max);
    if (separator->bytes == 0)
        return render_fail(r, "empty separator");
    for (; max != 0 && render_charge(r, 1); max--) {
        size_t found = text_find(r, t, separator, from, t->bytes);
        if (found == SIZE_MAX)
            break;
        sequence_add(r, list.as.sequence, text_part(r, t, from, found));
        from = found + separator->bytes;
    }
    sequence_add(r, list.as.sequence, text_part(r, t, from, t->bytes));
    return list;
}

static void reverse(struct sequence *s)
{
    for (size_t i = 0, j = s->count; i + 1 < j; i++) {
        struct value v = s->items[i];
        s->items[i] = s->items[--j];
        s->items[j] = v;
    }
}

/* From the end, at most `max` times; what is left in front keeps its leading white space. */
static struct value split_at_spaces_last(struct render *r, const struct text *t, int64_t max)
{
    struct value all = split_at_spaces(r, t, -1);
    struct sequence *s = all.as.sequence;

    if (r->failed || max < 0 || (int64_t)s->count <= max)
        return all;
    size_t left = s->count - (size_t)max; /* words that stay together */
    const struct text *last = s->items[left - 1].as.text;
    struct value list = value_sequence(r, VALUE_LIST, (size_t)max + 1);
    struct value front = text_part(r, t, 0, (size_t)(last->data - t->data) + last->bytes);
    sequence_add(r, list.as.sequence, front);
    for (size_t i = left; i < s->count; i++)
        sequence_add(r, list.as.sequence, s->items[i]);
    return list;
}

struct value split_text_last(struct render *r, const struct text *t, const struct text *separator,
                             int64_t max)
{
    struct value list = value_sequence(r, VALUE_LIST, 0);
    size_t to = t->bytes;

    if (separator == NULL)
        return split_at_spaces_last(r, t, max);
    if (separator->bytes == 0)
        return render_fail(r, "empty separator");
    if (max < 0)
        return split_text(r, t, separator, -1);
    for (; max != 0 && render_charge(r, 1); max--) {
        size_t found = text_find_last(r, t, separator, 0, to);
        if (found == SIZE_MAX)
            break;
        sequence_add(r, list.as.sequence, text_part(r, t, found + separator->bytes, to));
        to = found;
    }
    sequence_add(r, list.as.sequence, text_part(r, t, 0, to));
    reverse(list.as.sequence);
    return list;
}

static bool ends_line(uint32_t point)
{
    return (point >= 10 && point <= 13) || (point >= 28 && point <= 30) || point == 0x85 ||
           point == 0x2028 || point == 0x2029;
}

struct value split_lines(struct render *r, const struct text *t, bool keep_ends)
{
    struct value list = value_sequence(r, VALUE_LIST, 0);
    uint32_t point;
    size_t from = 0;

    for (size_t at = 0; at < t->bytes && !r->failed;) {
        size_t length = utf8_read(t->data, t->bytes, at, &point);
        if (!ends_line(point)) {
            at += length;
            continue;
        }
        size_t end = at + length;
        if (point == '\r' && end < t->bytes && t->data[end] == '\n')
            end++;
        sequence_add(r, list.as.sequence, text_part(r, t, from, keep_ends ? end : at));
        at = from = end;
    }
    if (from < t->bytes)
        sequence_add(r, list.as.sequence, text_part(r, t, from, t->bytes));
    render_charge(r, t->bytes / 16);
    return list;
}

struct value join_texts(struct render *r, const struct text *separator,
                        const struct sequence *items, bool convert)
{
    struct builder b = {.render = r};

    for (size_t i = 0; items != NULL && i < items->count && render_charge(r, 1); i++) {
        if (i != 0)
            builder_add_text(&b, separator);
        if (!convert && !is_text(items->items[i]))
            return render_fail(r, "sequence item %zu: expected str instance, %s found", i,
                               value_type_name(items->items[i]));
        builder_add_str(&b, items->items[i]);
    }
    return builder_value(&b);
}

struct value pad_text(struct render *r, const struct text *t, int64_t width,
                      const struct text *fill, enum alignment alignment)
{
    struct builder b = {.render = r};
    const struct text space = {.data = " ", .bytes = 1, .points = 1};
    int64_t points = (int64_t)text_points(r, t), pad = width > points ? width - points : 0,
            left = 0;

    if (fill == NULL)
        fill = &space;
    if (text_points(r, fill) != 1)
        return render_fail(r, "The fill character must be exactly one character long");
    if (pad == 0)
        return value_of_text(t);
    if (alignment == ALIGN_RIGHT)
        left = pad;
    else if (alignment == ALIGN_CENTER)
        left = pad / 2 + (pad & width & 1);
    for (int64_t i = 0; i < left && !r->failed; i++)
        builder_add_text(&b, fill);
    builder_add_text(&b, t);
    for (int64_t i = left; i < pad && !r->failed; i++)
        builder_add_text(&b, fill);
    return builder_value(&b);
}
