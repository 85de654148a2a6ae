/* What the comparison of numbers reports, and that it ends a test: the text, word by word, and
 * whole failing tests in a process of their own.
 */
#include "tests/support/compare.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const float counted[] = {0, 1, 2, 3, 4, 5, 6, 7};

static const char *text_of(const struct comparison *c)
{
    static char text[512];

    comparison_text(c, text, sizeof text);
    return text;
}

static void test_the_first_place_and_the_count(void **state)
{
    const float found[] = {0, 1, 2, -1, 4, 5.25f, 6.5f, -1};
    const struct tolerance t = {.absolute = 0.125, .relative = 0.0625};
    struct comparison c = compare_matrices("logits", found, 4, counted, 4, 2, 3, &t);

    (void)state;
    assert_int_equal(c.compared, 6);
    assert_int_equal(c.different, 0); /* 5.25 is within 0.125 + 5 / 16, and columns end at 3 */
    c = compare_matrices("logits", found, 4, counted, 4, 2, 4, &t);
    assert_string_equal(text_of(&c), "logits: row 0, column 3: found -1, expected 3, tolerance "
                                     "0.312; 2 of 8 differ");
    assert_false(comparison_good(&c));
}

static void test_numbers(void **state)
{
    static const struct {
        double found, expected, tolerance;
        bool good;
    } cases[] = {
        {1, 1, 0, true},
        {0.0, -0.0, 0, true},
        {1.5, 1, 0.5, true},
        {1.5000001, 1, 0.5, false},
        {NAN, 1, INFINITY, false},
        {1, NAN, 1, false},
        {NAN, NAN, 1, false},
        {INFINITY, INFINITY, 0, true},
        {INFINITY, -INFINITY, 1, false},
        {INFINITY, 1, 1e300, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct comparison c = comparison_of("case %zu", i);
        compare_number(&c, 0, 0, cases[i].found, cases[i].expected, cases[i].tolerance);
        assert_int_equal(c.different, !cases[i].good);
    }
}

static void test_bits(void **state)
{
    const float zeros[] = {0, NAN, 1}, others[] = {-0.0f, NAN, 1.00000012f};
    struct comparison c = compare_matrices("bits", zeros, 3, zeros, 3, 1, 3, NULL);

    (void)state;
    assert_int_equal(c.different, 0);
    c = compare_matrices("bits", zeros, 3, others, 3, 1, 3, NULL);
    assert_string_equal(text_of(&c),
                        "bits: row 0, column 0: found 0, expected -0, in bits 00000000 "
                        "and 80000000; 2 of 3 differ");
    c = compare_matrices("bits", zeros + 2, 1, others + 2, 1, 1, 1, NULL);
    assert_string_equal(text_of(&c),
                        "bits: row 0, column 0: found 1, expected 1.00000012, in bits 3f800000 and "
                        "3f800001; 1 of 1 differ");
}

/* Two rows in two pieces are the two rows at once, and every budget is one that can be missed. */
static void test_errors(void **state)
{
    const float expected[] = {1, 2, -4, 0}, found[] = {1, 2.5f, -4, 0};
    struct error all = error_of(expected, found, 2, 2), pieces = {.rows = 0};
    char text[512];

    (void)state;
    error_add(&pieces, expected, found, 1, 2);
    error_add(&pieces, expected + 2, found + 2, 1, 2);
    expect_number("rel", error_rel(&all), 0.125, 0);
    expect_number("rms", error_rms(&all), sqrt(0.25 / 21), 1e-15);
    expect_number("KL", error_kl(&all), 0.0113111506,
                  1e-9); /* of the first row, halved: by Python */
    expect_number("pieces", pieces.kl, all.kl, 0);
    assert_true(pieces.row == all.row && pieces.column == all.column && pieces.rows == all.rows);
    assert_true(error_within(&all, (struct budget){.rel = 0.125, .rms = 0.2, .kl = 0.1}, "all"));
    assert_false(error_within(&all, (struct budget){.rel = 0.124}, "rel"));
    assert_false(error_within(&all, (struct budget){.rel = 1, .rms = 0.1}, "rms"));
    assert_false(error_within(&all, (struct budget){.rel = 1, .kl = 0.001}, "KL"));
    assert_false(error_within(&all, (struct budget){0}, "no budget"));
    assert_false(error_within(&(struct error){0}, (struct budget){.rel = 1}, "nothing compared"));
    error_text(&all, &(struct budget){.rel = 0.1, .kl = 1e-3}, "llama by steps", text, sizeof text);
    assert_string_equal(text, "llama by steps: rel 0.125 of 0.1, KL 0.0113 of 0.001, worst at row "
                              "0, column 1: found 2.5, expected 2");
}

static void test_not_numbers_are_errors(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const float expected[] = {1, 2}, found[] = {1, bad[i]};
        struct error e = error_of(expected, found, 1, 2);
        assert_int_equal(e.column, 1);
        assert_false(error_within(&e, (struct budget){.rel = INFINITY}, "not a number"));
    }
}

/* ---- whole tests that fail ---- */

static void fails_in_a_row(void **state)
{
    const float found[] = {0, 1, 2, 4};

    (void)state;
    expect_close("row", found, counted, 1, 4, 0.5, 0);
}

static void fails_in_bits(void **state)
{
    const float found[] = {0, 1, 2.00000024f, 3};

    (void)state;
    expect_equal_bits("rows", found, counted, 2, 2);
}

static void fails_at_a_number(void **state)
{
    (void)state;
    expect_number("scale", 2, 3, 0.25);
}

static void fails_at_a_constant(void **state)
{
    (void)state;
    expect_all("padding", counted, 0, 2);
}

static void fails_without_numbers(void **state)
{
    (void)state;
    expect_close("nothing", counted, counted, 0, 4, 1, 0);
}

static void passes(void **state)
{
    (void)state;
    expect_close("row", counted, counted, 1, 8, 0, 0);
    expect_equal_bits("rows", counted, counted, 2, 4);
    expect_all("one", counted + 1, 1, 1);
}

/* Runs a test in a child; what it printed, and its exit status. */
static int run_alone(CMUnitTestFunction test, char *printed, size_t bytes)
{
    const struct CMUnitTest tests[] = {{"alone", test, NULL, NULL, NULL}};
    int ends[2], status;
    size_t count = 0;
    ssize_t now;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        fflush(NULL);
        _exit(failed);
    }
    close(ends[1]);
    while ((now = read(ends[0], printed + count, bytes - 1 - count)) > 0)
        count += (size_t)now;
    printed[count] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_tests_fail(void **state)
{
    static const struct {
        CMUnitTestFunction test;
        const char *text;
    } cases[] = {
        {fails_in_a_row, "row: row 0, column 3: found 4, expected 3, tolerance 0.5; 1 of 4 differ"},
        {fails_in_bits, "rows: row 1, column 0: found 2.00000024, expected 2, in bits 40000001 and "
                        "40000000; 1 of 4 differ"},
        {fails_at_a_number, "scale: row 0, column 0: found 2, expected 3, tolerance 0.25"},
        {fails_at_a_constant, "padding: row 0, column 1: found 1, expected 0, in bits 3f800000"},
        {fails_without_numbers, "nothing: compared nothing"},
    };
    static char printed[8192];

    (void)state;
    assert_int_equal(run_alone(passes, printed, sizeof printed), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(run_alone(cases[i].test, printed, sizeof printed), 1);
        if (strstr(printed, cases[i].text) == NULL)
            fail_msg("expected \"%s\" in \"%s\"", cases[i].text, printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_place_and_the_count),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_not_numbers_are_errors),
        cmocka_unit_test(test_tests_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
