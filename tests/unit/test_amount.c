/* Amounts with units: the borders between units, also after rounding. */
#include "runtime/base/amount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_bytes(void **state)
{
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {0, "0 bytes"},       {999, "999 bytes"},     {1000, "1.0 kB"},    {87200, "87.2 kB"},
        {999949, "999.9 kB"}, {999960, "1.0 MB"},     {1346000, "1.3 MB"}, {22500000000, "22.5 GB"},
        {1e12, "1.0 TB"},     {1.5e16, "15000.0 TB"},
    };
    char text[AMOUNT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(amount_of_bytes(cases[i].bytes, text), cases[i].text);
}

static void test_things(void **state)
{
    char text[AMOUNT_BYTES];

    (void)state;
    assert_string_equal(amount_of_things(12, text), "12");
    assert_string_equal(amount_of_things(656000, text), "656.0 thousand");
    assert_string_equal(amount_of_things(134515008, text), "134.5 million");
    assert_string_equal(amount_of_things(8.03e9, text), "8.0 billion");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes), cmocka_unit_test(test_things)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
