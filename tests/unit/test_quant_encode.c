/* Encoders that search for scales: their error, against that of ggml's quantizers for the same
 * values, and what they make of values that no format holds. */
#include "compiler/import/quant.h"
#include "compiler/base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, COLUMNS = 512, COUNT = ROWS * COLUMNS };

static float uniform(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)(*seed >> 40) * 0x1p-24f;
}

/* Sums of uniform numbers; one of 64 is eight times as large, and each row has a scale and an offset
 * of its own. Importance is the fourth power of a uniform number. */
static void make_values(float *values, float *importance)
{
    uint64_t seed = 7;

    for (uint32_t i = 0; i < COUNT; i++) {
        float sum = -3;
        for (uint32_t k = 0; k < 6; k++)
            sum += uniform(&seed);
        sum *= i % 64 == 63 ? 8.0f : 1.0f;
        values[i] =
            (sum + (float)(i / COLUMNS % 3) * 0.25f) * (0.01f + 0.002f * (float)(i / COLUMNS));
    }
    for (uint32_t i = 0; i < COLUMNS; i++) {
        float u = uniform(&seed), square = u * u;
        importance[i] = square * square + 0x1p-10f;
    }
}

/* What llama-quantize's encoders (ggml 0.9) leave, without and with the importance: the weighted
 * squared error of all values. 0: without importance, the bytes are ggml's (test_quant.c). */
static const struct {
    enum dtype dtype;
    double plain, weighted;
} theirs[] = {
    {DTYPE_q2_k, 1.846212, 0.1675621},     {DTYPE_q3_k, 0.669567, 0.08513161},
    {DTYPE_q4_k, 0.1286689, 0.0188689},    {DTYPE_q5_k, 0.03201942, 0.005261258},
    {DTYPE_q6_k, 0.01146436, 0.001684567}, {DTYPE_iq4_nl, 0.1996069, 0.03010498},
    {DTYPE_mxfp4, 0.3806483, 0.05818813},  {DTYPE_q4_0, 0, 0.0519778},
    {DTYPE_q4_1, 0, 0.01720909},           {DTYPE_q5_0, 0, 0.014608},
    {DTYPE_q5_1, 0, 0.004023001},          {DTYPE_iq4_xs, 0.2068066, 0.03228337},
};

static double error_of(enum dtype dtype, const float *values, const float *importance,
                       const uint8_t *blocks)
{
    static float decoded[COUNT];
    double error = 0;

    quant_decode(dtype, blocks, COUNT, decoded);
    for (uint32_t i = 0; i < COUNT; i++) {
        double e = (double)decoded[i] - (double)values[i];
        error += e * e * (importance == NULL ? 1.0 : (double)importance[i % COLUMNS]);
    }
    return error;
}

static void encode_rows(enum dtype dtype, const float *values, const float *importance,
                        uint8_t *blocks)
{
    const struct dtype_info *info = &dtype_info[dtype];
    const uint64_t bytes = COLUMNS / info->block * info->bytes;

    for (uint32_t row = 0; row < ROWS; row++)
        assert_true(quant_encode_weighted(dtype, values + row * COLUMNS, importance, COLUMNS,
                                          blocks + row * bytes));
}

static void test_errors_are_below_those_of_ggml(void **state)
{
    static float values[COUNT], importance[COLUMNS];
    static uint8_t blocks[COUNT * sizeof(float)];

    (void)state;
    make_values(values, importance);
    for (size_t i = 0; i < countof(theirs); i++) {
        const enum dtype dtype = theirs[i].dtype;
        encode_rows(dtype, values, importance, blocks);
        double weighted = error_of(dtype, values, importance, blocks);
        double unweighted = error_of(dtype, values, NULL, blocks);
        if (!(weighted <= theirs[i].weighted))
            fail_msg("%s: expected a weighted error of at most %.6g, found %.6g",
                     dtype_info[dtype].name, theirs[i].weighted, weighted);
        encode_rows(dtype, values, NULL, blocks);
        double plain = error_of(dtype, values, NULL, blocks);
        if (theirs[i].plain != 0 && !(plain <= theirs[i].plain))
            fail_msg("%s: expected an error of at most %.6g, found %.6g", dtype_info[dtype].name,
                     theirs[i].plain, plain);
        assert_true(weighted < error_of(dtype, values, importance, blocks)); /* it does something */
        assert_true(plain <= unweighted || theirs[i].plain == 0);
    }
}

/* The bytes are the same on every machine and with every compiler (recorded on x86-64 with gcc and clang,
 * and on aarch64). */
