/* Block formats against independent vectors: decoded values and quantized bytes must be equal bit
 * for bit. */
#include "compiler/import/quant.h"
#include "tests/support/compare.h"
#include "tests/support/safetensors_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>

static const struct {
    const char *name;
    enum dtype dtype;
} format[] = {
    {"F16", DTYPE_f16},     {"BF16", DTYPE_bf16},       {"Q8_0", DTYPE_q8_0},
    {"Q4_0", DTYPE_q4_0},   {"Q4_1", DTYPE_q4_1},       {"Q5_0", DTYPE_q5_0},
    {"Q5_1", DTYPE_q5_1},   {"MXFP4", DTYPE_mxfp4},     {"IQ4_NL", DTYPE_iq4_nl},
    {"Q4_K", DTYPE_q4_k},   {"Q5_K", DTYPE_q5_k},       {"Q6_K", DTYPE_q6_k},
    {"Q2_K", DTYPE_q2_k},   {"Q3_K", DTYPE_q3_k},       {"IQ4_XS", DTYPE_iq4_xs},
    {"NVFP4", DTYPE_nvfp4}, {"TQ2_0", DTYPE_tq2_0},     {"IQ1_S", DTYPE_iq1_s},
    {"IQ1_M", DTYPE_iq1_m}, {"IQ2_XXS", DTYPE_iq2_xxs}, {"IQ2_XS", DTYPE_iq2_xs},
    {"IQ2_S", DTYPE_iq2_s}, {"IQ3_XXS", DTYPE_iq3_xxs}, {"IQ3_S", DTYPE_iq3_s},
    {"TQ1_0", DTYPE_tq1_0},
};
enum { ENCODED = 7 }; /* the first seven have an encoder */

static void open_or_skip(struct safetensors_reader *r, const char *below)
{
    if (!safetensors_read(r, test_shared(below))) {
        print_message("skipped: %s is absent (RLX_SHARED)\n", test_shared(below));
        skip();
    }
}

static void test_decode(void **state)
{
    struct safetensors_reader r;
    char name[32];

    (void)state;
    open_or_skip(&r, "golden/blocks.safetensors");
    for (size_t f = 0; f < countof(format); f++) {
        snprintf(name, sizeof name, "%s.bytes", format[f].name);
        struct test_tensor bytes = safetensors_get(&r, name);
        snprintf(name, sizeof name, "%s.values", format[f].name);
        struct test_tensor values = safetensors_get(&r, name);
        float *decoded = calloc(values.count, sizeof *decoded);
        assert_non_null(decoded);
        assert_int_equal(bytes.bytes, values.count / dtype_info[format[f].dtype].block *
                                          dtype_info[format[f].dtype].bytes);
        quant_decode(format[f].dtype, bytes.u8, values.count, decoded);
        expect_equal_bits(name, decoded, values.f32, values.shape[0], values.shape[1]);
        free(decoded);
    }
    safetensors_close(&r);
}

static void test_encode(void **state)
{
    struct safetensors_reader r;

    (void)state;
    open_or_skip(&r, "golden/quantize.safetensors");
    struct test_tensor input = safetensors_get(&r, "input");
    for (size_t f = 0; f < ENCODED; f++) {
        struct test_tensor expected = safetensors_get(&r, format[f].name);
        uint8_t *encoded = calloc(expected.bytes, 1);
        assert_non_null(encoded);
        assert_true(quant_encode(format[f].dtype, input.f32, input.count, encoded));
        for (size_t i = 0; i < expected.bytes; i++)
            if (encoded[i] != expected.u8[i])
                fail_msg("%s: byte %zu: expected %u, found %u", format[f].name, i, expected.u8[i],
                         encoded[i]);
        free(encoded);
    }
    safetensors_close(&r);
}

static void test_f32_passes_unchanged(void **state)
{
    const float values[3] = {1.5f, -0.0f, 3e38f};
    float back[3];
    uint8_t bytes[12];

    (void)state;
    assert_true(quant_encode(DTYPE_f32, values, 3, bytes));
    assert_memory_equal(bytes, values, 12);
    quant_decode(DTYPE_f32, bytes, 3, back);
    assert_memory_equal(back, values, 12);
    assert_false(quant_encode(DTYPE_i32, values, 3, bytes));
    assert_false(quant_has_encoder(DTYPE_i32));
}

/* By hand: the first of two values of largest magnitude gives q4_0 its sign, and a tie goes away
 * from zero in q8_0. */
