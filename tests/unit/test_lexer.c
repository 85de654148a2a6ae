/* Tokens of line-oriented text, and where its errors stand. */
#include "compiler/base/lexer.h"
#include "compiler/base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static struct arena arena;
static struct diags diags;
static struct lexer lexer, *const l = &lexer;

static void open_text(const char *text)
{
    arena_free(&arena);
    diags = (struct diags){.arena = &arena};
    lexer_open(l, "a.txt", text, strlen(text), &diags);
}

/* The text at its first line. */
static void open_line(const char *text)
{
    open_text(text);
    assert_true(lexer_next_line(l));
}

static void check_error(uint32_t line, uint32_t column, const char *text)
{
    assert_int_equal(diags.error_count, 1);
    assert_string_equal(diags.first->text, text);
    assert_string_equal(diags.first->place.file, "a.txt");
    assert_int_equal(diags.first->place.line, line);
    assert_int_equal(diags.first->place.column, column);
}

static void test_lines(void **state)
{
    (void)state;
    open_text("# only a comment\n\n  a # b\r\n\t\nc");
    assert_true(lexer_next_line(l));
    assert_int_equal(l->line, 3);
    assert_true(lexer_take_word(l, "a"));
    assert_true(lexer_line_ends(l));
    assert_true(lexer_next_line(l));
    assert_int_equal(l->line, 5);
    assert_true(lexer_next_line(l) == false);
    open_text("");
    assert_false(lexer_next_line(l));
    assert_int_equal(l->line, 1);
    assert_false(lexer_require_word(l, "graph"));
    check_error(1, 1, "expected 'graph', found the end of the file");
}

static void test_words(void **state)
{
    static const char *const words[] = {"q8", NULL, "q8_0"};
    const char *word;

    (void)state;
    open_line("  q8_0 heads=4 -> (b1)");
    assert_false(lexer_take_word(l, "q8"));
    assert_int_equal(lexer_word_index(l, words, 3), 2);
    assert_int_equal(lexer_word_index(l, words, 3), -1);
    assert_int_equal(lexer_word(l, &word), 5);
    assert_true(lexer_word_is(word, 5, "heads"));
    assert_true(lexer_require(l, "="));
    assert_true(lexer_sees(l, '4'));
    assert_int_equal(lexer_word(l, &word), 1);
    assert_int_equal(lexer_word(l, &word), 0);
    assert_true(lexer_take(l, "->"));
    assert_false(lexer_require(l, ")"));
    check_error(1, 19, "expected ')', found '('");
    assert_true(lexer_require(l, "(")); /* it stays where it was */
}

static void test_what_is_found(void **state)
{
    (void)state;
    open_line("a\n");
    assert_true(lexer_take(l, "a"));
    assert_false(lexer_expected(l, "more"));
    check_error(1, 2, "expected more, found the end of the line");
    open_line("abcdefghijklmnopqrstuvwxyz0123456789");
    assert_false(lexer_require_line_end(l));
    check_error(1, 1, "expected the end of the line, found 'abcdefghijklmnopqrstuvwxyz012345'");
}

static void test_counts(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        const char *error;
    } wrong[] = {
        {"-1", 9, "expected a number, found '-'"},
        {"10", 9, "expected a number of at most 9, found '10'"},
        {"18446744073709551616", UINT64_MAX,
         "expected a number of at most 18446744073709551615, found '18446744073709551616'"},
        {"5x", 9, "expected a number of at most 9, found '5x'"},
        {"5_", 9, "expected a number of at most 9, found '5_'"},
        {"7", 6, "expected a number of at most 6, found '7'"},
    };
    uint64_t value = 3;
    uint32_t small;

    (void)state;
    open_line("0 18446744073709551615 9..10");
    assert_true(lexer_count(l, 0, &value) && value == 0);
    assert_true(lexer_count(l, UINT64_MAX, &value) && value == UINT64_MAX);
    assert_true(lexer_count_u32(l, 9, &small) && small == 9);
    assert_true(lexer_take(l, ".."));
    assert_true(lexer_count_u32(l, UINT32_MAX, &small) && small == 10);
    for (uint32_t i = 0; i < countof(wrong); i++) {
        open_line(wrong[i].text);
        assert_false(lexer_count(l, wrong[i].max, &value));
        check_error(1, 1, wrong[i].error);
        assert_ptr_equal(lexer_here(l), wrong[i].text);
    }
}

