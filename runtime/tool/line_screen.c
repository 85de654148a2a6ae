/* Draws rows of text in a terminal. Contract: line_screen.h. The first pass over the text finds
 * where everything is; the second writes the bytes of the rows that fit. */
#include "runtime/tool/line_screen.h"

#include "runtime/tool/line_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAB_WIDTH = 4 };
static const char unknown[] = "\xef\xbf\xbd"; /* U+FFFD */

static void put(struct line_screen *s, const char *bytes, size_t count)
{
    line_text_insert(&s->out, s->out.bytes, bytes, count);
}

__attribute__((format(printf, 2, 3))) static void put_format(struct line_screen *s,
                                                             const char *format, ...)
{
    char text[64];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(s, text, (size_t)length);
}

/* ---- a walk ---- */

struct walk {
    struct line_screen *screen;
    size_t row, column;
    size_t first, last; /* rows to write: from, and up to */
    bool writes;
    size_t cursor_row, cursor_column;
};

static void note_width(struct line_screen *s, size_t row, size_t width)
{
    if (row >= s->width_room) {
        size_t room = 2 * row + 16;
        size_t *widths = realloc(s->widths, room * sizeof *widths);
        if (widths == NULL)
            return;
        s->widths = widths;
        s->width_room = room;
    }
    s->widths[row] = width;
}

static bool written(const struct walk *w)
{
    return w->writes && w->row >= w->first && w->row < w->last;
}

static void next_row(struct walk *w)
{
    note_width(w->screen, w->row++, w->column);
    w->column = 0;
    if (written(w) && w->row > w->first)
        put(w->screen, "\r\n", 2);
}

/* One piece that must not be split. */
static void show(struct walk *w, const char *bytes, size_t count, size_t width)
{
    if (width > w->screen->columns) {
        bytes = "?";
        count = width = 1;
    }
    if (w->column + width > w->screen->columns)
        next_row(w);
    if (written(w))
        put(w->screen, bytes, count);
    w->column += width;
}

/* Replaces everything that a terminal would obey. */
static void show_character(struct walk *w, const char *text, size_t at, size_t end)
{
    size_t taken;
    uint32_t code = line_decode(text, end, at, &taken);
    int width = line_width(text, end, at);

    if (code == '\t') {
        for (int i = 0; i < TAB_WIDTH; i++)
            show(w, " ", 1, 1);
    } else if (code < 0x20 || code == 0x7f) {
        const char caret[2] = {'^', (char)(code ^ 0x40)};
        show(w, caret, 2, 2);
    } else if (code == LINE_NO_CODE || (code >= 0x80 && code < 0xa0) || width == 0) {
        show(w, unknown, sizeof unknown - 1, 1);
    } else {
        show(w, text + at, end - at, (size_t)width);
    }
}

static void show_words(struct walk *w, const char *text, size_t bytes)
{
    for (size_t at = 0, end; at < bytes; at = end) {
        end = line_next(text, bytes, at);
        show_character(w, text, at, end);
    }
}

static void show_prompt(struct walk *w, const struct line_view *v)
{
    if (v->sought == NULL) {
        show_words(w, v->prompt, strlen(v->prompt));
        return;
    }
    const char *word = v->missed ? "not found '" : "search '";
    show_words(w, word, strlen(word));
    show_words(w, v->sought->data, v->sought->bytes);
    show_words(w, "': ", 3);
}

static void mark_cursor(struct walk *w)
{
    if (w->column >= w->screen->columns) /* it is where the next character would be */
        next_row(w);
    w->cursor_row = w->row;
    w->cursor_column = w->column;
}

/* Walks all rows; returns their number. */
static size_t walk_text(struct walk *w, const struct line_view *v)
{
    show_prompt(w, v);
    for (size_t at = 0, end; at < v->bytes; at = end) {
        end = line_next(v->text, v->bytes, at);
        if (v->cursor >= at && v->cursor < end)
            mark_cursor(w);
        if (v->text[at] != '\n') {
            show_character(w, v->text, at, end);
            continue;
        }
        next_row(w);
        show_words(w, v->more, strlen(v->more));
    }
    if (v->cursor >= v->bytes)
        mark_cursor(w);
    note_width(w->screen, w->row, w->column);
    return w->row + 1;
}

/* ---- drawing ---- */

static void go_to_top(struct line_screen *s)
{
    put(s, "\r", 1);
    if (s->row != 0)
        put_format(s, "\x1b[%zuA", s->row);
    put(s, "\x1b[J", 3);
}

/* Moves from the end of row `from`. */
static void go_to_cursor(struct line_screen *s, size_t from, const struct walk *w)
{
    if (from > w->cursor_row)
        put_format(s, "\x1b[%zuA", from - w->cursor_row);
    put(s, "\r", 1);
    if (w->cursor_column != 0)
        put_format(s, "\x1b[%zuC", w->cursor_column);
}

/* The top row that keeps the cursor visible, as near as possible to the previous one. */
static size_t choose_first(const struct line_screen *s, size_t total, size_t cursor)
{
    size_t first = s->first;

    if (total <= s->rows)
        return 0;
    if (first > total - s->rows)
        first = total - s->rows;
    if (cursor < first)
        return cursor;
    return cursor >= first + s->rows ? cursor - s->rows + 1 : first;
}

void line_screen_draw(struct line_screen *s, const struct line_view *view)
{
    struct walk places = {.screen = s};
    size_t total = walk_text(&places, view);

    s->first = choose_first(s, total, places.cursor_row);
    size_t last = s->first + s->rows < total ? s->first + s->rows : total;
    struct walk w = {.screen = s, .writes = true, .first = s->first, .last = last};
    go_to_top(s);
    walk_text(&w, view);
    go_to_cursor(s, last - 1, &w);
    s->row = w.cursor_row - s->first;
    s->column = w.cursor_column;
}

void line_screen_finish(struct line_screen *s, const struct line_view *view, const char *behind)
{
    struct line_view whole = *view;
    struct walk w = {.screen = s, .writes = true, .last = SIZE_MAX};

    whole.cursor = 0;
    whole.sought = NULL;
    go_to_top(s);
    walk_text(&w, &whole);
    put(s, behind, strlen(behind));
    put(s, "\r\n", 2);
    s->first = s->row = s->column = 0;
}

void line_screen_clear(struct line_screen *s)
{
    put(s, "\x1b[H\x1b[2J", 7);
    s->first = s->row = s->column = 0;
}

/* ---- size ---- */

static void set_size(struct line_screen *s, size_t columns, size_t rows)
{
    s->columns = columns == 0 ? 80 : columns;
    s->rows = rows == 0 ? 24 : rows;
}

void line_screen_open(struct line_screen *s, size_t columns, size_t rows)
{
    *s = (struct line_screen){0};
    set_size(s, columns, rows);
}

void line_screen_resize(struct line_screen *s, size_t columns, size_t rows)
{
    size_t above = 0;

    set_size(s, columns, rows);
    for (size_t i = s->first; i < s->first + s->row && i < s->width_room; i++)
        above += s->widths[i] == 0 ? 1 : (s->widths[i] + s->columns - 1) / s->columns;
    s->row = above + s->column / s->columns;
    if (s->row >= s->rows)
        s->row = s->rows - 1;
}

void line_screen_close(struct line_screen *s)
{
    free(s->widths);
    line_text_free(&s->out);
    *s = (struct line_screen){0};
}
