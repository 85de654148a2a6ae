/* Editing of a text in memory. Contract: line_buffer.h. */
#include "runtime/tool/line_buffer.h"

#include "runtime/tool/line_text.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

bool line_text_insert(struct line_text *t, size_t at, const char *bytes, size_t count)
{
    if (count > LINE_MAX_BYTES - t->bytes)
        return false;
    if (t->bytes + count > t->capacity || t->data == NULL) {
        size_t capacity = 2 * (t->bytes + count) + 64;
        char *bigger = realloc(t->data, capacity);
        if (bigger == NULL)
            return false;
        t->data = bigger;
        t->capacity = capacity;
    }
    memmove(t->data + at + count, t->data + at, t->bytes - at);
    if (count != 0)
        memcpy(t->data + at, bytes, count);
    t->bytes += count;
    return true;
}

void line_text_remove(struct line_text *t, size_t from, size_t to)
{
    if (from == to)
        return;
    memmove(t->data + from, t->data + to, t->bytes - to);
    t->bytes -= to - from;
}

bool line_text_set(struct line_text *t, const char *bytes, size_t count)
{
    struct line_text made = {0};

    if (!line_text_insert(&made, 0, bytes, count))
        return false;
    line_text_free(t);
    *t = made;
    return true;
}

void line_text_free(struct line_text *t)
{
    free(t->data);
    *t = (struct line_text){0};
}

size_t line_begin(const struct line_text *t, size_t at)
{
    while (at > 0 && t->data[at - 1] != '\n')
        at--;
    return at;
}

size_t line_end(const struct line_text *t, size_t at)
{
    while (at < t->bytes && t->data[at] != '\n')
        at++;
    return at;
}

/* ---- the buffer ---- */

void line_buffer_free(struct line_buffer *b)
{
    line_text_free(&b->text);
    line_text_free(&b->cut);
    *b = (struct line_buffer){0};
}

bool line_buffer_set(struct line_buffer *b, const char *bytes, size_t count)
{
    if (!line_text_set(&b->text, bytes, count))
        return false;
    b->cursor = count;
    b->cutting = b->wants_column = false;
    return true;
}

bool line_buffer_insert(struct line_buffer *b, const char *bytes, size_t count)
{
    b->cutting = b->wants_column = false;
    if (!line_text_insert(&b->text, b->cursor, bytes, count))
        return false;
    b->cursor += count;
    return true;
}

/* Cuts the text between the cursor and `other`, which can be pasted again. */
static void cut(struct line_buffer *b, size_t other)
{
    bool left = other < b->cursor;
    size_t from = left ? other : b->cursor, to = left ? b->cursor : other;

    if (from == to)
        return;
    if (!b->cutting)
        b->cut.bytes = 0;
    if (!line_text_insert(&b->cut, left ? 0 : b->cut.bytes, b->text.data + from, to - from))
        return;
    line_text_remove(&b->text, from, to);
    b->cursor = from;
    b->cutting = true;
}

static void drop(struct line_buffer *b, size_t from, size_t to)
{
    line_text_remove(&b->text, from, to);
    b->cursor = from;
}

/* Swaps the character before the cursor with the one under it; at the end, the last two. */
static void swap(struct line_buffer *b)
{
    const char *text = b->text.data;
    size_t bytes = b->text.bytes, middle = b->cursor;
    char kept[512];

    if (middle == bytes || text[middle] == '\n')
        middle = line_previous(text, bytes, middle);
    size_t from = line_previous(text, bytes, middle), to = line_next(text, bytes, middle);
    if (from == middle || to == middle || middle - from > sizeof kept || text[from] == '\n' ||
        text[middle] == '\n')
        return;
    memcpy(kept, text + from, middle - from);
    memmove(b->text.data + from, text + middle, to - middle);
    memcpy(b->text.data + from + (to - middle), kept, middle - from);
    b->cursor = to;
}

/* The target of a move, and the other end of a cut. */
static size_t goal(const struct line_buffer *b, enum line_change edit)
{
    const struct line_text *t = &b->text;
    size_t at = b->cursor;

    switch (edit) {
    case LINE_LEFT:
    case LINE_DELETE_LEFT:
        return line_previous(t->data, t->bytes, at);
    case LINE_RIGHT:
    case LINE_DELETE_RIGHT:
        return line_next(t->data, t->bytes, at);
    case LINE_WORD_LEFT:
    case LINE_CUT_WORD_LEFT:
        return line_word_left(t->data, at);
    case LINE_WORD_RIGHT:
    case LINE_CUT_WORD_RIGHT:
        return line_word_right(t->data, t->bytes, at);
    case LINE_CUT_BLANK_LEFT:
        return line_blank_left(t->data, at);
    case LINE_HOME:
        return line_begin(t, at);
    case LINE_END:
        return line_end(t, at);
    case LINE_CUT_TO_HOME: /* at the beginning of a line, cuts the newline before it */
        return at != line_begin(t, at) ? line_begin(t, at) : at - (at != 0);
    case LINE_CUT_TO_END:
        return at != line_end(t, at) ? line_end(t, at) : at + (at != t->bytes);
    case LINE_TEXT_HOME:
        return 0;
    case LINE_TEXT_END:
        return t->bytes;
    default:
        return at;
    }
}

void line_buffer_edit(struct line_buffer *b, enum line_change edit)
{
    size_t to = goal(b, edit);

    b->wants_column = false;
    switch (edit) {
    case LINE_DELETE_LEFT:
        drop(b, to, b->cursor);
        break;
    case LINE_DELETE_RIGHT:
        drop(b, b->cursor, to);
        break;
    case LINE_CUT_WORD_LEFT:
    case LINE_CUT_WORD_RIGHT:
    case LINE_CUT_BLANK_LEFT:
    case LINE_CUT_TO_HOME:
    case LINE_CUT_TO_END:
        cut(b, to);
        return;
    case LINE_PASTE_CUT:
        line_buffer_insert(b, b->cut.data, b->cut.bytes);
        break;
    case LINE_SWAP:
        swap(b);
        break;
    default:
        b->cursor = to;
    }
    b->cutting = false;
}

/* Moves to the wanted column of the line that begins at `begin`, or to its end. */
static void go_to_column(struct line_buffer *b, size_t begin)
{
    const struct line_text *t = &b->text;
    size_t end = line_end(t, begin), at = begin;

    for (size_t i = 0; i < b->column && at < end; i++)
        at = line_next(t->data, t->bytes, at);
    b->cursor = at < end ? at : end;
}

static void want_column(struct line_buffer *b)
{
    const struct line_text *t = &b->text;

    b->cutting = false;
    if (b->wants_column)
        return;
    b->wants_column = true;
    b->column = 0;
    for (size_t at = line_begin(t, b->cursor); at < b->cursor; b->column++)
        at = line_next(t->data, t->bytes, at);
}

bool line_buffer_up(struct line_buffer *b)
{
    size_t begin = line_begin(&b->text, b->cursor);

    if (begin == 0)
        return false;
    want_column(b);
    go_to_column(b, line_begin(&b->text, begin - 1));
    return true;
}

bool line_buffer_down(struct line_buffer *b)
{
    size_t end = line_end(&b->text, b->cursor);

    if (end == b->text.bytes)
        return false;
    want_column(b);
    go_to_column(b, end + 1);
    return true;
}
