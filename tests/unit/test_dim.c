/* Symbolic sizes: equal expressions have equal ids, bounds hold, text is fixed. */
#include "compiler/hir/dim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

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

static uint32_t declare(const char *name, int64_t min, int64_t max)
{
    uint32_t symbol = dims_declare(&dims, name, strlen(name));

    dim_bound(&dims, symbol, min, max);
    return symbol;
}

/* floor((m S + a) / d) in two spellings; both give what the integers give. */
static void test_quotients(void **state)
{
    int64_t values[SYMBOL_MAX] = {0};

    (void)state;
    uint32_t f = declare("FRAMES", 9, 3000);
    assert_int_equal(dims_find(&dims, "FRAMES", 6), f);
    assert_int_equal(dims_find(&dims, "FRAME", 5), SYMBOL_MAX);
    for (int64_t m = 1; m <= 6; m++)
        for (int64_t a = 0; a <= 9; a++)
            for (int64_t d = 1; d <= 6; d++) {
                dim_id x = dim_mul(&dims, symbol(f), number(m));
                dim_id one = dim_div(&dims, dim_add(&dims, x, number(a)), d);
                dim_id less = dim_div(&dims, dim_sub(&dims, x, a), d);
                dim_id twice = dim_div(&dims, dim_add(&dims, dim_div(&dims, x, 2), number(a)), d);
                for (values[f] = 9; values[f] < 30; values[f]++) {
                    assert_int_equal(dim_value(&dims, one, values), (m * values[f] + a) / d);
                    assert_int_equal(dim_value(&dims, less, values), (m * values[f] - a) / d);
                    assert_int_equal(dim_value(&dims, twice, values), (m * values[f] / 2 + a) / d);
                }
                assert_int_equal(dims.all[one].min, (m * 9 + a) / d);
                assert_int_equal(dims.all[one].max, (m * 3000 + a) / d);
                /* (S m + a + d) / d is one more; k times both numbers is the same. */
                dim_id more = dim_div(&dims, dim_add(&dims, x, number(a + d)), d);
                assert_int_equal(more, dim_add(&dims, one, number(1)));
                dim_id x3 = dim_mul(&dims, symbol(f), number(3 * m));
                assert_int_equal(one, dim_div(&dims, dim_add(&dims, x3, number(3 * a)), 3 * d));
            }
    assert_int_equal(dim_sub(&dims, symbol(f), 10), 0);
    assert_int_not_equal(dim_sub(&dims, symbol(f), 9), 0);
}

static void test_slots(void **state)
{
    int64_t values[SYMBOL_MAX] = {0};
    struct dim_slot_info info;

    (void)state;
    uint32_t f = declare("FRAMES", 9, 3000), other = declare("OTHER", 1, 8);
    dim_id half = dim_div(&dims, dim_add(&dims, symbol(f), number(1)), 2);
    dim_id less = dim_sub(&dims, dim_mul(&dims, symbol(f), number(3)), 7);
    dim_id both = dim_add(&dims, symbol(f), symbol(other));
    dim_id square = dim_mul(&dims, symbol(f), symbol(f));
    assert_int_equal(dim_slot(&dims, symbol(f)), f);
    assert_int_equal(dim_slot(&dims, half), -1);
    dims_take_slot(&dims, half);
    dims_take_slot(&dims, symbol(f));
    dims_take_slot(&dims, half);
    dims_take_slot(&dims, both);
    dims_take_slot(&dims, square);
    dims_take_slot(&dims, number(9));
    dims_take_slot(&dims, less);
    assert_int_equal(dims_slot_count(&dims), other + 3);
    assert_int_equal(dim_slot(&dims, half), other + 1);
    assert_int_equal(dim_slot(&dims, less), other + 2);
    assert_int_equal(dim_slot(&dims, both), -1);
    info = dims_slot(&dims, other + 1);
    assert_true(info.symbol == f && info.multiply == 1 && info.add == 1 && info.divide == 2);
    info = dims_slot(&dims, other + 2);
    assert_true(info.symbol == f && info.multiply == 3 && info.add == -7 && info.divide == 1);
    info = dims_slot(&dims, SYMBOL_ROWS);
    assert_true(info.symbol == SYMBOL_ROWS && info.multiply == 1 && info.add == 0);
    values[f] = 10;
    assert_int_equal(dim_value(&dims, half, values), 5);
    assert_int_equal(dim_value(&dims, less, values), 23);
    for (int64_t i = 0; i < 20; i++) /* no more than there is room for */
        dims_take_slot(&dims, dim_add(&dims, symbol(f), number(100 + i)));
    assert_int_equal(dims_slot_count(&dims), SYMBOL_MAX);
}

static void test_what_does_not_fit_is_none(void **state)
{
    (void)state;
    dim_id large = number((int64_t)1 << 40), sum = symbol(SYMBOL_SEQ);

    assert_int_equal(dim_mul(&dims, large, large), 0);
    assert_int_equal(dim_mul(&dims, 0, large), 0);
    assert_int_equal(dim_div(&dims, 0, 2), 0);
    dim_id quotient = dim_div(&dims, symbol(SYMBOL_SEQ), (int64_t)1 << 40);
    assert_int_not_equal(quotient, 0);
    assert_int_equal(dim_div(&dims, quotient, (int64_t)1 << 40), 0);
    assert_int_equal(dim_add(&dims, quotient, large), 0);
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
        cmocka_unit_test_setup_teardown(test_quotients, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_slots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