static void test_bytes_are_those_of_every_machine(void **state)
{
    static float values[COUNT], importance[COLUMNS];
    static uint8_t blocks[COUNT * sizeof(float)];
    uint64_t digest = 14695981039346656037u; /* FNV-1a */

    (void)state;
    make_values(values, importance);
    for (size_t i = 0; i < countof(theirs); i++)
        for (uint32_t weighted = 0; weighted < 2; weighted++) {
            memset(blocks, 0, sizeof blocks);
            encode_rows(theirs[i].dtype, values, weighted != 0 ? importance : NULL, blocks);
            for (size_t at = 0; at < sizeof blocks; at++)
                digest = (digest ^ blocks[at]) * 1099511628211u;
        }
    assert_true(digest == 0x0a9eb8c74b2edcce);
}

/* Values that lie on the grid of a format come back as they were. */
static void test_grid_is_kept(void **state)
{
    float values[256], decoded[256];
    uint8_t block[256];

    (void)state;
    for (uint32_t i = 0; i < 256; i++) /* of every block the ends are there */
        values[i] = 0.5f * ((float)(i % 32 < 16 ? i % 16 : 15 - i % 16) - 6.0f);
    static const enum dtype exact[] = {DTYPE_q4_k, DTYPE_q4_1};
    for (size_t f = 0; f < countof(exact); f++) {
        assert_true(quant_encode(exact[f], values, 256, block));
        quant_decode(exact[f], block, 256, decoded);
        for (uint32_t i = 0; i < 256; i++)
            if (!(fabsf(decoded[i] - values[i]) <= 0.04f))
                fail_msg("%s: element %u: expected %g, found %g", dtype_info[exact[f]].name, i,
                         (double)values[i], (double)decoded[i]);
    }
}

static const enum dtype searched[] = {DTYPE_q2_k, DTYPE_q3_k,   DTYPE_q4_k,  DTYPE_q5_k,
                                      DTYPE_q6_k, DTYPE_iq4_nl, DTYPE_mxfp4, DTYPE_q4_0,
                                      DTYPE_q4_1, DTYPE_q5_0,   DTYPE_q5_1,  DTYPE_iq4_xs};

/* Zeros decode as zeros, and an importance of nothing counts as one of equals. */
static void test_zeros(void **state)
{
    const float zero[256] = {0};
    float values[256], decoded[256];
    uint8_t block[256], again[256];

    (void)state;
    for (uint32_t i = 0; i < 256; i++)
        values[i] = (float)(i * 37 % 101) - 50.0f;
    for (size_t f = 0; f < countof(searched); f++) {
        const uint64_t bytes = 256 / dtype_info[searched[f]].block * dtype_info[searched[f]].bytes;
        float ones[256];
        assert_true(quant_encode_weighted(searched[f], zero, zero, 256, block));
        quant_decode(searched[f], block, 256, decoded);
        for (uint32_t i = 0; i < 256; i++)
            assert_true(decoded[i] == 0);
        for (uint32_t i = 0; i < 256; i++)
            ones[i] = 1;
        assert_true(quant_encode_weighted(searched[f], values, zero, 256, block));
        assert_true(quant_encode_weighted(searched[f], values, ones, 256, again));
        assert_memory_equal(block, again, bytes);
    }
}

/* No input is undefined behaviour, the same bytes come out twice, and what no format holds is
 * found. */
static void test_hostile_values(void **state)
{
    static const float odd[] = {INFINITY, -INFINITY, NAN, 1e-45f, -3.4e38f, 3.4e38f, 0.0f, -1e-40f};
    float values[256], importance[256];
    uint8_t first[256], second[256];

    (void)state;
    for (uint32_t pattern = 0; pattern < 512; pattern++) {
        bool finite = true;
        for (uint32_t i = 0; i < 256; i++) {
            values[i] = i % 7 == 0 ? odd[pattern >> (i % 3 * 3) & 7] : (float)(i % 5) * 0.125f;
            importance[i] = pattern % 3 == 0 ? 3.4e38f : (float)(i % 9);
            finite = finite && isfinite(values[i]);
        }
        for (size_t f = 0; f < countof(searched); f++) {
            const uint64_t bytes =
                256 / dtype_info[searched[f]].block * dtype_info[searched[f]].bytes;
            assert_true(quant_encode_weighted(searched[f], values, importance, 256, first));
            assert_true(quant_encode_weighted(searched[f], values, importance, 256, second));
            assert_memory_equal(first, second, bytes);
            assert_true(finite || !quant_is_finite(searched[f], first, 256));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_are_below_those_of_ggml),
        cmocka_unit_test(test_bytes_are_those_of_every_machine),
        cmocka_unit_test(test_grid_is_kept),
        cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_hostile_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
