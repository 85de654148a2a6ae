/* Bytes of a terminal to the line editor, drawing after every few of them. The first two bytes are
 * the size of the terminal. At any time, the cursor is in the text, and drawing step by step gives
 * the same screen as drawing at once; the history's file reads back as it was.
 */
#include "runtime/tool/line_edit.h"
#include "runtime/tool/line_message.h"
#include "runtime/tool/line_screen.h"
#include "tests/support/terminal_screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static struct line_view view_of(const struct line_edit *e)
{
    return (struct line_view){.prompt = "> ",
                              .more = "| ",
                              .text = e->buffer.text.data,
                              .bytes = e->buffer.text.bytes,
                              .cursor = e->buffer.cursor,
                              .sought = e->searching ? &e->sought : NULL,
                              .missed = e->missed};
}

static void check_buffer(const struct line_edit *e)
{
    const struct line_text *t = &e->buffer.text;

    expect(e->buffer.cursor <= t->bytes && t->bytes <= t->capacity + (t->data == NULL));
    expect(e->entry <= e->history->count);
}

static void give(struct line_screen *s, struct terminal_screen *t)
{
    screen_feed(t, s->out.data, s->out.bytes);
    s->out.bytes = 0;
    expect(t->unknown[0] == 0);
}

/* The rows of a drawing on an empty terminal against those of one that grew. Cells with more marks
 * than they have room for may differ. */
static void compare(const struct line_edit *e, const struct line_screen *grown,
                    const struct terminal_screen *terminal)
{
    static struct terminal_screen fresh;
    struct line_screen s;
    struct line_view view = view_of(e);

    line_screen_open(&s, grown->columns, grown->rows);
    s.first = grown->first;
    screen_open(&fresh, grown->columns, grown->rows);
    line_screen_draw(&s, &view);
    give(&s, &fresh);
    expect(s.row == grown->row && s.column == grown->column);
    expect(terminal->column == fresh.column && terminal->column == s.column);
    size_t top = terminal->row - grown->row, fresh_top = fresh.row - s.row;
    for (size_t i = 0; top + i < terminal->rows && fresh_top + i < fresh.rows; i++) {
        const char *row = screen_row(&fresh, fresh_top + i);
        size_t length = strlen(row);
        char *copy = malloc(length + 1);
        expect(copy != NULL);
        memcpy(copy, row, length + 1);
        expect(strcmp(screen_row(terminal, top + i), copy) == 0);
        free(copy);
    }
    line_screen_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct terminal_screen terminal;
    struct line_history history = {0};
    struct line_edit edit;
    struct line_keys keys = {0};
    struct line_screen screen;

    if (bytes < 2)
        return 0;
    line_screen_open(&screen, 1 + data[0] % (SCREEN_COLUMNS - 1), 1 + data[1] % (SCREEN_ROWS - 1));
    screen_open(&terminal, screen.columns, screen.rows);
    line_edit_open(&edit, &history);
    for (size_t i = 2; i < bytes; i++) {
        enum line_key key = line_keys_take(&keys, (char)data[i]);
        expect(key < LINE_KEYS && keys.held < LINE_SEQUENCE && keys.text_bytes <= LINE_SEQUENCE);
        enum line_result result = line_edit_key(&edit, key, keys.text, keys.text_bytes);
        check_buffer(&edit);
        if (i % 7 == 0 || i + 1 == bytes) {
            struct line_view view = view_of(&edit);
            line_screen_draw(&screen, &view);
            give(&screen, &terminal);
            compare(&edit, &screen, &terminal);
        }
        if (result == LINE_GOES_ON || result == LINE_CLEARED || result == LINE_SUSPENDED)
            continue;
        struct line_view view = view_of(&edit);
        line_screen_finish(&screen, &view, "");
        give(&screen, &terminal);
        line_history_add(&history, edit.buffer.text.data, edit.buffer.text.bytes);
        line_message_take(&edit.buffer.text);
        line_edit_begin(&edit);
    }
    line_edit_close(&edit);
    line_history_close(&history);
    line_screen_close(&screen);
    return 0;
}
