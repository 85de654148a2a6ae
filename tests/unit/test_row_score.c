/* Scores of rows against plain loops in f64: sums, the likeliest token, divergences, rows of any
 * length, and rows that are no numbers. */
#include "runtime/tool/row_score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

enum { MOST = 5000 };

static float next(uint32_t *seed, float scale)
{
    *seed = *seed * 1664525u + 1013904223u;
    return scale * ((float)(*seed >> 8) / (1 << 24) - 0.5F);
}

static double plain_log_sum(const float *row, uint32_t count)
{
    double largest = -INFINITY, sum = 0;

    for (uint32_t i = 0; i < count; i++)
        largest = row[i] > largest ? row[i] : largest;
    for (uint32_t i = 0; i < count; i++)
        sum += exp(row[i] - largest);
    return largest + log(sum);
}

static double plain_divergence(const float *p, const float *q, uint32_t count)
{
    double of_p = plain_log_sum(p, count), of_q = plain_log_sum(q, count), sum = 0;

    for (uint32_t i = 0; i < count; i++)
        if (p[i] != -INFINITY)
            sum += exp(p[i] - of_p) * ((p[i] - of_p) - (q[i] - of_q));
    return sum;
}

static void test_rows(void **state)
{
    static const uint32_t counts[] = {1, 2, 63, 64, 65, 130, 2048, MOST};
    static const float scales[] = {0.01F, 3, 40, 300};
    static float p[MOST], q[MOST];
    uint32_t seed = 1;

    (void)state;
    for (uint32_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (uint32_t s = 0; s < sizeof scales / sizeof *scales; s++) {
            const uint32_t count = counts[c];
            struct row_score of_p, of_q;
            uint32_t best = 0;
            for (uint32_t i = 0; i < count; i++) {
                p[i] = next(&seed, scales[s]) + 7;
                q[i] = p[i] + next(&seed, 0.1F) + 100; /* a shift changes no probability */
            }
            for (uint32_t i = 1; i < count; i++)
                best = p[i] > p[best] ? i : best;
            assert_true(row_score(p, count, &of_p) && row_score(q, count, &of_q));
            assert_int_equal(of_p.best, best);
            assert_true(fabs(of_p.log_sum - plain_log_sum(p, count)) < 1e-6);
            assert_true(fabs(row_loss(p, &of_p, 0) - (plain_log_sum(p, count) - p[0])) < 1e-6);
            double expected = plain_divergence(p, q, count);
            assert_true(fabs(row_divergence(p, &of_p, q, &of_q, count) - expected) <=
                        1e-5 * expected + 2e-7);
            assert_true(row_divergence(p, &of_p, p, &of_p, count) == 0);
        }
    }
}

/* Tokens that no one can draw, and the lower of two that are equal. */
static void test_impossible_tokens(void **state)
{
    const float p[] = {-INFINITY, 1, 2, 2, -INFINITY}, q[] = {-INFINITY, 1, 2, 1, 0};
    struct row_score of_p, of_q;

    (void)state;
    assert_true(row_score(p, 5, &of_p) && row_score(q, 5, &of_q));
    assert_int_equal(of_p.best, 2);
    assert_true(fabs(row_divergence(p, &of_p, q, &of_q, 5) - plain_divergence(p, q, 5)) < 1e-6);
    assert_true(row_divergence(q, &of_q, p, &of_p, 5) == INFINITY);
}

static void test_no_numbers(void **state)
{
    float row[100];
    struct row_score s;

    (void)state;
    for (int i = 0; i < 100; i++)
        row[i] = -INFINITY;
    assert_false(row_score(row, 100, &s));
    row[99] = 0;
    assert_true(row_score(row, 100, &s));
    assert_int_equal(s.best, 99);
    row[17] = NAN;
    assert_false(row_score(row, 100, &s));
    row[17] = INFINITY;
    assert_false(row_score(row, 100, &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_impossible_tokens),
        cmocka_unit_test(test_no_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
