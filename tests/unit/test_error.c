/* Errors: the sentence fits in the caller's structure, in whole characters; every status has its
 * own name. */
#include "runtime/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void test_sentence(void **state)
{
    (void)state;
    rlx_error error;
    memset(&error, 'x', sizeof error);
    assert_int_equal(rlx_fail(&error, RLX_ERROR_IO, "%s: expected %d", "file", 7), RLX_ERROR_IO);
    assert_int_equal(error.status, RLX_ERROR_IO);
    assert_string_equal(error.text, "file: expected 7");
    assert_int_equal(rlx_fail(NULL, RLX_ERROR_NO_MEMORY, "nobody listens"), RLX_ERROR_NO_MEMORY);
}

/* Whatever stands at the border: one byte, or the second or third byte of a character. */
static void test_cut(void **state)
{
    (void)state;
    for (int letters = 225; letters < 245; letters++) {
        char text[400];
        rlx_error error;
        memset(text, 'a', sizeof text);
        for (int i = letters; i + 3 < (int)sizeof text; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        text[sizeof text - 1] = 0;
        rlx_fail(&error, RLX_ERROR_BAD_FILE, "%s", text);
        size_t length = strlen(error.text);
        assert_in_range(length, sizeof error.text - 4, sizeof error.text - 1);
        assert_string_equal(error.text + length - 3, "...");
        size_t kept = length - 3;
        assert_memory_equal(error.text, text, kept);
        assert_true(((uint8_t)text[kept] & 0xC0) != 0x80);
    }
}

static void test_names(void **state)
{
    (void)state;
    for (int i = RLX_OK; i <= RLX_ERROR_NOT_NUMBERS; i++) {
        assert_string_not_equal(rlx_status_name((rlx_status)i), "unknown status");
        for (int j = RLX_OK; j < i; j++)
            assert_string_not_equal(rlx_status_name((rlx_status)i), rlx_status_name((rlx_status)j));
    }
    assert_string_equal(rlx_status_name(RLX_ERROR_CONTEXT_FULL), "context full");
    assert_string_equal(rlx_status_name((rlx_status)99), "unknown status");
    assert_string_equal(rlx_version(), RLX_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentence),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
