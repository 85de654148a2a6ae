/* The part of a name that fits into a progress line: counted in columns, not bytes, and without
 * anything that a terminal obeys. */
#include "compiler/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void is_cut(const char *from, uint32_t columns, const char *expected)
{
    char out[64];

    progress_cut(from, columns, out, sizeof out);
    assert_string_equal(out, expected);
}

static void columns_are_counted(void **state)
{
    (void)state;
    is_cut("weights", 20, "weights");
    is_cut("weights", 7, "weights");
    is_cut("weights", 3, "wei");
    is_cut("weights", 0, "");
    is_cut("", 5, "");
    is_cut("\xc3\xa9t\xc3\xa9", 2, "\xc3\xa9t");                       /* two bytes, one column */
    is_cut("\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac"); /* two columns each */
    is_cut("\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5");
}

static void commands_do_not_pass(void **state)
{
    (void)state;
    is_cut("a\033[31mb", 20, "a?[31mb");
    is_cut("a\r\nb\tc\x7f", 20, "a??b?c?");
    is_cut("a\xc2\x9b"
           "31m",
           20, "a?31m"); /* the same command in one character */
    is_cut("a\xe2\x80\xae"
           "b",
           20, "a?b"); /* turns the direction of what follows */
    is_cut("\xff\xc3", 20, "??");
}

static void no_byte_too_many(void **state)
{
    char out[8];

    (void)state;
    progress_cut("abcdefghijkl", 20, out, sizeof out);
    assert_string_equal(out, "abcdefg");
    progress_cut("abcdef\xc3\xa9", 20, out, sizeof out);
    assert_string_equal(out, "abcdef");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_counted),
        cmocka_unit_test(commands_do_not_pass),
        cmocka_unit_test(no_byte_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
