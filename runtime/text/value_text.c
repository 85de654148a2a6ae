/* Texts of chat templates: building them with their marks, cutting them by characters, searching,
 * changing case. Contract: value.h.
 */
#include "runtime/text/value.h"

#include "runtime/text/template.h"
#include "runtime/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- building ---- */

static bool room(struct builder *b, size_t bytes)
{
    struct render *r = b->render;

    if (r->failed)
        return false;
    if (bytes <= b->capacity - b->count)
        return true;
    if (bytes > SIZE_MAX / 4 - b->capacity) {
        render_fail(r, "the template needs more than %zu MB of memory", r->memory_limit >> 20);
        return false;
    }
    size_t capacity = 2 * b->capacity + bytes + 64;
    char *data = render_alloc(r, capacity);
    uint8_t *marks = b->marks == NULL ? NULL : render_alloc(r, capacity);
    if (r->failed)
        return false;
    if (b->count != 0) {
        memcpy(data, b->data, b->count);
        if (marks != NULL)
            memcpy(marks, b->marks, b->count);
    }
    b->data = data;
    b->marks = marks;
    b->capacity = capacity;
    return true;
}

/* From the first marked byte on, the builder keeps marks. */
static bool keep_marks(struct builder *b)
{
    if (b->marks == NULL && b->capacity != 0)
        b->marks = render_alloc(b->render, b->capacity);
    return b->marks != NULL && !b->render->failed;
}

void builder_add_marked(struct builder *b, const char *data, size_t bytes, bool marked)
{
    if (bytes == 0 || !room(b, bytes) || (marked && !keep_marks(b)))
        return;
    memcpy(b->data + b->count, data, bytes);
    if (b->marks != NULL)
        memset(b->marks + b->count, marked, bytes);
    b->count += bytes;
}

void builder_mark(struct builder *b, size_t from)
{
    if (from < b->count && keep_marks(b))
        memset(b->marks + from, 1, b->count - from);
}

void builder_add(struct builder *b, const char *data, size_t bytes)
{
    builder_add_marked(b, data, bytes, false);
}

void builder_add_part(struct builder *b, const struct text *t, size_t from, size_t to)
{
    if (from >= to)
        return;
    if (t->marking != MARK_MIXED) {
        builder_add_marked(b, t->data + from, to - from, t->marking == MARK_ALL);
        return;
    }
    if (!room(b, to - from) || !keep_marks(b))
        return;
    memcpy(b->data + b->count, t->data + from, to - from);
    memcpy(b->marks + b->count, t->marks + from, to - from);
    b->count += to - from;
}

void builder_add_text(struct builder *b, const struct text *t)
{
    builder_add_part(b, t, 0, t->bytes);
}

void builder_printf(struct builder *b, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    int bytes = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    builder_add(b, text,
                bytes < 0                     ? 0
                : (size_t)bytes < sizeof text ? (size_t)bytes
                                              : sizeof text - 1);
}

struct value builder_value(struct builder *b)
{
    struct text *text = render_alloc(b->render, sizeof *text);

    render_charge(b->render, b->count / 64);
    *text = (struct text){b->data == NULL ? "" : b->data, b->count, SIZE_MAX, b->marks,
                          b->marks == NULL ? MARK_NONE : MARK_MIXED};
    if (b->marks != NULL && memchr(b->marks, 0, b->count) == NULL)
        text->marking = MARK_ALL;
    return value_of_text(text);
}

/* ---- places ---- */

size_t text_points(struct render *r, const struct text *t)
{
    struct text *counted = (struct text *)(uintptr_t)t;
    uint32_t point;
    size_t points = 0;

    if (t->points != SIZE_MAX)
        return t->points;
    for (size_t at = 0; at < t->bytes; points++)
        at += (uint8_t)t->data[at] < 0x80 ? 1 : utf8_read(t->data, t->bytes, at, &point);
    counted->points = points;
    render_charge(r, t->bytes / 16);
    return points;
}

size_t text_offset(struct render *r, const struct text *t, size_t point)
{
    uint32_t read;
    size_t at = 0;

    if (point >= text_points(r, t))
        return t->bytes;
    if (t->points == t->bytes)
        return point;
    for (; point > 0 && at < t->bytes; point--)
        at += utf8_read(t->data, t->bytes, at, &read);
    render_charge(r, at / 16);
    return at;
}

bool text_marked_at(const struct text *t, size_t byte)
{
    return t->marking == MARK_MIXED ? t->marks[byte] != 0 : t->marking == MARK_ALL;
}

