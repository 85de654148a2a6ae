/* Text as a terminal shows it: where characters begin and end, how many columns each takes, what
 * counts as a word. In: bytes that anybody may have typed or pasted; what is no UTF-8 is one
 * character a byte.
 */
#ifndef RLX_LINE_TEXT_H
#define RLX_LINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A control byte counts as 1 here; line_screen.c shows it as two or more. */
int line_code_width(uint32_t code);

/* The code point at `at`, and how many bytes it takes; LINE_NO_CODE and 1 where the bytes are no
 * UTF-8. `at` < `bytes`. */
enum { LINE_NO_CODE = 0x110000 };
uint32_t line_decode(const char *text, size_t bytes, size_t at, size_t *taken);

/* What a user takes for one character: a code point with the marks behind it, a pair of regional
 * indicators (a flag), emoji that are joined. The next and the previous place between two of them;
 * both stop at the ends. */
size_t line_next(const char *text, size_t bytes, size_t at);
size_t line_previous(const char *text, size_t bytes, size_t at);
/* Columns of the character at `at`: 0 to 2. */
int line_width(const char *text, size_t bytes, size_t at);

/* Ends of words, as Alt-B and Alt-F find them: letters, digits and all beyond ASCII but its spaces.
 */
size_t line_word_left(const char *text, size_t at);
size_t line_word_right(const char *text, size_t bytes, size_t at);
/* As Ctrl-W: back to a space. */
size_t line_blank_left(const char *text, size_t at);

/* Nothing but white space. */
bool line_is_blank(const char *text, size_t bytes);

#endif
