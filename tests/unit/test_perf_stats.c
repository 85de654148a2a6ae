/* The statistics of the benchmarks: quartiles computed by hand, and which slices may be compared.
 */
#include "tests/perf/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void check_spread(double *values, size_t count, double low, double middle, double high)
{
    struct spread s = spread_of(values, count);

    assert_int_equal(s.count, count);
    assert_float_equal(s.low, low, 1e-12);
    assert_float_equal(s.middle, middle, 1e-12);
    assert_float_equal(s.high, high, 1e-12);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quartiles),
        cmocka_unit_test(regimes),
        cmocka_unit_test(pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
