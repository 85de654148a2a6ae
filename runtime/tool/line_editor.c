/* The loop of the line editor: input, keys, drawing. Contract: line_editor.h. */
#include "runtime/tool/line_editor.h"

#include "runtime/tool/line_terminal.h"
#include "runtime/tool/line_text.h"

void line_editor_open(struct line_editor *e, const char *prompt, const char *more, char *history,
                      bool (*ended)(void))
{
    *e = (struct line_editor){.prompt = prompt, .more = more, .ended = ended};
    line_history_open(&e->history, history);
    line_edit_open(&e->edit, &e->history);
    line_screen_open(&e->screen, 0, 0);
}

void line_editor_close(struct line_editor *e)
{
    line_edit_close(&e->edit);
    line_screen_close(&e->screen);
    line_history_close(&e->history);
}

static struct line_view view_of(const struct line_editor *e)
{
    const struct line_buffer *b = &e->edit.buffer;

    return (struct line_view){.prompt = e->prompt,
                              .more = e->more,
                              .text = b->text.data,
                              .bytes = b->text.bytes,
                              .cursor = b->cursor,
                              .sought = e->edit.searching ? &e->edit.sought : NULL,
                              .missed = e->edit.missed};
}

static void write_out(struct line_editor *e)
{
    line_terminal_write(e->screen.out.data, e->screen.out.bytes);
    e->screen.out.bytes = 0;
}

static void draw(struct line_editor *e)
{
    struct line_view view = view_of(e);

    line_screen_draw(&e->screen, &view);
    write_out(e);
}

static void finish(struct line_editor *e, const char *behind)
{
    struct line_view view = view_of(e);

    line_screen_finish(&e->screen, &view, behind);
    write_out(e);
}

static void resize(struct line_editor *e)
{
    size_t columns, rows;

    line_terminal_size(&columns, &rows);
    line_screen_resize(&e->screen, columns, rows);
}

/* The position of the cursor is unknown. */
static void begin_screen(struct line_editor *e)
{
    e->screen.first = e->screen.row = e->screen.column = 0;
    resize(e);
}

/* False: the message has ended, with `result`. */
static bool obey(struct line_editor *e, enum line_result result)
{
    switch (result) {
    case LINE_CLEARED:
        line_screen_clear(&e->screen);
        return true;
    case LINE_DISCARDED:
        finish(e, "^C");
        line_edit_begin(&e->edit);
        return true;
    case LINE_SUSPENDED:
        finish(e, "^Z");
        line_terminal_suspend();
        begin_screen(e);
        return true;
    default:
        return result == LINE_GOES_ON;
    }
}

/* Handles keys from the input until one ends the message. */
static enum line_result take_input(struct line_editor *e)
{
    while (e->at < e->got) {
        enum line_key key = line_keys_take(&e->keys, e->input[e->at++]);
        enum line_result result = line_edit_key(&e->edit, key, e->keys.text, e->keys.text_bytes);
        if (!obey(e, result))
            return result;
    }
    return LINE_GOES_ON;
}

/* Waits once, and handles the result. */
static enum line_result wait_for_keys(struct line_editor *e)
{
    bool waits = e->keys.held == 0 && (!e->keys.pasting || e->keys.rested);

    switch (line_terminal_read(e->input, sizeof e->input, &e->got, waits, e->ended)) {
    case LINE_BYTES:
        e->at = 0;
        break;
    case LINE_RESTED:
        line_keys_rest(&e->keys);
        break;
    case LINE_RESIZED:
        resize(e);
        break;
    case LINE_RESUMED:
        begin_screen(e);
        break;
    case LINE_NO_MORE:
        return LINE_ENDED;
    }
    return LINE_GOES_ON;
}

static enum line_result edit_message(struct line_editor *e)
{
    enum line_result result = take_input(e); /* input that was typed ahead */

    while (result == LINE_GOES_ON) {
        if (!line_terminal_pending())
            draw(e);
        result = wait_for_keys(e);
        if (result == LINE_GOES_ON)
            result = take_input(e);
    }
    finish(e, result == LINE_INTERRUPTED ? "^C" : "");
    return result;
}

enum line_read line_editor_read(struct line_editor *e, struct line_text *text)
{
    *text = (struct line_text){0};
    line_edit_begin(&e->edit);
    if (!line_terminal_enter())
        return LINE_READ_END;
    begin_screen(e);
    enum line_result result = edit_message(e);
    line_terminal_leave();
    *text = e->edit.buffer.text;
    if (result == LINE_SENT && !line_is_blank(text->data, text->bytes))
        line_history_add(&e->history, text->data, text->bytes);
    return result == LINE_SENT          ? LINE_READ
           : result == LINE_INTERRUPTED ? LINE_READ_INTERRUPT
                                        : LINE_READ_END;
}
