/* The terminal of a line editor: raw mode and back, size, input with signals in between. One at a
 * time: a process has one terminal.
 */
#ifndef RLX_LINE_TERMINAL_H
#define RLX_LINE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Standard input and output are a terminal that obeys sequences (TERM is set and not "dumb"). */
bool line_terminal_serves(void);
/* Colours and faint text are wanted on this descriptor: a terminal that obeys sequences, and no
 * NO_COLOR. */
bool line_terminal_has_colour(int descriptor);

/* Keys come one by one and nothing is echoed, until line_terminal_leave; what ends the program in
 * between leaves as well. False: it cannot be done. */
bool line_terminal_enter(void);
void line_terminal_leave(void);
/* Ctrl-Z: leaves, stops the program and its group, enters again when it goes on. */
void line_terminal_suspend(void);

void line_terminal_size(size_t *columns, size_t *rows);

enum line_input {
    LINE_BYTES,
    LINE_RESTED, /* nothing came for half a second; only where `waits` was false */
    LINE_RESIZED,
    LINE_RESUMED, /* the program was stopped from outside, and goes on: the screen is anybody's */
    LINE_NO_MORE  /* the end, an error, or `ended` says so */
};
/* At least a byte, or what happened meanwhile. `ended` is asked before it waits and whenever a
 * signal came. */
enum line_input line_terminal_read(char *bytes, size_t capacity, size_t *count, bool waits,
                                   bool (*ended)(void));
/* More has come already: what is drawn now would be drawn again at once. */
bool line_terminal_pending(void);
void line_terminal_write(const char *bytes, size_t count);

#endif
