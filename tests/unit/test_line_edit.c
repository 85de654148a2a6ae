/* Keys to messages: bytes as terminals send them, and the resulting text, with | at the cursor. */
#include "runtime/tool/line_edit.h"

#include "runtime/tool/line_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PASTE(text) "\x1b[200~" text "\x1b[201~"

struct editing {
    struct line_history history;
    struct line_edit edit;
    struct line_keys keys;
};

static enum line_result type(struct editing *e, const char *bytes, size_t count)
{
    enum line_result result = LINE_GOES_ON;

    for (size_t i = 0; i < count && result == LINE_GOES_ON; i++) {
        enum line_key key = line_keys_take(&e->keys, bytes[i]);
        result = line_edit_key(&e->edit, key, e->keys.text, e->keys.text_bytes);
    }
    return result;
}

static void begin(struct editing *e)
{
    memset(e, 0, sizeof *e);
    line_edit_open(&e->edit, &e->history);
}

static void end(struct editing *e)
{
    line_edit_close(&e->edit);
    line_history_close(&e->history);
}

/* The text with | in it. */
static void expect_text(struct editing *e, const char *expected)
{
    const struct line_buffer *b = &e->edit.buffer;
    char found[512];

    assert_true(b->text.bytes + 2 < sizeof found);
    snprintf(found, sizeof found, "%.*s|%.*s", (int)b->cursor,
             b->text.data == NULL ? "" : b->text.data, (int)(b->text.bytes - b->cursor),
             b->text.data == NULL ? "" : b->text.data + b->cursor);
    assert_string_equal(found, expected);
}

static void keys(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *text;
    } cases[] = {
        {"abc", "abc|"},
        {"abc\x1b[D", "ab|c"},
        {"abc\x1bOD\x1bOD", "a|bc"},
        {"abc\x02\x02\x06", "ab|c"},
        {"\x1b[D\x1b[Cx", "x|"},
        {"abc\x01", "|abc"},
        {"abc\x1b[H", "|abc"},
        {"abc\x1b[1~\x1b[4~", "abc|"},
        {"abc\x01\x05", "abc|"},
        {"abc\x1b[H\x1b[F", "abc|"},
        {"abc\x7f", "ab|"},
        {"abc\x08\x08\x08\x08", "|"},
        {"abc\x01\x1b[3~", "|bc"},
        {"abc\x01\x04", "|bc"},
        {"a\xc3\xa9\x7f", "a|"},
        {"e\xcc\x81x\x1b[D\x7f", "|x"},
        {"one two three\x17", "one two |"},
        {"one two three\x17\x17\x19", "one two three|"}, /* cuts in a row are one */
        {"one two\x1b"
         "b\x0b",
         "one |"},
        {"one two\x01\x0b\x19\x19", "one twoone two|"},
        {"one two\x1b"
         "b\x15",
         "|two"},
        {"one two\x1b"
         "b\x15\x05\x19",
         "twoone |"},
        {"one,two\x1b\x7f", "one,|"},
        {"one,two\x01\x1b"
         "d",
         "|,two"},
        {"one two\x01\x1b"
         "f",
         "one| two"},
        {"one two\x1b[1;5D", "one |two"},
        {"one two\x01\x1b[1;5C", "one| two"},
        {"one two\x01\x1b[1;3C", "one| two"},
        {"one two\x01\x1b[3;5~", "| two"},
        {"ab\x14", "ba|"},
        {"abc\x01\x06\x14", "ba|c"},
        {"a\x14", "a|"},
        {"\xe6\x97\xa5x\x14", "x\xe6\x97\xa5|"},
        {"a\tb", "a\tb|"},
        {"one\x1b\rtwo", "one\ntwo|"},
        {"one\x1b[13;2utwo", "one\ntwo|"},
        {"one\x1b[27;2;13~two", "one\ntwo|"},
        {"one\\\rtwo", "one\ntwo|"},
        {"\"\"\"\rone\rtwo", "\"\"\"\none\ntwo|"},
        {"\"\"\"one\x02\r", "\"\"\"on\n|e"},
        {"one\x1b\rtwo\x1b[A", "one|\ntwo"},
        {"o\x1b\rtwo\x1b[A\x1b[B", "o\ntwo|"}, /* the column is remembered */
        {"one\x1b\rtwo\x01", "one\n|two"},
        {"one\x1b\rtwo\x01\x15", "one|two"},
        {"one\x1b\rtwo\x1b[1;5H", "|one\ntwo"},
        {"one\x1b\rtwo\x1b<\x0b\x0b", "|two"},
        {PASTE("one\rtwo"), "one\ntwo|"},
        {PASTE("one\r\ntwo\n"), "one\ntwo\n|"},
        {PASTE("a\x03\x04\x1b[Db"), "a\x03\x04\x1b[Db|"}, /* nothing in it is obeyed */
        {PASTE("a\x1b[200~b"), "a\x1b[200~b|"},
        {PASTE("a\x1b\x1b[2\x1b[201"), "a\x1b\x1b[2\x1b[201|"},
        {PASTE("all: \\\r\tx"), "all: \\\n\tx|"}, /* its backslash is its own */
        {"a\x1b[5~\x1b[15~\x1b[[Ab\x1b[<35;1;1Mc\x1bq\x1bOPd", "abcd|"}, /* keys of others */
        {"a\x1b\x1b[Db", "b|a"},
        {"a\x1b[1;2Db", "b|a"},
        {"a\x16\x1c\x1d\x1e\x1f\x18\x11\x13\x0f", "a|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct editing e;
        begin(&e);
        enum line_result result = type(&e, cases[i].typed, strlen(cases[i].typed));
        if (result != LINE_GOES_ON)
            print_error("case %zu\n", i);
        assert_int_equal(result, LINE_GOES_ON);
        expect_text(&e, cases[i].text);
        end(&e);
    }
}

