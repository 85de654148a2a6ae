/* Symbolic sizes: equal expressions have equal ids, bounds hold, text is fixed. */
#include "compiler/hir/dim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena arena;
static struct dims dims;

static int set_up(void **state)
{
    (void)state;
    dims_init(&dims, &arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static dim_id number(int64_t value)
{
    return dim_const(&dims, value);
}

static dim_id symbol(uint32_t which)
{
    return dim_symbol(&dims, which);
}

static void test_constants_fold(void **state)
{
    int64_t value;

    (void)state;
    assert_int_equal(dim_add(&dims, number(3), number(4)), number(7));
    assert_int_equal(dim_mul(&dims, number(3), number(4)), number(12));
    assert_int_equal(dim_add(&dims, number(0), symbol(SYMBOL_SEQ)), symbol(SYMBOL_SEQ));
    assert_int_equal(dim_mul(&dims, number(1), symbol(SYMBOL_SEQ)), symbol(SYMBOL_SEQ));
    assert_int_equal(dim_mul(&dims, symbol(SYMBOL_SEQ), number(0)), number(0));
    assert_true(dim_is_const(&dims, number(12), &value));
    assert_int_equal(value, 12);
    assert_false(dim_is_const(&dims, symbol(SYMBOL_SEQ), &value));
}

static void test_equal_expressions_are_equal_ids(void **state)
{
    (void)state;
    dim_id past = symbol(SYMBOL_PAST_SEQ), seq = symbol(SYMBOL_SEQ);

    assert_int_equal(dim_add(&dims, past, seq), dim_add(&dims, seq, past));
    dim_id a = dim_add(&dims, dim_add(&dims, past, number(2)), dim_add(&dims, seq, number(3)));
    dim_id b = dim_add(&dims, seq, dim_add(&dims, number(5), past));
    assert_int_equal(a, b);
    /* A reshape of [ROWS, 576] to [ROWS, 9, 64], counted in two orders. */
    dim_id rows = symbol(SYMBOL_ROWS);
    dim_id whole = dim_mul(&dims, rows, number(576));
    assert_int_equal(dim_mul(&dims, dim_mul(&dims, rows, number(9)), number(64)), whole);
    assert_int_equal(dim_mul(&dims, number(9), dim_mul(&dims, number(64), rows)), whole);
    assert_int_not_equal(whole, dim_mul(&dims, rows, number(575)));
}

static void test_batch_times_seq_is_rows(void **state)
{
    (void)state;
    dim_id batch = symbol(SYMBOL_BATCH), seq = symbol(SYMBOL_SEQ), rows = symbol(SYMBOL_ROWS);

    assert_int_equal(dim_mul(&dims, batch, seq), rows);
    assert_int_equal(dim_mul(&dims, dim_mul(&dims, seq, number(8)), batch),
                     dim_mul(&dims, number(8), rows));
    assert_int_equal(dim_mul(&dims, dim_mul(&dims, batch, batch), dim_mul(&dims, seq, seq)),
                     dim_mul(&dims, rows, rows));
}

static void test_bounds(void **state)
{
    (void)state;
    dim_id total = dim_add(&dims, symbol(SYMBOL_PAST_SEQ), symbol(SYMBOL_SEQ));
    dim_id padded = dim_mul(&dims, dim_mul(&dims, symbol(SYMBOL_SEQ), number(64)), number(3));

    assert_int_equal(dims.all[total].min, 1);
    assert_int_equal(dims.all[total].max, 2 * (int64_t)INT32_MAX);
    dim_bound(&dims, SYMBOL_SEQ, 2, 16);
    dim_bound(&dims, SYMBOL_PAST_SEQ, 0, 100);
    assert_int_equal(dim_max(&dims, SYMBOL_SEQ), 16);
    assert_int_equal(dim_max(&dims, SYMBOL_PAST_SEQ), 100);
    assert_int_equal(dims.all[total].min, 2);
    assert_int_equal(dims.all[total].max, 116);
    assert_int_equal(dims.all[padded].min, 384);
    assert_int_equal(dims.all[padded].max, 3072);
    assert_int_equal(dims.all[padded].multiple, 192);
    dim_id more = dim_add(&dims, padded, number(128));
    assert_int_equal(dims.all[more].multiple, 64);
}

static void test_values(void **state)
{
    int64_t symbols[SYMBOL_MAX] = {2, 5, 10, 7, 1};

    (void)state;
    dim_id total = dim_add(&dims, symbol(SYMBOL_PAST_SEQ), symbol(SYMBOL_SEQ));
    assert_int_equal(dim_value(&dims, dim_mul(&dims, number(3), total), symbols), 36);
    assert_int_equal(dim_value(&dims, symbol(SYMBOL_ROWS), symbols), 10);
}

static void test_what_does_not_fit_is_none(void **state)
{
    (void)state;
    dim_id large = number((int64_t)1 << 40), sum = symbol(SYMBOL_SEQ);

    assert_int_equal(dim_mul(&dims, large, large), 0);
    assert_int_equal(dim_mul(&dims, 0, large), 0);
    for (uint32_t i = 0; i < 15; i++)
        sum = dim_add(&dims, sum, symbol(SYMBOL_SEQ));
    assert_int_not_equal(sum, 0);
    assert_int_equal(dim_add(&dims, sum, symbol(SYMBOL_SEQ)), 0);
}

static void test_text(void **state)
{
    struct text text = {.arena = &arena};

    (void)state;
    /* Made in this order on purpose: text must not depend on it. */
    dim_id seq2 = dim_mul(&dims, number(2), symbol(SYMBOL_SEQ));
    dim_id batch3 = dim_mul(&dims, number(3), symbol(SYMBOL_BATCH));
    dim_text(&dims, number(64), &text);
    text_add(&text, " ");
    dim_text(&dims, dim_add(&dims, symbol(SYMBOL_PAST_SEQ), symbol(SYMBOL_SEQ)), &text);
    text_add(&text, " ");
    dim_text(&dims, dim_add(&dims, dim_add(&dims, number(1), seq2), batch3), &text);
    text_add(&text, " ");
    dim_text(&dims, symbol(5), &text);
    assert_string_equal(text.data, "64 (SEQ + PAST_SEQ) (((BATCH * 3) + (SEQ * 2)) + 1) KEYS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_constants_fold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_equal_expressions_are_equal_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_batch_times_seq_is_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