bool text_marked(const struct text *t, size_t from, size_t to)
{
    if (t->marking != MARK_MIXED)
        return t->marking == MARK_ALL && from < to;
    return from < to && memchr(t->marks + from, 1, to - from) != NULL;
}

bool text_is(const struct text *t, const char *other)
{
    return strlen(other) == t->bytes && memcmp(t->data, other, t->bytes) == 0;
}

struct value text_part(struct render *r, const struct text *t, size_t from, size_t to)
{
    struct value part;

    if (from >= to)
        return value_text(r, "", 0, MARK_NONE);
    part = value_text(r, t->data + from, to - from, t->marking);
    if (t->marking == MARK_MIXED)
        ((struct text *)(uintptr_t)part.as.text)->marks = t->marks + from;
    return part;
}

size_t text_find(struct render *r, const struct text *t, const struct text *what, size_t from,
                 size_t to)
{
    if (from > to || to > t->bytes || what->bytes > to - from)
        return SIZE_MAX;
    if (what->bytes == 0)
        return from;
    const char *place = memmem(t->data + from, to - from, what->data, what->bytes);
    size_t found = place == NULL ? SIZE_MAX : (size_t)(place - t->data);
    render_charge(r, ((place == NULL ? to : found) - from + what->bytes) / 16);
    return found;
}

/* For the search from the end: of each beginning of the reversed text, the longest proper beginning
 * that also ends it. */
static size_t *make_borders(struct render *r, const struct text *what)
{
    const size_t length = what->bytes;
    size_t *borders = render_alloc(r, length * sizeof *borders), matched = 0;

    if (r->failed)
        return NULL;
    for (size_t i = 1; i < length; i++) {
        char c = what->data[length - 1 - i];
        while (matched != 0 && c != what->data[length - 1 - matched])
            matched = borders[matched - 1];
        matched += c == what->data[length - 1 - matched];
        borders[i] = matched;
    }
    return borders;
}

/* By Knuth, Morris and Pratt: the time grows with the sum of the lengths, not with their product.
 */
size_t text_find_last(struct render *r, const struct text *t, const struct text *what, size_t from,
                      size_t to)
{
    const size_t length = what->bytes;
    size_t matched = 0, at = to;

    if (from > to || to > t->bytes || length > to - from)
        return SIZE_MAX;
    const size_t *borders = length == 0 ? NULL : make_borders(r, what);
    if (borders == NULL)
        return length == 0 ? to : SIZE_MAX;
    for (; at > from && matched < length; at--) {
        char c = t->data[at - 1];
        while (matched != 0 && c != what->data[length - 1 - matched])
            matched = borders[matched - 1];
        matched += c == what->data[length - 1 - matched];
    }
    render_charge(r, (to - at + length) / 16);
    return matched == length ? at : SIZE_MAX;
}

bool point_is_space(uint32_t point)
{
    return (point >= 9 && point <= 13) || (point >= 28 && point <= 32) || point == 0x85 ||
           point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
           point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f ||
           point == 0x3000;
}

/* ---- stripping and replacing ---- */

static bool strips(struct render *r, const struct text *chars, const char *data, size_t length,
                   uint32_t point)
{
    const struct text one = {.data = data, .bytes = length};

    return chars == NULL ? point_is_space(point)
                         : text_find(r, chars, &one, 0, chars->bytes) != SIZE_MAX;
}

/* Where the last character of data[0..end) begins. */
static size_t last_character(const struct text *t, size_t from, size_t end)
{
    size_t at = end - 1;
    uint32_t point;

    while (at > from && end - at < 4 && ((uint8_t)t->data[at] & 0xc0) == 0x80)
        at--;
    return utf8_read(t->data, end, at, &point) == end - at ? at : end - 1;
}

struct value text_strip(struct render *r, const struct text *t, const struct text *chars, bool left,
                        bool right)
{
    size_t from = 0, to = t->bytes;
    uint32_t point;

    while (left && from < to && !r->failed) {
        size_t length = utf8_read(t->data, to, from, &point);
        if (!strips(r, chars, t->data + from, length, point))
            break;
        from += length;
    }
    while (right && from < to && !r->failed) {
        size_t at = last_character(t, from, to);
        utf8_read(t->data, to, at, &point);
        if (!strips(r, chars, t->data + at, to - at, point))
            break;
        to = at;
    }
    render_charge(r, (from + t->bytes - to) / 16);
    return text_part(r, t, from, to);
}

