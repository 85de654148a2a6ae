/* The meaning of the ops of the late form: activations against the roundings that
 * compiler/lir/kernel_kinds.def defines, written out anew here; formulas against direct arithmetic;
 * kv_write against the nodes that it stands for. */
#include "tests/support/evaluating.h"

#include <math.h>
#include <stdlib.h>

/* ---- norm_quant ---- */

enum { WIDTH = 64, ROW_COUNT = 4 };

#define ROWS_OF_X                                    \
    "graph \"t\"\n"                                  \
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n" \
    "%2 = weight f32 [4, 64] \"x\"\n"                \
    "%3 = weight f32 [64] \"norm\"\n"                \
    "%4 = embed %2 %1 f32 [ROWS, 64]\n"

static void run_rows(const char *text, const float *x, const float *norm)
{
    static const int32_t tokens[] = {0, 1, 2, 3};

    open(text, (const char *[]){"x", "norm", NULL}, (const float *[]){x, norm});
    set_sizes(1, ROW_COUNT, 0);
    hir_eval_role(&eval, INPUT_tokens, tokens);
    hir_eval_run(&eval);
}

static const float *result(const char *name)
{
    const float *found = hir_eval_value(&eval, name);

    assert_non_null(found);
    return found;
}

/* Rows of noise, of different sizes. */
static float *sized_rows(uint32_t seed)
{
    float *x = noise(ROW_COUNT * WIDTH, seed);

    for (uint32_t i = 0; i < ROW_COUNT * WIDTH; i++)
        x[i] *= ldexpf(1, 5 * (int)(i / 32) - 20); /* each block of 32 has its own */
    return x;
}

static void test_f32_is_a_copy(void **state)
{
    (void)state;
    const float *x = sized_rows(1);
    run_rows(ROWS_OF_X "%5 = norm_quant %4 f32 [ROWS, 64] act=f32\noutput \"y\" %5\n", x, NULL);
    expect_equal_bits("a copy", result("y"), x, ROW_COUNT, WIDTH);
    shut();
}

/* The nearest number with 8 bits of significand; of two that are as near, the even one. */
static float nearest_bf16(float x)
{
    int exponent;
    double significand = frexp((double)x, &exponent) * 256; /* 128 to 256 */

    return (float)ldexp(nearbyint(significand), exponent - 8);
}

static void test_bf16(void **state)
{
    (void)state;
    float *x = sized_rows(2);
    x[0] = 1 + 0x1p-8f;     /* between 1 and 1 + 2^-7: the even one is 1 */
    x[1] = 1 + 3 * 0x1p-8f; /* between 1 + 2^-7 and 1 + 2^-6: the even one is 1 + 2^-6 */
    x[2] = 1 + 0x1p-8f + 0x1p-20f;
    x[3] = -0x1.ffp0f; /* rounds up to a power of two */
    run_rows(ROWS_OF_X "%5 = norm_quant %4 f32 [ROWS, 64] act=bf16\noutput \"y\" %5\n", x, NULL);
    const float *y = result("y");
    assert_true(y[0] == 1 && y[1] == 1 + 0x1p-6f && y[2] == 1 + 0x1p-7f && y[3] == -2);
    struct comparison c = comparison_of("bf16");
    for (uint32_t i = 0; i < ROW_COUNT * WIDTH; i++)
        compare_bits(&c, i / WIDTH, i % WIDTH, y[i], nearest_bf16(x[i]));
    expect_agreement(&c);
    shut();
}

/* Where the greatest magnitude of a block is the greatest integer, the scale is 1, and the integers
 * can be read off. */
