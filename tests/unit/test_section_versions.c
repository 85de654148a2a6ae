/* The sections that have a format of their own say how many tables they have, and how many a reader
 * must know: a section that needs unknown tables is refused as newer, one that only has more of
 * them is read. */
#include "runtime/tokenizer/tokenize.h"
#include "tests/support/small_vocabularies.h"
#include "tests/support/templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void expect(rlx_status found, rlx_status expected, const char *text, const char *words)
{
    assert_int_equal(found, expected);
    assert_non_null(strstr(text, words));
}

static void test_tokenizer(void **state)
{
    uint64_t bytes;
    uint8_t *section = small_section(GPT2, &bytes);
    struct rlx_tokenizer_header *h = (struct rlx_tokenizer_header *)(void *)section;
    struct tokenizer t;
    rlx_error error = {0};

    (void)state;
    h->table_count++;
    assert_int_equal(tokenizer_open(&t, section, bytes, &error), RLX_OK);
    h->needed_tables++;
    expect(tokenizer_open(&t, section, bytes, &error), RLX_ERROR_WRONG_VERSION, error.text,
           "needs 30 tables, and this program knows 29");
    h->needed_tables--;
    h->table_count = RLX_TABLE_COUNT - 1;
    expect(tokenizer_open(&t, section, bytes, &error), RLX_ERROR_BAD_FILE, error.text,
           "too few tables");
    h->version--;
    expect(tokenizer_open(&t, section, bytes, &error), RLX_ERROR_WRONG_VERSION, error.text,
           "has version 3, expected 4");
}

static void test_template(void **state)
{
    struct chat_template *made = compile_template("{{ 1 }}", 7, NULL, 0);
    struct rlx_template_header *h = (struct rlx_template_header *)(void *)made->section;
    struct template t;
    rlx_error error = {0};

    (void)state;
    h->table_count++;
    assert_int_equal(template_open(&t, made->section, made->bytes, &error), RLX_OK);
    h->needed_tables++;
    expect(template_open(&t, made->section, made->bytes, &error), RLX_ERROR_WRONG_VERSION,
           error.text, "needs 11 tables, and this program knows 10");
    h->needed_tables--;
    h->table_count = RLX_TEMPLATE_TABLE_COUNT - 1;
    expect(template_open(&t, made->section, made->bytes, &error), RLX_ERROR_BAD_FILE, error.text,
           "too few tables");
    free_template(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokenizer),
        cmocka_unit_test(test_template),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
