/* Turns bytes into keys: control characters, the sequences of ANSI/VT terminals and of xterm's
 * modifiers, bracketed paste. Contract: line_keys.h. It needs no terminfo: the tables here have
 * what terminals of the last thirty years send. */
#include "runtime/tool/line_keys.h"

#include <stdlib.h>
#include <string.h>

enum { ESCAPE = 0x1b, CONTROL_C = 3, DELETE = 0x7f };

static const unsigned char controls[32] = {
    [1] = KEY_HOME,            /* Ctrl-A */
    [2] = KEY_LEFT,            /* B */
    [3] = KEY_INTERRUPT,       /* C */
    [4] = KEY_END_OF_INPUT,    /* D */
    [5] = KEY_END,             /* E */
    [6] = KEY_RIGHT,           /* F */
    [7] = KEY_CANCEL,          /* G */
    [8] = KEY_BACKSPACE,       /* H */
    [10] = KEY_ENTER,          /* J */
    [11] = KEY_CUT_TO_END,     /* K */
    [12] = KEY_CLEAR,          /* L */
    [13] = KEY_ENTER,          /* M */
    [14] = KEY_NEWER,          /* N */
    [16] = KEY_OLDER,          /* P */
    [18] = KEY_SEARCH,         /* R */
    [20] = KEY_SWAP,           /* T */
    [21] = KEY_CUT_TO_HOME,    /* U */
    [23] = KEY_CUT_BLANK_LEFT, /* W */
    [25] = KEY_PASTE_CUT,      /* Y */
    [26] = KEY_SUSPEND,        /* Z */
};

/* A sequence: its last byte, and its numbers, if any. */
struct sequence {
    char end;
    int first, modifiers; /* 0: none given */
    enum line_key key;
};

/* Modifiers: 2 shift, 3 alt, 5 control; 0 matches any. The first match counts. */
static const struct sequence sequences[] = {
    {'D', 0, 3, KEY_WORD_LEFT},
    {'D', 0, 5, KEY_WORD_LEFT},
    {'C', 0, 3, KEY_WORD_RIGHT},
    {'C', 0, 5, KEY_WORD_RIGHT},
    {'H', 0, 5, KEY_TEXT_HOME},
    {'F', 0, 5, KEY_TEXT_END},
    {'D', 0, 0, KEY_LEFT},
    {'C', 0, 0, KEY_RIGHT},
    {'A', 0, 0, KEY_UP},
    {'B', 0, 0, KEY_DOWN},
    {'H', 0, 0, KEY_HOME},
    {'F', 0, 0, KEY_END},
    {'~', 3, 3, KEY_CUT_WORD_RIGHT},
    {'~', 3, 5, KEY_CUT_WORD_RIGHT},
    {'~', 1, 0, KEY_HOME},
    {'~', 7, 0, KEY_HOME},
    {'~', 4, 0, KEY_END},
    {'~', 8, 0, KEY_END},
    {'~', 3, 0, KEY_DELETE},
    {'d', 0, 0, KEY_WORD_LEFT}, /* rxvt's Ctrl-arrows after Esc O */
    {'c', 0, 0, KEY_WORD_RIGHT},
    {'u', 13, 0, KEY_NEWLINE}, /* Shift-, Alt- and Ctrl-Enter, if the terminal distinguishes them */
};

/* The meaning of a key with Alt (or after Esc). */
static const struct {
    char byte;
    enum line_key key;
} alternatives[] = {
    {'b', KEY_WORD_LEFT},      {'f', KEY_WORD_RIGHT}, {'d', KEY_CUT_WORD_RIGHT},
    {'\r', KEY_NEWLINE},       {'\n', KEY_NEWLINE},   {DELETE, KEY_CUT_WORD_LEFT},
    {'\b', KEY_CUT_WORD_LEFT}, {'<', KEY_TEXT_HOME},  {'>', KEY_TEXT_END},
};

static enum line_key find_alternative(char byte)
{
    for (size_t i = 0; i < sizeof alternatives / sizeof alternatives[0]; i++)
        if (alternatives[i].byte == byte)
            return alternatives[i].key;
    return KEY_NONE;
}

