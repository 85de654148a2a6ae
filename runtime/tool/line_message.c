/* Finds the end of a message, and its text. Contract: line_message.h. */
#include "runtime/tool/line_message.h"

#include <string.h>

static const char quotes[] = "\"\"\"";
enum { QUOTES = sizeof quotes - 1 };

static bool quoted(const char *text, size_t bytes)
{
    return bytes >= QUOTES && memcmp(text, quotes, QUOTES) == 0;
}

/* Length without white space at the end. */
static size_t trimmed(const char *text, size_t bytes)
{
    while (bytes > 0 && memchr(" \t\r\n", text[bytes - 1], 4) != NULL)
        bytes--;
    return bytes;
}

static bool quotes_end(const char *text, size_t bytes)
{
    size_t end = trimmed(text, bytes);

    return end >= 2 * QUOTES && memcmp(text + end - QUOTES, quotes, QUOTES) == 0;
}

/* Removes the backslash as soon as its line ends, so that a pasted backslash with lines after it
 * stays. */
bool line_message_continue(struct line_buffer *message)
{
    struct line_text *t = &message->text;

    if (quoted(t->data, t->bytes))
        return !quotes_end(t->data, t->bytes) && line_buffer_insert(message, "\n", 1);
    if (t->bytes == 0 || t->data[t->bytes - 1] != '\\')
        return false;
    t->bytes--;
    message->cursor = t->bytes;
    return line_buffer_insert(message, "\n", 1);
}

/* The newlines next to the quotes belong to them. */
static void take_quoted(struct line_text *m)
{
    if (quotes_end(m->data, m->bytes))
        m->bytes = trimmed(m->data, m->bytes) - QUOTES;
    line_text_remove(m, 0, QUOTES);
    if (m->bytes > 0 && m->data[m->bytes - 1] == '\n')
        m->bytes--;
    if (m->bytes > 0 && m->data[0] == '\n')
        line_text_remove(m, 0, 1);
}

void line_message_take(struct line_text *message)
{
    if (quoted(message->data, message->bytes))
        take_quoted(message);
}