static void results(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        enum line_result result;
    } cases[] = {
        {"abc\r", LINE_SENT},
        {"abc\n", LINE_SENT},
        {"\r", LINE_SENT},
        {"abc\x01\r", LINE_SENT},
        {"\"\"\"one\rtwo\"\"\"\r", LINE_SENT},
        {"\"\"\"\"\"\"\r", LINE_SENT},
        {"\"\"\"\"\"\r", LINE_GOES_ON},
        {"a\\\rb\r", LINE_SENT},
        {PASTE("a\rb") "\r", LINE_SENT},
        {"\x04", LINE_ENDED},
        {"a\x04\x7f\x04", LINE_ENDED},
        {"\x03", LINE_INTERRUPTED},
        {"a\x03", LINE_DISCARDED},
        {"a\x0c", LINE_CLEARED},
        {"a\x1a", LINE_SUSPENDED},
        {"\x12\x03", LINE_GOES_ON},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct editing e;
        begin(&e);
        assert_int_equal(type(&e, cases[i].typed, strlen(cases[i].typed)), cases[i].result);
        end(&e);
    }
}

#define TYPE(text) type(&e, text, sizeof(text) - 1)

static void history(void **state)
{
    (void)state;
    struct editing e;

    begin(&e);
    line_history_add(&e.history, "first", 5);
    line_history_add(&e.history, "second\nline", 11);
    line_edit_begin(&e.edit);
    TYPE("new\x1b[A");
    expect_text(&e, "second\nline|");
    TYPE("\x1b[A");
    expect_text(&e, "seco|nd\nline"); /* first through the lines */
    TYPE("\x1b[A\x1b[A");
    expect_text(&e, "first|");
    TYPE("!\x10");
    expect_text(&e, "first!|");
    TYPE("\x1b[B\x1b[B");
    expect_text(&e, "new|");
    TYPE("\x1b[B");
    expect_text(&e, "new|");
    assert_memory_equal(e.history.entries[0].data, "first", 5); /* what was tried is no change */
    end(&e);
}

static void search(void **state)
{
    (void)state;
    struct editing e;
    static const char *const said[] = {"a fox", "a lantern", "foxes"};

    begin(&e);
    for (size_t i = 0; i < 3; i++)
        line_history_add(&e.history, said[i], strlen(said[i]));
    line_edit_begin(&e.edit);
    TYPE("new\x12"
         "fo");
    expect_text(&e, "|foxes");
    assert_true(e.edit.searching);
    TYPE("\x12");
    expect_text(&e, "a |fox");
    TYPE("\x12");
    assert_true(e.edit.missed);
    TYPE("\x7f\x7f"
         "la");
    expect_text(&e, "a |lantern");
    TYPE("\x07");
    expect_text(&e, "new|");
    assert_false(e.edit.searching);
    TYPE("\x12lan\x05");
    expect_text(&e, "a lantern|");
    assert_false(e.edit.searching);
    TYPE("\x12"
         "fo");
    assert_int_equal(TYPE("\r"), LINE_SENT);
    expect_text(&e, "a |fox"); /* from the entry that is shown */
    end(&e);
}

/* A sequence that never ends, a paste whose end was lost, NULs. */
static void odd(void **state)
{
    (void)state;
    struct editing e;

    begin(&e);
    TYPE("a\x1b");
    line_keys_rest(&e.keys);
    TYPE("b");
    expect_text(&e, "ab|");
    TYPE("\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Dc");
    expect_text(&e, "ac|b");
    TYPE("\x1b[200~x");
    assert_int_equal(TYPE("\x03"), LINE_GOES_ON);
    line_keys_rest(&e.keys);
    assert_int_equal(TYPE("\x03"), LINE_DISCARDED);
    end(&e);
    begin(&e);
    TYPE("a\0b");
    assert_int_equal(e.edit.buffer.text.bytes, 2); /* Ctrl-Space is no text */
    TYPE("\x1b[200~c\0d\x1b[201~");
    assert_int_equal(e.edit.buffer.text.bytes, 5); /* what is pasted is kept whole */
    end(&e);
}

static void messages(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *says;
    } cases[] = {
        {"plain", "plain"},
        {"\"\"\"one\"\"\"", "one"},
        {"\"\"\"\none\ntwo\n\"\"\" ", "one\ntwo"},
        {"\"\"\"\n\none\n\n\"\"\"", "\none\n"},
        {"\"\"\"\"\"\"", ""},
        {"\"\"\"never ended", "never ended"},
        {"a \"\"\"b\"\"\"", "a \"\"\"b\"\"\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line_text t = {0};
        assert_true(line_text_set(&t, cases[i].typed, strlen(cases[i].typed)));
        line_message_take(&t);
        assert_int_equal(t.bytes, strlen(cases[i].says));
        assert_memory_equal(t.data, cases[i].says, t.bytes);
        line_text_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),   cmocka_unit_test(results), cmocka_unit_test(history),
        cmocka_unit_test(search), cmocka_unit_test(odd),     cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
