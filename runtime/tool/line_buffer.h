/* The text that is being edited, the cursor in it, and what was cut last. Pure: bytes in memory,
 * nothing of terminals.
 */
#ifndef RLX_LINE_BUFFER_H
#define RLX_LINE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE_MOST_BYTES = 1 << 24 }; /* of a text; what would make it longer is not taken */

struct line_text {
    char *data; /* malloc'd; NULL while nothing was ever put in */
    size_t bytes, capacity;
};

/* Puts bytes in at `at`. False, and nothing changes: it would be too long, or there is no memory.
 */
bool line_text_insert(struct line_text *t, size_t at, const char *bytes, size_t count);
void line_text_remove(struct line_text *t, size_t from, size_t to);
/* Makes the text these bytes, in the same way. */
bool line_text_set(struct line_text *t, const char *bytes, size_t count);
void line_text_free(struct line_text *t);

struct line_buffer {
    struct line_text text, cut;
    size_t cursor;     /* a place in the text: 0 to its length */
    bool cutting;      /* the last change was a cut: another one joins it */
    bool wants_column; /* the last move was up or down: `column` is where it wants to be */
    size_t column;     /* in characters from the beginning of the line */
};

void line_buffer_free(struct line_buffer *b);
bool line_buffer_set(struct line_buffer *b, const char *bytes,
                     size_t count); /* cursor at its end */

/* Where the line with this place in it begins and ends, without its newline. */
size_t line_begin(const struct line_text *t, size_t at);
size_t line_end(const struct line_text *t, size_t at);

enum line_change {
    LINE_LEFT,
    LINE_RIGHT,
    LINE_WORD_LEFT,
    LINE_WORD_RIGHT,
    LINE_HOME,
    LINE_END,
    LINE_TEXT_HOME,
    LINE_TEXT_END,
    LINE_DELETE_LEFT,
    LINE_DELETE_RIGHT,
    LINE_CUT_WORD_LEFT,
    LINE_CUT_WORD_RIGHT,
    LINE_CUT_BLANK_LEFT,
    LINE_CUT_TO_HOME,
    LINE_CUT_TO_END,
    LINE_PASTE_CUT,
    LINE_SWAP,
    LINE_EDITS
};
/* Does it; where it cannot, nothing changes. */
void line_buffer_edit(struct line_buffer *b, enum line_change edit);
bool line_buffer_insert(struct line_buffer *b, const char *bytes, size_t count);
/* To the line above or below; false: there is none. */
bool line_buffer_up(struct line_buffer *b);
bool line_buffer_down(struct line_buffer *b);

#endif
