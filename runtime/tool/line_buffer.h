/* The edited text, its cursor, and the last cut. In: edits; out: bytes. Works on memory only and
 * knows nothing of terminals. */
#ifndef RLX_LINE_BUFFER_H
#define RLX_LINE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE_MAX_BYTES = 1 << 24 }; /* of a text; longer texts are refused */

struct line_text {
    char *data; /* malloc'd; NULL until text is inserted */
    size_t bytes, capacity;
};

/* Inserts bytes at `at`. False, and no change: the text would be too long, or there is no
 * memory. */
bool line_text_insert(struct line_text *t, size_t at, const char *bytes, size_t count);
void line_text_remove(struct line_text *t, size_t from, size_t to);
/* Replaces the text by these bytes, in the same way. */
bool line_text_set(struct line_text *t, const char *bytes, size_t count);
void line_text_free(struct line_text *t);

struct line_buffer {
    struct line_text text, cut;
    size_t cursor;     /* an offset in the text: 0 to its length */
    bool cutting;      /* the last change was a cut; another cut is added to it */
    bool wants_column; /* the last move was up or down; `column` is the wanted column */
    size_t column;     /* in characters from the beginning of the line */
};

void line_buffer_free(struct line_buffer *b);
bool line_buffer_set(struct line_buffer *b, const char *bytes,
                     size_t count); /* cursor at its end */

/* The beginning and end of the line that contains this offset, without its newline. */
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
/* Performs the edit; if that is not possible, nothing changes. */
void line_buffer_edit(struct line_buffer *b, enum line_change edit);
bool line_buffer_insert(struct line_buffer *b, const char *bytes, size_t count);
/* Moves to the line above or below; false: there is none. */
bool line_buffer_up(struct line_buffer *b);
bool line_buffer_down(struct line_buffer *b);

#endif
