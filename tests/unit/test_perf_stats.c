/* The statistics of the benchmarks: quartiles computed by hand, comparable slices, and the bars for
 * each work. */
#include "tests/perf/bars.h"
#include "tests/perf/stats.h"
#include "tests/support/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void check_spread(double *values, size_t count, double low, double middle, double high)
{
    struct spread s = spread_of(values, count);

    assert_int_equal(s.count, count);
    expect_number("low", s.low, low, 1e-12);
    expect_number("middle", s.middle, middle, 1e-12);
    expect_number("high", s.high, high, 1e-12);
}

static void quartiles(void **state)
{
    double one[] = {7}, two[] = {4, 2}, five[] = {9, 1, 5, 3, 7}, four[] = {4, 1, 3, 2};

    (void)state;
    check_spread(NULL, 0, 0, 0, 0);
    check_spread(one, 1, 7, 7, 7);
    check_spread(two, 2, 2.5, 3, 3.5);
    check_spread(five, 5, 3, 5, 7);
    check_spread(four, 4, 1.75, 2.5, 3.25);
}

static void regimes(void **state)
{
    (void)state;
    assert_int_equal(regime_of(121, 139), REGIME_ONE);
    assert_int_equal(regime_of(515, 502), REGIME_TWO);
    assert_int_equal(regime_of(125, 510), REGIME_MIXED);
    assert_int_equal(regime_of(510, 125), REGIME_MIXED);
}

static void pairs(void **state)
{
    struct sample near = {.rate = 1, .seconds = 1, .regime = REGIME_ONE}, far = near, mixed = near,
                  missing = near;
    const struct sample *same[] = {&near, &near, &near}, *differs[] = {&near, &near, &far},
                        *changed[] = {&mixed, &mixed}, *lacks[] = {&near, &missing},
                        *apart[] = {&far, &far};

    (void)state;
    far.regime = REGIME_TWO;
    mixed.regime = REGIME_MIXED;
    missing.seconds = 0;
    assert_int_equal(regime_shared(same, 3), REGIME_ONE);
    assert_int_equal(regime_shared(apart, 2), REGIME_TWO);
    assert_int_equal(regime_shared(differs, 3), REGIME_MIXED);
    assert_int_equal(regime_shared(changed, 2), REGIME_MIXED);
    assert_int_equal(regime_shared(lacks, 2), REGIME_MIXED);
    assert_int_equal(regime_shared(same, 0), REGIME_MIXED);
}

static void check_bar(const char *kind, const char *work, const char *against, enum sense sense,
                      double value)
{
    struct bar bar = bar_find(kind, work, against, REGIME_ONE);

    assert_int_equal(bar.sense, sense);
    expect_number("bar", bar.value, value, 1e-12);
}

static void bars(void **state)
{
    (void)state;
    check_bar("q8_0", "decode", "limit", MIN, 0.97);
    check_bar("q4_0", "decode", "limit", MIN, 0.92); /* a part of another name, which has 0.95 */
    check_bar("q4_0-pure", "decode", "limit", MIN, 0.95);
    check_bar("q8_0", "verify 8", "limit", MAX, 1.25);
    check_bar("q8_0", "decode", "llama.cpp", MIN, 1.3);
    check_bar("f16", "decode", "llama.cpp", MIN, 1);
    check_bar("q8_0", "decode", "some other", MIN, 1);
    check_bar("q8_0", "no such work", "limit", MIN, 0);
    check_bar(NULL, "start", "limit", MAX, 2.2);
    check_bar("bf16", "4 sequences", "limit", MIN, 0);
    expect_number("bar", bar_find("q8_0", "4 sequences", "limit", REGIME_TWO).value, 3, 1e-12);
    expect_number("bar", bar_find("q8_0", "4 sequences", "limit", REGIME_MIXED).value, 0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quartiles),
        cmocka_unit_test(regimes),
        cmocka_unit_test(pairs),
        cmocka_unit_test(bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
