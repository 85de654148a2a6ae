/* Conversion of a state's elements on import and export: f16 as in the compiler's own conversion,
 * integers by their definition. */
#include "compiler/base/float16.h"
#include "runtime/core/state.h"
#include "tests/support/compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* One head of one value at each of many positions: rows are single numbers. `kind` is both the role
 * and the layout, which have the same numbers. */
static struct rlx_state_entry column(uint32_t kind, uint32_t context)
{
    return (struct rlx_state_entry){.role = kind,
                                    .layout = kind,
                                    .element = RLX_F16,
                                    .heads = 1,
                                    .width = 1,
                                    .capacity = context};
}

static void test_every_half_returns(void **state)
{
    enum { HALVES = 65536 };
    struct rlx_state_entry s = column(RLX_STATE_KEY, HALVES);
    uint16_t *home = malloc(HALVES * sizeof *home), *again = calloc(HALVES, sizeof *again);
    float *rows = malloc(HALVES * sizeof *rows);
    (void)state;
    for (uint32_t i = 0; i < HALVES; i++)
        home[i] = (uint16_t)i;
    state_read((const uint8_t *)home, &s, RLX_F32, 0, HALVES, rows);
    state_write((uint8_t *)again, &s, RLX_F32, 0, HALVES, rows);
    struct comparison c = comparison_of("halves");
    for (uint32_t i = 0; i < HALVES; i++) {
        float truth = f16_to_f32((uint16_t)i);
        if (isnan(truth))
            assert_true(isnan(rows[i]));
        else
            compare_bits(&c, 0, i, rows[i], truth);
        assert_int_equal(again[i], isnan(truth)   ? i | 0x200 /* quiet */
                                   : isinf(truth) ? i - 1     /* the greatest number */
                                                  : i);
    }
    expect_agreement(&c);
    free(home);
    free(again);
    free(rows);
}

/* Floats of every exponent, around every border between halves. */
static void test_floats_become_the_nearest_half(void **state)
{
    enum { FLOATS = 1 << 20 };
    struct rlx_state_entry s = column(RLX_STATE_VALUE, FLOATS);
    uint8_t *home = malloc(FLOATS * 16 * 2); /* rows of V are 16 wide */
    float *rows = malloc(FLOATS * sizeof *rows);
    uint64_t random = 88172645463325252;
    (void)state;
    for (uint32_t i = 0; i < FLOATS; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint32_t bits = (uint32_t)random;
        if (i % 2 != 0) /* in the range of halves, often exactly between two */
            bits = (bits & 0x8007FFFF) | (96 + bits % 50) << 23;
        if (i % 4 == 1)
            bits = (bits & 0xFFFFE000) | 0x1000;
        memcpy(&rows[i], &bits, sizeof bits);
    }
    state_write(home, &s, RLX_F32, 0, FLOATS, rows);
    for (uint32_t i = 0; i < FLOATS; i++) {
        uint16_t found;
        memcpy(&found, home + (size_t)i * 32, sizeof found);
        if (isnan(rows[i]))
            assert_true((found & 0x7C00) == 0x7C00 && (found & 0x3FF) != 0);
        else
            assert_int_equal(found, f32_to_f16_saturated(rows[i]));
    }
    free(home);
    free(rows);
}

/* A head of K as it is stored: every `run` elements times Hadamard's matrix over the root of `run`.
 */
static double rotated_element(const float *x, uint32_t i, uint32_t run)
{
    double sum = 0;
    for (uint32_t j = 0; j < run; j++)
        sum += (__builtin_popcount(i % run & j) % 2 ? -1 : 1) * (double)x[i / run * run + j];
    return sum / sqrt(run);
}

/* Integers and scale of one head fit its values: within half a step, and the step is the least. */
static void check_integers(const uint8_t *packed, const float *x, uint32_t dim, uint32_t run)
{
    float step;
    uint16_t half;
    double max = 0;
    struct comparison c = comparison_of("integers in runs of %u", run);
    memcpy(&half, packed + dim, sizeof half);
    step = f16_to_f32(half);
    for (uint32_t i = 0; i < dim; i++) {
        double value = rotated_element(x, i, run);
        max = fmax(max, fabs(value));
        compare_number(&c, 0, i, (int8_t)packed[i] * (double)step, value, (double)step * 0.501);
    }
    expect_agreement(&c);
    expect_number("step", step, max / 127, max / 127 / 2048);
}

/* Integers with a scale: bit by bit as they stand; as f32 the noise of rounding is what it was,
 * since spreading keeps lengths. */
static void check_integer_state(uint32_t kind, uint32_t dim)
{
    enum { MAX = 512, CONTEXT = 64, ROWS = 20 };
    static _Alignas(64) uint8_t home[2 * CONTEXT * (MAX + 2)], again[sizeof home];
    static float rows[ROWS][2][MAX], back[ROWS * 2 * MAX];
    static uint8_t packed[ROWS * 2 * (MAX + 2)];
    struct rlx_state_entry s = {.role = kind,
                                .layout = kind,
                                .element = RLX_Q8,
                                .heads = 2,
                                .width = dim,
                                .capacity = CONTEXT};
    const uint32_t run = kind == RLX_STATE_VALUE ? 1 : dim % 256 == 0 ? 256 : dim & -dim;

    float *x = &rows[0][0][0];
    for (uint32_t i = 0; i < ROWS * 2 * dim; i++)
        x[i] = (float)(i * 37 % 101) / 25 - 2;
    memset(home, 0, sizeof home);
    memset(again, 0, sizeof again);
    state_write(home, &s, RLX_F32, 3, ROWS, x);
    state_read(home, &s, RLX_F32, 3, ROWS, back);
    assert_int_equal(state_row_bytes(&s, RLX_Q8), 2 * (dim + 2));
    state_read(home, &s, RLX_Q8, 3, ROWS, packed);
    for (uint32_t head = 0; head < ROWS * 2; head++) {
        double noise = 0, max = 0;
        check_integers(packed + head * (dim + 2), x + head * dim, dim, run);
        for (uint32_t i = 0; i < dim; i++) {
            noise += pow(back[head * dim + i] - x[head * dim + i], 2);
            max = fmax(max, fabs(rotated_element(x + head * dim, i, run)));
        }
        assert_true(sqrt(noise) <= sqrt(dim) * max / 127 * 0.501);
    }
    state_write(again, &s, RLX_Q8, 3, ROWS, packed);
    assert_memory_equal(home, again, sizeof home);
    state_write(home, &s, RLX_F32, 3, ROWS, NULL);
    state_read(home, &s, RLX_F32, 3, ROWS, back);
    expect_all("rows without values", back, 0, (size_t)ROWS * 2 * dim);
}

static void test_integers(void **state)
{
    static const uint32_t dims[] = {1, 22, 64, 96, 512};

    (void)state;
    for (uint32_t kind = RLX_STATE_KEY; kind <= RLX_STATE_VALUE; kind++)
        for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
            check_integer_state(kind, dims[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_half_returns),
        cmocka_unit_test(test_floats_become_the_nearest_half),
        cmocka_unit_test(test_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
