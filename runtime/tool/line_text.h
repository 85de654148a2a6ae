/* Text as a terminal shows it. In: bytes, possibly hostile. Out: where characters begin and end,
 * the columns of each, and words. A byte that is not UTF-8 is one character. */
#ifndef RLX_LINE_TEXT_H
#define RLX_LINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control bytes count as 1 column here; line_screen.c shows them in two or more. */
int line_code_width(uint32_t code);

/* The code point at `at`, and its length; LINE_NO_CODE and 1 if the bytes are not UTF-8. `at` <
 * `bytes`. */
enum { LINE_NO_CODE = 0x110000 };
uint32_t line_decode(const char *text, size_t bytes, size_t at, size_t *taken);

/* The next and the previous boundary between characters as users see them: a code point with its
 * marks, a pair of regional indicators (a flag), joined emoji. Both stop at the ends. */
size_t line_next(const char *text, size_t bytes, size_t at);
size_t line_previous(const char *text, size_t bytes, size_t at);
/* Columns of the character at `at`: 0 to 2. */
int line_width(const char *text, size_t bytes, size_t at);

/* Ends of words for Alt-B and Alt-F: letters, digits and everything beyond ASCII except spaces. */
size_t line_word_left(const char *text, size_t at);
size_t line_word_right(const char *text, size_t bytes, size_t at);
/* For Ctrl-W: back to a space. */
size_t line_blank_left(const char *text, size_t at);

/* Whether the text is only white space. */
bool line_is_blank(const char *text, size_t bytes);

#endif
