/* Drawing of a message on a screen: rows, the cursor, wrapping, and texts that are higher than the
 * terminal. */
#include "runtime/tool/line_screen.h"

#include "tests/support/terminal_screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct drawing {
    struct line_screen screen;
    struct terminal_screen terminal;
};

static void begin(struct drawing *d, size_t columns, size_t rows)
{
    line_screen_open(&d->screen, columns, rows);
    screen_open(&d->terminal, columns, rows);
}

static void give(struct drawing *d)
{
    screen_feed(&d->terminal, d->screen.out.data, d->screen.out.bytes);
    d->screen.out.bytes = 0;
    assert_string_equal(d->terminal.unknown, "");
}

static struct line_view view_of(const char *text, size_t cursor)
{
    return (struct line_view){
        .prompt = "> ", .more = "| ", .text = text, .bytes = strlen(text), .cursor = cursor};
}

static void draw(struct drawing *d, const char *text, size_t cursor)
{
    struct line_view view = view_of(text, cursor);

    line_screen_draw(&d->screen, &view);
    give(d);
}

static void expect_rows(struct drawing *d, size_t count, const char *const *rows, size_t row,
                        size_t column)
{
    for (size_t i = 0; i < d->terminal.rows; i++)
        assert_string_equal(screen_row(&d->terminal, i), i < count ? rows[i] : "");
    assert_int_equal(d->terminal.row, row);
    assert_int_equal(d->terminal.column, column);
    assert_false(d->terminal.wraps);
}

#define ROWS(...)                                                                      \
    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]) \
    {                                                                                  \
        __VA_ARGS__                                                                    \
    }

static void one_line(void **state)
{
    (void)state;
    struct drawing d;

    begin(&d, 10, 5);
    draw(&d, "", 0);
    expect_rows(&d, ROWS(">"), 0, 2);
    draw(&d, "abc", 1);
    expect_rows(&d, ROWS("> abc"), 0, 3);
    draw(&d, "abcdefg", 7);
    expect_rows(&d, ROWS("> abcdefg"), 0, 9);
    draw(&d, "abcdefgh", 8); /* full: the cursor stands where the next one goes */
    expect_rows(&d, ROWS("> abcdefgh"), 1, 0);
    draw(&d, "abcdefghij", 8);
    expect_rows(&d, ROWS("> abcdefgh", "ij"), 1, 0);
    draw(&d, "abcdefghij", 7);
    expect_rows(&d, ROWS("> abcdefgh", "ij"), 0, 9);
    draw(&d, "ab", 2); /* nothing of before is left */
    expect_rows(&d, ROWS("> ab"), 0, 4);
    line_screen_close(&d.screen);
}

static void odd_characters(void **state)
{
    (void)state;
    struct drawing d;

    begin(&d, 10, 5);
    draw(&d, "日本語xy", 9); /* a wide one does not fit in the last column */
    expect_rows(&d, ROWS("> 日本語xy"), 0, 8);
    draw(&d, "x日本語日", 13);
    expect_rows(&d, ROWS("> x日本語", "日"), 1, 2);
    draw(&d, "e\xcc\x81z", 3);
    expect_rows(&d, ROWS("> e\xcc\x81z"), 0, 3);
    draw(&d, "\x1b[2J\x7f", 5); /* shown, not obeyed */
    expect_rows(&d, ROWS("> ^[[2J^?"), 0, 9);
    draw(&d, "\xff\xc2\x9b", 3);
    expect_rows(&d, ROWS("> \xef\xbf\xbd\xef\xbf\xbd"), 0, 4);
    draw(&d, "a\tb", 3);
    expect_rows(&d, ROWS("> a    b"), 0, 8);
    line_screen_close(&d.screen);
    begin(&d, 1, 5); /* as narrow as can be */
    draw(&d, "a日", 4);
    expect_rows(&d, ROWS(">", "", "a", "?"), 4, 0);
    line_screen_close(&d.screen);
}