static void check_integers(const char *text, float greatest)
{
    static const float some[][2] = {{0.5f, 0},   {1.5f, 2},       {2.5f, 2},    {-0.5f, 0},
                                    {-1.5f, -2}, {3.4999f, 3},    {-7.51f, -8}, {126.5f, 126},
                                    {0, 0},      {-126.49f, -126}};
    float *x = arena_new(&arena, float, ROW_COUNT *WIDTH);

    for (uint32_t row = 0; row < ROW_COUNT; row++) {
        for (uint32_t i = 0; i < countof(some); i++)
            x[row * WIDTH + 32 + i] = some[i][0];
        x[row * WIDTH + 63] = row % 2 == 0 ? greatest : -greatest;
    }
    run_rows(text, x, NULL);
    const float *y = result("y");
    struct comparison c = comparison_of("integers up to %.0f", (double)greatest);
    for (uint32_t row = 0; row < ROW_COUNT; row++) {
        for (uint32_t i = 0; i < 32; i++) /* a block of zeros */
            compare_number(&c, row, i, (double)y[row * WIDTH + i], 0, 0);
        for (uint32_t i = 0; i < countof(some); i++)
            compare_number(&c, row, 32 + i, (double)y[row * WIDTH + 32 + i], (double)some[i][1], 0);
        compare_number(&c, row, 63, (double)y[row * WIDTH + 63], (double)x[row * WIDTH + 63], 0);
    }
    expect_agreement(&c);
    shut();
}

/* Every element of `y` is a whole number of scales, the nearest one to x; `max` of them are the
 * greatest element of its block. */
static void check_blocks(const float *x, const float *y, float max)
{
    struct comparison scaled = comparison_of("whole numbers of scales"),
                      near = comparison_of("near x");

    for (uint32_t block = 0; block < ROW_COUNT * WIDTH / 32; block++, x += 32, y += 32) {
        float largest = 0;
        for (uint32_t i = 0; i < 32; i++)
            largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
        const float scale = largest / max, multiplier = max / largest;
        for (uint32_t i = 0; i < 32; i++) {
            float q = nearbyintf(x[i] * multiplier);
            assert_true(fabsf(q) <= max);
            compare_number(&scaled, block, i, (double)y[i], (double)(q * scale), 0);
            compare_number(&near, block, i, (double)y[i], (double)x[i], (double)scale * 0.5001);
        }
    }
    expect_agreement(&scaled);
    expect_agreement(&near);
}

static void test_integers(void **state)
{
    static const char i8[] =
        ROWS_OF_X "%5 = norm_quant %4 f32 [ROWS, 64] act=i8 bias=8\noutput \"y\" %5\n";
    static const char i16[] =
        ROWS_OF_X "%5 = norm_quant %4 f32 [ROWS, 64] act=i16 block_sums=2\noutput \"y\" %5\n";

    (void)state;
    check_integers(i8, 127);
    check_integers(i16, 32639);
    const float *x = sized_rows(3);
    run_rows(i8, x, NULL);
    check_blocks(x, result("y"), 127);
    shut();
    x = sized_rows(4);
    run_rows(i16, x, NULL);
    check_blocks(x, result("y"), 32639);
    shut();
}

/* A block below 2^-100 is zeros, one at it is not; what is not finite stays so. */
static void test_ends_of_the_range(void **state)
{
    (void)state;
    float *x = arena_new(&arena, float, ROW_COUNT *WIDTH);
    x[0] = 0x1.fffffep-101f;
    x[32] = 0x1p-100f;
    x[64] = INFINITY;
    x[65] = 1;
    x[96] = NAN;
    x[128] = 3e38f;
    run_rows(ROWS_OF_X "%5 = norm_quant %4 f32 [ROWS, 64] act=i8\noutput \"y\" %5\n", x, NULL);
    const float *y = result("y");
    assert_true(y[0] == 0);
    expect_number("2^-100", y[32] * 0x1p100f, 1, 1e-6);
    assert_false(isfinite(y[64]) || isfinite(y[65]) || isfinite(y[96]));
    expect_number("3e38", y[128] / 3e38f, 1, 1e-6);
    shut();
}

/* A norm before the rounding is that of rms_norm. */
static void test_norm_before_rounding(void **state)
{
    static const char *const acts[] = {"f32", "bf16", "i16", "i8"};

    (void)state;
    for (uint32_t i = 0; i < countof(acts); i++) {
        const float *x = sized_rows(5), *norm = noise(WIDTH, 6);
        run_rows(arena_printf(&arena,
                              "%s%%5 = norm_quant %%4 %%3 f32 [ROWS, 64] act=%s epsilon=1e-3\n"
                              "%%6 = rms_norm %%4 %%3 f32 [ROWS, 64] epsilon=1e-3\n"
                              "%%7 = norm_quant %%6 f32 [ROWS, 64] act=%s\n"
                              "output \"y\" %%5\noutput \"norm\" %%6\noutput \"parts\" %%7\n",
                              ROWS_OF_X, acts[i], acts[i]),
                 x, norm);
        expect_equal_bits(acts[i], result("y"), result("parts"), ROW_COUNT, WIDTH);
        if (i == 0)
            expect_equal_bits("norm", result("y"), result("norm"), ROW_COUNT, WIDTH);
        shut();
    }
}

