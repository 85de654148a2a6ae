/* Values as JSON, as Python's json.dumps writes them. Contract: value.h. */
#include "runtime/base/utf8.h"
#include "runtime/text/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_unit(struct builder *b, uint32_t unit, bool marked)
{
    char text[8];

    snprintf(text, sizeof text, "\\u%04x", unit & 0xffff);
    builder_add_marked(b, text, 6, marked);
}

static void add_text(struct builder *b, const struct text *t, bool ascii)
{
    static const char special[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
    uint32_t point;

    builder_add(b, "\"", 1);
    for (size_t at = 0, from = 0; at <= t->bytes && !b->render->failed;) {
        uint8_t byte = at < t->bytes ? (uint8_t)t->data[at] : 0;
        bool plain =
            at < t->bytes && byte >= 0x20 && byte != '"' && byte != '\\' && (byte < 0x7f || !ascii);
        if (plain) {
            at++;
            continue;
        }
        builder_add_part(b, t, from, at);
        if (at == t->bytes)
            break;
        size_t length = utf8_read(t->data, t->bytes, at, &point);
        bool marked = text_marked_at(t, at);
        const char *found = byte == 0 ? NULL : strchr(special, byte);
        if (found != NULL) {
            const char escape[2] = {'\\', letters[found - special]};
            builder_add_marked(b, escape, 2, marked);
        } else if (point < 0x10000) {
            add_unit(b, point, marked);
        } else {
            add_unit(b, 0xd800 + ((point - 0x10000) >> 10), marked);
            add_unit(b, 0xdc00 + ((point - 0x10000) & 0x3ff), marked);
        }
        at = from = at + length;
    }
    builder_add(b, "\"", 1);
}

static void add_float(struct builder *b, double real)
{
    if (isnan(real) || isinf(real))
        builder_printf(b, "%s", isnan(real) ? "NaN" : real < 0 ? "-Infinity" : "Infinity");
    else
        builder_add_float(b, real);
}

static void new_line(struct builder *b, const struct json_style *style, uint32_t depth)
{
    if (style->indent == NULL)
        return;
    builder_add(b, "\n", 1);
    for (uint32_t i = 0; i < depth; i++)
        builder_add_text(b, style->indent);
}

static void add_separator(struct builder *b, const struct text *given, const char *usual)
{
    if (given != NULL)
        builder_add_text(b, given);
    else
        builder_add(b, usual, strlen(usual));
}

static void end_item(struct builder *b, const struct json_style *style, uint32_t depth, bool first)
{
    if (!first)
        add_separator(b, style->item_end, style->indent == NULL ? ", " : ",");
    new_line(b, style, depth);
}

static void add_list(struct builder *b, const struct sequence *s, const struct json_style *style,
                     uint32_t depth)
{
    builder_add(b, "[", 1);
    for (size_t i = 0; i < s->count && !b->render->failed; i++) {
        end_item(b, style, depth + 1, i == 0);
        json_write(b, s->items[i], style, depth + 1);
    }
    if (s->count != 0)
        new_line(b, style, depth);
    builder_add(b, "]", 1);
}

/* Names are texts; numbers, booleans and none become the text that JSON has for them. */
static void add_name(struct builder *b, struct value key, const struct json_style *style)
{
    if (is_text(key)) {
        add_text(b, key.as.text, style->ascii);
        return;
    }
    if (key.kind != VALUE_NONE && key.kind != VALUE_BOOL && key.kind != VALUE_INTEGER &&
        key.kind != VALUE_BIG && key.kind != VALUE_FLOAT) {
        render_fail(b->render, "keys must be str, int, float, bool or None, not %s",
                    value_type_name(key));
        return;
    }
    builder_add(b, "\"", 1);
    json_write(b, key, style, 0);
    builder_add(b, "\"", 1);
}

static void add_dict(struct builder *b, const struct dict *d, const struct json_style *style,
                     uint32_t depth)
{
    if (style->sort_keys) {
        d = dict_copy(b->render, d);
        sort_entries(b->render, d->entries, d->count, false);
    }
    builder_add(b, "{", 1);
    for (size_t i = 0; i < d->count && !b->render->failed; i++) {
        end_item(b, style, depth + 1, i == 0);
        add_name(b, d->entries[i].key, style);
        add_separator(b, style->key_end, ": ");
        json_write(b, d->entries[i].value, style, depth + 1);
    }
    if (d->count != 0)
        new_line(b, style, depth);
    builder_add(b, "}", 1);
}

void json_write(struct builder *b, struct value v, const struct json_style *style, uint32_t depth)
{
    if (!render_descend(b->render, depth))
        return;
    switch ((enum value_kind)v.kind) {
    case VALUE_NONE:
        builder_add(b, "null", 4);
        return;
    case VALUE_BOOL:
        builder_printf(b, "%s", v.as.truth ? "true" : "false");
        return;
    case VALUE_INTEGER:
    case VALUE_BIG:
        builder_add_repr(b, v, 0);
        return;
    case VALUE_FLOAT:
        add_float(b, v.as.real);
        return;
    case VALUE_TEXT:
        add_text(b, v.as.text, style->ascii);
        return;
    case VALUE_LIST:
    case VALUE_TUPLE:
        add_list(b, v.as.sequence, style, depth);
        return;
    case VALUE_DICT:
        add_dict(b, v.as.dict, style, depth);
        return;
    default:
        render_fail(b->render, "Object of type %s is not JSON serializable", value_type_name(v));
    }
}