static void test_choices(void **state)
{
    float values[32] = {[3] = -4.0f, [9] = 4.0f};
    uint8_t block[34];

    (void)state;
    assert_true(quant_encode(DTYPE_q4_0, values, 32, block));
    assert_int_equal(block[0] | block[1] << 8, 0x3800); /* -4 / -8 = 0.5 */
    assert_int_equal(block[2 + 3] & 15, 0);
    assert_int_equal(block[2 + 9] & 15, 15); /* 16 does not fit */
    memset(values, 0, sizeof values);
    values[0] = 127.0f;
    values[1] = 2.5f;
    values[2] = -2.5f;
    values[3] = nextafterf(0.5f, 0.0f);
    assert_true(quant_encode(DTYPE_q8_0, values, 32, block));
    assert_int_equal(block[0] | block[1] << 8, 0x3c00);
    assert_int_equal((int8_t)block[2], 127);
    assert_int_equal((int8_t)block[3], 3);
    assert_int_equal((int8_t)block[4], -3);
    assert_int_equal((int8_t)block[5], 0);
    values[0] = -0.0f; /* the first of zeros of both signs is q4_1's minimum */
    memset(values + 1, 0, sizeof values - 4);
    assert_true(quant_encode(DTYPE_q4_1, values, 32, block));
    assert_int_equal(block[2] | block[3] << 8, 0x8000);
}

/* i8_row: the scale is that of a row, and all of its blocks begin with it. */
static void test_rows(void **state)
{
    enum { COLUMNS = 64, BLOCK_BYTES = 36 };
    float values[COLUMNS] = {[3] = 1.0f, [40] = -254.0f, [63] = 5.0f}, back[COLUMNS], scale;
    uint8_t row[COLUMNS / 32 * BLOCK_BYTES];

    (void)state;
    assert_true(quant_encode(DTYPE_i8_row, values, COLUMNS, row));
    for (uint32_t block = 0; block < 2; block++) {
        memcpy(&scale, row + block * BLOCK_BYTES, sizeof scale);
        assert_true(scale == 2.0f);
    }
    quant_decode(DTYPE_i8_row, row, COLUMNS, back);
    assert_true(back[3] == 2.0f && back[40] == -254.0f && back[63] == 6.0f); /* ties away from 0 */
    assert_true(quant_is_finite(DTYPE_i8_row, row, COLUMNS));
    memset(values, 0, sizeof values);
    assert_true(quant_encode(DTYPE_i8_row, values, COLUMNS, row));
    quant_decode(DTYPE_i8_row, row, COLUMNS, back);
    assert_true(back[0] == 0.0f && quant_is_finite(DTYPE_i8_row, row, COLUMNS));
    for (uint32_t place = 0; place < COLUMNS; place += 33) { /* the row has no scale any more */
        values[place] = place == 0 ? NAN : INFINITY;
        assert_true(quant_encode(DTYPE_i8_row, values, COLUMNS, row));
        assert_false(quant_is_finite(DTYPE_i8_row, row, COLUMNS));
        values[place] = 0;
    }
}

static bool all_small(const float values[32])
{
    bool small = true;

    for (uint32_t i = 0; i < 32; i++)
        small = small && fabsf(values[i]) < 1; /* false for NaN */
    return small;
}

/* No input is undefined behaviour (sanitizer builds would say so), and the same bytes come out
 * twice. */
static void test_hostile_values(void **state)
{
    static const float odd[] = {INFINITY, -INFINITY, NAN, 1e-45f, -3.4e38f, 3.4e38f, 0.0f, -1e-40f};
    static const enum dtype quantized[] = {DTYPE_q8_0, DTYPE_q4_0, DTYPE_q4_1, DTYPE_q5_0,
                                           DTYPE_q5_1};
    float values[32];
    uint8_t first[34], second[34];

    (void)state;
    for (uint32_t pattern = 0; pattern < 4096; pattern++) {
        for (uint32_t i = 0; i < 32; i++)
            values[i] = odd[(pattern >> (i % 4 * 3)) % 8];
        for (size_t f = 0; f < countof(quantized); f++) {
            assert_true(quant_encode(quantized[f], values, 32, first));
            assert_true(quant_encode(quantized[f], values, 32, second));
            assert_memory_equal(first, second, dtype_info[quantized[f]].bytes);
            if (quantized[f] == DTYPE_q8_0 || quantized[f] == DTYPE_q4_0)
                assert_int_equal(quant_is_finite(quantized[f], first, 32), all_small(values));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_f32_passes_unchanged),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_hostile_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