/* ---- formulas ---- */

static void test_formulas(void **state)
{
    static const float x[] = {1, -2, 3, 0.5f}, w[] = {1, 2, 3, 4, -1, 0.5f}, bias[] = {10, 20, 30};
    static const int32_t tokens[] = {0, 1};

    (void)state;
    open("graph \"t\"\n"
         "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
         "%2 = weight f32 [2, 2] \"x\"\n"
         "%3 = weight f32 [3, 2] \"w\"\n"
         "%4 = weight f32 [3] \"bias\"\n"
         "%5 = embed %2 %1 f32 [ROWS, 2]\n"
         "%6 = matmul %5 %3 f32 [ROWS, 3]\n"
         "%7 = matmul %5 %3 %4 %6 f32 [ROWS, 3] code=[x0 x1 add x2 0.5 mul sub]\n"
         "%8 = interleave %3 %3 f32 [6, 2]\n"
         "%9 = gated_matmul %5 %8 f32 [ROWS, 3] activation=relu\n"
         "%10 = gated_matmul %5 %8 %4 %6 f32 [ROWS, 3] activation=relu code=[x0 x1 mul x2 add x3 "
         "max]\n"
         "%11 = formula %6 %4 f32 [ROWS, 3] code=[x1 x0 div neg]\n"
         "%12 = formula %4 %6 f32 [ROWS, 3] code=[0 x1 exp 1 add div x0 add]\n"
         "output \"product\" %6\noutput \"matmul\" %7\noutput \"gated\" %9\n"
         "output \"formula\" %10\noutput \"quotient\" %11\noutput \"vector\" %12\n",
         (const char *[]){"x", "w", "bias", NULL}, (const float *[]){x, w, bias});
    set_sizes(1, 2, 0);
    hir_eval_role(&eval, INPUT_tokens, tokens);
    hir_eval_run(&eval);
    check("product", (float[]){-3, -5, -2, 4, 11, -2.75f}, 6, 0);
    /* p + bias - p / 2 */
    check("matmul", (float[]){8.5f, 17.5f, 29, 12, 25.5f, 28.625f}, 6, 0);
    check("gated", (float[]){0, 0, 0, 16, 121, 0}, 6, 0); /* relu(p) p */
    /* max(p p + bias, p) */
    check("formula", (float[]){19, 45, 34, 26, 141, 37.5625f}, 6, 0);
    check("quotient", (float[]){10 / 3.0f, 4, 15, -2.5f, -20 / 11.0f, 120 / 11.0f}, 6, 1e-6f);
    check("vector", (float[]){10, 20, 30, 10, 20, 30}, 6, 0);
    shut();
}

/* ---- kv_write ---- */

enum { HEADS = 4, KV_HEADS = 2, HEAD_DIM = 6, CONTEXT = 12, BATCH = 2, VOCABULARY = 7 };

