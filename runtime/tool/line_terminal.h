/* The terminal of a line editor: raw mode and back, size, input interrupted by signals. There is
 * only one, because a process has one terminal. */
#ifndef RLX_LINE_TERMINAL_H
#define RLX_LINE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the descriptor is a terminal that obeys sequences (TERM is set and not "dumb"). */
bool line_terminal_obeys(int descriptor);
/* Whether standard input and output are one. */
bool line_terminal_serves(void);
/* Whether to use colours and faint text on this descriptor: a terminal that obeys sequences, and
 * NO_COLOR is not set. */
bool line_terminal_has_colour(int descriptor);

/* Keys come one by one without an echo, until line_terminal_leave or the end of the program. False:
 * not possible. */
bool line_terminal_enter(void);
void line_terminal_leave(void);
/* Ctrl-Z: leaves, stops the program and its group, and enters again when it continues. */
void line_terminal_suspend(void);

void line_terminal_size(size_t *columns, size_t *rows);

enum line_input {
    LINE_BYTES,
    LINE_RESTED, /* no input for half a second; only if `waits` was false */
    LINE_RESIZED,
    LINE_RESUMED, /* the program was stopped from outside and continues; the screen may have
                     changed */
    LINE_NO_MORE  /* the end, an error, or `ended` says so */
};
/* Reads at least a byte, or returns what happened instead. Asks `ended` before it waits and after
 * every signal. */
enum line_input line_terminal_read(char *bytes, size_t capacity, size_t *count, bool waits,
                                   bool (*ended)(void));
/* More input is waiting, so a drawing now would be redrawn at once. */
bool line_terminal_pending(void);
void line_terminal_write(const char *bytes, size_t count);

#endif
