/* The effect of keys on the message. Contract: line_edit.h. */
#include "runtime/tool/line_edit.h"

#include "runtime/tool/line_message.h"
#include "runtime/tool/line_text.h"

#include <string.h>

void line_edit_open(struct line_edit *e, struct line_history *history)
{
    *e = (struct line_edit){.history = history};
    line_edit_begin(e);
}

void line_edit_begin(struct line_edit *e)
{
    e->buffer.text.bytes = e->buffer.cursor = 0;
    e->buffer.cutting = e->buffer.wants_column = false;
    e->draft.bytes = 0;
    e->entry = e->history->count;
    e->searching = e->missed = false;
    e->sought.bytes = 0;
}

void line_edit_close(struct line_edit *e)
{
    line_buffer_free(&e->buffer);
    line_text_free(&e->draft);
    line_text_free(&e->sought);
}

/* ---- history ---- */

/* Keeps the unfinished message when the user first leaves it for the history. */
static void show_entry(struct line_edit *e, size_t entry)
{
    const struct line_history *h = e->history;

    if (e->entry == h->count &&
        !line_text_set(&e->draft, e->buffer.text.data, e->buffer.text.bytes))
        return;
    const struct line_text *t = entry == h->count ? &e->draft : &h->entries[entry];
    if (line_buffer_set(&e->buffer, t->data, t->bytes))
        e->entry = entry;
}

static void older(struct line_edit *e)
{
    if (!line_buffer_up(&e->buffer) && e->entry > 0)
        show_entry(e, e->entry - 1);
}

static void newer(struct line_edit *e)
{
    if (!line_buffer_down(&e->buffer) && e->entry < e->history->count)
        show_entry(e, e->entry + 1);
}

/* ---- search ---- */

/* Searches backwards from entry `from`: the newest entry that contains the searched text. */
static void seek(struct line_edit *e, size_t from)
{
    const struct line_history *h = e->history;

    e->missed = false;
    if (e->sought.bytes == 0)
        return;
    for (size_t i = from; i > 0; i--) {
        const struct line_text *t = &h->entries[i - 1];
        const char *found = memmem(t->data, t->bytes, e->sought.data, e->sought.bytes);
        if (found != NULL) {
            size_t at = (size_t)(found - t->data);
            show_entry(e, i - 1);
            e->buffer.cursor = e->entry == i - 1 ? at : e->buffer.cursor;
            return;
        }
    }
    e->missed = true;
}

/* The shown entry may match again, unless the user asks for an older one. */
static size_t including(const struct line_edit *e)
{
    return e->entry < e->history->count ? e->entry + 1 : e->history->count;
}

static void end_search(struct line_edit *e)
{
    e->searching = e->missed = false;
    e->sought.bytes = 0;
}

/* False: the key ends the search and then has its usual effect. */
static bool search_key(struct line_edit *e, enum line_key key, const char *text, size_t bytes)
{
    switch (key) {
    case KEY_NONE:
        return true;
    case KEY_TEXT:
        if (line_text_insert(&e->sought, e->sought.bytes, text, bytes))
            seek(e, including(e));
        return true;
    case KEY_BACKSPACE:
        e->sought.bytes = line_previous(e->sought.data, e->sought.bytes, e->sought.bytes);
        seek(e, e->history->count);
        return true;
    case KEY_SEARCH:
        seek(e, e->entry);
        return true;
    case KEY_CANCEL:
    case KEY_INTERRUPT:
        end_search(e);
        show_entry(e, e->history->count);
        return true;
    default:
        end_search(e);
        return false;
    }
}

/* ---- keys ---- */

static const signed char edits[LINE_KEYS] = {
    [KEY_LEFT] = LINE_LEFT + 1,
    [KEY_RIGHT] = LINE_RIGHT + 1,
    [KEY_HOME] = LINE_HOME + 1,
    [KEY_END] = LINE_END + 1,
    [KEY_WORD_LEFT] = LINE_WORD_LEFT + 1,
    [KEY_WORD_RIGHT] = LINE_WORD_RIGHT + 1,
    [KEY_TEXT_HOME] = LINE_TEXT_HOME + 1,
    [KEY_TEXT_END] = LINE_TEXT_END + 1,
    [KEY_BACKSPACE] = LINE_DELETE_LEFT + 1,
    [KEY_DELETE] = LINE_DELETE_RIGHT + 1,
    [KEY_END_OF_INPUT] = LINE_DELETE_RIGHT + 1,
    [KEY_CUT_WORD_LEFT] = LINE_CUT_WORD_LEFT + 1,
    [KEY_CUT_WORD_RIGHT] = LINE_CUT_WORD_RIGHT + 1,
    [KEY_CUT_BLANK_LEFT] = LINE_CUT_BLANK_LEFT + 1,
    [KEY_CUT_TO_HOME] = LINE_CUT_TO_HOME + 1,
    [KEY_CUT_TO_END] = LINE_CUT_TO_END + 1,
    [KEY_PASTE_CUT] = LINE_PASTE_CUT + 1,
    [KEY_SWAP] = LINE_SWAP + 1,
};

static enum line_result interrupted(struct line_edit *e)
{
    if (e->buffer.text.bytes == 0)
        return LINE_INTERRUPTED;
    return LINE_DISCARDED;
}

enum line_result line_edit_key(struct line_edit *e, enum line_key key, const char *text,
                               size_t bytes)
{
    if (e->searching && search_key(e, key, text, bytes))
        return LINE_GOES_ON;
    switch (key) {
    case KEY_TEXT:
        line_buffer_insert(&e->buffer, text, bytes);
        return LINE_GOES_ON;
    case KEY_ENTER:
        return line_message_continue(&e->buffer) ? LINE_GOES_ON : LINE_SENT;
    case KEY_NEWLINE:
        line_buffer_insert(&e->buffer, "\n", 1);
        return LINE_GOES_ON;
    case KEY_UP:
    case KEY_OLDER:
        older(e);
        return LINE_GOES_ON;
    case KEY_DOWN:
    case KEY_NEWER:
        newer(e);
        return LINE_GOES_ON;
    case KEY_SEARCH:
        e->searching = true;
        return LINE_GOES_ON;
    case KEY_CLEAR:
        return LINE_CLEARED;
    case KEY_SUSPEND:
        return LINE_SUSPENDED;
    case KEY_INTERRUPT:
        return interrupted(e);
    case KEY_END_OF_INPUT:
        if (e->buffer.text.bytes == 0)
            return LINE_ENDED;
        break;
    default:
        break;
    }
    if (edits[key] != 0)
        line_buffer_edit(&e->buffer, (enum line_change)(edits[key] - 1));
    return LINE_GOES_ON;
}