/* The nodes before attention one by one, or in one. */
static const char *kv_graph(bool fused, bool norms, bool rotary, bool interleaved)
{
    const char *rope = rotary ? interleaved ? "n_rot=4 interleaved=1" : "n_rot=4" : "n_rot=0";
    const char *epsilon = norms ? " epsilon=0.01" : "";
    struct text t = {.arena = &arena};

    text_add(&t, "graph \"t\"\n"
                 "%%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                 "%%2 = input i32 [ROWS] role=positions \"positions\"\n"
                 "%%3 = weight f32 [7, 48] \"x\"\n"
                 "%%4 = embed %%3 %%1 f32 [ROWS, 48]\n"
                 "%%5 = reshape %%4 f32 [ROWS, 8, 6]\n"
                 "%%6 = slice %%5 f32 [ROWS, 4, 6] axis=1 start=0\n"
                 "%%7 = slice %%5 f32 [ROWS, 2, 6] axis=1 start=4\n"
                 "%%8 = slice %%5 f32 [ROWS, 2, 6] axis=1 start=6\n"
                 "%%9 = state f32 [BATCH, 12, 2, 6] role=key \"past_k\"\n"
                 "%%10 = state f32 [BATCH, 12, 2, 6] role=value \"past_v\"\n"
                 "%%11 = rope_table f32 [12, 4] theta=100\n"
                 "%%12 = weight f32 [6] \"q_norm\"\n"
                 "%%13 = weight f32 [6] \"k_norm\"\n");
    if (fused)
        text_add(&t,
                 "%%20 = kv_write %%9 %%10 %%6 %%7 %%8 %%2%s%s f32 [ROWS, 4, 6] %s%s\n"
                 "%%21 = written %%20 f32 [BATCH, 12, 2, 6] which=key\n"
                 "%%22 = written %%20 f32 [BATCH, 12, 2, 6] which=value\n",
                 rotary ? " %11" : "", norms ? " %12 %13" : "", rope, epsilon);
    else
        text_add(&t,
                 "%%14 = rms_norm %%6 %%12 f32 [ROWS, 4, 6] epsilon=0.01\n"
                 "%%15 = rms_norm %%7 %%13 f32 [ROWS, 2, 6] epsilon=0.01\n"
                 "%%16 = rope %%%d %%11 %%2 f32 [ROWS, 4, 6] n_rot=4 interleaved=%d\n"
                 "%%17 = rope %%%d %%11 %%2 f32 [ROWS, 2, 6] n_rot=4 interleaved=%d\n"
                 "%%20 = reshape %%%d f32 [ROWS, 4, 6]\n"
                 "%%21 = kv_append %%9 %%%d %%2 f32 [BATCH, 12, 2, 6]\n"
                 "%%22 = kv_append %%10 %%8 %%2 f32 [BATCH, 12, 2, 6]\n",
                 norms ? 14 : 6, interleaved, norms ? 15 : 7, interleaved,
                 rotary  ? 16
                 : norms ? 14
                         : 6,
                 rotary  ? 17
                 : norms ? 15
                         : 7);
    text_add(&t, "%%30 = attention %%20 %%21 %%22 %%2 f32 [ROWS, 24] heads=4 kv_heads=2 "
                 "head_dim=6 scale=0.4 mask=causal window=0\n"
                 "output \"q\" %%20\noutput \"y\" %%30\n"
                 "output \"past_k\" %%21\noutput \"past_v\" %%22\n");
    return t.data;
}

enum { RUN_VALUES = 6 * HEADS * HEAD_DIM, STATE_VALUES = BATCH * CONTEXT * KV_HEADS * HEAD_DIM };

struct kv_values {
    float q[2][RUN_VALUES], y[2][RUN_VALUES], k[STATE_VALUES], v[STATE_VALUES];
};

/* Two runs, of three rows of each sequence and then of one, which continues the states. */
static void kv_run(const char *text, bool keep_all, struct kv_values *out)
{
    static const int32_t tokens[] = {3, 0, 6, 1, 2, 5, 4, 3};
    static const int32_t positions[] = {0, 1, 2, 5, 6, 7, 3, 8};
    const float *x = noise(VOCABULARY * 48, 11), *q_norm = noise(HEAD_DIM, 12),
                *k_norm = noise(HEAD_DIM, 13);

    *out = (struct kv_values){0};
    open(text, (const char *[]){"x", "q_norm", "k_norm", NULL},
         (const float *[]){x, q_norm, k_norm});
    eval.keep_all = keep_all;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t rows = i == 0 ? 6 : 2, count = rows * HEADS * HEAD_DIM;
        set_sizes(BATCH, rows / BATCH, i == 0 ? 0 : 3);
        hir_eval_role(&eval, INPUT_tokens, tokens + 6 * i);
        hir_eval_role(&eval, INPUT_positions, positions + 6 * i);
        hir_eval_run(&eval);
        memcpy(out->q[i], result("q"), count * sizeof(float));
        memcpy(out->y[i], result("y"), count * sizeof(float));
    }
    memcpy(out->k, result("past_k"), sizeof out->k);
    memcpy(out->v, result("past_v"), sizeof out->v);
    shut();
}

