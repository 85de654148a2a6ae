/* Draws the message on a terminal of a given size. In: the text and the cursor. Out: sequences that
 * replace the previous drawing by both. It uses only ANSI sequences (cursor up and right, erase
 * below), and does not depend on how a terminal wraps lines, because it ends rows itself. */
#ifndef RLX_LINE_SCREEN_H
#define RLX_LINE_SCREEN_H

#include "runtime/tool/line_buffer.h"

struct line_view {
    const char *prompt, *more; /* printed before the first line, and before others */
    const char *text;
    size_t bytes, cursor;
    const struct line_text *sought; /* NULL: no search */
    bool missed;
};

struct line_screen {
    size_t columns, rows;       /* of the terminal */
    size_t first;               /* top row of the drawing, if not all rows fit */
    size_t row, column;         /* of the terminal's cursor, from the top of the drawing */
    size_t *widths, width_room; /* columns of the drawn rows */
    struct line_text out;       /* to be written */
};

void line_screen_open(struct line_screen *s, size_t columns, size_t rows);
/* Redraws over the previous drawing. */
void line_screen_draw(struct line_screen *s, const struct line_view *view);
/* Draws everything, even if it does not fit, and moves to the line after it. */
void line_screen_finish(struct line_screen *s, const struct line_view *view, const char *behind);
/* Clears the terminal. */
void line_screen_clear(struct line_screen *s);
/* The terminal has another size now. Assumes that it rewrapped the drawing, as terminals do that
 * fold lines. */
void line_screen_resize(struct line_screen *s, size_t columns, size_t rows);
void line_screen_close(struct line_screen *s);

#endif