/* `text`: what is between the bracket and `end`. */
static enum line_key find_sequence(struct line_keys *k, const char *text, char end)
{
    char *rest;
    long first = strtol(text, &rest, 10);
    long modifiers = *rest == ';' ? strtol(rest + 1, &rest, 10) : 0;

    if (end == '~' && first == 200) {
        k->pasting = true;
        return KEY_NONE;
    }
    if (end == '~' && first == 27 && strcmp(rest, ";13") == 0) /* xterm's modifyOtherKeys */
        return KEY_NEWLINE;
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        const struct sequence *s = &sequences[i];
        if (s->end == end && (s->first == 0 || s->first == first) &&
            (s->modifiers == 0 || s->modifiers == modifiers))
            return s->key;
    }
    return KEY_NONE;
}

/* Inside a sequence: the held bytes begin with Esc. */
static enum line_key take_escaped(struct line_keys *k, char byte)
{
    if (byte == ESCAPE) { /* a new sequence; the old one was none */
        k->held = 1;
        return KEY_NONE;
    }
    if (k->held == 1) {
        if (byte == '[' || byte == 'O') {
            k->sequence[k->held++] = byte;
            return KEY_NONE;
        }
        k->held = 0;
        return find_alternative(byte);
    }
    bool linux_function_key = k->held == 2 && byte == '[';     /* Esc [ [ A */
    if ((byte >= 0x20 && byte < 0x40) || linux_function_key) { /* numbers and separators */
        if (k->held + 1 < LINE_SEQUENCE)
            k->sequence[k->held++] = byte;
        return KEY_NONE;
    }
    bool function_key = k->held == 3 && k->sequence[2] == '[';
    k->sequence[k->held] = 0;
    k->held = 0;
    return function_key ? KEY_NONE : find_sequence(k, k->sequence + 2, byte);
}

/* The held bytes, followed by `byte`. */
static enum line_key text_with(struct line_keys *k, char byte)
{
    memcpy(k->text, k->sequence, k->held);
    k->text[k->held] = byte;
    k->text_bytes = k->held + 1;
    k->held = 0;
    return KEY_TEXT;
}

/* Pasted text up to Esc [ 2 0 1 ~. Terminals paste newlines as returns. */
static enum line_key take_pasted(struct line_keys *k, char byte)
{
    static const char end[] = "\x1b[201~";
    bool after_return = k->return_before, after_rest = k->rested;

    k->return_before = byte == '\r';
    k->rested = false;
    if (after_rest && byte == CONTROL_C) { /* the end of the paste was lost */
        k->pasting = false;
        k->held = 0;
        return KEY_INTERRUPT;
    }
    if (byte == end[k->held]) {
        k->sequence[k->held++] = byte;
        if (end[k->held] != 0)
            return KEY_NONE;
        k->held = 0;
        k->pasting = false;
        return KEY_NONE;
    }
    if (byte == ESCAPE) { /* the held bytes were text, and this may be the end */
        text_with(k, byte);
        k->text_bytes--;
        k->sequence[k->held++] = byte;
        return KEY_TEXT;
    }
    if (byte == '\n' && after_return)
        return KEY_NONE;
    return text_with(k, byte == '\r' ? '\n' : byte);
}

enum line_key line_keys_take(struct line_keys *k, char byte)
{
    unsigned char code = (unsigned char)byte;

    if (k->pasting)
        return take_pasted(k, byte);
    if (k->held != 0)
        return take_escaped(k, byte);
    if (byte == ESCAPE) {
        k->sequence[0] = byte;
        k->held = 1;
        return KEY_NONE;
    }
    if (byte == DELETE)
        return KEY_BACKSPACE;
    if (byte == '\t' || code >= 0x20)
        return text_with(k, byte);
    return (enum line_key)controls[code];
}

void line_keys_rest(struct line_keys *k)
{
    k->rested = true;
    if (!k->pasting)
        k->held = 0;
}
