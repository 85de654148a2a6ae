/* What is being written, as bytes for a terminal of a certain size. In: the text and the cursor.
 * Out: sequences that put both on the screen in the place of what was drawn before. Counts on ANSI
 * sequences alone (cursor up and right, erase below), and on nothing of how a terminal wraps: rows
 * are ended here.
 */
#ifndef RLX_LINE_SCREEN_H
#define RLX_LINE_SCREEN_H

#include "runtime/tool/line_buffer.h"

struct line_view {
    const char *prompt, *more; /* in front of the first line, and of others */
    const char *text;
    size_t bytes, cursor;
    const struct line_text *sought; /* NULL: nothing is searched for */
    bool missed;
};

struct line_screen {
    size_t columns, rows;       /* of the terminal */
    size_t first;               /* row of the drawing that stands uppermost, where not all fit */
    size_t row, column;         /* of the terminal's cursor, from the top of what is drawn */
    size_t *widths, width_room; /* columns of the rows that are drawn */
    struct line_text out;       /* to be written */
};

void line_screen_open(struct line_screen *s, size_t columns, size_t rows);
/* Draws anew over what was drawn. */
void line_screen_draw(struct line_screen *s, const struct line_view *view);
/* Draws all of it, whether it fits or not, and goes to the line behind it. */
void line_screen_finish(struct line_screen *s, const struct line_view *view, const char *behind);
/* Empties the terminal. */
void line_screen_clear(struct line_screen *s);
/* The terminal has another size now: it moved what was drawn, as terminals do that fold lines. */
void line_screen_resize(struct line_screen *s, size_t columns, size_t rows);
void line_screen_close(struct line_screen *s);

#endif