static void test_kv_write_is_its_parts(void **state)
{
    static struct kv_values parts, whole;

    (void)state;
    for (uint32_t i = 0; i < 16; i++) {
        bool norms = i % 2 != 0, rotary = i / 2 % 2 != 0, interleaved = rotary && i / 4 % 2 != 0;
        kv_run(kv_graph(false, norms, rotary, interleaved), false, &parts);
        kv_run(kv_graph(true, norms, rotary, interleaved), i / 8 != 0, &whole);
        assert_memory_equal(&parts, &whole, sizeof parts);
        assert_true(whole.k[0] != 0 && whole.v[0] != 0 && whole.q[1][0] != 0);
    }
}

/* ---- attention on rounded factors ---- */

/* Two keys with head_dim 2, all in numbers that make every step exact but the last. */
static void test_attention_bf16(void **state)
{
    static const float x[] = {
        1 + 0x1p-9f, 0,           1 + 0x1p-9f, 0, 4 + 0x1p-7f, 8, /* q, k, v of token 0 */
        2,           1 - 0x1p-9f, 0,           1, -1,          1 + 0x1p-8f,
    };
    static const int32_t tokens[] = {0, 1}, positions[] = {0, 1};

    (void)state;
    for (uint32_t bf16 = 0; bf16 < 2; bf16++) {
        open(arena_printf(&arena,
                          "graph \"t\"\n"
                          "%%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                          "%%2 = input i32 [ROWS] role=positions \"positions\"\n"
                          "%%3 = weight f32 [2, 6] \"x\"\n"
                          "%%4 = embed %%3 %%1 f32 [ROWS, 6]\n"
                          "%%5 = reshape %%4 f32 [ROWS, 3, 2]\n"
                          "%%6 = slice %%5 f32 [ROWS, 1, 2] axis=1 start=0\n"
                          "%%7 = slice %%5 f32 [ROWS, 1, 2] axis=1 start=1\n"
                          "%%8 = slice %%5 f32 [ROWS, 1, 2] axis=1 start=2\n"
                          "%%9 = state f32 [BATCH, 4, 1, 2] role=key \"k\"\n"
                          "%%10 = state f32 [BATCH, 4, 1, 2] role=value \"v\"\n"
                          "%%11 = kv_write %%9 %%10 %%6 %%7 %%8 %%2 f32 [ROWS, 1, 2] n_rot=0\n"
                          "%%12 = written %%11 f32 [BATCH, 4, 1, 2] which=key\n"
                          "%%13 = written %%11 f32 [BATCH, 4, 1, 2] which=value\n"
                          "%%14 = attention %%11 %%12 %%13 %%2 f32 [ROWS, 2] heads=1 kv_heads=1 "
                          "head_dim=2 scale=0.5 mask=causal window=0 act=%s\n"
                          "output \"y\" %%14\noutput \"k\" %%12\noutput \"v\" %%13\n",
                          bf16 != 0 ? "bf16" : "f32"),
             (const char *[]){"x", NULL}, (const float *[]){x});
        set_sizes(1, 2, 0);
        hir_eval_role(&eval, INPUT_tokens, tokens);
        hir_eval_role(&eval, INPUT_positions, positions);
        hir_eval_run(&eval);
        /* Row 1: scores 2 (1 + e) / 2 and (1 - e) / 2, where bf16 has 1 and 1 for 1 + e, 1 - e. */
        double e = bf16 != 0 ? 0 : 0x1p-9, part = exp((1 - e) / 2 - (1 + e));
        double v[] = {bf16 != 0 ? 4 : 4 + 0x1p-7, 8, -1, bf16 != 0 ? 1 : 1 + 0x1p-8};
        if (bf16 != 0)
            part = (double)nearest_bf16((float)part);
        check("y",
              (float[]){(float)v[0], 8, (float)((v[0] + part * v[2]) / (1 + part)),
                        (float)((v[1] + part * v[3]) / (1 + part))},
              4, 1e-6f);
        check("v", (float[]){4 + 0x1p-7f, 8, -1, 1 + 0x1p-8f}, 4, 0); /* the state is not rounded */
        shut();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f32_is_a_copy),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_ends_of_the_range),
        cmocka_unit_test(test_norm_before_rounding),
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_kv_write_is_its_parts),
        cmocka_unit_test(test_attention_bf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