/* An empty text stands in front of every character and at the end. */
static struct value interleave(struct render *r, const struct text *t, const struct text *new,
                               int64_t max)
{
    struct builder b = {.render = r};
    uint32_t point;
    size_t at = 0;

    for (; at < t->bytes && max != 0; max--) {
        size_t length = utf8_read(t->data, t->bytes, at, &point);
        builder_add_text(&b, new);
        builder_add_part(&b, t, at, at + length);
        at += length;
    }
    if (max != 0)
        builder_add_text(&b, new);
    builder_add_part(&b, t, at, t->bytes);
    return builder_value(&b);
}

struct value text_replace(struct render *r, const struct text *t, const struct text *old,
                          const struct text *new, int64_t max)
{
    struct builder b = {.render = r};
    size_t at = 0;

    if (old->bytes == 0)
        return interleave(r, t, new, max);
    for (; max != 0; max--) {
        size_t found = text_find(r, t, old, at, t->bytes);
        if (found == SIZE_MAX || !render_charge(r, 1))
            break;
        builder_add_part(&b, t, at, found);
        builder_add_text(&b, new);
        at = found + old->bytes;
    }
    if (at == 0)
        return value_of_text(t);
    builder_add_part(&b, t, at, t->bytes);
    return builder_value(&b);
}

/* ---- case ---- */

uint32_t point_bits(const struct template *t, uint32_t point)
{
    const struct rlx_template_class_range *ranges = t->classes;
    size_t low = 0, high = t->class_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->class_count && ranges[low].first <= point ? ranges[low].bits : 0;
}

static const struct rlx_template_case *find_case(const struct template *t, uint32_t point)
{
    size_t low = 0, high = t->case_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->cases[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->case_count && t->cases[low].point == point ? &t->cases[low] : NULL;
}

enum { CAPITAL_SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2 };

/* Whether a letter with case is next to the sigma at `at`, in one direction. */
static bool cased_beside(const struct template *template, const struct text *t, size_t at,
                         bool before)
{
    uint32_t point;

    if (!before)
        at += utf8_read(t->data, t->bytes, at, &point);
    while (before ? at > 0 : at < t->bytes) {
        if (before)
            at = last_character(t, 0, at);
        size_t length = utf8_read(t->data, t->bytes, at, &point);
        uint32_t bits = point_bits(template, point);
        if ((bits & RLX_CASE_IGNORED) == 0)
            return (bits & (RLX_LOWER | RLX_UPPER | RLX_TITLE)) != 0;
        if (!before)
            at += length;
    }
    return false;
}

static const uint32_t *change(const struct rlx_template_case *c, enum text_case to, size_t *max)
{
    *max = to == CASE_LOWER ? 2 : 3;
    return to == CASE_UPPER   ? c->upper
           : to == CASE_LOWER ? c->lower
           : to == CASE_TITLE ? c->title
                              : c->folded;
}

void builder_add_point_case(struct builder *b, const struct text *t, size_t at, enum text_case to)
{
    const struct template *template = b->render->template;
    uint32_t point;
    size_t length = utf8_read(t->data, t->bytes, at, &point), max;
    const struct rlx_template_case *c = find_case(template, point);
    const uint32_t *points = c == NULL ? NULL : change(c, to, &max);
    const uint32_t final = FINAL_SIGMA;
    char out[4];

    if (point == CAPITAL_SIGMA && to == CASE_LOWER && cased_beside(template, t, at, true) &&
        !cased_beside(template, t, at, false)) {
        points = &final;
        max = 1;
    }
    if (points == NULL) {
        builder_add_part(b, t, at, at + length);
        return;
    }
    for (size_t i = 0; i < max && points[i] != 0; i++) {
        size_t bytes = utf8_write(points[i], out);
        builder_add_marked(b, out, bytes, text_marked_at(t, at));
    }
}

struct value text_change_case(struct render *r, const struct text *t, enum text_case to)
{
    struct builder b = {.render = r};
    uint32_t point;

    for (size_t at = 0; at < t->bytes && !r->failed;) {
        uint8_t byte = (uint8_t)t->data[at];
        if (byte < 0x80) {
            bool upper = to == CASE_UPPER || to == CASE_TITLE;
            char c = upper ? (byte >= 'a' && byte <= 'z' ? (char)(byte - 32) : (char)byte)
                           : (byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : (char)byte);
            builder_add_marked(&b, &c, 1, text_marked_at(t, at));
            at++;
        } else {
            builder_add_point_case(&b, t, at, to);
            at += utf8_read(t->data, t->bytes, at, &point);
        }
    }
    return builder_value(&b);
}