static void lines(void **state)
{
    (void)state;
    struct drawing d;

    begin(&d, 10, 6);
    draw(&d, "one\ntwo\n", 8);
    expect_rows(&d, ROWS("> one", "| two", "|"), 2, 2);
    draw(&d, "one\ntwo\n", 2);
    expect_rows(&d, ROWS("> one", "| two", "|"), 0, 4);
    draw(&d, "abcdefgh\nx", 8);
    expect_rows(&d, ROWS("> abcdefgh", "", "| x"), 1, 0);
    struct line_view view = view_of("one\ntwo", 1);
    line_screen_finish(&d.screen, &view, "^C");
    give(&d);
    expect_rows(&d, ROWS("> one", "| two^C"), 2, 0);
    draw(&d, "x", 1); /* below it */
    expect_rows(&d, ROWS("> one", "| two^C", "> x"), 2, 3);
    line_screen_close(&d.screen);
}

static void higher_than_the_terminal(void **state)
{
    (void)state;
    struct drawing d;
    static const char text[] = "1\n2\n3\n4\n5";

    begin(&d, 10, 3);
    draw(&d, text, 9);
    expect_rows(&d, ROWS("| 3", "| 4", "| 5"), 2, 3);
    draw(&d, text, 5);
    expect_rows(&d, ROWS("| 3", "| 4", "| 5"), 0, 3);
    draw(&d, text, 0);
    expect_rows(&d, ROWS("> 1", "| 2", "| 3"), 0, 2);
    draw(&d, text, 4);
    expect_rows(&d, ROWS("> 1", "| 2", "| 3"), 2, 2);
    struct line_view view = view_of(text, 4);
    line_screen_finish(&d.screen, &view, "");
    give(&d);
    expect_rows(&d, ROWS("| 4", "| 5"), 2, 0); /* the others stand in what was scrolled away */
    assert_int_equal(d.terminal.scrolled, 3);
    line_screen_close(&d.screen);
}

static void searched(void **state)
{
    (void)state;
    struct drawing d;
    struct line_text sought = {(char[]){'f', 'o'}, 2, 2};
    struct line_view view = view_of("a fox", 2);

    begin(&d, 40, 3);
    view.sought = &sought;
    line_screen_draw(&d.screen, &view);
    give(&d);
    expect_rows(&d, ROWS("search 'fo': a fox"), 0, 15);
    view.missed = true;
    line_screen_draw(&d.screen, &view);
    give(&d);
    expect_rows(&d, ROWS("not found 'fo': a fox"), 0, 18);
    line_screen_finish(&d.screen, &view, "");
    give(&d);
    expect_rows(&d, ROWS("> a fox"), 1, 0);
    line_screen_close(&d.screen);
}

/* Terminals that fold lines move what was drawn; the drawing begins where it began. */
static void resized(void **state)
{
    (void)state;
    struct drawing d;

    begin(&d, 20, 6);
    draw(&d, "0123456789abcdefgh", 16);
    assert_int_equal(d.screen.row, 0);
    line_screen_resize(&d.screen, 10, 6); /* two rows now, the cursor in the second */
    assert_int_equal(d.screen.row, 1);
    screen_open(&d.terminal, 10, 6);
    static const char folded[] = "> 01234567\r\n89abcdefgh\r\x1b[8C";
    screen_feed(&d.terminal, folded, sizeof folded - 1);
    draw(&d, "0123456789abcdefgh", 16);
    expect_rows(&d, ROWS("> 01234567", "89abcdefgh"), 1, 8);
    line_screen_resize(&d.screen, 20, 6);
    assert_int_equal(d.screen.row, 1); /* rows that were ended stay ended */
    line_screen_close(&d.screen);
}

static void cleared(void **state)
{
    (void)state;
    struct drawing d;

    begin(&d, 10, 4);
    screen_feed(&d.terminal, "x\r\ny\r\n", 6);
    draw(&d, "ab", 1);
    expect_rows(&d, ROWS("x", "y", "> ab"), 2, 3);
    line_screen_clear(&d.screen);
    draw(&d, "ab", 1);
    expect_rows(&d, ROWS("> ab"), 0, 3);
    line_screen_close(&d.screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line), cmocka_unit_test(odd_characters),
        cmocka_unit_test(lines),    cmocka_unit_test(higher_than_the_terminal),
        cmocka_unit_test(searched), cmocka_unit_test(resized),
        cmocka_unit_test(cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
