/* Turns bytes of a terminal into keys. In: one byte after the other, in reads of any size. Out:
 * keys; pasted input is always text, whatever it spells. */
#ifndef RLX_LINE_KEYS_H
#define RLX_LINE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum line_key {
    KEY_NONE, /* a part of a key, or a key without a meaning */
    KEY_TEXT, /* text: struct line_keys.text */
    KEY_ENTER,
    KEY_NEWLINE, /* Alt-Enter: ends the line, not the message */
    KEY_LEFT,
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_TEXT_HOME,
    KEY_TEXT_END,
    KEY_BACKSPACE,
    KEY_DELETE,
    KEY_CUT_WORD_LEFT,
    KEY_CUT_WORD_RIGHT,
    KEY_CUT_BLANK_LEFT,
    KEY_CUT_TO_HOME,
    KEY_CUT_TO_END,
    KEY_PASTE_CUT,
    KEY_SWAP,
    KEY_OLDER, /* Ctrl-P: the history; KEY_UP does the same in the first line of a text */
    KEY_NEWER,
    KEY_SEARCH,
    KEY_CANCEL, /* Ctrl-G */
    KEY_CLEAR,
    KEY_INTERRUPT,
    KEY_END_OF_INPUT, /* Ctrl-D: deletes if there is text */
    KEY_SUSPEND,
    LINE_KEYS
};

enum { LINE_SEQUENCE = 32 }; /* longest escape sequence that is recognized */

struct line_keys {
    char sequence[LINE_SEQUENCE];
    size_t held; /* bytes of an unfinished sequence */
    bool pasting, return_before, rested;
    char text[LINE_SEQUENCE]; /* bytes of KEY_TEXT; a character may come in pieces */
    size_t text_bytes;
};

enum line_key line_keys_take(struct line_keys *k, char byte);
/* No byte followed in time, so a lone Esc was the Esc key. */
void line_keys_rest(struct line_keys *k);

#endif
