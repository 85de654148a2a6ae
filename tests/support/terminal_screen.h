/* A terminal's screen, as far as the line editor needs one: characters, CR, LF, the sequences that
 * move and erase, wrapping and scrolling as VT100s and their heirs do it. Tests feed it the output
 * of a program and check the rows. It records unknown sequences, and does not obey them.
 */
#ifndef TESTS_TERMINAL_SCREEN_H
#define TESTS_TERMINAL_SCREEN_H

#include "runtime/tool/line_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCREEN_ROWS = 64, SCREEN_COLUMNS = 200, SCREEN_CELL = 24 };

struct terminal_screen {
    size_t columns, rows, row, column;
    bool wraps; /* the last column is written: the next character begins a row */
    bool pastes;
    char cells[SCREEN_ROWS][SCREEN_COLUMNS][SCREEN_CELL]; /* "": nothing, or a wide one's second */
    size_t scrolled;                                      /* rows that left at the top */
    char held[64]; /* a sequence or a character that has not ended */
    size_t held_bytes;
    char unknown[64]; /* the first sequence that is not known */
};

static inline void screen_open(struct terminal_screen *s, size_t columns, size_t rows)
{
    memset(s, 0, sizeof *s);
    s->columns = columns;
    s->rows = rows;
}

static inline void screen_erase(struct terminal_screen *s, size_t row, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        s->cells[row][i][0] = 0;
}

static inline void screen_line_feed(struct terminal_screen *s)
{
    if (s->row + 1 < s->rows) {
        s->row++;
        return;
    }
    memmove(s->cells[0], s->cells[1], (s->rows - 1) * sizeof s->cells[0]);
    screen_erase(s, s->rows - 1, 0, s->columns);
    s->scrolled++;
}

static inline void screen_character(struct terminal_screen *s, const char *bytes, size_t count,
                                    uint32_t code)
{
    size_t width = (size_t)line_code_width(code);

    if (width == 0) { /* joins the character in front */
        size_t at = s->wraps ? s->column : s->column == 0 ? 0 : s->column - 1;
        while (at > 0 && s->cells[s->row][at][0] == 0)
            at--;
        char *cell = s->cells[s->row][at];
        size_t length = strlen(cell);
        if (length + count < SCREEN_CELL) {
            memcpy(cell + length, bytes, count);
            cell[length + count] = 0;
        }
        return;
    }
    if (s->wraps || s->column + width > s->columns) {
        s->column = 0;
        s->wraps = false;
        screen_line_feed(s);
    }
    memcpy(s->cells[s->row][s->column], bytes, count);
    s->cells[s->row][s->column][count] = 0;
    for (size_t i = 1; i < width && s->column + i < s->columns; i++)
        s->cells[s->row][s->column + i][0] = 0;
    if (s->column + width >= s->columns) {
        s->column = s->columns - 1;
        s->wraps = true;
    } else {
        s->column += width;
    }
}

static inline void screen_sequence(struct terminal_screen *s, const char *parameters, char end)
{
    size_t count = (size_t)strtoul(parameters, NULL, 10), by = count == 0 ? 1 : count;

    s->wraps = false;
    if (end == 'A') {
        s->row -= by < s->row ? by : s->row;
    } else if (end == 'B') {
        s->row = s->row + by < s->rows ? s->row + by : s->rows - 1;
    } else if (end == 'C') {
        s->column = s->column + by < s->columns ? s->column + by : s->columns - 1;
    } else if (end == 'H' && count == 0) {
        s->row = s->column = 0;
    } else if (end == 'J' && (count == 0 || count == 2)) {
        screen_erase(s, s->row, count == 0 ? s->column : 0, s->columns);
        for (size_t i = count == 0 ? s->row + 1 : 0; i < s->rows; i++)
            screen_erase(s, i, 0, s->columns);
    } else if (end == 'K' && count == 0) {
        screen_erase(s, s->row, s->column, s->columns);
    } else if ((end == 'h' || end == 'l') && strcmp(parameters, "?2004") == 0) {
        s->pastes = end == 'h';
    } else if (s->unknown[0] == 0) {
        snprintf(s->unknown, sizeof s->unknown, "%.40s%c", parameters, end);
    }
}

/* Whether the held sequence has ended with this byte. */
static inline bool screen_held(struct terminal_screen *s, char byte)
{
    size_t last = s->held_bytes;

    if (last + 1 < sizeof s->held)
        s->held[s->held_bytes++] = byte;
    if (s->held_bytes == 2 && byte == '[')
        return false;
    if (s->held_bytes > 2 && !(byte >= 0x40 && byte < 0x7f))
        return false;
    if (last < sizeof s->held)
        s->held[last] = 0;
    screen_sequence(s, last > 1 ? s->held + 2 : "", byte);
    return true;
}

static inline void screen_byte(struct terminal_screen *s, char byte)
{
    size_t taken;

    if (s->held_bytes > 0 && s->held[0] == 0x1b) {
        if (screen_held(s, byte))
            s->held_bytes = 0;
    } else if (byte == 0x1b) {
        s->held[0] = byte;
        s->held_bytes = 1;
    } else if (byte == '\r') {
        s->column = 0;
        s->wraps = false;
    } else if (byte == '\n') {
        s->wraps = false;
        screen_line_feed(s);
    } else if (byte == '\b') {
        s->wraps = false;
        s->column -= s->column > 0;
    } else if ((unsigned char)byte >= 0x20 && s->held_bytes < 4) {
        s->held[s->held_bytes++] = byte;
        uint32_t code = line_decode(s->held, s->held_bytes, 0, &taken);
        unsigned char first = (unsigned char)s->held[0];
        size_t whole = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (s->held_bytes < whole)
            return;
        screen_character(s, s->held, s->held_bytes, code);
        s->held_bytes = 0;
    }
}

static inline void screen_feed(struct terminal_screen *s, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        screen_byte(s, bytes[i]);
}

/* A row without the blanks at its end; one static buffer. */
static inline const char *screen_row(const struct terminal_screen *s, size_t row)
{
    static char text[SCREEN_COLUMNS * SCREEN_CELL];
    size_t bytes = 0, end = 0;

    for (size_t i = 0; i < s->columns; i++) {
        const char *cell = s->cells[row][i];
        bool second = i > 0 && cell[0] == 0 && s->cells[row][i - 1][0] != 0 && bytes > 0 &&
                      line_width(s->cells[row][i - 1], strlen(s->cells[row][i - 1]), 0) == 2;
        if (second)
            continue;
        const char *shown = cell[0] == 0 ? " " : cell;
        memcpy(text + bytes, shown, strlen(shown));
        bytes += strlen(shown);
        if (strcmp(shown, " ") != 0)
            end = bytes;
    }
    text[end] = 0;
    return text;
}

#endif
