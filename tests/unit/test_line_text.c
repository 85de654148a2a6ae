/* Characters, words and widths of typed text. Compares the widths of all code points with utf8proc,
 * which takes them from Unicode's own files. */
#include "runtime/tool/line_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <utf8proc.h>

/* -1: not assigned, or no character. */
static int expected_width(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
        return -1;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return code == 0xad ? 1 : 0;
    default:
        break;
    }
    if ((code >= 0x1160 && code < 0x1200) || (code >= 0xd7b0 && code < 0xd800))
        return 0;
    return utf8proc_charwidth(code) == 2 ? 2 : 1;
}

static void widths(void **state)
{
    (void)state;
    size_t wrong = 0, seen = 0;

    for (int32_t code = 0xa0; code < 0x110000; code++) {
        int expected = expected_width(code);
        seen += expected >= 0;
        if (expected < 0 || line_code_width((uint32_t)code) == expected)
            continue;
        if (wrong++ < 10)
            print_error("U+%04X: width %d, expected %d\n", (unsigned)code,
                        line_code_width((uint32_t)code), expected);
    }
    assert_true(seen > 140000);
    assert_int_equal(wrong, 0);
}

/* A text, and how many bytes and columns each of its characters has. */
static void characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        struct {
            size_t bytes;
            int width;
        } each[6];
    } cases[] = {
        {"aé", 2, {{1, 1}, {2, 1}}},
        {"日本", 2, {{3, 2}, {3, 2}}},
        {"e\xcc\x81x", 2, {{3, 1}, {1, 1}}}, /* e and its accent */
        {"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7",
         2, /* two flags */
         {{8, 2}, {8, 2}}},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7x", 2, {{11, 2}, {1, 1}}}, /* joined */
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd!", 2, {{8, 2}, {1, 1}}},              /* skin tone */
        {"a\xff\xc3(", 4, {{1, 1}, {1, 1}, {1, 1}, {1, 1}}},                     /* no UTF-8 */
        {"\xe6\x97", 2, {{1, 1}, {1, 1}}},                                       /* cut off */
        {"\xed\xa0\x80", 3, {{1, 1}, {1, 1}, {1, 1}}},                           /* a surrogate */
        {"\n\xcc\x81", 2, {{1, 1}, {2, 0}}}, /* a newline takes no mark */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = cases[i].text;
        size_t bytes = strlen(text), at = 0;
        for (size_t n = 0; n < cases[i].count; n++) {
            size_t end = line_next(text, bytes, at);
            assert_int_equal(end - at, cases[i].each[n].bytes);
            assert_int_equal(line_width(text, bytes, at), cases[i].each[n].width);
            assert_int_equal(line_previous(text, bytes, end), at);
            at = end;
        }
        assert_int_equal(at, bytes);
        assert_int_equal(line_next(text, bytes, at), bytes);
    }
    assert_int_equal(line_previous("x", 1, 0), 0);
}

static void words(void **state)
{
    (void)state;
    static const char text[] = "one, t\xc3\xb6wn/3  ";
    const size_t bytes = sizeof text - 1;

    assert_int_equal(line_word_right(text, bytes, 0), 3);
    assert_int_equal(line_word_right(text, bytes, 3), 10);
    assert_int_equal(line_word_right(text, bytes, 12), bytes);
    assert_int_equal(line_word_left(text, bytes), 11);
    assert_int_equal(line_word_left(text, 11), 5);
    assert_int_equal(line_word_left(text, 2), 0);
    assert_int_equal(line_blank_left(text, bytes), 5);
    assert_int_equal(line_blank_left(text, 5), 0);
    assert_true(line_is_blank(" \t\r\n", 4));
    assert_true(line_is_blank("", 0));
    assert_false(line_is_blank(" \0", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(characters),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