static void test_numbers(void **state)
{
    static const char *const wrong[] = {"nan", "1e999", "--1", "x", "1e", ""};
    double value;

    (void)state;
    open_line("-0.5 1e-05 1.7976931348623157e+308");
    assert_true(lexer_number(l, &value) && value == -0.5);
    assert_true(lexer_number(l, &value) && value == 1e-5);
    assert_true(lexer_number(l, &value) && value == 1.7976931348623157e308);
    for (uint32_t i = 0; i < countof(wrong); i++) {
        open_text(wrong[i]);
        lexer_next_line(l);
        assert_false(lexer_number(l, &value));
        assert_int_equal(diags.error_count, 1);
        assert_memory_equal(diags.first->text, "expected a finite decimal number", 32);
    }
}

static void test_names(void **state)
{
    static const struct {
        const char *text, *error;
        uint32_t column;
    } wrong[] = {
        {"x", "expected a name in quotes, found 'x'", 1},
        {" \"x", "expected a closing quote on the same line", 2},
        {"\"x\n\"", "expected a closing quote on the same line", 1},
        {"\"a\\n\"", "expected a printable character or \\\", \\\\ or \\xHH", 3},
        {"\"\\x00\"", "expected a printable character or \\\", \\\\ or \\xHH", 2},
        {"\"\\x0", "expected a printable character or \\\", \\\\ or \\xHH", 2},
        {"\"\t\"", "expected a printable character or \\\", \\\\ or \\xHH", 2},
    };
    char name[LEXER_MAX_NAME + 1];
    struct text longest = {.arena = &arena};

    (void)state;
    open_line("\"\" \"a # b\" \"\\\"\\\\\\x01\xc3\xa9\"");
    assert_true(lexer_name(l, name) && name[0] == 0);
    assert_true(lexer_name(l, name));
    assert_string_equal(name, "a # b");
    assert_true(lexer_name(l, name));
    assert_string_equal(name, "\"\\\x01\xc3\xa9");
    for (uint32_t i = 0; i < countof(wrong); i++) {
        open_line(wrong[i].text);
        assert_false(lexer_name(l, name));
        check_error(1, wrong[i].column, wrong[i].error);
    }
    open_text("");
    text_add(&longest, "\"%0*d\"", LEXER_MAX_NAME, 7);
    lexer_open(l, "a.txt", longest.data, longest.bytes, &diags);
    assert_true(lexer_next_line(l) && lexer_name(l, name));
    assert_int_equal(strlen(name), LEXER_MAX_NAME);
    longest.bytes = 0;
    text_add(&longest, "\"%0*d\"", LEXER_MAX_NAME + 1, 7);
    lexer_open(l, "a.txt", longest.data, longest.bytes, &diags);
    assert_true(lexer_next_line(l));
    assert_false(lexer_name(l, name));
    check_error(1, 1, "expected a name of at most 1000 bytes");
}

/* Nothing is read behind the end, where no NUL need be. */
static void test_the_end_is_the_end(void **state)
{
    static const char text[] = {'1', '2', '"', 'a', '\\', 'x', '4', '1', 'w', '.', '5'};
    char name[LEXER_MAX_NAME + 1];
    uint64_t value;
    double number;

    (void)state;
    arena_free(&arena);
    diags = (struct diags){.arena = &arena};
    lexer_open(l, "a.txt", text, 1, &diags);
    assert_true(lexer_next_line(l) && lexer_count(l, 99, &value) && value == 1);
    lexer_open(l, "a.txt", text, 1, &diags);
    assert_true(lexer_next_line(l) && lexer_number(l, &number) && number == 1);
    for (size_t bytes = 1; bytes <= 6; bytes++) {
        lexer_open(l, "a.txt", text + 2, bytes, &diags);
        assert_true(lexer_next_line(l));
        assert_false(lexer_name(l, name));
    }
    lexer_open(l, "a.txt", text + 8, 1, &diags);
    assert_true(lexer_next_line(l));
    assert_false(lexer_take(l, "w."));
    assert_true(lexer_take_word(l, "w"));
}

static void test_too_many_errors(void **state)
{
    struct text text = {.arena = &arena};
    uint32_t lines = 0;

    (void)state;
    open_text("");
    for (uint32_t i = 0; i < 3 * LEXER_MAX_ERRORS; i++)
        text_add(&text, "wrong\n");
    diags.max = UINT32_MAX;
    lexer_open(l, "a.txt", text.data, text.bytes, &diags);
    for (; lexer_next_line(l); lines++)
        lexer_expected(l, "nothing");
    assert_int_equal(lines, LEXER_MAX_ERRORS);
    assert_int_equal(diags.error_count, LEXER_MAX_ERRORS + 1);
    assert_string_equal(diags.last->text, "too many errors: from here on nothing was read");
    assert_int_equal(diags.last->place.line, LEXER_MAX_ERRORS + 1);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_what_is_found),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_the_end_is_the_end),
        cmocka_unit_test(test_too_many_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
